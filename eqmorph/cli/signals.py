"""SIGTERM and SIGHUP end a command as Ctrl-C does: what is under way is dropped, and nothing is left half done."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["ended_as_by_ctrl_c"]


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


def _hang_up() -> None:
    """Write nothing more to a terminal that is closed."""
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  (closed with the process)
