"""Run jobs side by side: one bad file never stops the rest, and an interrupt leaves nothing half done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from eqmorph.audio.atomic import remove_stale
from eqmorph.batch.isolated import NO_LIMITS, Limits, Workers
from eqmorph.batch.journal import Journal
from eqmorph.batch.make import make_file
from eqmorph.batch.overlap import beside_transfers
from eqmorph.batch.patience import process_patiently
from eqmorph.batch.place import HERE, Place, have_at_hand
from eqmorph.batch.plan import Job
from eqmorph.batch.threads import on_threads
from eqmorph.errors import Crashed, EqmorphError, Stopped, unexpected
from eqmorph.process import ProcessResult, Settings, Watch, preview_file, unwatched
from eqmorph.wording import PYTHON, Words

if TYPE_CHECKING:  # an extra
    from eqmorph.batch.cluster import Cluster

__all__ = ["FileResult", "Outcome", "preview_batch", "run_batch"]

#: With more files than these, processes do them: they take half a second to start.
_FEW = 16


@dataclass(frozen=True, slots=True)
class FileResult:
    """How one job ended: ``done``, ``skipped`` (``reason`` says why) or ``failed`` (``error`` says why).

    One that is only previewed is ``planned`` instead of done: its result is what is predicted.
    """

    job: Job
    status: Literal["done", "planned", "skipped", "failed"]
    result: ProcessResult | None = None
    error: EqmorphError | None = None
    reason: str = ""

    def to_record(self, words: Words = PYTHON, *, with_spectrum: bool = False) -> dict[str, Any]:
        """Return one line of a report as plain data, an error in a front door's words.

        ``with_spectrum`` adds what was heard of the sound and its result, where they were listened to.
        """
        record: dict[str, Any] = {
            "input": self.job.shown_source,
            "output": self.job.shown_output,
            "status": self.status,
        }
        if self.result is not None:
            record |= _measured(self.result)
            if with_spectrum and self.result.spectrum is not None:
                record["spectrum"] = self.result.spectrum.to_dict()
        if self.status == "planned":
            record |= {"level_trim_db": None, "ceiling_trim_db": None}  # they follow from the rendered audio
            record["trajectory"] = self.job.shown(self.job.trajectory) if self.job.trajectory is not None else None
        record["reason"] = self.reason or None
        record["error"] = self.error.worded(words) if self.error is not None else None
        record["hint"] = (self.error.hint_worded(words) or None) if self.error is not None else None
        return record


@dataclass(slots=True)
class Outcome:
    """How a batch ended. ``left`` are the jobs that an interrupt, or too many failures, kept from being done."""

    results: list[FileResult] = field(default_factory=list)
    left: list[Job] = field(default_factory=list)
    gave_up: bool = False

    def count(self, status: str) -> int:
        return sum(result.status == status for result in self.results)

    @property
    def quieter_db(self) -> list[float]:
        """By how much each file that ended quieter than it came did, from the least to the most."""
        return sorted(ended.result.quieter_db for ended in self.results if ended.result and ended.result.quieter_db)


def run_batch(
    jobs: Sequence[Job],
    settings: Settings,
    *,
    workers: int = 1,
    journal: Journal | None = None,
    resume: bool = False,
    limits: Limits = NO_LIMITS,
    max_failures: int | None = None,
    cluster: Cluster | None = None,
    stop: threading.Event | None = None,
    on_result: Callable[[FileResult], None] = lambda _: None,
    on_progress: Watch = unwatched,
    before_commit: Callable[[Path, Path], None] = lambda _final, _temp: None,
    place: Place = HERE,
) -> Outcome:
    """Run jobs, one bad file never stopping the rest; Ctrl-C stops them all and leaves nothing half done.

    A few files are done on threads; more of them, and those that have limits, by processes. A file whose process ends
    meanwhile is tried once more when all others are done, and has the machine for itself then.

    Args:
        jobs: what to make.
        settings: what to do to each.
        workers: how many to run at once.
        journal: where finished files are recorded.
        resume: skip what the journal knows as finished and unchanged.
        limits: what a file may take.
        max_failures: once so many have failed, give up the rest, as by Ctrl-C; None never does.
        cluster: machines that do the jobs, in place of this one; they know no ``before_commit``.
        stop: once it is set, the run ends as by Ctrl-C.
        on_result: told of each job that has ended, in this thread.
        on_progress: told the seconds of audio in each block read, in the worker's thread.
        before_commit: told the final and the temporary name of each file before it is renamed, which raising prevents.
        place: where the outputs end up.
    """
    are_fetched = place.is_elsewhere or any(job.remote is not None for job in jobs)
    for folder in {job.output.parent for job in jobs}:
        remove_stale(folder)
    if journal is not None:
        journal.compact()

    stop = stop or threading.Event()
    with ExitStack() as stack:
        if cluster is not None:
            machines = stack.enter_context(cluster.at_work(jobs, settings, journal, limits, stop))
            make, workers = machines.make_file, machines.places
        else:
            process: Callable[..., ProcessResult] = partial(process_patiently, settings=settings)
            if limits != NO_LIMITS or sum(not job.skip for job in jobs) > _FEW:
                process = stack.enter_context(Workers(settings, limits, stop)).process_file
            if are_fetched:
                process, workers = beside_transfers(process, workers)

            def make(job: Job, watch: Watch) -> ProcessResult:
                return make_file(job, process, journal, watch=watch, before_commit=before_commit, place=place)

        def work(job: Job, watch: Watch) -> FileResult:
            watch(0.0)
            if job.skip:
                return FileResult(job, "skipped", reason=job.skip)
            if resume and journal is not None and job.is_done(journal):
                return FileResult(job, "skipped", reason="done by an earlier run")
            return FileResult(job, "done", make(job, watch))

        return _run_all(jobs, work, workers, stop, on_result, on_progress, max_failures=max_failures)


def preview_batch(
    jobs: Sequence[Job],
    settings: Settings,
    *,
    workers: int = 1,
    skip_reason: Callable[[Job], str] = lambda job: job.skip,
    on_result: Callable[[FileResult], None] = lambda _: None,
    on_progress: Watch = unwatched,
) -> Outcome:
    """Preview jobs as `run_batch` would do them: listen, decide, write nothing. Results come in the order of the jobs.

    ``skip_reason`` says why a job need not be done; empty if it is to be done. See `run_batch` for the rest.
    """

    def work(job: Job, watch: Watch) -> FileResult:
        watch(0.0)
        reason = skip_reason(job)
        if reason:
            return FileResult(job, "skipped", reason=reason)
        with have_at_hand(job.source, job.remote, watch):
            return FileResult(job, "planned", preview_file(job.source, job.output, settings, watch=watch))

    return _run_all(jobs, work, workers, threading.Event(), on_result, on_progress, in_order=True)


def _run_all(
    jobs: Sequence[Job],
    work: Callable[[Job, Watch], FileResult],
    workers: int,
    stop: threading.Event,
    on_result: Callable[[FileResult], None],
    on_progress: Watch,
    *,
    in_order: bool = False,
    max_failures: int | None = None,
) -> Outcome:
    outcome = Outcome()
    failed: list[Job] = []

    def fail(job: Job) -> None:
        failed.append(job)
        if max_failures is not None and len(failed) >= max_failures:
            stop.set()

    def watched(job: Job) -> FileResult:
        def watch(seconds: float) -> None:
            if stop.is_set():
                raise Stopped("interrupted", path=job.source)
            on_progress(seconds)

        try:
            return work(job, watch)
        except Exception as error:  # any failure counts, also a defect; those two don't: one may still succeed
            if not isinstance(error, (Crashed, Stopped)):
                fail(job)
            raise

    crashed: list[Job] = []
    for some, at_once in ((jobs, workers), (crashed, 1)):
        with closing(on_threads(watched, some, workers=at_once, stop=stop, in_order=in_order)) as ended:
            while True:
                try:
                    for job, future in ended:
                        if some is not crashed and isinstance(future.exception(), Crashed):
                            crashed.append(job)
                            continue
                        result = _result(future, job)
                        if result is not None:
                            outcome.results.append(result)
                            on_result(result)
                            if isinstance(result.error, Crashed):
                                fail(job)
                    break
                except KeyboardInterrupt:  # wherever it struck: jobs under way give up, and those that are done count
                    stop.set()
    finished = {id(result.job) for result in outcome.results}
    outcome.left = [job for job in jobs if id(job) not in finished]
    outcome.gave_up = max_failures is not None and len(failed) >= max_failures and bool(outcome.left)
    return outcome


def _result(future: Future[FileResult], job: Job) -> FileResult | None:
    """Return the result of a finished future; None if the job was given up."""
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, Stopped):
        return None
    if not isinstance(error, EqmorphError):
        error = unexpected(error, job.source)
    if error.path is not None:
        names = {job.source: job.shown_source, **{path: job.shown(path) for path in job.outputs}}
        error.path = names.get(Path(error.path), error.path)
    return FileResult(job, "failed", error=error)


def _measured(result: ProcessResult) -> dict[str, Any]:
    before, after = result.before, result.after
    return {
        "bands": result.bands.to_list(),
        "phase": result.phase,
        "hum": result.hum.to_dict() if result.hum is not None else None,
        "level_trim_db": result.trim.level_db,
        "ceiling_trim_db": result.trim.ceiling_db,
        "quieter_db": result.quieter_db,
        "loudness_in_lufs": before.lufs if before else None,
        "loudness_out_lufs": after.lufs if after else None,
        "true_peak_in_dbtp": before.true_peak_db if before else None,
        "true_peak_out_dbtp": after.true_peak_db if after else None,
        "format": result.format,
        "subtype": result.subtype,
        "sample_rate": result.sample_rate,
        "channels": result.channels,
        "duration_s": result.duration_s,
        "seconds": result.seconds,
        "decision": result.account.to_dict() if result.account is not None else None,
        "notes": list(result.notes),
    }
