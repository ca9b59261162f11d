"""Files done by processes of their own, so that one that crashes, hangs or takes all memory costs its file only."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, cast

from eqmorph.audio.atomic import remove_stale
from eqmorph.batch.messages import Answer, Begin, Begun, Ended, Heard, Order, Ready, receive, send
from eqmorph.batch.nursery import Forked, Nursery
from eqmorph.errors import TOO_MANY_OPEN, Crashed, EqmorphError, Stopped, UsageError
from eqmorph.process import ProcessResult, Settings, Watch, unwatched
from eqmorph.wording import Means, Phrase

__all__ = ["NO_LIMITS", "Limits", "Workers"]

_PATIENCE_S = 600.0  # for a file, and so much more for each second of audio that was read
_PATIENCE_PER_S = 10.0
_LEAST_MEMORY = 1 << 28
_LOOK_EVERY_S = 0.2
_LEAVE_S = 10.0  # to give up a file and tidy up
#: The search path of this process, and nothing of the folder that it happens to be in.
_START = "import sys; sys.path[:] = sys.argv[1:]; from eqmorph.batch.worker import main; main()"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may take: seconds, None for a patience that goes by its length; bytes of memory, None for all.

    With a ``niceness``, as Unix counts it, other work on the machine goes before it.
    """

    timeout_s: float | None = None
    memory_bytes: int | None = None
    niceness: int = 0

    def __post_init__(self) -> None:
        if self.timeout_s is not None and not self.timeout_s > 0:
            raise UsageError(f"{self.timeout_s:g} s are no time to do a file in", hint="A minute or more is usual.")
        if self.memory_bytes is not None and self.memory_bytes < _LEAST_MEMORY:
            raise UsageError("a process needs at least 256 MB of memory", hint="1GB is plenty for most files.")
        if self.memory_bytes is not None and sys.platform == "win32":
            raise UsageError(Phrase("{} doesn't work on Windows", Means.MAX_MEMORY), hint="Leave it out.")


NO_LIMITS = Limits()


class Workers:
    """Processes that each do one file at a time. They start when they are needed, and load the model once.

    On Linux all load it together, in a `Nursery`. Once ``stop`` is set, they give up what they are at.
    """

    def __init__(self, settings: Settings, limits: Limits, stop: threading.Event) -> None:
        self._begin = Begin(settings, limits.memory_bytes, limits.niceness)
        self._limits = limits
        self._stop = stop
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._busy: list[_Worker] = []
        self._nursery: Nursery | None = None
        self._is_over = threading.Event()
        self._guard = threading.Thread(target=self._guarding, name="eqmorph-guard", daemon=True)

    def __enter__(self) -> Workers:
        self._guard.start()
        if sys.platform == "linux":
            with contextlib.suppress(OSError):  # whoever needs a worker will say so
                self._nursery = Nursery(_command(), self._begin, _environment())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._guard.join()
        for worker in self._idle:
            worker.dismiss()
        for worker in self._idle:
            worker.wait()
        if self._nursery is not None:
            self._nursery.close()

    def process_file(
        self,
        source: Path,
        output: Path,
        *,
        settings: Settings | None = None,
        watch: Watch = unwatched,
        before_commit: Callable[[Path, Path], None] = lambda _final, _temp: None,
        **options: Any,
    ) -> ProcessResult:
        """Do what `eqmorph.process.process_file` does, in another process.

        ``settings`` are what to do to this file, where it is something else than what the workers began with.

        Raises:
            Crashed: the process ended instead; nothing of the output remains.
            EqmorphError: as `process_file` does.
        """
        worker = self._taken(source)
        try:
            ended = worker.carry_out(Order(source, output, options, settings), watch, before_commit)
        except BaseException as error:
            with self._lock:
                self._busy.remove(worker)
            worker.dismiss()
            worker.wait()
            remove_stale(output.parent)
            if isinstance(error, (EOFError, OSError)):
                worker.take_back()
                if self._stop.is_set():
                    raise Stopped("interrupted", path=source) from None
                raise worker.crash(source) from None
            raise
        with self._lock:
            self._busy.remove(worker)
            self._idle.append(worker)
        if ended.error is not None:
            raise ended.error from (_Elsewhere(ended.traceback) if ended.traceback else None)
        return cast(ProcessResult, ended.result)

    def _taken(self, source: Path) -> _Worker:
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        try:
            worker = worker or self._new_worker()
        except OSError as error:
            if self._stop.is_set():  # while it started
                raise Stopped("interrupted", path=source) from None
            fewer = Phrase("Do fewer files at once ({}).", Means.WORKERS)
            hint = TOO_MANY_OPEN if error.errno in (errno.EMFILE, errno.ENFILE) else fewer
            raise Crashed(
                f"no process could be started for it: {error.strerror or error}", hint=hint, path=source
            ) from error
        worker.wait_up_to(_PATIENCE_S)  # it may have to start first
        with self._lock:
            self._busy.append(worker)
        return worker

    def _new_worker(self) -> _Worker:
        """Start a process.

        Raises:
            OSError: that doesn't work.
        """
        nursery = self._nursery
        if nursery is not None:
            try:
                return _Worker(self._limits, *nursery.start())
            except ConnectionError:  # it was killed, perhaps since memory ran out
                return _Worker(self._limits, *self._nursery_after(nursery).start())
        process = subprocess.Popen(
            _command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C in a terminal is for us: we tell it what to do
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            env=_environment(),
        )
        orders = cast(BinaryIO, process.stdin)
        with contextlib.suppress(OSError):  # it has ended already: it will be noticed
            send(orders, self._begin)
        return _Worker(self._limits, process, orders, cast(BinaryIO, process.stdout))

    def _nursery_after(self, gone: Nursery) -> Nursery:
        """Return a nursery in the place of one that is gone."""
        with self._lock:
            if self._nursery is None or self._nursery is gone:
                gone.close()
                self._nursery = Nursery(_command(), self._begin, _environment())
            return self._nursery

    def _guarding(self) -> None:
        """End workers that take too long, and all of them once the work is to stop."""
        is_over = False
        while not is_over:
            is_over = self._is_over.wait(_LOOK_EVERY_S)  # a last look even then: what is busy may have to stop
            with self._lock:
                busy = list(self._busy)
            for worker in busy:
                if self._stop.is_set():
                    worker.dismiss()
                worker.end_if_late()


