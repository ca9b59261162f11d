"""`Work`: one call of a tool under way, which can be stopped and says how far it is."""

from __future__ import annotations

import threading

from eqmorph.errors import Stopped

__all__ = ["Work"]


class Work:
    """What a tool is told of, and asks, while it works. Any thread may use it."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._lock = threading.Lock()
        self._seconds, self._total_s = 0.0, 0.0
        self._ended, self._files = 0, 0

    def expect(self, seconds: float) -> None:
        """Say how many seconds of audio will be read."""
        with self._lock:
            self._total_s += seconds

    def expect_files(self, count: int) -> None:
        """Say how many files there are, where that tells more than their seconds."""
        with self._lock:
            self._files = count

    def watch(self, seconds: float) -> None:
        """Take in the seconds of a block of audio.

        Raises:
            Stopped: somebody called it off.
        """
        self.check()
        with self._lock:
            self._seconds += seconds

    def end_one(self) -> None:
        """Take in that a file is done.

        Raises:
            Stopped: somebody called it off.
        """
        self.check()
        with self._lock:
            self._ended += 1

    def check(self) -> None:
        """Go on, unless somebody called it off.

        Raises:
            Stopped: somebody did.
        """
        if self.stop.is_set():
            raise Stopped("called off")

    def progress(self) -> tuple[float, float | None, str]:
        """Return how far it is, of how much if that is known, and the same for people to read."""
        with self._lock:
            if self._files > 1:
                return float(self._ended), float(self._files), f"{self._ended} of {self._files} files"
            total = self._total_s if self._total_s > self._seconds else None
            return self._seconds, total, f"{self._seconds:.0f} s of audio"
