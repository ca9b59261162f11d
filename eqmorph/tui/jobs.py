"""Render a file or a folder in the background. Each job can be watched and stopped from any thread."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

from eqmorph.batch import Batch, FileResult, Limits, Outcome, prepare_batch, usable_cores
from eqmorph.batch.hear import hear_set
from eqmorph.batch.isolated import NO_LIMITS
from eqmorph.batch.measure import measure_set
from eqmorph.errors import Stopped
from eqmorph.process import ProcessResult, Settings, process_file
from eqmorph.tui.render_process import RenderProcess

__all__ = ["FileRendering", "FolderRendering"]


class FileRendering:
    """One file on its way into another.

    Args:
        source: the file.
        output: the file to write.
        settings: what to do to it.
        duration_s: the source's duration, to know how much is done.
        overwrite: whether an existing output may be replaced.
        apart: the process that does it; None for this one.
    """

    def __init__(
        self,
        source: Path,
        output: Path,
        settings: Settings,
        *,
        duration_s: float,
        overwrite: bool = False,
        apart: RenderProcess | None = None,
    ) -> None:
        self.source, self.output = source, output
        self._settings = settings
        self._duration_s = duration_s
        self._overwrite = overwrite
        self._apart = apart
        self._done_s = 0.0
        self._stop = threading.Event()

    @property
    def name(self) -> str:
        return self.output.name

    @property
    def share(self) -> float:
        """How much is done, 0..1."""
        return min(self._done_s / self._duration_s, 1.0) if self._duration_s > 0 else 0.0

    def stop(self) -> None:
        self._stop.set()

    def run(self) -> ProcessResult:
        """Render the file.

        Raises:
            Stopped: `stop` was called.
            EqmorphError: it can't be done.
        """
        process = process_file if self._apart is None else self._apart.process_file
        return process(self.source, self.output, self._settings, overwrite=self._overwrite, watch=self._watch)

    def _watch(self, seconds: float) -> None:
        if self._stop.is_set():
            raise Stopped("stopped: nothing was written", path=self.output)
        self._done_s += seconds


class FolderRendering:
    """All audio files of a folder on their way into another.

    Results of an earlier run that are still current are kept, and so are files that no run has made.

    Args:
        folder: where the sources are.
        output: where the results go.
        settings: what to do to each file.
        limits: what a file may take; with any, processes of their own do them.
    """

    def __init__(self, folder: Path, output: Path, settings: Settings, *, limits: Limits = NO_LIMITS) -> None:
        self.folder, self.output = folder, output
        self._settings, self._limits = settings, limits
        self._stop = threading.Event()
        self.total = 0
        self.results: list[FileResult] = []

    @property
    def name(self) -> str:
        return f"{self.folder.name or self.folder}/"

    @property
    def share(self) -> float:
        """How much is done, 0..1."""
        return len(self.results) / self.total if self.total else 0.0

    def count(self, status: str) -> int:
        return sum(result.status == status for result in self.results)

    @property
    def is_preparing(self) -> bool:
        """Whether nothing is rendered yet: the files of an album are first listened to, all of them."""
        return not self.total

    def stop(self) -> None:
        self._stop.set()

    def plan(self) -> Batch:
        """Plan what is to be done; nothing is touched yet.

        Raises:
            EqmorphError: it can't be started.
        """
        workers = max(usable_cores() - 1, 1)  # one core is left to the app where there are several
        return prepare_batch(
            [self.folder],
            self.output,
            self._settings,
            existing="update",
            trajectories=False,
            workers=workers,
            hear=partial(hear_set, on_progress=self._watch),
            measure=partial(measure_set, on_progress=self._watch),
        )

    def _watch(self, _seconds: float) -> None:
        if self._stop.is_set():
            raise Stopped("stopped: nothing was written", path=self.output)

    def run(self) -> Outcome:
        """Render the folder.

        Raises:
            EqmorphError: it can't be started; what fails later is in the results.
        """
        batch = self.plan()
        if self._stop.is_set() and self._settings.sharing != "nothing":  # not all files were listened to
            raise Stopped("stopped: nothing was written", path=self.output)
        self.total = len(batch.jobs)
        return batch.run(stop=self._stop, limits=self._limits, on_result=self.results.append)
