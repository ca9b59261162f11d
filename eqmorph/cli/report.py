"""``eqmorph report``: the page of what was done to a set of files."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eqmorph.cli import completing
from eqmorph.cli.options import json_option
from eqmorph.errors import InputError, UsageError, show_path
from eqmorph.wording import Means, Phrase

if TYPE_CHECKING:
    from eqmorph.report import Codec, MadeReport

_NAME = "report.html"
_MERGE = "merge"
_MOST_SHOWN = 20


class _WithMerge(click.Command):
    """The command, which makes way for another one where that is named: ``eqmorph report merge a.jsonl b.jsonl``."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        is_path = len(args) == 1 and os.path.lexists(_MERGE)  # it may be what a page is to be made of
        if args[:1] == [_MERGE] and not is_path:
            return merge.make_context(f"{info_name} {_MERGE}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


@click.command(cls=_WithMerge, short_help="Write a page that shows and plays what was done.")
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
    eqmorph report merge part-*.jsonl -o all.jsonl

    `eqmorph report merge --help` tells of joining reports of parts.
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


@click.command(_MERGE, short_help="Join the reports of parts into one.")
@click.argument(
    "reports",
    metavar="REPORT...",
    nargs=-1,
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    shell_complete=completing.files,
)
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The report of all. [default: print it]",
)
@click.option(
    "--inputs",
    metavar="INPUT",
    multiple=True,
    help="What was to be done: name the files of it that no report tells of. A file, folder or glob; repeatable.",
)
@click.option("-f", "--force", is_flag=True, help="Overwrite an existing report.")
@json_option
def merge(reports: tuple[Path, ...], out: Path | None, inputs: tuple[str, ...], force: bool, as_json: bool) -> int:
    """Join what `apply --shard K/N --report FILE` wrote for each part, and say what is missing.

    Of several records for one output the last counts. Each report knows which part it is of, so parts without a report
    are named; with --inputs, so are files that no report tells of.

    \b
    eqmorph report merge part-*.jsonl -o all.jsonl
    eqmorph report merge part-*.jsonl -o all.jsonl --inputs in/
    eqmorph report merge monday.jsonl tuesday.jsonl > both.jsonl

    Exit code: 0 if nothing is missing, 1 if something is, 2 usage error (nothing was touched).
    """
    from eqmorph.audio.atomic import AtomicFile, explain_os_error
    from eqmorph.batch.plan import identity
    from eqmorph.cli.output import listing, print_json
    from eqmorph.errors import ExistsError
    from eqmorph.report.merge import MergedReport

    if as_json and out is None:
        raise UsageError("the report and --json can't both go to stdout", hint="Name a file for the report with -o.")
    if out is not None and identity(out) in map(identity, reports):
        raise UsageError(f"{show_path(out)} is one of the reports", hint="Give the report of all another name.")
    merged = MergedReport()
    try:
        for report in dict.fromkeys(reports):
            merged.add(report)
    except InputError as error:  # nothing was touched
        raise UsageError(error.problem, hint=error.remedy, path=error.path) from error
    missing = merged.missing(inputs)
    if out is None:
        for line in merged.lines():
            click.echo(line, nl=False)
    else:
        if os.path.lexists(out) and not force:
            raise ExistsError("already exists", hint=Phrase("Use {} to overwrite it.", Means.REPLACE), path=out)
        with AtomicFile(out, overwrite=force) as file:
            try:
                with file.temp.open("w", encoding="utf-8") as written:
                    written.writelines(merged.lines())
            except OSError as error:
                raise explain_os_error(error, out) from error
            file.commit()
    counts = merged.counts
    if as_json:
        print_json(
            {
                "report": str(out),
                "reports": [str(report) for report in reports],
                "files": sum(counts.values()),
                **counts,
                "missing_parts": missing.parts,
                "missing_inputs": missing.inputs,
                "cut_off": [str(report) for report in merged.cut_off],
            }
        )
        return 1 if missing else 0
    told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    total = sum(counts.values())
    files = f"{total} file{'s' * (total != 1)}{': ' * bool(told)}{told}"
    rows = [f"{files}, from {len(reports)} report{'s' * (len(reports) != 1)}"]
    rows += [f"note: {show_path(path)} ends in the middle of a line: its run was killed" for path in merged.cut_off]
    rows += [f"missing: part {part}, which no report is of" for part in missing.parts[:_MOST_SHOWN]]
    rows += [f"missing: {show_path(name)}, which no report tells of" for name in missing.inputs[:_MOST_SHOWN]]
    unsaid = sum(max(len(names) - _MOST_SHOWN, 0) for names in (missing.parts, missing.inputs))
    rows += [f"... and {unsaid} more missing; --json lists them all"] if unsaid else []
    for line in listing([(show_path(out) if out is not None else "", rows[0])] if out else [(rows[0],)]):
        click.echo(line, err=out is None)
    for line in rows[1:]:
        click.echo(line, err=out is None)
    return 1 if missing else 0


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
