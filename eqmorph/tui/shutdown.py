"""Termination by the system: the app shuts down as by a key, even if its terminal is gone."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO

__all__ = ["SurvivingStream", "on_termination"]

_SIGNAL_EXIT_CODE = 128  # plus the signal's number: a shell's exit code for a program ended by a signal


class SurvivingStream:
    """A stream to a terminal that may go: from then on what is written goes nowhere, and nothing fails.

    Textual writes in a thread of its own. That would end with the first error, and everything else would wait for it.
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
    """Have ``end`` called with an exit code when the process is terminated or its terminal is closed.

    Works only where the platform's event loops can do it (not on Windows), and only in the main thread.
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
    """Send what is still drawn nowhere if the terminal is gone, or drawing would fail before the app has ended.

    A terminal that is still there stays connected, so that it is left as it was found.
    """
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None and not stream.isatty():  # nor is one whose other end is closed
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
