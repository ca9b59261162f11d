"""``eqmorph analyze``: say in words how files sound."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click

from eqmorph.cli.options import encoder_option, jobs_option, kind_option, model_option, repair_option, seconds
from eqmorph.errors import UsageError

_STDIO, _STDIN = "-", "stdin"
_INTERRUPTED = 130


@click.command(short_help="Say in words how files sound.")
@click.argument("inputs", metavar="FILE|FOLDER...", nargs=-1, required=True)
@click.option(
    "--window",
    "window_s",
    callback=seconds,
    metavar="TIME",
    default="2s",
    show_default=True,
    help="Length of a window: 500ms, 2s, 1.5, 0:10, 1m30s.",
)
@click.option(
    "--hop",
    "hop_s",
    callback=seconds,
    metavar="TIME",
    help="Time from one window to the next. [default: half a window]",
)
@click.option(
    "--top",
    type=click.IntRange(1),
    default=8,
    show_default=True,
    help="How many of the strongest and of the weakest words to show.",
)
@click.option(
    "--word",
    "words",
    metavar="WORD",
    multiple=True,
    help="A word to follow instead of the usual ones; may be repeated.",
)
@click.option(
    "--out",
    "out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write each file's trajectory as NAME.trajectory.json, relative paths kept.",
)
@click.option("-f", "--force", is_flag=True, help="Overwrite existing trajectories.")
@repair_option
@jobs_option
@kind_option
@model_option
@encoder_option
@click.option("--json", "as_json", is_flag=True, help="Print the trajectories as one JSON document.")
def command(
    inputs: tuple[str, ...],
    window_s: float,
    hop_s: float | None,
    top: int,
    words: tuple[str, ...],
    out: Path | None,
    force: bool,
    repair: bool,
    jobs: int | None,
    kind: str,
    model_folder: Path | None,
    encoder: str,
    as_json: bool,
) -> int:
    """Say in words how files sound, as a whole and over time.

    Each word has a score, 1 being as much as the word's own EQ adds, and a percentile among the sounds of the
    reference: 50 is usual. One file gets a table of words, the strongest and weakest, and a suggestion; several files
    get a row each. - is a WAV on stdin.

    \b
    eqmorph analyze song.wav
    eqmorph analyze song.wav --window 500ms --word warm --word calm
    eqmorph analyze album/ --out trajectories/
    eqmorph analyze in/ --json > in.json

    Exit code: 0 success, 1 some files failed, 2 usage error, 130 interrupted.
    """
    from eqmorph.analysis import MAIN_WORDS, load_ear
    from eqmorph.audio.windows import checked_hop
    from eqmorph.batch import find_sources, usable_cores
    from eqmorph.batch.analyze import AnalysisSettings, analyze_files, plan_analyses
    from eqmorph.cli import pipes
    from eqmorph.cli.analysis_view import AsJson, ManyFiles, OneFile

    if force and out is None:
        raise UsageError("--force requires --out: there is nothing else to overwrite")
    hop_s = checked_hop(window_s, hop_s)
    ear = load_ear(model_folder, encoder, kind)
    followed = tuple(dict.fromkeys(ear.space.term(word).word for word in words)) or tuple(
        word for word in MAIN_WORDS if word in ear.space.terms
    )
    with ExitStack() as stack:
        named: list[str | Path] = [pipes.stdin_as_file(stack) if name == _STDIO else name for name in inputs]
        piped = {path for name, path in zip(inputs, named, strict=True) if name == _STDIO}
        tasks = [
            replace(task, name=_STDIN, source_name=_STDIN) if task.path in piped else task
            for task in plan_analyses(find_sources(named), out, overwrite=force)
        ]
        view = AsJson() if as_json else OneFile() if len(tasks) == 1 else ManyFiles(tasks, followed, ear)
        settings = AnalysisSettings(
            window_s, hop_s, followed, top=top, repair=repair, keep_windows=as_json or len(tasks) == 1
        )
        ended: list[bool] = []
        try:
            for analysis in analyze_files(ear, tasks, settings, workers=min(jobs or usable_cores(), len(tasks))):
                ended.append(analysis.error is None)
                view.add(analysis)
        except KeyboardInterrupt:
            view.finish(left=len(tasks) - len(ended))
            return _INTERRUPTED
        view.finish(left=0)
    return 0 if all(ended) else 1
