"""A thread that does the work of the latest move, and skips those that a newer move has overtaken."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["LatestWork"]

_Found = TypeVar("_Found")


class LatestWork(Generic[_Found]):
    """One thread for all work of a kind: starting one for each would take longer than the work.

    Args:
        name: the thread's.
        work: returns what it found; it is given a function that tells whether a newer move has come, and returns None
            then.
        on_found: called with what was found, on the thread.
        on_error: called with an unexpected error, on the thread; the next work is done as usual.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[Callable[[], bool]], _Found | None],
        on_found: Callable[[_Found], object],
        on_error: Callable[[Exception], object],
    ) -> None:
        self._work, self._on_found, self._on_error = work, on_found, on_error
        self._wake = threading.Condition()
        self._asked = self._answered = 0
        self._is_closing = False
        threading.Thread(target=self._run, name=name, daemon=True).start()

    @property
    def is_idle(self) -> bool:
        """Whether every request was answered."""
        return self._answered == self._asked

    def ask(self) -> None:
        """Ask for the work to be done: something has changed."""
        with self._wake:
            self._asked += 1
            self._wake.notify()

    def close(self) -> None:
        """End the thread; work in progress is not reported."""
        with self._wake:
            self._is_closing = True
            self._asked += 1
            self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: not self.is_idle)
                number = self._asked
            if self._is_closing:
                return
            self._answer(number)

    def _answer(self, number: int) -> None:
        try:
            found = self._work(lambda: self._asked != number)
        except Exception as error:  # any at all: the sliders must stay alive
            self._on_error(error)
        else:
            if found is not None:
                self._on_found(found)
        self._answered = number
