"""Jobs on a few threads: reading, filtering and writing all leave Python's lock, so threads fill the cores."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from eqmorph.audio.atomic import remove_stale
from eqmorph.audio.read import explained_reading
from eqmorph.batch.journal import Journal
from eqmorph.batch.plan import Job
from eqmorph.errors import EqmorphError, unexpected
from eqmorph.process import ProcessResult, Settings, Watch, process_file

__all__ = ["FileResult", "Outcome", "run_batch", "usable_cores"]

_TICK_S = 0.1  # how soon an interrupt is noticed on systems where waiting can't be interrupted


@dataclass(frozen=True, slots=True)
class FileResult:
    """How one job ended: ``done``, ``skipped`` (``reason`` says why), ``failed`` (``error`` says why)."""

    job: Job
    status: Literal["done", "skipped", "failed"]
    result: ProcessResult | None = None
    error: EqmorphError | None = None
    reason: str = ""

    def to_record(self) -> dict[str, Any]:
        """One line of a report, as plain data."""
        record: dict[str, Any] = {
            "input": self.job.shown_source,
            "output": self.job.shown_target,
            "status": self.status,
        }
        if self.result is not None:
            record |= _measured(self.result)
        record["reason"] = self.reason or None
        record["error"] = str(self.error) if self.error is not None else None
        record["hint"] = (self.error.hint or None) if self.error is not None else None
        return record


@dataclass(slots=True)
class Outcome:
    """How a batch ended. ``left`` are the jobs an interrupt kept from being done."""

    results: list[FileResult] = field(default_factory=list)
    left: list[Job] = field(default_factory=list)

    def count(self, status: str) -> int:
        return sum(result.status == status for result in self.results)


class _Stopped(EqmorphError):
    """The run was interrupted: this file is given up, and nothing of it remains."""


def usable_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_batch(
    jobs: Sequence[Job],
    settings: Settings,
    *,
    workers: int = 1,
    journal: Journal | None = None,
    resume: bool = False,
    stop: threading.Event | None = None,
    on_result: Callable[[FileResult], None] = lambda _: None,
    on_progress: Callable[[float], None] = lambda _: None,
) -> Outcome:
    """Run jobs, one bad file never stopping the rest; Ctrl-C stops them all and leaves nothing half done.

    Args:
        jobs: what to make.
        settings: what to do to each.
        workers: how many at once.
        journal: where finished files are remembered.
        resume: skip what the journal has as finished and unchanged.
        stop: once it is set, the run ends as by Ctrl-C.
        on_result: told of each ended job, in this thread.
        on_progress: told the seconds of audio of each block read, in the worker's thread.
    """
    for folder in {job.target.parent for job in jobs}:
        remove_stale(folder)
    stop = stop or threading.Event()
    outcome = Outcome()
    planned: dict[Future[FileResult], Job] = {}
    order: dict[Future[FileResult], int] = {}

    def work(job: Job) -> FileResult:
        def watch(seconds: float) -> None:
            if stop.is_set():
                raise _Stopped("interrupted", path=job.source)
            on_progress(seconds)

        return _work(job, settings, journal, resume, watch)

    def take(done: set[Future[FileResult]]) -> None:
        for future in sorted(done, key=order.__getitem__):
            ended = _ended(future, planned.pop(future))
            if ended is not None:
                outcome.results.append(ended)
                on_result(ended)

    with ThreadPoolExecutor(workers, thread_name_prefix="eqmorph") as pool:
        try:
            for number, job in enumerate(jobs):
                future = pool.submit(work, job)
                planned[future], order[future] = job, number
            pending = set(planned)
            while pending:
                done, pending = wait(pending, timeout=_TICK_S, return_when=FIRST_COMPLETED)
                take(done)
                if stop.is_set():
                    pool.shutdown(cancel_futures=True)
                    take(set(planned))
                    break
        except BaseException as error:
            stop.set()
            pool.shutdown(cancel_futures=True)
            if not isinstance(error, KeyboardInterrupt):
                raise
            take(set(planned))
    finished = {id(result.job) for result in outcome.results}
    outcome.left = [job for job in jobs if id(job) not in finished]
    return outcome


def _work(job: Job, settings: Settings, journal: Journal | None, resume: bool, watch: Watch) -> FileResult:
    watch(0.0)
    if job.skip:
        return FileResult(job, "skipped", reason=job.skip)
    if resume and journal is not None and job.is_done(journal):
        return FileResult(job, "skipped", reason="done by an earlier run")
    with explained_reading(job.source):
        status = job.source.stat()

    def note(output: Path, written: Path) -> None:
        if journal is not None:
            journal.record(job.source, status, output, written)

    try:
        result = process_file(
            job.source,
            job.target,
            settings,
            overwrite=job.overwrite,
            watch=watch,
            before_commit=note,
            trajectory_path=job.trajectory,
            overwrite_trajectory=job.overwrite_trajectory,
        )
    except EqmorphError:
        if journal is not None:
            for path in job.new_outputs:  # the name may be another's by now
                journal.forget(path)
        raise
    return FileResult(job, "done", result)


def _ended(future: Future[FileResult], job: Job) -> FileResult | None:
    """The result of a finished future; None if the job was given up."""
    if future.cancelled():
        return None
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, _Stopped):
        return None
    if not isinstance(error, EqmorphError):
        error = unexpected(error, job.source)
        error.hint = "This is a defect in eqmorph. -vv shows where; please report it."
    if error.path is not None:
        names = {job.source: job.shown_source, job.target: job.shown_target}
        error.path = names.get(Path(error.path), error.path)
    return FileResult(job, "failed", error=error)


def _measured(result: ProcessResult) -> dict[str, Any]:
    before, after = result.before, result.after
    return {
        "bands": result.bands.to_list(),
        "level_trim_db": result.trim.level_db,
        "ceiling_trim_db": result.trim.ceiling_db,
        "loudness_in_lufs": before.lufs if before else None,
        "loudness_out_lufs": after.lufs if after else None,
        "true_peak_in_dbtp": before.true_peak_db if before else None,
        "true_peak_out_dbtp": after.true_peak_db if after else None,
        "format": result.format,
        "subtype": result.subtype,
        "duration_s": result.duration_s,
        "seconds": result.seconds,
        "decision": result.account.to_dict() if result.account is not None else None,
        "notes": list(result.notes),
    }
