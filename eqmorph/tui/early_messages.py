"""Messages of workers that began before the screen was there."""

from __future__ import annotations

import threading
from collections.abc import Callable

from textual.message import Message

__all__ = ["EarlyMessages"]


class EarlyMessages:
    """Keeps messages, in their order, until there is somebody to tell; from then on passes each on at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: list[Message] = []
        self._tell: Callable[[Message], object] | None = None

    def add(self, message: Message) -> None:
        """Tell a message, from any thread."""
        with self._lock:
            if self._tell is None:
                self._kept.append(message)
                return
        self._tell(message)

    def tell(self, tell: Callable[[Message], object]) -> None:
        """Tell what was kept, and all that comes."""
        with self._lock:
            self._tell = tell
            for message in self._kept:
                tell(message)
            self._kept.clear()
