"""Machines of a Dask cluster that do the files of a batch. All of Dask is here, and loaded only where it is asked for.

Each worker of the cluster has processes of its own do the files (`isolated.py`), records them in the journal of the
output folder, which all must see, and tells the result. A file whose worker is lost is done by another.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import pickle
import platform
import secrets
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eqmorph.audio.atomic import remove_stale
from eqmorph.batch.isolated import Limits, Workers
from eqmorph.batch.jobs import Job
from eqmorph.batch.journal import Journal
from eqmorph.batch.make import make_file
from eqmorph.batch.messages import Ended
from eqmorph.errors import Crashed, EqmorphError, Stopped, UsageError
from eqmorph.process import ProcessResult, Settings, Watch
from eqmorph.version import __version__
from eqmorph.wording import Means, Phrase

try:
    from distributed import Client, KilledWorker, LocalCluster, WorkerPlugin, get_worker
except ImportError as error:
    raise UsageError("a cluster needs dask", hint='Install it with: pip install "eqmorph[cluster]"') from error

__all__ = ["Cluster", "Machines"]

_CONNECT_S = 10.0
_CLOSE_S = 2.0
_AHEAD = 2  # files handed out for each that can be done at once
_MOST_AHEAD = 512  # threads of ours that wait
_LOOK_EVERY_S = 0.2
_LOCAL = "local:"


class Cluster:
    """A Dask scheduler and its workers.

    Args:
        address: the scheduler's, such as ``tcp://host:8786``; or ``local:4`` for four workers on this machine.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        count = address.removeprefix(_LOCAL)
        if address.startswith(_LOCAL) and not (count.isdecimal() and int(count)):
            raise UsageError(f"{address!r} is no scheduler", hint="Write tcp://host:8786, or local:4 for this machine.")

    @contextmanager
    def at_work(
        self, jobs: Sequence[Job], settings: Settings, journal: Journal | None, limits: Limits, stop: threading.Event
    ) -> Iterator[Machines]:
        """Have all workers get ready.

        Raises:
            UsageError: nobody is there, or some can't do these files; it names them.
        """
        with contextlib.ExitStack() as stack:
            client = stack.enter_context(self._connected())
            task = _Task.of(jobs, settings, journal, limits)
            with task.proof():
                _refuse_unfit(client, task)
                client.register_plugin(_Station(task), name=task.run)
                try:
                    yield Machines(client, task.run, stop)
                finally:
                    if client.status == "running":
                        with contextlib.suppress(Exception):  # it may go now
                            client.unregister_worker_plugin(task.run)
                    for folder in {job.output.parent for job in jobs}:  # of workers that were lost
                        remove_stale(folder)

    @contextmanager
    def _connected(self) -> Iterator[Client]:
        for name in ("distributed", "tornado"):  # what they say of workers that come and go is not for our users
            logging.getLogger(name).setLevel(logging.CRITICAL)
        if self._address.startswith(_LOCAL):
            count = int(self._address.removeprefix(_LOCAL))
            # In threads: the files are done by processes anyway, and these would need a guard in callers' scripts.
            with (
                LocalCluster(n_workers=count, threads_per_worker=1, processes=False, dashboard_address=":0") as cluster,
                Client(cluster) as client,
            ):
                yield client
            return
        try:
            client = Client(self._address, timeout=_CONNECT_S)
        except (OSError, ValueError, TypeError) as error:
            raise UsageError(
                f"no scheduler answers at {self._address}", hint="Start one with: dask scheduler"
            ) from error
        try:
            if not client.nthreads():
                raise UsageError(
                    f"the scheduler at {self._address} has no workers",
                    hint=f"Start some with: dask worker {self._address}",
                )
            yield client
        finally:
            client.close(timeout=_CLOSE_S)


class Machines:
    """The workers of a cluster, ready for one batch.

    Attributes:
        places: how many files to hand out at once.
    """

    def __init__(self, client: Client, run: str, stop: threading.Event) -> None:
        self._client = client
        self._run = run
        self._stop = stop
        self.places = min(_AHEAD * sum(client.nthreads().values()), _MOST_AHEAD)

    def make_file(self, job: Job, watch: Watch) -> ProcessResult:
        """Have a job done by whichever worker is free.

        Raises:
            EqmorphError: as `eqmorph.batch.make.make_file` does.
        """
        key = f"eqmorph-{self._run}-{secrets.token_hex(8)}"
        try:
            future = self._client.submit(_make, self._run, _absolute(job), key=key, pure=False)
        except OSError:
            raise self._lost(job) from None
        has_ended = threading.Event()
        future.add_done_callback(lambda _: has_ended.set())
        try:
            while not has_ended.wait(_LOOK_EVERY_S):
                watch(0.0)
                if self._client.status != "running":
                    raise self._lost(job)
            ended = self._ended(future, job)
        finally:
            if (
                not has_ended.is_set() and self._client.status == "running"
            ):  # it would wait for a scheduler that is gone
                future.cancel()
        if ended.error is not None:
            names = {str(path.absolute()): path for path in (job.source, *job.outputs)}
            ended.error.path = names.get(str(ended.error.path), ended.error.path)
            raise ended.error
        if ended.result is None:
            raise ValueError("a file ended without a result")
        watch(ended.result.duration_s)
        return ended.result

    def _ended(self, future: Any, job: Job) -> Ended:
        try:
            ended: Ended = future.result()
        except (OSError, CancelledError, asyncio.CancelledError):
            raise self._lost(job) from None
        except KilledWorker as error:
            raise Crashed("the workers that had it were lost, one after another", path=job.source) from error
        return ended

    def _lost(self, job: Job) -> EqmorphError:
        if self._stop.is_set():
            return Stopped("interrupted", path=job.source)
        self._stop.set()
        return EqmorphError(
            "the scheduler is gone",
            hint=Phrase("Start it again, then go on where it stopped, with {}.", Means.RESUME),
            path=job.source,
        )


