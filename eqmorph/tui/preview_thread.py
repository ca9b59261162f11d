"""A thread that works out what the latest move comes to, and nothing that a newer move has overtaken."""

from __future__ import annotations

import threading
from collections.abc import Callable

from eqmorph.tui.preview import Preview

__all__ = ["PreviewThread"]


class PreviewThread:
    """One thread for all looks: starting one for each would take longer than the work itself.

    Args:
        work: works it out; it is given what says whether a newer move has come, and returns None if so.
        on_preview: is told, on the thread.
        on_error: is told of what nobody foresaw, on the thread; the next work goes on as ever.
    """

    def __init__(
        self,
        work: Callable[[Callable[[], bool]], Preview | None],
        on_preview: Callable[[Preview], object],
        on_error: Callable[[Exception], object],
    ) -> None:
        self._work, self._on_preview, self._on_error = work, on_preview, on_error
        self._wake = threading.Condition()
        self._asked = self._answered = 0
        self._is_closing = False
        threading.Thread(target=self._run, name="preview_thread", daemon=True).start()

    @property
    def is_idle(self) -> bool:
        """Whether all that was asked for is told."""
        return self._answered == self._asked

    def ask(self) -> None:
        """Something has changed."""
        with self._wake:
            self._asked += 1
            self._wake.notify()

    def close(self) -> None:
        """Ask no more; a work under way is not told."""
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
        except Exception as error:  # whatever it is: sliders must not be dead from here on
            self._on_error(error)
        else:
            if found is not None:
                self._on_preview(found)
        self._answered = number
