"""``eqmorph apply``: equalize files and folders."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eqmorph.audio.formats import BIT_DEPTHS, FORMATS
from eqmorph.cli.chosen import amount_option, bands_option, chosen_eq, preset_option
from eqmorph.cli.options import model_option
from eqmorph.cli.wished import Wishes, wish_options, wished_eq
from eqmorph.errors import UsageError, show_path

if TYPE_CHECKING:
    from eqmorph.adapt import AdaptiveEq
    from eqmorph.batch import Existing, Job, Journal
    from eqmorph.process import Settings

_STDIO = "-"
_UNWRITTEN = (".m4a", ".m4b", ".mp4", ".aac", ".wma", ".ape", ".wv", ".mka", ".webm")  # names of files, not of folders


@click.command(short_help="Equalize files and folders.")
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@click.argument("output", metavar="OUTPUT")
@click.option("--target", "words", metavar="WORDS", help='In words: "warm:0.7 + punchy:-0.3" (see eqmorph terms).')
@preset_option
@bands_option
@amount_option
@wish_options
@model_option
@click.option(
    "--format",
    "format_name",
    type=click.Choice(list(FORMATS), case_sensitive=False),
    help="Container to write; else the source's, or what OUTPUT's suffix says.",
)
@click.option("--bit-depth", type=click.Choice(list(BIT_DEPTHS)), help="Else the source's.")
@click.option(
    "--level",
    "level_text",
    metavar="match|keep|LUFS",
    default="match",
    show_default=True,
    help="Match the input's loudness, keep what the EQ makes of it, or reach a loudness such as -16.",
)
@click.option(
    "--ceiling",
    "ceiling_db",
    type=click.FloatRange(-60, 20),
    metavar="DBTP",
    help="True peak to stay under, by a trim, never a limiter. [default: -1; none with --level keep]",
)
@click.option(
    "--repair", is_flag=True, help="Mute samples that are no numbers; take what there is of a truncated file."
)
@click.option("-j", "--jobs", type=click.IntRange(1, 256), help="Files at once. [default: all cores]")
@click.option("-n", "--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("-f", "--force", is_flag=True, help="Overwrite outputs that are there. Inputs never are.")
@click.option("--skip-existing", is_flag=True, help="Leave outputs alone that are there.")
@click.option("--resume", is_flag=True, help="Go on where an earlier run stopped; redo what is outdated or damaged.")
@click.option(
    "--report",
    "report_path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write one JSON line a file.",
)
@click.option(
    "--trajectory/--no-trajectory",
    "trajectories",
    default=None,
    help="Write what each input is like over time beside its output. [default: for words, into folders]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.option("-v", "--verbose", count=True, help="Print bands too; -vv tracebacks.")
def command(
    inputs: tuple[str, ...],
    output: str,
    words: str | None,
    preset: str | None,
    bands_text: str | None,
    amount: float,
    model_folder: Path | None,
    format_name: str | None,
    bit_depth: str | None,
    level_text: str,
    ceiling_db: float | None,
    repair: bool,
    jobs: int | None,
    dry_run: bool,
    force: bool,
    skip_existing: bool,
    resume: bool,
    report_path: Path | None,
    trajectories: bool | None,
    as_json: bool,
    quiet: bool,
    verbose: int,
    **wishes: Any,
) -> int:
    """Equalize INPUTs (files, folders, globs, or - for a WAV on stdin) into OUTPUT, a file or a folder.

    Words adapt: each file is listened to first, and gets as much of them as it lacks. Bands are the same EQ for every
    file. A preset holds one or the other.

    Folders are taken whole, relative paths kept. Sample rate, channels, bit depth, container, length, tags and chunks
    stay as they are. The result is as loud as the input, so that a louder one never passes for a better one. A file
    appears under its name only when it is whole, nothing is overwritten unasked, and an input never is.

    \b
    eqmorph apply song.wav warm.wav --target warm:0.7
    eqmorph apply album/ out/ --target "warm:0.5 + airy:0.3" --album
    eqmorph apply voices/ out/ --target clear --to 0.8
    eqmorph apply in/ out/ --bands "LS 120 +3; HS 8k -3" --amount 0.5
    eqmorph apply "stems/*.flac" out/ --preset de-mud --format wav --bit-depth 24
    eqmorph apply in/ out/ --preset air --resume --report report.jsonl
    ffmpeg -i talk.m4a -f wav - | eqmorph apply - - --preset podcast-voice > talk.wav

    Exit code: 0 all well, 1 some files failed, 2 put wrongly (nothing was touched), 130 interrupted.
    """
    from eqmorph.adapt import AdaptiveEq
    from eqmorph.batch import Journal, find_sources, plan_jobs, run_batch, usable_cores
    from eqmorph.cli import pipes
    from eqmorph.cli.results import Results
    from eqmorph.level import parse_level
    from eqmorph.process import Settings

    chosen = chosen_eq(words, preset, bands_text, model_folder=model_folder)
    given = Wishes(**wishes)
    eq = wished_eq(chosen, given, amount, model_folder)
    existing = _existing(force, skip_existing, resume)
    settings = Settings(
        eq=eq,
        amount=1.0 if chosen.words is not None else amount,  # words have theirs by now
        level=parse_level(level_text),
        ceiling_db=ceiling_db,
        format=format_name,
        bit_depth=bit_depth,
        repair=repair,
        measure=as_json or report_path is not None,
    )
    with ExitStack() as stack:
        if not output:
            raise UsageError(
                "the output has no name", hint="Is a variable of the shell empty? . is the folder you are in."
            )
        into_folder = output != _STDIO and _is_folder(output, inputs)
        if resume and not into_folder:
            raise UsageError("--resume goes with an output folder", hint="For one file use --skip-existing or --force.")
        target = Path(output)
        if output == _STDIO:
            if as_json:
                raise UsageError("audio and --json can't both go to stdout", hint="Use --report FILE instead.")
            target = pipes.file_for_stdout(stack, len(inputs))
            existing = "overwrite"
        beside = _trajectories(trajectories, isinstance(eq, AdaptiveEq), into_folder, output)
        named: list[str | Path] = [pipes.stdin_as_file(stack) if name == _STDIO else name for name in inputs]
        sources = find_sources(named, leave_out=target if into_folder else None)
        if not into_folder:
            _check_one_file(target, len(sources), None if output == _STDIO else format_name)
        workers = min(jobs or usable_cores(), len(sources))
        # What an earlier run has done is known by the album's EQ: then it is needed for a dry run, too.
        if given.album and isinstance(eq, AdaptiveEq) and (resume or not dry_run):
            eq = _album(eq, [source.path for source in sources], workers=workers, repair=repair, quiet=quiet)
            settings = replace(settings, eq=eq)
        journal = Journal(target, settings) if into_folder else None
        planned = plan_jobs(
            sources,
            target,
            into_folder=into_folder,
            format_name=format_name,
            existing=existing,
            journal=journal,
            trajectories=beside,
        )
        if _STDIO in (*inputs, output):
            piped = {Path(path) for name, path in zip(inputs, named, strict=True) if name == _STDIO}
            planned = [_named_by_pipe(job, piped, output) for job in planned]
        if dry_run:
            return _dry_run(planned, settings, as_json, journal if resume else None, is_album=given.album)
        results = stack.enter_context(
            Results(
                planned,
                report_path=report_path,
                append_report=resume,
                overwrite_report=force,
                as_json=as_json,
                quiet=quiet,
                verbose=verbose,
                all_on_stderr=output == _STDIO,
                resumable=into_folder,
            )
        )
        outcome = run_batch(
            planned,
            settings,
            workers=workers,
            journal=journal,
            resume=resume,
            on_result=results.add,
            on_progress=results.advance,
        )
        results.finish(outcome)
        if output == _STDIO and outcome.count("done"):
            pipes.copy_to_stdout(target)
    if outcome.left:
        return 130
    return 1 if outcome.count("failed") or results.report_failed else 0


def _album(eq: AdaptiveEq, paths: Sequence[Path], *, workers: int, repair: bool, quiet: bool) -> AdaptiveEq:
    """Listen to an album, with a bar on a terminal, and decide on its EQ."""
    from eqmorph.batch import album_eq
    from eqmorph.cli.progress import ProgressBar, has_bar

    if not has_bar(len(paths), quiet=quiet):
        return album_eq(eq.ear, eq.goal, paths, workers=workers, repair=repair)
    with closing(ProgressBar(paths, files=len(paths), doing="listening")) as bar:
        return album_eq(eq.ear, eq.goal, paths, workers=workers, repair=repair, on_progress=bar.advance, on_end=bar.end)


def _trajectories(asked: bool | None, adaptive: bool, into_folder: bool, output: str) -> bool:
    """Whether trajectories are written: unasked only of what is listened to anyway, and into folders."""
    if asked and not adaptive:
        raise UsageError("--trajectory goes with words that adapt", hint="For all else: eqmorph analyze --out DIR.")
    if asked and output == _STDIO:
        raise UsageError("--trajectory needs an output that is a file or a folder")
    return adaptive and into_folder if asked is None else asked


def _named_by_pipe(job: Job, piped: set[Path], output: str) -> Job:
    """A job whose temporary files are called stdin and stdout."""
    return replace(
        job,
        source_name="stdin" if job.source in piped else "",
        target_name="stdout" if output == _STDIO else "",
    )


def _existing(force: bool, skip_existing: bool, resume: bool) -> Existing:
    if force + skip_existing + resume > 1:
        raise UsageError("--force, --skip-existing and --resume exclude each other")
    return "overwrite" if force else "skip" if skip_existing else "resume" if resume else "refuse"


def _is_folder(output: str, inputs: tuple[str, ...]) -> bool:
    """One file goes into one file if the output looks like one; all else goes into a folder."""
    from eqmorph.audio.formats import AUDIO_SUFFIXES

    if os.path.isdir(output) or output.endswith(("/", os.sep)):  # noqa: PTH112  (a Path forgets the last slash)
        return True
    is_file = os.path.isfile(output)  # noqa: PTH113  (a Path raises where the name is too long)
    suffix = Path(output).suffix.lower()
    if suffix in _UNWRITTEN:
        raise UsageError(f"{show_path(output)}: {suffix} files can't be written", hint="Name it .wav, .flac or .mp3.")
    if len(inputs) > 1 or os.path.isdir(inputs[0]):  # noqa: PTH112
        if is_file or suffix in AUDIO_SUFFIXES:
            raise UsageError(
                f"{show_path(output)} is the name of a file, and several inputs need a folder",
                hint="Name the folder they go into last; / behind a name makes it one.",
            )
        return True
    return not is_file and suffix not in AUDIO_SUFFIXES


def _check_one_file(target: Path, inputs: int, format_name: str | None) -> None:
    """Refuse what can't go into one file, or not under its name."""
    from eqmorph.audio.formats import FORMATS, format_of_suffix

    if inputs > 1:
        raise UsageError(f"{inputs} inputs can't become one file", hint="Name a folder for the output.")
    named = format_of_suffix(target.suffix)
    if format_name and named and FORMATS[named] != FORMATS[format_name] and (named, format_name) != ("wav", "rf64"):
        raise UsageError(
            f"{show_path(target)} is no name for --format {format_name}",
            hint=f"Name it {FORMATS[format_name].suffixes[0]}, or leave --format out.",
        )


