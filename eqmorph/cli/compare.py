"""``eqmorph compare``: several versions of a file side by side, or written to be heard, blind if asked."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eqmorph.cli import completing
from eqmorph.cli.eq_options import reference_option, versions_options
from eqmorph.cli.grouped import GroupedCommand
from eqmorph.cli.options import json_option, repair_option
from eqmorph.cli.plots import PlotFile, plot_options
from eqmorph.errors import UsageError, show_path

if TYPE_CHECKING:
    from eqmorph.compare.seal import BlindKey
    from eqmorph.compare.versions import Comparison

_HEADINGS = {
    "What is compared": ("words", "references", "amounts", "max_gain_db", "refine", "kind", "encoder", "model_folder"),
    "What is written": ("folder", "is_blind", "ceiling_db", "plot_path", "plot_style", "force", "repair"),
}
_REVEAL = "reveal"
_AMOUNTS = (0.5, 1.0)


class _WithReveal(GroupedCommand):
    """A command of its own, but for the first argument ``reveal``. A file of that name is ``./reveal``."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        if args[:1] == [_REVEAL]:
            return reveal.make_context(f"{info_name} {_REVEAL}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


@click.command(
    short_help="Show a file beside its versions or a reference, or write them blind.",
    cls=_WithReveal,
    headings=_HEADINGS,
)
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--target", "words", metavar="WORDS", shell_complete=completing.words, help='In words: "warm:0.7 + punchy:-0.3".'
)
@reference_option
@versions_options("How much of it to adapt by; may be repeated. [default: 0.5 and 1; 1 with a reference]")
@click.option(
    "--render",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write all versions, equally loud, as FILE-original, FILE-fixed, ...",
)
@click.option(
    "--blind",
    "is_blind",
    is_flag=True,
    help="Name them FILE-A, FILE-B, ... by chance, and seal which is which. Show nothing of them.",
)
@click.option(
    "--ceiling",
    "ceiling_db",
    type=click.FloatRange(-60, 0),
    metavar="DBTP",
    default=-1.0,
    show_default="-1",
    help="True peak that no version exceeds, by one trim for all.",
)
@plot_options("the versions: their EQs, and what each makes of the words; or the sound beside the reference")
@click.option("-f", "--force", is_flag=True, help="Overwrite existing versions. The input is never overwritten.")
@repair_option
@json_option
def command(
    source: Path,
    words: str | None,
    references: tuple[str, ...],
    amounts: tuple[float, ...],
    max_gain_db: float | None,
    refine: bool,
    kind: str,
    encoder: str,
    model_folder: Path | None,
    folder: Path | None,
    is_blind: bool,
    ceiling_db: float,
    plot: PlotFile | None,
    force: bool,
    repair: bool,
    as_json: bool,
) -> int:
    """Compare what can be made of FILE: as it is, by the words' own EQ, and by as much of them as it lacks.

    With --reference instead, FILE beside what it is to be like, by third-octaves: both, the difference, the EQ, and
    what is left; words then say what is to differ from it.

    For each version: percentiles of the words and of others that move, the level that the EQ leaves and the gain that
    makes all equally loud, what held it back, the bands, and the curve. --render writes them to be heard. They are as
    loud as FILE, less one trim for all where a peak would pass the ceiling; versions of MP3, Vorbis and Opus are FLAC.

    \b
    eqmorph compare song.wav --target warm
    eqmorph compare song.wav --target "warm:0.5 + airy:0.3" \\
        --amount 0.3 --amount 0.6 --amount 1
    eqmorph compare song.wav --target warm --render versions/
    eqmorph compare song.wav --target warm --render versions/ --blind
    eqmorph compare song.wav --reference hit.wav    by third-octaves
    eqmorph compare song.wav --target warm --plot versions.png
    eqmorph compare reveal versions/                which file was which
    eqmorph compare ./reveal --target warm          a file of that name
    """
    from eqmorph.cli.compare_reference import show as show_reference
    from eqmorph.cli.compare_view import as_data, show_blind, show_comparison, show_files
    from eqmorph.cli.output import print_json
    from eqmorph.cli.progress import ProgressBar, has_bar
    from eqmorph.compare.render import render_versions
    from eqmorph.compare.versions import Ask, compare_file
    from eqmorph.process import Watch, unwatched

    if is_blind and plot is not None:
        raise UsageError("--blind keeps to itself which version is which, and --plot would show it")
    for name, is_given in (("--blind", is_blind), ("--force", force and plot is None)):
        if is_given and folder is None:
            raise UsageError(f"{name} requires --render", hint="Name a folder: --render DIR")
    if references:
        if folder is not None:
            raise UsageError("versions by a reference are not rendered", hint="Write one with `eqmorph apply`.")
        how = {"refine": refine, "max_gain_db": max_gain_db, "kind": kind, "encoder": encoder}
        amount = _one_amount(amounts)
        return show_reference(
            source, references, words, as_json=as_json, plot=plot, amount=amount, model_folder=model_folder, **how
        )
    if words is None:
        raise UsageError(
            "there is nothing to compare with", hint="Name words or a sound: --target warm, --reference hit.wav"
        )
    ask = Ask(words, amounts or _AMOUNTS, max_gain_db, refine, kind, encoder, model_folder)
    with ExitStack() as stack:
        watch: Watch = unwatched
        passes = 1 + (1 + (folder is not None)) * (2 + len(ask.amounts))
        if has_bar(passes, quiet=as_json):
            bar = ProgressBar([source] * passes, files=1)
            stack.callback(bar.close)
            watch = bar.advance
        comparison = compare_file(source, ask, ceiling_db=ceiling_db, repair=repair, watch=watch)
        rendered = (
            render_versions(comparison, folder, blind=is_blind, overwrite=force, watch=watch)
            if folder is not None
            else None
        )
    for doubt in comparison.doubts:
        click.echo(f"note: {doubt}", err=True)
    if as_json:
        print_json(as_data(comparison, rendered))
    elif rendered is not None and is_blind:
        show_blind(comparison, rendered)
    else:
        show_comparison(comparison)
        if rendered is not None:
            show_files(comparison, rendered)
    if plot is not None:
        _plot(comparison, plot)
    return 0