@dataclass(frozen=True, slots=True)
class _Task:
    """What a worker must know, as bytes, since what they hold may not even load in another version of eqmorph."""

    run: str
    journal_run: str
    version: str
    model: str
    proof_path: Path | None
    source: tuple[Path, int] | None
    settings: bytes
    folder: Path | None
    limits: Limits

    @classmethod
    def of(cls, jobs: Sequence[Job], settings: Settings, journal: Journal | None, limits: Limits) -> _Task:
        folder = journal.folder.absolute() if journal is not None else None
        run = journal.run if journal is not None else secrets.token_hex(4)
        sources = (job.source.absolute() for job in jobs if not job.skip)
        source = next(((path, path.stat().st_size) for path in sources if path.is_file()), None)
        ear = settings.eq.ear
        return cls(
            run=f"eqmorph-{run}",
            journal_run=run,
            version=__version__,
            model=ear.identity if ear is not None else "",
            proof_path=folder / f".eqmorph-{run}.proof" if folder is not None else None,
            source=source,
            settings=pickle.dumps(settings),
            folder=folder,
            limits=limits,
        )

    @contextmanager
    def proof(self) -> Iterator[None]:
        """Put something into the output folder that only who sees that folder can know of."""
        if self.proof_path is None:
            yield
            return
        with contextlib.suppress(OSError):  # each file will say so
            self.proof_path.parent.mkdir(parents=True, exist_ok=True)
            self.proof_path.write_text(self.run, encoding="ascii")
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                self.proof_path.unlink()

    def problem(self) -> str:
        """Say why the machine that this is called on can't do the files; empty if it can."""
        if self.version != __version__:
            return f"has eqmorph {__version__}, not {self.version}"
        if self.source is not None:
            path, size = self.source
            if not path.is_file() or path.stat().st_size != size:
                return f"doesn't see the input {path}"
        if self.proof_path is not None:
            if not self.proof_path.is_file() or self.proof_path.read_text(encoding="ascii") != self.run:
                return f"doesn't see the output folder {self.proof_path.parent}"
            if not os.access(self.proof_path.parent, os.W_OK):
                return f"may not write into the output folder {self.proof_path.parent}"
        try:
            ear = pickle.loads(self.settings).eq.ear
        except EqmorphError as error:
            return f"doesn't have the same model: {error}"
        if (ear.identity if ear is not None else "") != self.model:
            return "doesn't have the same model"
        return ""


class _Station(WorkerPlugin):
    """What does files on one worker, also on one that joins later."""

    def __init__(self, task: _Task) -> None:
        self._task = task

    def setup(self, worker: Any) -> None:
        problem = self._task.problem()
        if problem:
            raise UsageError(f"the worker {worker.address} {problem}")
        self._settings: Settings = pickle.loads(self._task.settings)
        self._journal = self._read_journal()
        self._stop = threading.Event()
        self._workers = Workers(self._settings, self._task.limits, self._stop)
        self._workers.__enter__()

    async def teardown(self, worker: Any) -> None:  # noqa: ARG002  (Dask's)
        self._stop.set()
        await asyncio.to_thread(self._workers.__exit__, None, None, None)

    def make_file(self, job: Job) -> ProcessResult:
        if any(os.path.lexists(path) for path in job.new_outputs):
            job = self._again(job)
        return make_file(job, self._workers.process_file, self._journal)

    def _again(self, job: Job) -> Job:
        """Let a job replace what this run has written, by a worker that was lost before it could tell."""
        journal = self._read_journal()
        if journal is None:
            return job
        return replace(
            job,
            overwrite=job.overwrite or journal.is_of_this_run(job.output),
            overwrite_trajectory=job.overwrite_trajectory
            or (job.trajectory is not None and journal.is_of_this_run(job.trajectory)),
            overwrite_export=job.overwrite_export or (job.export is not None and journal.is_of_this_run(job.export)),
        )

    def _read_journal(self) -> Journal | None:
        folder = self._task.folder
        return Journal(folder, self._settings, run=self._task.journal_run) if folder is not None else None


def _make(run: str, job: Job) -> Ended:
    """Do a job on the worker that this is called on."""
    worker = get_worker()
    station = worker.plugins.get(run)
    if not isinstance(station, _Station):
        return Ended(error=UsageError(f"the worker {worker.address} joined and can't do these files"))
    try:
        return Ended(station.make_file(job))
    except EqmorphError as error:
        return Ended(error=error)


def _refuse_unfit(client: Client, task: _Task) -> None:
    answers = client.run(_problem_on, task, on_error="return")
    unfit = {
        address: "has no eqmorph of this version" if isinstance(answer, BaseException) else answer[1]
        for address, answer in answers.items()
        if isinstance(answer, BaseException) or answer[1]
    }
    if unfit:
        told = "; ".join(f"{address} {why}" for address, why in unfit.items())
        raise UsageError(
            f"{len(unfit)} of {len(answers)} workers can't do these files: {told}",
            hint="All need the same version, and the same folders under the same names. Nothing was touched.",
        )


def _problem_on(task: _Task) -> tuple[str, str]:
    return platform.node(), task.problem()


def _absolute(job: Job) -> Job:
    """Return a job for a process that is in another folder."""
    return replace(
        job,
        source=job.source.absolute(),
        output=job.output.absolute(),
        trajectory=job.trajectory.absolute() if job.trajectory is not None else None,
        export=job.export.absolute() if job.export is not None else None,
    )
