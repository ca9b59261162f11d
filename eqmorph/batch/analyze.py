"""Listen to many files side by side: the trajectory of each, written or handed on, in the order they were named."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eqmorph._typing import Float32
from eqmorph.analysis import Ear, flowing_trajectory, listen, write_trajectory
from eqmorph.analysis.trajectory import trajectory_path
from eqmorph.audio.read import AudioReader
from eqmorph.audio.windows import Spectra, as_one_window
from eqmorph.batch.find import Source
from eqmorph.batch.place import have_at_hand
from eqmorph.batch.remote import Remote
from eqmorph.batch.threads import on_threads
from eqmorph.errors import EqmorphError, Stopped, UsageError, show_path, unexpected
from eqmorph.wording import Means, Phrase

__all__ = ["Analysis", "AnalysisSettings", "AnalysisTask", "analyze_files", "plan_analyses"]

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class AnalysisTask:
    """A file to listen to, what to call it, and where its trajectory goes, if anywhere.

    ``source_name`` is what people call it where its path would tell them nothing, as for stdin.
    """

    path: Path
    name: str
    output: Path | None = None
    overwrite: bool = False
    source_name: str = ""
    remote: Remote | None = None  #: where it lies, if not here

    @property
    def shown_source(self) -> str:
        return self.source_name or str(self.path)


@dataclass(frozen=True, slots=True)
class AnalysisSettings:
    """How to listen, and what to report. ``keep_windows`` hands on the windows too, not just the summary."""

    window_s: float
    hop_s: float
    words: tuple[str, ...]
    top: int = 8
    repair: bool = False
    keep_windows: bool = True


@dataclass(frozen=True, slots=True)
class Analysis:
    """What came of a task: a trajectory (its windows as a stream) and the sound as one window, or an error."""

    task: AnalysisTask
    data: dict[str, Any] | None = None
    whole: Spectra | None = None
    notes: tuple[str, ...] = ()
    error: EqmorphError | None = None


def plan_analyses(sources: Sequence[Source], out: Path | None, *, overwrite: bool = False) -> list[AnalysisTask]:
    """Plan a task for each source, with its trajectory at its relative path below ``out``, if given.

    Raises:
        UsageError: two of them would have the same trajectory, or one already exists.
    """
    tasks = [
        AnalysisTask(
            source.path,
            str(source.relative),
            None if out is None else trajectory_path(out / source.relative),
            overwrite,
            source_name=source.remote.name if source.remote is not None else "",
            remote=source.remote,
        )
        for source in sources
    ]
    first: dict[Path, AnalysisTask] = {}
    for task in tasks:
        if task.output is not None and first.setdefault(task.output, task) is not task:
            other = show_path(first[task.output].shown_source)
            raise UsageError(
                f"{other} and {show_path(task.shown_source)} would both become {show_path(task.output)}",
                hint="Nothing was touched. Rename one, or use two output folders.",
            )
    taken = [show_path(output) for output in first if output.exists()]
    if taken and not overwrite:
        more = f" and {len(taken) - _MOST_NAMED} more" if len(taken) > _MOST_NAMED else ""
        raise UsageError(
            f"{len(taken)} of {len(tasks)} trajectories already {'exist' if len(taken) > 1 else 'exists'}: "
            f"{', '.join(taken[:_MOST_NAMED])}{more}",
            hint=Phrase("Nothing was touched. {} overwrites them.", Means.REPLACE),
        )
    return tasks


def analyze_files(
    ear: Ear, tasks: Sequence[AnalysisTask], settings: AnalysisSettings, *, workers: int = 1
) -> Iterator[Analysis]:
    """Yield what came of each task, in order; one bad file never stops the rest."""
    stop = threading.Event()

    def watch(_seconds: float = 0.0) -> None:
        if stop.is_set():
            raise Stopped("interrupted")

    def work(task: AnalysisTask) -> Analysis:
        def watched(blocks: Iterator[Float32]) -> Iterator[Float32]:
            for block in blocks:
                watch()
                yield block

        with have_at_hand(task.path, task.remote, watch):
            return _analyze(ear, task, settings, watched)

    with closing(on_threads(work, tasks, workers=workers, stop=stop, in_order=True)) as ended:
        for task, future in ended:
            yield _result(future, task)


def _analyze(
    ear: Ear,
    task: AnalysisTask,
    settings: AnalysisSettings,
    watched: Callable[[Iterator[Float32]], Iterator[Float32]],
) -> Analysis:
    with AudioReader(task.path, repair=settings.repair) as reader:
        rate = reader.info.sample_rate
        spectra = listen(watched(reader.blocks()), rate, window_s=settings.window_s, hop_s=settings.hop_s)
        info, notes = replace(reader.info, path=Path(task.name)), tuple(reader.notes)
    data = flowing_trajectory(ear.for_sound(spectra), spectra, info, words=settings.words, top=settings.top)
    if task.output is not None:
        write_trajectory(task.output, data, overwrite=task.overwrite)
    kept = {name: value for name, value in data.items() if name != "windows" or settings.keep_windows}
    return Analysis(task, kept, as_one_window(spectra), notes)


def _result(future: Future[Analysis], task: AnalysisTask) -> Analysis:
    error = future.exception()
    if error is None:
        return future.result()
    known = error if isinstance(error, EqmorphError) else unexpected(error, task.path)
    if known.path == task.path:
        known.path = task.shown_source
    return Analysis(task, error=known)