def _plot(comparison: Comparison, plot: PlotFile) -> None:
    from eqmorph.compare.picture import versions_of
    from eqmorph.figures.sets import versions_figure

    if comparison.is_silent:
        plot.say_nothing_to_draw("the file is silent")
        return
    picture = versions_of(comparison)
    title = f"{comparison.info.path.name}: {comparison.target}"
    plot.draw(lambda style: versions_figure(picture, style, title=title))


def _one_amount(amounts: tuple[float, ...]) -> float:
    if len(amounts) > 1:
        raise UsageError("a reference is compared at one amount", hint="Name one: --amount 0.5")
    return amounts[0] if amounts else 1.0


@click.command(_REVEAL)
@click.argument("folder", metavar="DIR|KEY", type=click.Path(path_type=Path))
@json_option
def reveal(folder: Path, as_json: bool) -> int:
    """Show which file of a blind comparison in DIR is which version, and whether one was changed since.

    The commitment is the SHA-256 of what the key holds: if it is the one that was printed when the files were made, the
    key is the one from then.

    \b
    eqmorph compare reveal versions/
    eqmorph compare reveal versions/song.blind.json --json

    Exit code: 0 success, 1 a key or a file was changed or is missing, 2 usage error.
    """
    from eqmorph.cli.output import print_error, print_json
    from eqmorph.compare.seal import KEY_SUFFIX, open_key
    from eqmorph.errors import EqmorphError

    keys = sorted(folder.glob(f"*{KEY_SUFFIX}")) if folder.is_dir() else [folder]
    if not keys:
        raise UsageError(
            f"there is no key of a blind comparison in {show_path(folder)}",
            hint="Keys are written by `eqmorph compare --render DIR --blind`, and end in .blind.json.",
        )
    opened, is_whole = [], True
    for path in keys:
        try:
            opened.append((path, open_key(path)))
        except EqmorphError as error:
            print_error(error)
            is_whole = False
    found = [(path, key, [_state(path.parent, v.file, v.sha256) for v in key.versions]) for path, key in opened]
    if as_json:
        print_json({"keys": [_as_data(path, key, states) for path, key, states in found]})
    else:
        for number, (_, key, states) in enumerate(found):
            if number:
                click.echo()
            _show(key, states)
    return 0 if is_whole and all(state == "" for *_, states in found for state in states) else 1


def _state(folder: Path, name: str, sha256: str) -> str:
    """Return what has become of a file since it was sealed; empty if it is the same."""
    from eqmorph.compare.seal import file_digest

    if Path(name).name != name:  # never look outside of the folder, whatever a key says
        return "not a file's name"
    try:
        return "" if file_digest(folder / name) == sha256 else "changed since"
    except OSError:
        return "missing"


def _show(key: BlindKey, states: list[str]) -> None:
    from eqmorph.cli.output import one_line, paint, table

    click.echo(paint(one_line(f"{key.source}  {key.target}"), bold=True))
    rows = [
        (one_line(version.file), one_line(version.version), state)
        for version, state in zip(key.versions, states, strict=True)
    ]
    for line in table(rows):
        click.echo(f"  {line}")
    click.echo(f"  commitment {key.commitment}")


def _as_data(path: Path, key: BlindKey, states: list[str]) -> dict[str, Any]:
    return {
        "key": str(path),
        "source": key.source,
        "target": key.target,
        "commitment": key.commitment,
        "versions": [
            {"letter": v.letter, "file": v.file, "version": v.version, "problem": state or None}
            for v, state in zip(key.versions, states, strict=True)
        ],
    }
