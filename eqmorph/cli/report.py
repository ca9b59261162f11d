"""``eqmorph report``: the page of what was done to a set of files."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eqmorph.cli import completing
from eqmorph.cli.options import json_option
from eqmorph.errors import InputError, UsageError, show_path

if TYPE_CHECKING:
    from eqmorph.report import Codec, MadeReport

_NAME = "report.html"


@click.command(short_help="Write a page that shows and plays what was done.")
@click.argument("source", metavar="DIR|REPORT", type=click.Path(path_type=Path), shell_complete=completing.files)
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=f"The page. [default: {_NAME} in DIR, or beside REPORT]",
)
@click.option("--title", metavar="TEXT", default="", help="The page's heading. [default: the folder's name]")
@click.option(
    "--embed",
    type=click.Choice(["flac", "opus"]),
    help="Put the sounds into the page, to pass it on alone: for a few files. [default: play them where they are]",
)
@click.option(
    "--embed-only",
    metavar="NAME",
    multiple=True,
    help="Embed only files of this name, and play the others where they are. Repeatable; * is anything.",
)
@click.option("--listen", is_flag=True, help="Listen to files of which the report holds no spectrum.")
@click.option("-f", "--force", is_flag=True, help="Overwrite an existing page.")
@json_option
def command(
    source: Path,
    out: Path | None,
    title: str,
    embed: Codec | None,
    embed_only: tuple[str, ...],
    listen: bool,
    force: bool,
    as_json: bool,
) -> int:
    """Write one HTML page about processed files: what was done to each, why, and how it sounds before and after.

    REPORT is what `apply --report FILE` or `--json` wrote. For DIR, a folder that was written into, it is what lies in
    there: a report, or else the journal and the trajectories, which know no loudness.

    The page needs no network and no server. Its table sorts and filters; a file that is chosen shows its spectra, EQ,
    course over time and limits, and plays before and after in step and equally loud, switched by one key. Sounds are
    played from where they are, so keep the page where it is, or embed them.

    \b
    eqmorph apply in/ out/ --target warm:0.7 --report out/report.jsonl
    eqmorph report out/
    eqmorph report report.jsonl -o report.html --force
    eqmorph report out/ -o for-the-client.html --embed opus
    eqmorph report out/ --embed flac --embed-only "intro*" --embed-only outro.wav
    eqmorph report presets.jsonl --listen
    eqmorph apply in/ out/ --target warm:0.7 --html report.html
    """
    from eqmorph.cli.output import print_json
    from eqmorph.cli.progress import ProgressBar, has_bar
    from eqmorph.process import Watch, unwatched
    from eqmorph.report import find_report, make_report

    if embed_only and embed is None:
        raise UsageError("--embed-only requires --embed", hint="Say as what: --embed opus, or flac.")
    try:
        found = find_report(source)
    except InputError as error:  # nothing was touched
        raise UsageError(error.problem, hint=error.remedy, path=error.path) from error
    if out is None:
        out = (source if source.is_dir() else source.parent) / _NAME
    with ExitStack() as stack:
        watch: Watch = unwatched
        inputs = [Path(record["input"]) for record in found.records]
        if (listen or embed) and has_bar(len(inputs), quiet=as_json):
            bar = ProgressBar(inputs, files=len(inputs), label="reading")
            stack.callback(bar.close)
            watch = bar.advance
        made = make_report(
            found,
            out,
            title=title,
            embed=embed,
            embed_only=embed_only,
            listen=listen,
            overwrite=force,
            watch=watch,
        )
    if as_json:
        print_json(made_data(made))
    else:
        show_made(made)
    return 0


def show_made(made: MadeReport) -> None:
    """Say what was written, and how to open it."""
    from eqmorph.cli.output import listing, one_line

    size = f"{made.page_bytes / 2**20:.1f} MiB" if made.page_bytes >= 2**19 else f"{made.page_bytes / 2**10:.0f} KiB"
    counts = [(made.done, "done"), (made.skipped, "skipped"), (made.failed, "failed")]
    told = ", ".join(f"{count} {what}" for count, what in counts if count)
    files = f"{made.files} file{'s' * (made.files != 1)}: {told}"
    rows = [(show_path(made.page), ", ".join(filter(None, [files, _sounds(made), size])))]
    for line in [*listing(rows), *listing([(f"note: {one_line(note)}",) for note in made.notes])]:
        click.echo(line)
    click.echo(f"Open it: {opening(made.page)}")


def opening(page: Path) -> str:
    """Return the address that opens a page in any browser."""
    return page.absolute().as_uri()


def made_data(made: MadeReport) -> dict[str, Any]:
    """Return what was written as plain data."""
    return {
        "page": str(made.page),
        "address": opening(made.page),
        "page_bytes": made.page_bytes,
        "files": made.files,
        "done": made.done,
        "skipped": made.skipped,
        "failed": made.failed,
        "missing": made.missing,
        "embedded": made.embedded,
        "notes": list(made.notes),
        "seconds": made.seconds,
    }


def _sounds(made: MadeReport) -> str:
    return f"{made.embedded} sounds inside" if made.embedded else ""
