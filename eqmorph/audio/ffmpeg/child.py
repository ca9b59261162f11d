"""One run of ffmpeg or ffprobe, with a pipe to or from it: watched, listened to, and gone when we are done with it.

It hangs, floods its stderr or dies whenever it likes: reading and writing here end with an error then, and no child,
zombie or thread stays behind.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import IO, Any

from eqmorph.errors import printable

__all__ = ["STALLED_S", "Child", "ChildError", "file_argument", "output_of", "stay_together"]

STALLED_S = 60.0  #: how long it may take for nothing to come or go
_TICK_S = 0.25
_LINES, _LINE_BYTES = 12, 400  # of what it says on stderr, the last are kept
_PIPE_BYTES = 1 << 20
_MOST_OUTPUT = 64 << 20
_NO_REASONS = ("Error initializing output stream", "Could not write header", "Conversion failed")
#: A session of its own, so that Ctrl-C reaches us alone and we end it: it would finish a file that we give up.
_APART: dict[str, Any] = (
    {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    if os.name == "nt"
    else {"start_new_session": True}
)


def stay_together() -> None:
    """Keep what is started from now on in the group of this process, which is apart itself and may be ended as one."""
    _APART.pop("start_new_session", None)


class ChildError(Exception):
    """It failed; the text says why, in its words or ours."""


def file_argument(path: str | os.PathLike[str]) -> str | bytes:
    """Return a path as ffmpeg takes it for a file, whatever it looks like: an option, ``concat:`` or ``http:``."""
    return f"file:{path}" if os.name == "nt" else b"file:" + os.fsencode(path)


class Child:
    """A running ffmpeg. Use it as a context: what still runs at its end is killed.

    Args:
        command: program and arguments.
        is_fed: whether it reads from us; otherwise we read from it.
        other_end: a file descriptor for what else it reads or writes; without, that is nothing.
        progress: what changes while it works, such as the size of what it writes, besides what goes through the pipe.
        watch: called with no seconds again and again, by a thread of our own, while we wait for it; it ends the waiting
            by raising.
    """

    def __init__(
        self,
        command: Sequence[str | bytes],
        *,
        is_fed: bool = False,
        other_end: int | None = None,
        progress: Callable[[], object] = lambda: None,
        watch: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._progress, self._ask_to_go_on = progress, watch
        self._stopped: BaseException | None = None
        other = subprocess.DEVNULL if other_end is None else other_end
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE if is_fed else other,
                stdout=other if is_fed else subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                **_APART,
            )
        except OSError as error:
            raise ChildError(f"ffmpeg can't be started: {error.strerror or error}") from error
        pipe: object = self._process.stdin if is_fed else self._process.stdout
        said = self._process.stderr
        if not isinstance(pipe, io.RawIOBase) or said is None:  # it is one, as nothing buffers it
            raise ChildError("ffmpeg can't be started")
        self._pipe = pipe
        self._said: deque[str] = deque(maxlen=_LINES)
        self._waits_since: float | None = None
        self._has_stalled = False
        self._is_over = threading.Event()
        _widen(pipe)
        self._threads = [
            threading.Thread(target=self._listen, args=(said,), name="eqmorph-ffmpeg-said", daemon=True),
            threading.Thread(target=self._watch, name="eqmorph-ffmpeg-watch", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def read_into(self, view: memoryview) -> int:
        """Fill a view with what comes, as far as it comes; return how many bytes, fewer only at the end.

        Raises:
            ChildError: it stalls.
        """
        filled = 0
        while filled < len(view):
            read = self._timed(lambda at=filled: self._pipe.readinto(view[at:]))
            if not read:
                break
            filled += read
        return filled

    def write(self, data: memoryview) -> None:
        """Feed it.

        Raises:
            ChildError: it has ended, or stalls.
        """
        done = 0
        while done < len(data):
            try:
                done += self._timed(lambda at=done: self._pipe.write(data[at : at + _PIPE_BYTES]))
            except OSError:  # it reads no more
                if self._stopped is not None:
                    raise self._stopped from None
                self.finish()
                raise ChildError(self.reason("it ended before it had read everything")) from None

    def finish(self) -> None:
        """Say that there is no more, or take no more, and wait for its end.

        Raises:
            ChildError: it failed, or stalls.
        """
        with contextlib.suppress(OSError):
            self._pipe.close()
        self._timed(self._process.wait)
        self.kill()
        code = self._process.returncode
        if code and code == -getattr(signal, "SIGXFSZ", 0):
            raise ChildError("File too large")  # as the system words it elsewhere
        if code:
            raise ChildError(self.reason(f"it ended with code {code}"))

    def reason(self, otherwise: str) -> str:
        """Return the last thing that it said, without names of its parts and addresses."""
        if self._has_stalled:
            return f"nothing came for {STALLED_S:.0f} seconds"
        lines = [line for line in (_plain(line) for line in self._said) if line]
        reasons = [line for line in lines if not line.startswith(_NO_REASONS)]
        return (reasons or lines or [otherwise])[-1]

    @property
    def said(self) -> tuple[str, ...]:
        """The last lines that it said."""
        return tuple(self._said)

    def kill(self) -> None:
        """End it, if it hasn't ended, and reap it; no thread stays."""
        self._is_over.set()
        self._end()
        self._process.wait()
        with contextlib.suppress(OSError):
            self._pipe.close()
        for thread in self._threads:
            thread.join(timeout=5)  # what it started itself may hold on to its stderr
        if self._process.stderr is not None:
            with contextlib.suppress(OSError):
                self._process.stderr.close()

    def _end(self) -> None:
        """End it with what it has started itself, as a script in its place does: that would hold on to the pipe."""
        with contextlib.suppress(OSError):
            if "start_new_session" in _APART and self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()

    def _timed(self, wait: Any) -> int:
        self._waits_since = time.monotonic()
        try:
            result = wait()
        finally:
            self._waits_since = None
        if self._stopped is not None:
            raise self._stopped
        if self._has_stalled:
            raise ChildError(self.reason(""))
        return int(result or 0)

    def _watch(self) -> None:
        moved_at, state = time.monotonic(), self._progress()
        while not self._is_over.wait(_TICK_S):
            since = self._waits_since
            if (now := self._progress()) != state:
                moved_at, state = time.monotonic(), now
            if since is None:
                continue
            try:
                self._ask_to_go_on(0.0)
            except BaseException as error:
                self._stopped = error
                self._end()
                return
            if time.monotonic() - max(since, moved_at) > STALLED_S:
                self._has_stalled = True
                self._end()
                return

    def _listen(self, said: IO[bytes]) -> None:
        rest = b""
        with contextlib.suppress(OSError, ValueError):
            while data := said.read(1 << 14):
                *lines, rest = (rest + data).replace(b"\r", b"\n").split(b"\n")
                self._said.extend(_text(line) for line in lines[-_LINES:] if line.strip())
                rest = rest[:_LINE_BYTES]
        if rest.strip():
            self._said.append(_text(rest))


