"""A tap on what is played: the latest seconds of it, for whoever looks at them."""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float32

__all__ = ["Tap"]

_KEPT_S = 2.0  # a screen that is held up for as long misses nothing


class Tap:
    """Keeps the latest sound in a ring. One thread adds, another one looks; neither waits for the other.

    Args:
        sample_rate: in Hz.
        channels: of the sound.
    """

    def __init__(self, sample_rate: int, channels: int) -> None:
        self.sample_rate, self.channels = sample_rate, channels
        self.kept = max(int(_KEPT_S * sample_rate), 1)
        self._ring: Float32 = np.zeros((channels, 2 * self.kept), dtype=np.float32)  # half of it is safe to look at
        self.frames = 0
        """How many frames were ever added."""

    def add(self, block: Float32) -> None:
        """Add a block (channels, frames)."""
        size = self._ring.shape[1]
        block = block[:, -size:]
        start, count = self.frames % size, block.shape[1]
        first = min(count, size - start)
        self._ring[:, start : start + first] = block[:, :first]
        self._ring[:, : count - first] = block[:, first:]
        self.frames += count

    def latest(self, frames: int, *, until: int | None = None) -> Float32:
        """Return the last frames, or as many as are kept, as a new array (channels, frames).

        Args:
            frames: how many.
            until: the frame after the last; by default all that was added.
        """
        end = self.frames if until is None else until
        count = min(frames, self.kept, end)
        return self._ring[:, np.arange(end - count, end) % self._ring.shape[1]]
