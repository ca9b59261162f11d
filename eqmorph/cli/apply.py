"""``eqmorph apply``: equalize files and folders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eqmorph.cli import completing
from eqmorph.cli.destination import STDIO, choose_destination, existing_choice, name_pipes, refuse_addresses
from eqmorph.cli.eq_options import eq_request, request_options
from eqmorph.cli.file_options import (
    export_option,
    html_option,
    preserve_option,
    quiet_option,
    report_option,
    together_option,
    trajectory_option,
    verbose_option,
    writing_options,
)
from eqmorph.cli.formats import refuse_following_export
from eqmorph.cli.grouped import GroupedCommand
from eqmorph.cli.options import follow_links_option, jobs_option, seconds, size
from eqmorph.cli.plots import PlotFile, plot_options
from eqmorph.cli.run_page import PageOfRun
from eqmorph.errors import UsageError, show_path

if TYPE_CHECKING:
    from eqmorph.audio.atomic import Preserved
    from eqmorph.audio.hum import Mains
    from eqmorph.audio.windows import Spectra
    from eqmorph.batch import Batch, FileResult, Job, Outcome, Shard, Source
    from eqmorph.batch.cluster import Cluster
    from eqmorph.batch.pictures import Gathered
    from eqmorph.batch.state import Observer
    from eqmorph.cli.results import Results
    from eqmorph.exchange import Format
    from eqmorph.level import Level, Measured
    from eqmorph.process import Dithering, Settings

_INTERRUPTED = 130
_HEADINGS = {
    "Which EQ": ("words", "references", "preset", "bands_text", "amount", "phase"),
    "How words are met": (
        *("mode", "to_percentile", "max_gain_db", "album", "refine", "follow", "rate_db"),
        *("kind", "encoder", "model_folder"),
    ),
    "What is written": (
        *("format_name", "bit_depth", "bitrate_bps", "quality", "level", "ceiling_db", "dither", "dehum"),
        *("together", "trajectories", "export", "repair", "preserve", "raw"),
    ),
    "Existing files": ("force", "skip_existing", "resume"),
    "The run": (
        "follow_links",
        *("jobs", "dry_run", "report_path", "html_path", "plot_path", "plot_style", "as_json", "quiet", "verbose"),
        *("progress_s", "metrics_path", "fail_fast", "max_failures", "max_same_failures"),
        *("timeout_s", "max_memory_bytes"),
    ),
    "Many machines": ("scheduler", "shard"),
}


@click.command(short_help="Equalize files and folders.", cls=GroupedCommand, headings=_HEADINGS)
@click.argument("inputs", metavar="INPUT...", nargs=-1, shell_complete=completing.files)
@click.argument("output", metavar="OUTPUT", shell_complete=completing.files)
@request_options
@writing_options
@together_option
@follow_links_option
@jobs_option
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Let a Dask cluster do it: tcp://host:8786, or local:4 for four workers on this machine.",
)
@click.option(
    "--shard",
    metavar="K/N",
    callback=lambda _context, _option, text: _shard(text),
    help="Do the Kth of N parts of the files, the same ones whenever and wherever it is done.",
)
@click.option("--fail-fast", is_flag=True, help="Give up as soon as one file fails.")
@click.option(
    "--max-failures", type=click.IntRange(1), metavar="N", help="Give up once N files have failed. [default: never]"
)
@click.option(
    "--max-same-failures",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    metavar="N",
    help="Give up once N in a row have failed for one reason that is no file's own, as a full disk; 0 never does.",
)
@click.option(
    "--timeout",
    "timeout_s",
    metavar="TIME",
    callback=seconds,
    help="Give up a file that takes longer than this. [default: 10 minutes and ten times its length]",
)
@click.option(
    "--max-memory",
    "max_memory_bytes",
    metavar="SIZE",
    callback=size,
    help="Memory for each of the processes that do the files, such as 2GB. [default: all there is]",
)
@click.option(
    "-n",
    "--dry-run",
    is_flag=True,
    help="Listen, show the bands and the predicted result, and write nothing but a --plot.",
)
@click.option("-f", "--force", is_flag=True, help="Overwrite existing outputs. Inputs are never overwritten.")
@click.option("--skip-existing", is_flag=True, help="Leave existing outputs alone.")
@click.option("--resume", is_flag=True, help="Continue an interrupted run; redo what is outdated or damaged.")
@report_option
@html_option
@click.option(
    "--metrics",
    "metrics_path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep a file that Prometheus reads up to date.",
)
@click.option(
    "--progress",
    "progress_s",
    metavar="TIME",
    callback=seconds,
    help="Say every so often, such as 30s, how it stands: for logs.",
)
@plot_options("one file before and after; of several, the words before and after, and all EQs")
@preserve_option
@trajectory_option
@export_option
@click.option("--raw", metavar="TYPE:RATE:CHANNELS", help="What stdin holds without a header, with - - --follow.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@quiet_option
@verbose_option
def command(
    inputs: tuple[str, ...],
    output: str,
    words: str | None,
    references: tuple[str, ...],
    preset: str | None,
    bands_text: str | None,
    amount: float,
    model_folder: Path | None,
    format_name: str | None,
    bit_depth: str | None,
    bitrate_bps: int | None,
    quality: float | None,
    level: Level,
    ceiling_db: float | None,
    together: bool,
    dither: Dithering,
    dehum: Mains | None,
    repair: bool,
    preserve: tuple[Preserved, ...],
    follow_links: bool,
    jobs: int | None,
    scheduler: str | None,
    shard: Shard | None,
    fail_fast: bool,
    max_failures: int | None,
    max_same_failures: int,
    timeout_s: float | None,
    max_memory_bytes: int | None,
    dry_run: bool,
    force: bool,
    skip_existing: bool,
    resume: bool,
    report_path: Path | None,
    html_path: Path | None,
    metrics_path: Path | None,
    progress_s: float | None,
    plot: PlotFile | None,
    trajectories: bool | None,
    export: Format | None,
    raw: str | None,
    as_json: bool,
    quiet: bool,
    verbose: int,
    **goal: Any,
) -> int:
    """Equalize INPUTs (files, folders, globs, or - for a WAV on stdin) into OUTPUT, a file or a folder.

    Words adapt: each file is listened to first, and gets as much of them as it lacks. Bands are the same EQ for every
    file. A preset holds one or the other. A reference is another recording whose tonal balance each comes near to.

    Folders are taken whole, relative paths kept. Sample rate, channels, bit depth, container, length, tags and chunks
    stay as they are. The result is as loud as the input, so that a louder one never passes for a better one. A file
    gets its name only once it is complete, nothing is overwritten unless you ask for it, and inputs never are.

    \b
    eqmorph apply song.wav warm.wav --target warm:0.7
    eqmorph apply album/ out/ --target "warm:0.5 + airy:0.3" --album
    eqmorph apply drumkit/ out/ --target punchy:0.5 --together
    eqmorph apply voices/ out/ --target clear --to 0.8
    eqmorph apply song.wav out.wav --reference hit.wav --target "airy:0.2"
    eqmorph apply in/ out/ --bands "LS 120 +3; HS 8k -3" --amount 0.5
    eqmorph apply "stems/*.flac" out/ --preset de-mud --format wav --bit-depth 24
    eqmorph apply in/ out/ --preset air --resume --report report.jsonl
    eqmorph apply in/ out/ --target warm:0.5 --html report.html
    eqmorph apply in/ out/ --target warm:0.5 --export apo
    eqmorph apply song.wav out.wav --target warm:0.5 --plot song.png
    eqmorph apply talk.m4a clear.m4a --preset podcast-voice --bitrate 128k
    eqmorph apply film.mp4 film-clear.mp4 --target clear:0.5
    eqmorph apply song.wav out.wav --bands "PK 300 -2" --phase linear
    eqmorph apply talk.wav out.wav --dehum auto
    eqmorph apply s3://bucket/in s3://bucket/out --target warm:0.5 --resume
    ffmpeg -i URL -f wav - | eqmorph apply - - --target warm --follow | ffplay -

    Exit code: 0 success, 1 some files failed, 2 usage error (nothing was touched), 130, 143 or 129 ended by Ctrl-C,
    SIGTERM or SIGHUP.
    """
    if not inputs:
        raise UsageError("an input and an output are needed", hint="Name the output last. Help: eqmorph apply --help")
    from eqmorph.audio.lossy import Lossy
    from eqmorph.batch import Limits, prepare_batch
    from eqmorph.cli import pipes
    from eqmorph.cli.output import tell_left_out
    from eqmorph.cli.progress import FoundLine
    from eqmorph.level import choose_sharing
    from eqmorph.process import Settings

    if dehum is not None and not (words or preset or references) and bands_text is None:
        bands_text = "flat"
    request = eq_request(words, preset, bands_text, references, amount=amount, model_folder=model_folder, **goal)
    if request.following is not None and (inputs, output) == ((STDIO,), STDIO):
        from eqmorph.cli.streaming import stream_pipes

        unfit = {
            "--json": as_json,
            "--report": report_path,
            "--html": html_path,
            "--trajectory": trajectories,
            "--dry-run": dry_run,
        }
        unfit |= {
            "--together": together,
            "--resume": resume,
            "--format": format_name not in (None, "wav"),
            "--export": export is not None,
            "--bitrate": bitrate_bps is not None,
            "--quality": quality is not None,
            "--dehum": dehum is not None,
            "--plot": plot is not None,
        }
        return stream_pipes(
            request,
            raw=raw,
            bit_depth=bit_depth,
            level=level,
            ceiling_db=ceiling_db,
            unfit=unfit,
            quiet=quiet,
        )
    if raw is not None:
        raise UsageError(
            "--raw is for streams, which go from stdin to stdout and are followed",
            hint="Write: eqmorph apply - - --follow --raw f32:48000:2 --target ...",
        )
    refuse_following_export(export, request)
    settings = Settings(
        eq=request.resolve(),
        level=level,
        ceiling_db=ceiling_db,
        format=format_name,
        bit_depth=bit_depth,
        lossy=Lossy(bitrate_bps, quality),
        repair=repair,
        dither=dither,
        dehum=dehum,
        preserve=preserve,
        measure=as_json or report_path is not None or html_path is not None,
        sharing=choose_sharing(album=request.album, together=together),
        export=export,
    )
    if not quiet:
        for doubt in settings.eq.doubts:
            click.echo(f"note: {doubt}", err=True)
    refuse_addresses({"--report": report_path, "--html": html_path, "--metrics": metrics_path})
    with ExitStack() as stack:
        destination = choose_destination(output, inputs, format_name, stack)
        if destination.is_stdout and as_json:
            raise UsageError("audio and --json can't both go to stdout", hint="Use --report FILE instead.")
        if destination.is_stdout and html_path is not None:
            raise UsageError("--html requires a file or a folder as output", hint="The page plays what is there.")
        if destination.is_stdout and trajectories:
            raise UsageError("--trajectory requires a file or a folder as output")
        if destination.is_stdout and export is not None:
            raise UsageError("--export requires a file or a folder as output", hint="See eqmorph export for stdout.")
        existing = existing_choice(force, skip_existing, resume, destination)
        stdin = pipes.stdin_as_file(stack) if STDIO in inputs else None
        batch = prepare_batch(
            [stdin if stdin is not None and name == STDIO else name for name in inputs],
            destination.path,
            settings,
            into_folder=destination.is_folder,
            existing=existing,
            trajectories=trajectories,
            workers=jobs,
            shard=shard,
            follow_links=follow_links,
            hear=partial(_hear_album, quiet=quiet),
            measure=partial(_measure_set, quiet=quiet),
            on_found=FoundLine(quiet=quiet, every_s=progress_s).tell,
        )
        tell_left_out(batch.left_out)
        batch = name_pipes(batch, stdin, destination)
        if html_path is not None and batch.is_elsewhere:
            raise UsageError("--html needs files of this machine", hint="The page plays what is there. Use --report.")
        if not dry_run:
            batch.check_space()
        from eqmorph.cli.levels import SharedGain
        from eqmorph.cli.report_file import told_by
        from eqmorph.cli.results import Results

        if resume and report_path is not None and not dry_run and (told := told_by(report_path)) is not None:
            batch.redo_untold(told)
        page = None
        if html_path is not None and not dry_run:
            page = PageOfRun(html_path, batch.jobs, force=force, resume=resume, report=report_path)
        results = Results(
            batch.jobs,
            report_path=None if dry_run else report_path,
            append_report=resume,
            overwrite_report=force,
            as_json=as_json,
            quiet=quiet,
            verbose=verbose,
            all_on_stderr=destination.is_stdout and not dry_run,
            resumable=destination.is_folder and not dry_run,
            is_dry=dry_run,
            shared=SharedGain.of(batch),
            shard=shard,
            run=batch.told(),
        )
        keeps_results = page is not None
        run = partial(
            batch.run,
            limits=Limits(timeout_s, max_memory_bytes),
            max_failures=1 if fail_fast else max_failures,
            max_same_failures=max_same_failures or None,
            cluster=_cluster(scheduler),
            observers=_observers(metrics_path, progress_s),
            keeps_results=keeps_results,
            on_note=lambda note: click.echo(f"note: {note}", err=True),
        )
        preview = partial(batch.preview, keeps_results=keeps_results)
        gathered = _gathered() if plot is not None else None
        code = _run(preview if dry_run else run, stack.enter_context(results), gathered, page)
        if plot is not None and gathered is not None:
            asked = words or preset or bands_text or ", ".join(Path(name).name for name in references)
            _plot(plot, batch, gathered, asked)
        if destination.is_stdout and code == 0 and not dry_run:
            code = 0 if pipes.copy_to_stdout(Path(destination.path)) else 1
    return code


def _run(run: Callable[..., Outcome], results: Results, gathered: Gathered | None, page: PageOfRun | None) -> int:
    """Run or preview all jobs, show their results and write their page; return the exit code."""

    def add(ended: FileResult) -> None:
        results.add(ended)
        if gathered is not None:
            gathered.add(ended)

    outcome = run(on_result=add, on_progress=results.advance)
    results.finish(outcome)
    if page is not None and outcome.results:
        results.tell_page(page.write(outcome.results))
    if outcome.interrupted or (outcome.left and not outcome.gave_up):
        return _INTERRUPTED
    return 1 if outcome.count("failed") or results.report_failed else 0


def _gathered() -> Gathered:
    from eqmorph.batch.pictures import Gathered  # which only a plot needs

    return Gathered()


def _plot(plot: PlotFile, batch: Batch, gathered: Gathered, asked: str) -> None:
    """Draw what became of the files: of a single one its spectra and EQ, of several all of them together."""
    from eqmorph.batch.place import have_at_hand
    from eqmorph.figures.sets import outcome_figure
    from eqmorph.figures.sound import sound_figure
    from eqmorph.process.picture import sound_picture

    outcome, only = gathered.picture(), gathered.only
    if outcome is None:
        plot.say_nothing_to_draw("no file was done")
    elif len(batch.jobs) == 1 and only is not None:
        job, result = only
        with have_at_hand(job.source, job.remote):
            sound = sound_picture(job.source, batch.settings, result)
        if sound is None:
            plot.say_nothing_to_draw(f"{show_path(job.shown_source)} is silent")
            return
        account = result.account
        title = f"{Path(job.shown_source).name}: {asked}"
        note = str(result.bands.rounded()) if account is None else account.effect
        plot.draw(lambda style: sound_figure(sound, style, title=title, note=note))
    else:
        title = f"{outcome.files} files: {asked}"
        note = "Each file's percentile before and after; the bar is the median." if outcome.moves else ""
        plot.draw(lambda style: outcome_figure(outcome, style, title=title, note=note))


def _observers(metrics_path: Path | None, progress_s: float | None) -> list[Observer]:
    if metrics_path is None and progress_s is None:
        return []
    from eqmorph.cli.observing import metrics_observer, progress_observer

    observers = [metrics_observer(metrics_path)] if metrics_path is not None else []
    return observers + ([progress_observer(max(progress_s, 1.0))] if progress_s is not None else [])


def _cluster(address: str | None) -> Cluster | None:
    if address is None:
        return None
    from eqmorph.batch.cluster import Cluster

    return Cluster(address)


def _shard(text: str | None) -> Shard | None:
    if text is None:
        return None
    from eqmorph.batch import Shard

    return Shard.parse(text)


def _hear_album(sources: Sequence[Source], *, workers: int, repair: bool, quiet: bool) -> list[Spectra]:
    """Listen to an album, with a progress bar if there is a terminal."""
    from eqmorph.batch import hear_set

    with _first_bar([source.path for source in sources], "listening", quiet=quiet) as told:
        return hear_set(sources, workers=workers, repair=repair, **told)


def _measure_set(jobs: Sequence[Job], settings: Settings, *, workers: int, quiet: bool) -> list[Measured]:
    """Measure files that share a gain, with a progress bar if there is a terminal."""
    from eqmorph.batch import measure_set

    with _first_bar([job.source for job in jobs], "measuring", quiet=quiet) as told:
        return measure_set(jobs, settings, workers=workers, **told)


@contextmanager
def _first_bar(sources: Sequence[Path], label: str, *, quiet: bool) -> Iterator[dict[str, Any]]:
    """Show a bar for a first pass over all files; what is to be told to it, if there is one."""
    from eqmorph.cli.progress import ProgressBar, has_bar

    if not has_bar(len(sources), quiet=quiet):
        yield {}
        return
    with closing(ProgressBar(sources, files=len(sources), label=label)) as bar:
        yield {"on_progress": bar.advance, "on_end": bar.end}
