"""``eqmorph rank``: order sounds by how much of some words is in them."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import click

from eqmorph.cli import completing
from eqmorph.cli.options import (
    cache_option,
    encoder_option,
    follow_links_option,
    jobs_option,
    kind_option,
    model_option,
    repair_option,
)
from eqmorph.cli.plots import PlotFile, plot_options
from eqmorph.errors import UsageError, show_path

_INTERRUPTED = 130
_FORMATS = {".json": "json", ".csv": "csv", ".m3u": "m3u", ".m3u8": "m3u"}


@click.command(short_help="Order sounds by words.")
@click.argument("inputs", metavar="FILE|FOLDER...", nargs=-1, required=True, shell_complete=completing.files)
@click.option(
    "--by",
    "words",
    metavar="WORDS",
    required=True,
    shell_complete=completing.words,
    help='What to order by: warm, or "warm - harsh".',
)
@click.option("--top", type=click.IntRange(1), metavar="N", help="Only the first N.")
@click.option(
    "--below",
    type=click.FloatRange(0, 100),
    metavar="P",
    help="Only what is below place P, 0 to 100: what lacks the words.",
)
@click.option("--json", "formats", flag_value="json", multiple=True, help="Print JSON.")
@click.option("--csv", "formats", flag_value="csv", multiple=True, help="Print CSV, a line for each sound.")
@click.option("--m3u", "formats", flag_value="m3u", multiple=True, help="Print a playlist.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it to a .json, .csv, .m3u or .m3u8 file instead.",
)
@plot_options("where each sound stands")
@click.option("-f", "--force", is_flag=True, help="Overwrite FILE.")
@repair_option
@follow_links_option
@jobs_option
@cache_option
@kind_option
@model_option
@encoder_option
def command(
    inputs: tuple[str, ...],
    words: str,
    top: int | None,
    below: float | None,
    formats: tuple[str, ...],
    out: Path | None,
    plot: PlotFile | None,
    force: bool,
    repair: bool,
    follow_links: bool,
    jobs: int | None,
    no_cache: bool,
    kind: str,
    model_folder: Path | None,
    encoder: str,
) -> int:
    """Order sounds by how much of some words is in each, those with most of it first.

    A sound's place is its percentile among sounds of its own kind, as in `eqmorph analyze`; of several words, their
    mean by weight, and of a word with a minus, what is missing to 100. What was heard is kept by content (`eqmorph
    cache`), so ranking the same sounds again, by any words, takes seconds for thousands.

    \b
    eqmorph rank samples/ --by warm
    eqmorph rank samples/ --by "warm - harsh" --top 20
    eqmorph rank album/ --by clear --below 25
    eqmorph rank samples/ --by bright --top 100 --out bright.m3u8
    eqmorph rank samples/ --by "punchy:0.5 + dark" --csv > sounds.csv
    eqmorph rank album/ --by warm --plot album.png

    Exit code: 0 success, 1 some files failed, 2 usage error, 130 interrupted.
    """
    from eqmorph.analysis import load_ear
    from eqmorph.batch import find_inside, usable_cores
    from eqmorph.batch.rank import rank_files
    from eqmorph.cli.output import print_error, say, tell_left_out
    from eqmorph.cli.progress import ProgressBar, has_bar
    from eqmorph.cli.rank_view import show, write
    from eqmorph.heard import open_cache

    chosen = _format(formats, out, force=force, has_plot=plot is not None)
    ear = load_ear(model_folder, encoder, kind)
    target = ear.space.target(words)
    sources, left_out = find_inside(inputs, follow_links=follow_links)
    tell_left_out(left_out)
    with ExitStack() as stack:
        cache = None if no_cache else stack.enter_context(open_cache())
        told: dict[str, Any] = {}
        if has_bar(len(sources), quiet=False):
            bar = stack.enter_context(closing(ProgressBar([source.path for source in sources], files=len(sources))))
            told = {"watch": bar.advance, "on_end": bar.end}
        workers = min(jobs or usable_cores(), len(sources))
        try:
            ranking = rank_files(ear, sources, target, cache=cache, repair=repair, workers=workers, **told)
        except KeyboardInterrupt:
            stack.close()
            kept = "" if cache is None or cache.problem else " What was heard is kept: the next run goes on from there."
            say(f"Interrupted, nothing is ranked.{kept}", err=True)
            return _INTERRUPTED
    if cache is not None and cache.problem:
        say(f"note: what was heard can't be kept: {cache.problem}", err=True)
    for failed in ranking.failed:
        print_error(failed.error)
    part = ranking.part(top=top, below=None if below is None else below / 100)
    if out is not None and chosen is not None:
        write(part, chosen, out, overwrite=force)
        say(f"The ranking is in {show_path(out)}", err=True)
    else:
        show(part, chosen, whole=ranking)
    if plot is not None:
        from eqmorph.batch.pictures import ranked_of
        from eqmorph.figures.sets import ranking_figure

        places, named = ranked_of(part), [term.word for term in target.terms]
        if not places:
            plot.say_nothing_to_draw("no sound is in the ranking")
        else:
            title = f"{len(places)} sounds by {target}"
            plot.draw(lambda style: ranking_figure(places, named, style, title=title))
    return 1 if ranking.failed else 0


def _format(formats: tuple[str, ...], out: Path | None, *, force: bool, has_plot: bool) -> str | None:
    """Return the format to print or write; None for a table."""
    several = list(dict.fromkeys(formats))
    if len(several) > 1:
        raise UsageError(f"--{several[0]} and --{several[1]} can't be combined", hint="Choose one.")
    if out is None:
        if force and not has_plot:
            raise UsageError("--force requires --out or --plot: there is nothing else to overwrite")
        return several[0] if several else None
    by_name = _FORMATS.get(out.suffix.lower())
    chosen = several[0] if several else by_name
    if chosen is None:
        raise UsageError(
            f"{show_path(out)} could be anything",
            hint="Name it .json, .csv, .m3u or .m3u8, or choose --json, --csv or --m3u.",
        )
    if out.exists() and not force:
        raise UsageError(f"{show_path(out)} already exists", hint="--force overwrites it.")
    return chosen
