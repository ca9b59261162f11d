"""What signals that end a program do to a command.

SIGTERM and SIGHUP end one as Ctrl-C does: what is under way is dropped, and nothing is left half done. Those that go
on until they are ended come to an end in order.
"""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from eqmorph.cli.output import stop_stdout

__all__ = ["SIGNAL_EXIT_CODE", "StopEvent", "ended_as_by_ctrl_c", "stopped_by_signals"]

#: Plus the signal's number: a shell's exit code for a program that was ended by a signal.
SIGNAL_EXIT_CODE = 128
_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


class StopEvent(threading.Event):
    """An event that the handler of a signal may set.

    The handler runs in the main thread, wherever that is: within the `wait` of an ordinary event, too, for whose lock
    it would then wait for ever. This one has no lock, so whoever waits looks now and then.
    """

    _LOOK_EVERY_S = 0.05

    def __init__(self) -> None:
        super().__init__()
        self._has_struck = False

    def is_set(self) -> bool:
        return self._has_struck

    def set(self) -> None:
        self._has_struck = True

    def wait(self, timeout: float | None = None) -> bool:
        end = math.inf if timeout is None else time.monotonic() + timeout
        while not self._has_struck and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, self._LOOK_EVERY_S))
        return self._has_struck


@contextmanager
def ended_as_by_ctrl_c() -> Iterator[list[int]]:
    """Raise KeyboardInterrupt at a signal that would end the process, which the list then holds.

    What is ignored, as ``nohup`` ignores SIGHUP, or has a handler already, stays so.
    """
    struck: list[int] = []
    process = os.getpid()

    def end(number: int, _frame: FrameType | None) -> None:
        if os.getpid() != process:  # a child, which has its own way to end
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        struck.append(number)
        if number == getattr(signal, "SIGHUP", None) and sys.stdout is not None and sys.stdout.isatty():
            _hang_up()
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        numbers = []  # nobody else may set handlers
    numbers = [number for number in numbers if signal.getsignal(number) == signal.SIG_DFL]
    for number in numbers:
        signal.signal(number, end)
    try:
        yield struck
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def stopped_by_signals(stop: StopEvent) -> Iterator[list[int]]:
    """Set ``stop`` at a signal that ends a program, which the list then holds; a second one ends it as ever."""
    struck: list[int] = []
    has_terminal = sys.stdout.isatty()
    before: dict[int, Any] = {}

    def restore() -> None:
        while before:
            signal.signal(*before.popitem())

    def end(number: int, _frame: FrameType | None) -> None:
        restore()
        struck.append(number)
        stop.set()
        if has_terminal and number == getattr(signal, "SIGHUP", None):  # it is closed: nobody reads how it ended
            stop_stdout()

    for number in (getattr(signal, name, None) for name in _ENDING):
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as nohup ignores SIGHUP
            before[number] = signal.signal(number, end)
    try:
        yield struck
    finally:
        restore()


def _hang_up() -> None:
    """Write nothing more to a terminal that is closed."""
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  (closed with the process)
