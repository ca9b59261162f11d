"""``eqmorph explore``: settings that people use and nobody has a word for."""

from __future__ import annotations

from pathlib import Path

import click

from eqmorph.cli.options import json_option, model_option, seed_option
from eqmorph.cli.plots import PlotFile, plot_options


@click.command(short_help="Find settings that no word names.")
@click.option("-n", "count", type=click.IntRange(1), default=10, show_default=True, help="How many.")
@seed_option
@plot_options("the first twelve, each beside the nearest word", with_force=True)
@model_option
@json_option
def command(count: int, seed: int, plot: PlotFile | None, model_folder: Path | None, as_json: bool) -> None:
    """Find settings that people use and no word names: far from every word, and from each other.

    Each is described by the words nearest to it and by what it does. It is at most 0.6 like any word that three or more
    people vouch for; novelty is 1 minus that likeness. Density is its place among people's settings (1: where most
    are), never in the loneliest tenth. A seed yields some 90 such settings; if you ask for more than exist, the command
    fails.

    \b
    eqmorph explore -n 20 --seed 7
    eqmorph explore --json
    eqmorph explore -n 9 --plot finds.png
    """
    from eqmorph.cli.morph import readable
    from eqmorph.cli.output import print_json, table
    from eqmorph.model import load_space
    from eqmorph.model.describe import describe_curve
    from eqmorph.model.explore import explore

    space = load_space(model_folder)
    found = explore(space, count, seed=seed)
    if plot is not None:
        from eqmorph.figures.words import explore_figure
        from eqmorph.model.pictures import finds_of

        finds, note = finds_of(space, found), "Dashed: the nearest word, and how alike they are (1: the same)."
        plot.draw(lambda style: explore_figure(finds, style, title="Settings that no word names", note=note))
    if as_json:
        print_json(
            [
                {
                    "bands": d.bands.to_list(),
                    "description": describe_curve(d.curve_db),
                    "nearest": [{"word": word, "likeness": round(c, 3)} for word, c in d.nearest],
                    "density": round(d.density, 3),
                    "novelty": round(d.novelty, 3),
                }
                for d in found
            ]
        )
        return
    rows = [["", "nearest words", "density", "novelty", "what it does", "bands"]]
    for number, d in enumerate(found, start=1):
        near = ", ".join(f"{word} {c:.2f}" for word, c in d.nearest)
        rows.append(
            [str(number), near, f"{d.density:.2f}", f"{d.novelty:.2f}", describe_curve(d.curve_db), readable(d.bands)]
        )
    for line in table(rows, right=(0, 2, 3)):
        click.echo(line)
