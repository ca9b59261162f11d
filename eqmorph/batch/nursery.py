"""Where workers come from on Linux: a process that has loaded everything and forks one whenever one is asked for.

To load the libraries and the model takes half a second of a core; a fork takes a few milliseconds, and shares their
memory. Forking this process here would be no good: it has threads, and what the others were at would stay half done in
the fork. The nursery has none.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

__all__ = ["Forked", "Nursery", "nurse"]

_LENGTH = struct.Struct("<Q")
_REQUEST = struct.Struct("<ci")
_ANSWER = struct.Struct("<i")
_START, _ASK = b"S", b"A"
_STILL_RUNS = 1 << 16  # no exit code
_LOOK_EVERY_S = 0.02
_PATIENCE_S = 600.0  # it may lie on a slow disk
_AT_MOST = 1 << 16  # bytes of a message to wait for at once


class Nursery:
    """The nursery, seen from here. Threads may share it.

    Args:
        command: what starts it.
        begin: what it hands to each worker, loaded once.
        environment: its variables.

    Raises:
        OSError: it can't be started.
    """

    def __init__(self, command: Sequence[str], begin: object, environment: dict[str, str]) -> None:
        self._lock = threading.Lock()
        self._asked, theirs = socket.socketpair()
        try:
            with theirs:
                self._process = subprocess.Popen(
                    command, stdin=theirs.fileno(), env=environment, start_new_session=True
                )
        except BaseException:
            self._asked.close()
            raise
        self._asked.settimeout(_PATIENCE_S)
        data = pickle.dumps(begin, protocol=5)
        self._unsent = _LENGTH.pack(len(data)) + data  # it has to start first, and whoever asks waits for that

    def start(self) -> tuple[Forked, BinaryIO, BinaryIO]:
        """Have a worker forked; return it, the pipe to its stdin and the one from its stdout.

        Raises:
            OSError: that doesn't work, or the nursery is gone.
        """
        orders, orders_out = os.pipe()
        told_in, told = os.pipe()
        try:
            pid = self._ask(_START, 0, [orders, told])
        except OSError:
            for handle in (orders_out, told_in):
                os.close(handle)
            raise
        finally:
            os.close(orders)
            os.close(told)
        return Forked(pid, self), os.fdopen(orders_out, "wb"), os.fdopen(told_in, "rb")

    def exit_code(self, pid: int) -> int | None:
        """Return how a worker ended; None if it hasn't."""
        try:
            code = self._ask(_ASK, pid)
        except OSError:  # the nursery is gone, and nobody will ever know
            return None if _is_running(pid) else -signal.SIGKILL
        return None if code == _STILL_RUNS else code

    def close(self) -> None:
        """Let the nursery end, which has nothing more to do."""
        self._asked.close()
        self._process.wait()

    def _ask(self, what: bytes, pid: int, handles: Sequence[int] = ()) -> int:
        with self._lock:
            self._asked.sendall(self._unsent)
            self._unsent = b""
            request = _REQUEST.pack(what, pid)
            if handles:
                socket.send_fds(self._asked, [request], handles)
            else:
                self._asked.sendall(request)
            (answer,) = _ANSWER.unpack(_exactly(self._asked, _ANSWER.size))
        if what == _START and answer < 0:
            raise OSError(-answer, os.strerror(-answer))
        return int(answer)


class Forked:
    """A worker that was forked: as much of a `subprocess.Popen` as is asked of one."""

    def __init__(self, pid: int, nursery: Nursery) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._nursery = nursery

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._nursery.exit_code(self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        end = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired("a worker", timeout or 0.0)
            time.sleep(_LOOK_EVERY_S)
        return code


def _is_running(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in ("Z", "X")  # it has ended, and nobody has asked how


def nurse(asked: socket.socket, work: Callable[[Any, BinaryIO, BinaryIO], None]) -> None:
    """Be the nursery: fork what does ``work`` whenever that is asked for, until nobody asks any more."""
    with contextlib.suppress(ConnectionError):
        begin = pickle.loads(_exactly(asked, _LENGTH.unpack(_exactly(asked, _LENGTH.size))[0]))
        gc.collect()
        gc.freeze()  # so that workers leave its memory alone, and share it
        while True:
            data, handles, _, _ = socket.recv_fds(asked, _REQUEST.size, 2)
            if not data:
                return
            what, pid = _REQUEST.unpack(data + _exactly(asked, _REQUEST.size - len(data)))
            if what == _START:
                asked.sendall(_ANSWER.pack(_fork(asked, begin, handles, work)))
            else:
                asked.sendall(_ANSWER.pack(_exit_code(pid)))


def _fork(
    asked: socket.socket, begin: object, handles: list[int], work: Callable[[Any, BinaryIO, BinaryIO], None]
) -> int:
    """Return the process of a new worker, or what kept it from being forked, below zero."""
    orders, told = handles
    try:
        pid = os.fork()
    except OSError as error:
        pid = -(error.errno or 1)
    if pid:
        os.close(orders)
        os.close(told)
        return pid
    code = 1
    try:
        os.setsid()  # it is ended with whatever it has started, and Ctrl-C in a terminal is not for it
        asked.close()
        with os.fdopen(orders, "rb") as read, os.fdopen(told, "wb") as written:
            work(begin, read, written)
        code = 0
    except BaseException:
        import traceback  # of a defect, which only a log would ever tell

        traceback.print_exc()
    finally:
        os._exit(code)


def _exit_code(pid: int) -> int:
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return -signal.SIGKILL
    return os.waitstatus_to_exitcode(status) if ended else _STILL_RUNS


def _exactly(pipe: socket.socket, size: int) -> bytes:
    """Receive so many bytes.

    Raises:
        ConnectionError: nobody is there any more.
    """
    parts: list[bytes] = []
    while size:
        part = pipe.recv(min(size, _AT_MOST))
        if not part:
            raise ConnectionResetError("nobody is there any more")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