class _Elsewhere(Exception):
    """What an exception of another process was like."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


class _Worker:
    """One process, seen from here."""

    def __init__(
        self, limits: Limits, process: Forked | subprocess.Popen[bytes], orders: BinaryIO, told: BinaryIO
    ) -> None:
        self._limits = limits
        self._late = False
        self.wait_up_to(_PATIENCE_S)
        self._dismissing = threading.Lock()
        self._is_dismissed = False
        self._named: list[tuple[Path, os.stat_result]] = []  # of its order: what may have its name by now
        self._process, self._orders, self._told = process, orders, told

    def wait_up_to(self, time_s: float) -> None:
        self._deadline = time.monotonic() + time_s

    def carry_out(self, order: Order, watch: Watch, before_commit: Callable[[Path, Path], None]) -> Ended:
        """Wait for a file to be done.

        Raises:
            EOFError, OSError: the process has ended.
        """
        allowed_s = self._limits.timeout_s
        self._named.clear()
        self._send(order)
        while True:
            message = receive(self._told)
            if isinstance(message, Ended):
                return message
            if isinstance(message, Begun):
                self.wait_up_to(_PATIENCE_S if allowed_s is None else allowed_s)
            elif isinstance(message, Heard):
                if allowed_s is None:
                    self._deadline += _PATIENCE_PER_S * message.seconds
                watch(message.seconds)
            elif isinstance(message, Ready):
                refusal = _refusal(before_commit, message)
                if refusal is None:
                    self._named.append((message.final, message.temp.stat()))
                self._send(Answer(refusal))

    def dismiss(self) -> None:
        """Let the process give up what it is at, and end; it has not long for that."""
        with self._dismissing:
            if not self._is_dismissed:
                self._is_dismissed = True
                self._deadline = min(self._deadline, time.monotonic() + _LEAVE_S)
                with contextlib.suppress(OSError):
                    self._orders.close()

    def end_if_late(self) -> None:
        if time.monotonic() > self._deadline:
            self._late = True
            self._kill()

    def wait(self) -> None:
        """Wait until the process has ended, which it was told to do."""
        try:
            self._process.wait(timeout=_LEAVE_S)
        except subprocess.TimeoutExpired:
            self._kill()
            self._process.wait()
        self._told.close()

    def take_back(self) -> None:
        """Remove what an ended process has named of the file that it was at, and never told of."""
        for path, written in self._named:
            with contextlib.suppress(OSError):
                if os.path.samestat(path.lstat(), written):
                    path.unlink()

    def _send(self, message: object) -> None:
        try:
            send(self._orders, message)
        except ValueError as error:  # it is dismissed: its orders are over
            raise BrokenPipeError from error

    def _kill(self) -> None:
        """End the process at once, with whatever programs it has started."""
        with contextlib.suppress(OSError):
            if isinstance(self._process, subprocess.Popen) and os.name == "nt":
                self._process.kill()
            elif self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)

    def crash(self, source: Path) -> Crashed:
        """Say how the process ended that was to do a file."""
        code = self._process.returncode
        if self._late:
            took = f"more than {self._limits.timeout_s:g} s" if self._limits.timeout_s is not None else "far too long"
            return Crashed(f"took {took} and was given up", hint=Phrase("{} allows more.", Means.TIMEOUT), path=source)
        if code == -getattr(signal, "SIGKILL", 9):
            return Crashed(
                "its process was killed, perhaps since memory ran out",
                hint=Phrase("Do fewer files at once ({}).", Means.WORKERS),
                path=source,
            )
        how = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        return Crashed(
            f"its process crashed ({how})",
            hint="The file may be damaged in a way that a decoder can't take. The other files go on.",
            path=source,
        )


def _environment() -> dict[str, str]:
    return {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def _command() -> list[str]:
    """Return what starts a worker: no caller's script needs a guard for it, as it would with multiprocessing."""
    return [sys.executable, "-c", _START, *(path for path in sys.path if path)]


def _refusal(before_commit: Callable[[Path, Path], None], ready: Ready) -> EqmorphError | None:
    try:
        before_commit(ready.final, ready.temp)
    except EqmorphError as error:
        return error
    return None