def _dry_run(planned: list[Job], settings: Settings, as_json: bool, journal: Journal | None, *, is_album: bool) -> int:
    """Read every header and say what would become of it."""
    from eqmorph.cli.output import print_error, print_json
    from eqmorph.errors import EqmorphError
    from eqmorph.process import preview_file

    records: list[dict[str, str]] = []
    beside: list[Path] = []
    failed = 0
    for job in planned:
        record = {"input": job.shown_source, "output": job.shown_target}
        reason = job.skip or ("done by an earlier run" if journal is not None and job.is_done(journal) else "")
        if reason:
            records.append(record | {"status": "skip", "reason": reason})
            continue
        try:
            record |= {"status": "write", "as": preview_file(job.source, job.target, settings)}
            if job.trajectory is not None:
                record["trajectory"] = str(job.trajectory)
                beside.append(job.trajectory)
            records.append(record)
        except EqmorphError as error:
            failed += 1
            print_error(error)
            records.append(record | {"status": "fail", "error": str(error)})
    if as_json:
        print_json({"dry_run": True, "album": is_album, "files": records})
    else:
        for record in records:
            what = record.get("as") or record.get("reason") or "can't be read"
            click.echo(f"would {record['status']} {show_path(record['output'])}  {what}")
        if len(beside) == 1:
            click.echo(f"would write {show_path(beside[0])}")
        elif beside:
            click.echo(f"would write {len(beside)} trajectories beside them: {show_path(beside[0])}, ...")
        if is_album:
            click.echo("would listen to all files first and give them one EQ")
    return 1 if failed else 0
