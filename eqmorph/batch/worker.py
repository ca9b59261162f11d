"""A process that does the files of a batch, one after another, as it is told through its stdin.

Whatever a decoder or a file does to it, the batch goes on without it. It ends when its stdin does: nothing of what it
was at remains then.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
import sys
import threading
import time
import traceback
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO

from eqmorph.audio.ffmpeg import child
from eqmorph.batch.messages import Answer, Begin, Begun, Ended, Heard, Order, Ready, receive, send
from eqmorph.batch.nursery import nurse
from eqmorph.batch.patience import process_patiently
from eqmorph.errors import Crashed, EqmorphError, Stopped, unexpected
from eqmorph.process import Settings
from eqmorph.wording import Means, Phrase

__all__ = ["main"]

_LEAVE_S = 15.0  # to give up a file and tidy up; who started us would have ended us before


def main() -> None:
    """Do what comes through stdin and tell of it through stdout, until stdin ends. With a socket, be a nursery."""
    child.stay_together()
    if sys.platform == "linux" and stat.S_ISSOCK(os.fstat(0).st_mode):
        with socket.socket(fileno=os.dup(0)) as asked:
            _leave_pipes()
            nurse(asked, _work)
        return
    orders, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    _leave_pipes()
    with contextlib.suppress(EOFError):
        _work(receive(orders), orders, told)


def _work(begin: Begin, orders: BinaryIO, told: BinaryIO) -> None:
    with contextlib.suppress(EOFError, BrokenPipeError):
        if begin.memory_bytes is not None:
            _limit_memory(begin.memory_bytes)
        if begin.niceness:
            _give_way(begin.niceness)
        worker = _Worker(begin.settings, orders, told)
        while (order := worker.next_order()) is not None:
            send(told, worker.carry_out(order))


class _Worker:
    def __init__(self, settings: Settings, orders: BinaryIO, told: BinaryIO) -> None:
        self._settings = settings
        self._told = told
        self._has_ended = threading.Event()
        self._received: SimpleQueue[Order | Answer | None] = SimpleQueue()
        threading.Thread(target=self._listen, args=(orders,), daemon=True).start()

    def next_order(self) -> Order | None:
        """Wait for an order; None if there will be none."""
        received = self._next()
        return received if isinstance(received, Order) else None

    def carry_out(self, order: Order) -> Ended:
        send(self._told, Begun())
        try:
            result = process_patiently(
                order.source,
                order.output,
                order.settings or self._settings,
                watch=self._watch,
                before_commit=self._before_commit,
                **order.options,
            )
        except EqmorphError as error:
            return Ended(error=error)
        except MemoryError:
            hint = Phrase("{} allows more, if there is a limit; else do fewer files at once.", Means.MAX_MEMORY)
            return Ended(error=Crashed("needs more memory than there is for it", hint=hint, path=order.source))
        except Exception as error:  # whatever it is, it can't be raised in another process: it is told there
            return Ended(error=unexpected(error, order.source), traceback=traceback.format_exc())
        return Ended(result)

    def _listen(self, orders: BinaryIO) -> None:
        """Receive while a file is worked on, so that the end of it all is noticed."""
        with contextlib.suppress(EOFError):
            while True:
                self._received.put(receive(orders))
        self._has_ended.set()
        self._received.put(None)
        time.sleep(_LEAVE_S)
        _end_at_once()

    def _next(self) -> Order | Answer | None:
        """Wait for what comes next; None, from then on, once nothing does."""
        received = self._received.get()
        if received is None:
            self._received.put(None)
        return received

    def _watch(self, seconds: float) -> None:
        if self._has_ended.is_set():
            raise Stopped("interrupted")
        if seconds:
            send(self._told, Heard(seconds))

    def _before_commit(self, final: Path, temp: Path) -> None:
        send(self._told, Ready(final, temp))
        answer = self._next()
        if not isinstance(answer, Answer):
            raise Stopped("interrupted")
        if answer.error is not None:
            raise answer.error


def _leave_pipes() -> None:
    """Leave others in the place of stdin and stdout, for libraries that read or print: they must not come between."""
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)


def _end_at_once() -> None:
    """End a process that a file never lets go of, with whatever programs it has started."""
    if os.name != "nt" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _give_way(niceness: int) -> None:
    """Let other work on the machine go before this."""
    if sys.platform == "win32":
        return
    os.nice(niceness)
    # Where Linux shares processors out by session, this one is alone in its own, and only the session's counts.
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(niceness), encoding="ascii")


def _limit_memory(size: int) -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
