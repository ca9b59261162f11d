"""Run jobs side by side: one bad file never stops the rest, and an interrupt leaves nothing half done."""

from __future__ import annotations

import errno
import threading
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from eqmorph.audio.atomic import remove_stale
from eqmorph.batch.isolated import NO_LIMITS, Limits, Workers
from eqmorph.batch.jobs import Job, JobSlice, any_remote
from eqmorph.batch.journal import Journal
from eqmorph.batch.make import make_file
from eqmorph.batch.overlap import beside_transfers
from eqmorph.batch.patience import process_patiently
from eqmorph.batch.place import HERE, Place, have_at_hand
from eqmorph.batch.threads import on_threads
from eqmorph.errors import Crashed, EqmorphError, ExistsError, Stopped, unexpected
from eqmorph.process import ProcessResult, Settings, Watch, preview_file, unwatched
from eqmorph.wording import PYTHON, Words

if TYPE_CHECKING:  # an extra
    from eqmorph.batch.cluster import Cluster

__all__ = ["MOST_SAME_FAILURES", "FileResult", "Outcome", "preview_batch", "run_batch"]

#: With more files than these, processes do them: they take half a second to start.
_FEW = 16
#: Reasons of the system that are no file's own: whatever follows will fail, too.
_OF_NO_FILE = {
    getattr(errno, name)
    for name in (
        *("ENOSPC", "EDQUOT", "EROFS", "EIO", "ENODEV", "ENXIO", "ESTALE", "EMFILE", "ENFILE"),
        *("ENOTCONN", "ETIMEDOUT", "ENETDOWN", "ENETUNREACH", "EHOSTDOWN", "EHOSTUNREACH"),
    )
    if hasattr(errno, name)
}
MOST_SAME_FAILURES = 20  #: in a row


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
    """How a batch ended. ``left`` are the jobs that an interrupt, or too many failures, kept from being done.

    ``results`` are in the order in which they came; empty where they were told as they came, and not to be kept.
    ``same_reason`` is why one file after the other failed, where that is what it gave up for.
    """

    results: list[FileResult] = field(default_factory=list)
    left: Sequence[Job] = field(default_factory=list)
    gave_up: bool = False
    same_reason: EqmorphError | None = None
    interrupted: bool = False  # by Ctrl-C, perhaps only when all was done
    audio_s: float = 0.0
    _counts: Counter[str] = field(default_factory=Counter, init=False)
    _quieter_db: array[float] = field(default_factory=lambda: array("d"), init=False)

    def add(self, ended: FileResult, *, keeps: bool = True) -> None:
        """Count a result, and keep it unless it isn't to be kept."""
        if keeps:
            self.results.append(ended)
        self._counts[ended.status] += 1
        if ended.result is not None:
            self.audio_s += ended.result.duration_s
            if ended.result.quieter_db:
                self._quieter_db.append(ended.result.quieter_db)

    def count(self, status: str) -> int:
        """Return how many files ended so."""
        return self._counts[status]

    @property
    def files(self) -> int:
        """How many files came to an end."""
        return sum(self._counts.values())

    @property
    def quieter_db(self) -> list[float]:
        """By how much each file that ended quieter than it came did, from the least to the most."""
        return sorted(self._quieter_db)


def run_batch(
    jobs: Sequence[Job],
    settings: Settings,
    *,
    workers: int = 1,
    cores: int = 1,
    journal: Journal | None = None,
    resume: bool = False,
    limits: Limits = NO_LIMITS,
    max_failures: int | None = None,
    max_same_failures: int | None = MOST_SAME_FAILURES,
    cluster: Cluster | None = None,
    isolate: bool = False,
    stop: threading.Event | None = None,
    on_result: Callable[[FileResult], None] = lambda _: None,
    on_progress: Watch = unwatched,
    before_commit: Callable[[Path, Path], None] = lambda _final, _temp: None,
    keeps_results: bool = True,
    place: Place = HERE,
) -> Outcome:
    """Run jobs, one bad file never stopping the rest; Ctrl-C stops them all and leaves nothing half done.

    A few files are done on threads; more of them, and those that have limits, by processes. A file whose process ends
    meanwhile is tried once more when all others are done, and has the machine for itself then.

    Args:
        jobs: what to make.
        settings: what to do to each.
        workers: how many to run at once.
        cores: how many each of them may keep busy, on threads.
        journal: where finished files are recorded.
        resume: skip what the journal knows as finished and unchanged.
        limits: what a file may take.
        max_failures: once so many have failed, give up the rest, as by Ctrl-C; None never does.
        max_same_failures: once so many in a row have failed for one reason that is no file's own, such as a full disk,
            give up the rest; None never does.
        cluster: machines that do the jobs, in place of this one; they know no ``before_commit``.
        isolate: whether processes are to do the files, however few: one of them may have ended an earlier run.
        stop: once it is set, the run ends as by Ctrl-C.
        on_result: told of each job that has ended, in this thread.
        on_progress: told the seconds of audio in each block read, in the worker's thread.
        before_commit: told the final and the temporary name of each file before it is renamed, which raising prevents.
        keeps_results: whether the outcome holds all results; else they are only told, and counted.
        place: where the outputs end up.
    """
    are_fetched = place.is_elsewhere or any_remote(jobs)
    if journal is not None:
        journal.compact()

    stop = stop or threading.Event()
    with ExitStack() as stack:
        if journal is not None:
            stack.enter_context(journal.synced())
        if cluster is not None:
            machines = stack.enter_context(cluster.at_work(jobs, settings, journal, limits, stop))
            make, workers = machines.make_file, machines.places
        else:
            process: Callable[..., ProcessResult] = partial(process_patiently, settings=settings, cores=cores)
            if isolate or limits != NO_LIMITS or _are_many(jobs):
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
            try:
                return FileResult(job, "done", make(job, watch))
            except ExistsError:
                if journal is None or not all(
                    journal.was_just_done(job.source, path, job.remote) for path in job.outputs
                ):
                    raise
                return FileResult(job, "skipped", reason="done by another run meanwhile")

        return _run_all(
            jobs,
            work,
            workers,
            stop,
            on_result,
            on_progress,
            max_failures=max_failures,
            max_same_failures=max_same_failures,
            keeps_results=keeps_results,
            before=_Tidying(),
        )