def output_of(command: Sequence[str | bytes], *, most: int = _MOST_OUTPUT) -> bytes:
    """Run it and return what it prints.

    Raises:
        ChildError: it fails, stalls, or prints more than so many bytes.
    """
    parts: list[bytes] = []
    held = 0
    with Child(command) as child:
        buffer = memoryview(bytearray(1 << 16))
        while read := child.read_into(buffer):
            parts.append(bytes(buffer[:read]))
            held += read
            if held > most:
                raise ChildError(f"it says more than {most >> 20} MiB")
        child.finish()
    return b"".join(parts)


def _widen(pipe: io.RawIOBase) -> None:
    """Let a pipe hold a block at once, where the system lets one: it saves switches between us and it."""
    if os.name == "nt":
        return
    import fcntl

    with contextlib.suppress(OSError, AttributeError):
        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _text(line: bytes) -> str:
    return printable(line[:_LINE_BYTES].decode("utf-8", "replace").strip())


def _plain(line: str) -> str:
    """Return a line without the part of ffmpeg that says it: ``[mov,mp4 @ 0x55d0] moov atom not found``."""
    while line.startswith("[") and "] " in line:
        line = line.partition("] ")[2]
    if line.startswith("file:") and ": " in line:
        line = line.rpartition(": ")[2]
    return line.strip().rstrip(".")
