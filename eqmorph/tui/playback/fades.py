"""The one shape of every fade: so smooth that a tone which is faded stays a tone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Float32", "Gate", "fade_frames", "ramp"]

Float32 = NDArray[np.float32]


def fade_frames(seconds: float, sample_rate: float) -> int:
    return max(round(seconds * sample_rate), 1)


def ramp(frames: int) -> Float32:
    """Weights (frames,) from just above 0 to 1 with two continuous derivatives.

    A straight line's corners would be heard as soft clicks: its spectrum falls by 12 dB an octave, this one's by 24.
    """
    x = np.arange(1, frames + 1) / frames
    return (x**3 * (x * (6 * x - 15) + 10)).astype(np.float32)


class Gate:
    """Lets sound through or not, and fades between the two. It starts closed.

    A fade that has begun is finished before it turns: a sudden turn would be heard.

    Args:
        frames: length of a fade.
    """

    def __init__(self, frames: int) -> None:
        self._weights = np.concatenate([np.zeros(1, dtype=np.float32), ramp(frames)])
        self._at = 0
        self._step = -1
        self.is_opening = False

    @property
    def is_closed(self) -> bool:
        return self._at == 0 and not self.is_opening

    def process(self, block: Float32) -> Float32:
        """The next block, (channels, frames); one that passes an open gate is returned as it is."""
        last = len(self._weights) - 1
        if self.is_opening and self._at == last:
            return block
        if self._at in (0, last):
            self._step = 1 if self.is_opening else -1
        at = np.clip(self._at + self._step * np.arange(1, block.shape[1] + 1), 0, last)
        self._at = int(at[-1])
        faded: Float32 = block * self._weights[at]
        return faded
