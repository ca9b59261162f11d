"""Being told to end by the system: in the same order as by a key, whatever became of the terminal."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO

__all__ = ["SurvivingStream", "on_termination"]

_SIGNAL_EXIT_CODE = 128  # a shell's code of a program that a signal has ended, less the signal's number


class SurvivingStream:
    """A stream to a terminal, for as long as it is there: afterwards what is written goes nowhere, and nothing fails.

    Textual writes in a thread of its own. It would end with the first failure, and all else would wait for it.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            return self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def on_termination(end: Callable[[int], object]) -> None:
    """Have something called with an exit code when somebody ends the process, or closes its terminal.

    Only where the platform's event loops can (not on Windows), and only in the main thread.
    """
    loop = asyncio.get_running_loop()
    for number in (getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP")):
        if number is not None:
            with suppress(RuntimeError):  # also the parent of NotImplementedError
                loop.add_signal_handler(number, _terminate, number, end)


def _terminate(number: signal.Signals, end: Callable[[int], object]) -> None:
    _detach_lost_terminal()
    end(_SIGNAL_EXIT_CODE + number)


def _detach_lost_terminal() -> None:
    """What is still drawn has to go somewhere, or drawing would fail before the end. A terminal that is there stays,
    so that it is left as it was found."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None and not stream.isatty():  # as is one that has been closed at its other end
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