def preview_batch(
    jobs: Sequence[Job],
    settings: Settings,
    *,
    workers: int = 1,
    skip_reason: Callable[[Job], str] = lambda job: job.skip,
    on_result: Callable[[FileResult], None] = lambda _: None,
    on_progress: Watch = unwatched,
    keeps_results: bool = True,
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

    return _run_all(
        jobs,
        work,
        workers,
        threading.Event(),
        on_result,
        on_progress,
        in_order=True,
        keeps_results=keeps_results,
    )


def _are_many(jobs: Iterable[Job]) -> bool:
    """Tell whether more than a few are to be done."""
    return next(islice((job for job in jobs if not job.skip), _FEW, None), None) is not None


class _Alike:
    """Counts files that failed one after the other for the same reason, if that is no file's own."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._reason: EqmorphError | None = None
        self._count = 0

    def add(self, ended: FileResult) -> None:
        if ended.status == "skipped":
            return
        reason = ended.error if ended.error is not None and ended.error.errno in _OF_NO_FILE else None
        is_same = reason is not None and self._reason is not None and reason.errno == self._reason.errno
        self._count = self._count + 1 if is_same else int(reason is not None)
        self._reason = reason

    @property
    def reason(self) -> EqmorphError | None:
        """What they failed for, once they are too many."""
        return self._reason if self._most is not None and self._count >= self._most else None


class _Tidying:
    """Removes what killed runs left in a folder, when the first job comes that goes there."""

    def __init__(self) -> None:
        self._tidy: set[str] = set()

    def __call__(self, job: Job) -> None:
        folder = job.output.parent
        if str(folder) not in self._tidy:
            self._tidy.add(str(folder))
            remove_stale(folder)


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
    max_same_failures: int | None = None,
    keeps_results: bool = True,
    before: Callable[[Job], None] = lambda _: None,
) -> Outcome:
    """Do jobs as they are needed: of those that are neither under way nor next, none is in memory."""
    outcome = Outcome()
    alike = _Alike(max_same_failures)
    failures = 0
    under_way: dict[int, Job] = {}
    handed_out = 0

    def fail() -> None:
        nonlocal failures
        with counting:
            failures += 1
        if max_failures is not None and failures >= max_failures:
            stop.set()

    counting = threading.Lock()

    def watched(item: tuple[int, Job]) -> FileResult:
        _, job = item

        def watch(seconds: float) -> None:
            if stop.is_set():
                raise Stopped("interrupted", path=job.source)
            on_progress(seconds)

        try:
            return work(job, watch)
        except Exception as error:  # any failure counts, also a defect; those two don't: one may still succeed
            if not isinstance(error, (Crashed, Stopped)):
                fail()
            raise

    def next_ones() -> Iterator[tuple[int, Job]]:
        nonlocal handed_out
        for place, job in enumerate(jobs):
            before(job)
            under_way[place] = job
            handed_out = place + 1
            yield place, job

    crashed: list[tuple[int, Job]] = []
    for some, at_once in ((next_ones(), workers), (crashed, 1)):
        with closing(on_threads(watched, some, workers=at_once, stop=stop, in_order=in_order)) as ended:
            while True:
                try:
                    for (place, job), future in ended:
                        if some is not crashed and isinstance(future.exception(), Crashed):
                            crashed.append((place, job))
                            continue
                        result = _result(future, job)
                        if result is not None:
                            del under_way[place]
                            outcome.add(result, keeps=keeps_results)
                            alike.add(result)
                            if alike.reason is not None:
                                stop.set()
                            on_result(result)
                            if isinstance(result.error, Crashed):
                                fail()
                    break
                except KeyboardInterrupt:  # wherever it struck: jobs under way give up, and those that are done count
                    outcome.interrupted = True
                    stop.set()
    if under_way or handed_out < len(jobs):
        outcome.left = JobSlice(jobs, sorted(place for place in under_way if place < handed_out), handed_out)
    if outcome.left:
        outcome.same_reason = alike.reason
        has_most = max_failures is not None and failures >= max_failures
        outcome.gave_up = has_most or alike.reason is not None
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
