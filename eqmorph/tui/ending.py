"""Being told to end by the system: in the same order as by a key."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

__all__ = ["end_when_told"]

_BY_SIGNAL = 128  # a shell's code of a program that a signal has ended, less the signal's number


def end_when_told(end: Callable[[int], object]) -> None:
    """Have something called with an exit code when somebody ends the process, or closes its terminal.

    Only where the platform's event loops can (not on Windows), and only in the main thread.
    """
    loop = asyncio.get_running_loop()
    for number in (getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP")):
        if number is not None:
            with suppress(RuntimeError):  # also the parent of NotImplementedError
                loop.add_signal_handler(number, _told, number, end)


def _told(number: signal.Signals, end: Callable[[int], object]) -> None:
    _let_go_of_terminal_that_is_gone()
    end(_BY_SIGNAL + number)


def _let_go_of_terminal_that_is_gone() -> None:
    """What is still drawn has to go somewhere, or drawing would fail before the end. A terminal that is there stays,
    so that it is left as it was found."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None and not stream.isatty():  # as is one that has been closed at its other end
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
