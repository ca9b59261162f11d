"""``eqmorph morph``: from one target to another in steps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from eqmorph.cli import completing
from eqmorph.cli.options import json_option, model_option
from eqmorph.cli.plots import PlotFile, plot_options

if TYPE_CHECKING:
    from eqmorph.bands import Bands


@click.command(short_help="Go from one target to another in steps.")
@click.argument("start", metavar="FROM", shell_complete=completing.words)
@click.argument("end", metavar="TO", shell_complete=completing.words)
@click.option(
    "--steps", type=click.IntRange(2, 1000), default=10, show_default=True, help="Settings, including both ends."
)
@click.option(
    "--curve",
    type=click.Choice(["linear", "smooth", "perceptual"]),
    default="perceptual",
    show_default=True,
    help="The pace: even in dB, slow at both ends, or even to the ear.",
)
@plot_options("the way as a family of curves", with_force=True)
@model_option
@json_option
def command(
    start: str, end: str, steps: int, curve: str, plot: PlotFile | None, model_folder: Path | None, as_json: bool
) -> None:
    """Go from one target to another: a setting for every step, each of them valid.

    With the perceptual curve, neighboring steps are equally far apart in ERB-weighted dB, so the change never seems to
    rush or stall.

    \b
    eqmorph morph warm bright --steps 10
    eqmorph morph "warm:0.7 + punchy:-0.3" airy --curve smooth
    eqmorph morph dark bright --json
    eqmorph morph warm bright --model my-v2
    eqmorph morph warm bright --plot morph.svg
    """
    from typing import cast

    from eqmorph.cli.output import print_json, table
    from eqmorph.model.eq_model import load_model
    from eqmorph.model.path import PathCurve, morph_path
    from eqmorph.request import EqRequest

    model = load_model(model_folder)
    first, last = (EqRequest(words).target_in(model) for words in (start, end))
    path = morph_path(model, first, last, steps, curve=cast(PathCurve, curve))
    if plot is not None:
        from eqmorph.figures.words import morph_figure
        from eqmorph.model.pictures import family_of

        family = family_of(str(first), str(last), path)
        note = f"{steps} steps, {curve}: neighbors {min(s.moved_db for s in path[1:]):.1f} to "
        note += f"{max(s.moved_db for s in path[1:]):.1f} dB apart."
        plot.draw(lambda style: morph_figure(family, style, title=f"From {first} to {last}", note=note))
    if as_json:
        print_json(
            {
                "from": str(first),
                "to": str(last),
                "curve": curve,
                "steps": [
                    {
                        "position": step.position,
                        "moved_db": step.moved_db,
                        "bands": step.bands.to_list(),
                        "notes": list(step.notes),
                    }
                    for step in path
                ],
            }
        )
        return
    rows = [["step", "position", "moved", "bands"]]
    for number, step in enumerate(path, start=1):
        rows.append([str(number), f"{step.position:.3f}", f"{step.moved_db:.2f} dB", readable(step.bands)])
    for line in table(rows, right=(0, 1, 2)):
        click.echo(line)
    changed = [(number, note) for number, step in enumerate(path, start=1) for note in step.notes]
    if changed:
        number, note = changed[0]
        click.echo(f"note: {len(changed)} of {len(path)} steps had to be changed; step {number}: {note}")


def readable(bands: Bands) -> str:
    """Format bands in one line, rounded to what can be heard."""
    from dataclasses import replace

    from eqmorph.bands import Bands

    return str(
        Bands(
            replace(b, freq_hz=float(f"{b.freq_hz:.3g}"), gain_db=round(b.gain_db, 1), q=round(b.q, 2)) for b in bands
        )
    )
