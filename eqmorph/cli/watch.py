"""``eqmorph watch``: equalize what arrives in a folder, until it is ended."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from eqmorph.cli import completing
from eqmorph.cli.eq_options import eq_request, request_options
from eqmorph.cli.file_options import (
    export_option,
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
from eqmorph.cli.options import follow_links_option, jobs_option, seconds
from eqmorph.cli.output import print_error, say
from eqmorph.cli.signals import SIGNAL_EXIT_CODE, StopEvent, stopped_by_signals
from eqmorph.errors import UsageError, show_path

if TYPE_CHECKING:
    from eqmorph.audio.atomic import Preserved
    from eqmorph.audio.hum import Mains
    from eqmorph.batch import Watched
    from eqmorph.exchange import Format
    from eqmorph.level import Level
    from eqmorph.process import Dithering

T = TypeVar("T")
_HEADINGS = {
    "Which EQ": ("words", "references", "preset", "bands_text", "amount", "phase"),
    "How words are met": (
        *("mode", "to_percentile", "max_gain_db", "refine", "follow", "rate_db"),
        *("kind", "encoder", "model_folder"),
    ),
    "What is written": (
        *("format_name", "bit_depth", "bitrate_bps", "quality", "level", "ceiling_db", "dither", "dehum"),
        *("trajectories", "export", "repair", "preserve"),
    ),
    "The watch": ("settle_s", "every_s", "follow_links", "jobs", "report_path", "quiet", "verbose"),
}
_REFUSED = ("album", "together")  # options of apply that are answered with what to do instead


@click.command(
    short_help="Equalize what arrives in a folder.", cls=GroupedCommand, headings=_HEADINGS, unlisted=_REFUSED
)
@click.argument("folder", metavar="FOLDER", shell_complete=completing.files)
@click.argument("output", metavar="OUTPUT", shell_complete=completing.files)
@request_options
@writing_options
@together_option
@preserve_option
@trajectory_option
@export_option
@click.option(
    "--settle",
    "settle_s",
    callback=seconds,
    metavar="TIME",
    default="2s",
    show_default=True,
    help="Take a file for complete once its size and date have kept still for so long.",
)
@click.option(
    "--every",
    "every_s",
    callback=seconds,
    metavar="TIME",
    default="1s",
    show_default=True,
    help="Look at the folder so often; less often where a look takes long.",
)
@follow_links_option
@jobs_option
@report_option
@quiet_option
@verbose_option
def command(
    folder: str,
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
    trajectories: bool | None,
    export: Format | None,
    settle_s: float,
    every_s: float,
    follow_links: bool,
    jobs: int | None,
    report_path: Path | None,
    quiet: bool,
    verbose: int,
    **goal: Any,
) -> int:
    """Equalize what is in FOLDER and what arrives there into OUTPUT, a folder, until Ctrl-C or SIGTERM.

    Each file gets what `eqmorph apply FOLDER OUTPUT` would give it, once it has arrived completely: when its size and
    date have kept still for a while, or at once if it was moved there. One that changes is done again. One that fails
    is named once, and tried again when it changes.

    What an earlier watch or run did with the same settings is not done again, so it may be ended and started at any
    time. Files in OUTPUT that eqmorph did not write are left alone. OUTPUT may lie inside FOLDER.

    \b
    eqmorph watch in/ out/ --target "warm:0.5 + clear:0.3"
    eqmorph watch inbox/ inbox/done/ --preset podcast-voice --format flac
    eqmorph watch /mnt/share/in out/ --target clear --settle 30s --every 10s
    eqmorph watch in/ out/ --preset air --jobs 2 --quiet --report watch.jsonl

    Exit code: 0 all was done when it was ended, 1 some files failed, 2 usage error (nothing was touched), 130 or 143
    ended by Ctrl-C or SIGTERM with files left to do.
    """
    from eqmorph.audio.lossy import Lossy
    from eqmorph.batch import FolderWatch
    from eqmorph.batch.journal import run_told
    from eqmorph.cli.output import tell_left_out
    from eqmorph.cli.results import Results
    from eqmorph.level import choose_sharing
    from eqmorph.process import Settings

    if not (folder and output):
        raise UsageError("a folder has no name", hint="Is a shell variable empty? . is the current folder.")
    if not every_s:
        raise UsageError("--every must be more than no time", hint="The default is 1s.")
    if dehum is not None and not (words or preset or references) and bands_text is None:
        bands_text = "flat"
    request = eq_request(words, preset, bands_text, references, amount=amount, model_folder=model_folder, **goal)
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
        measure=report_path is not None,
        sharing=choose_sharing(album=request.album, together=together),
        export=export,
    )
    watch = FolderWatch(
        Path(folder),
        Path(output),
        settings,
        settle_s=settle_s,
        every_s=every_s,
        trajectories=trajectories,
        workers=jobs,
        follow_links=follow_links,
    )
    told = run_told(settings)
    results = Results(None, report_path=report_path, append_report=True, quiet=quiet, verbose=verbose, run=told)
    stop = StopEvent()
    with results, stopped_by_signals(stop) as signals:
        if not quiet:
            for doubt in settings.eq.doubts:
                click.echo(f"note: {doubt}", err=True)
            say(f"Watching {show_path(folder)}; results go into {show_path(output)}. Ctrl-C ends it.")
        watched = watch.run(
            stop=stop,
            on_result=_or_nobody(results.add),
            on_left_out=_or_nobody(lambda link: tell_left_out((link,))),
            on_trouble=_or_nobody(print_error),
            on_relief=_or_nobody(lambda relief: click.echo(f"note: {relief}", err=True)),
        )
    if not quiet:
        say(_total(watched))
    if watched.left:
        return SIGNAL_EXIT_CODE + (signals[0] if signals else signal.SIGINT)
    return 1 if watched.failed or results.report_failed else 0


def _or_nobody(tell: Callable[[T], None]) -> Callable[[T], None]:
    """Tell, and go on where nothing can be told: a log may lie on the very disk that is full."""

    def told(what: T) -> None:
        with suppress(OSError):
            tell(what)

    return told


def _total(watched: Watched) -> str:
    counts = (
        (watched.done, "done"),
        (watched.done_before, "done before"),
        (watched.skipped, "skipped"),
        (len(watched.failed), "failed"),
        (len(watched.left), "left, which the next watch does"),
    )
    return f"Ended: {', '.join(f'{count} {what}' for count, what in counts if count) or 'nothing arrived'}."
