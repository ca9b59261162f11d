"""What is rendered beside everything else: one file, or a folder. Each can be watched and stopped from any thread."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path

from eqmorph.batch import FileResult, Job, Journal, Outcome, find_sources, plan_jobs, run_batch, usable_cores
from eqmorph.errors import EqmorphError
from eqmorph.process import ProcessResult, Settings, process_file

__all__ = ["FileRendering", "FolderPlan", "FolderRendering", "Stopped"]


class Stopped(EqmorphError):
    """Somebody stopped the work; nothing of it remains."""


class FileRendering:
    """One file on its way into another.

    Args:
        source: the file.
        target: what it becomes.
        settings: how.
        duration_s: of the source, for the progress.
        overwrite: whether a target that is there may be replaced.
    """

    def __init__(
        self, source: Path, target: Path, settings: Settings, *, duration_s: float, overwrite: bool = False
    ) -> None:
        self.source, self.target = source, target
        self._settings = settings
        self._duration_s = duration_s
        self._overwrite = overwrite
        self._done_s = 0.0
        self._stop = threading.Event()

    @property
    def name(self) -> str:
        return self.target.name

    @property
    def share(self) -> float:
        """How much is done, 0..1."""
        return min(self._done_s / self._duration_s, 1.0) if self._duration_s > 0 else 0.0

    def stop(self) -> None:
        self._stop.set()

    def run(self) -> ProcessResult:
        """Do it.

        Raises:
            Stopped: `stop` was called.
            EqmorphError: it can't be done.
        """
        return process_file(self.source, self.target, self._settings, overwrite=self._overwrite, watch=self._watch)

    def _watch(self, seconds: float) -> None:
        if self._stop.is_set():
            raise Stopped("stopped: nothing was written", path=self.target)
        self._done_s += seconds


@dataclass(frozen=True, slots=True)
class FolderPlan:
    """What a folder comes to: ``kept`` outputs are there already and not ours, ``replaced`` ones had other settings."""

    jobs: list[Job]
    journal: Journal
    kept: int
    replaced: int


class FolderRendering:
    """All audio files of a folder on their way into another.

    What an earlier run has made from the same stays, and so does what none has made.

    Args:
        folder: what to go through.
        output: where the results go.
        settings: how.
    """

    def __init__(self, folder: Path, output: Path, settings: Settings) -> None:
        self.folder, self.output = folder, output
        self._settings = settings
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

    def stop(self) -> None:
        self._stop.set()

    def plan(self) -> FolderPlan:
        """What is to be done; nothing is touched yet.

        Raises:
            EqmorphError: it can't be begun.
        """
        journal = Journal(self.output, self._settings)
        sources = find_sources([self.folder], leave_out=self.output)
        there = plan_jobs(sources, self.output, into_folder=True, format_name=None, existing="skip", journal=journal)
        jobs = [
            replace(job, skip="", overwrite=True) if job.skip and journal.knows(job.target) else job for job in there
        ]
        return FolderPlan(
            jobs,
            journal,
            kept=sum(bool(job.skip) for job in jobs),
            replaced=sum(job.overwrite and not journal.has_settings_of(job.target) for job in jobs),
        )

    def run(self) -> Outcome:
        """Do it, with one core left to the app where there are several.

        Raises:
            EqmorphError: it can't be begun; what fails later is in the results.
        """
        plan = self.plan()
        self.total = len(plan.jobs)
        return run_batch(
            plan.jobs,
            self._settings,
            workers=max(usable_cores() - 1, 1),
            journal=plan.journal,
            resume=True,
            stop=self._stop,
            on_result=self.results.append,
        )
