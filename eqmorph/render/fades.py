"""The shape of all fades, so smooth that a faded tone stays a tone."""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float32

__all__ = ["Gate", "fade_frames", "ramp"]


def fade_frames(seconds: float, sample_rate: float) -> int:
    return max(round(seconds * sample_rate), 1)


def ramp(frames: int) -> Float32:
    """Return weights (frames,) from just above 0 to 1 with two continuous derivatives.

    The corners of a straight line would be heard as soft clicks: its spectrum falls by 12 dB per octave, this one's by
    24 dB.
    """
    x = np.arange(1, frames + 1) / frames
    return (x**3 * (x * (6 * x - 15) + 10)).astype(np.float32)


class Gate:
    """Lets sound pass or not, and fades between the two.

    A fade is finished before the next one begins: a sudden turn would be heard.

    Args:
        frames: the length of a fade.
        is_open: how it starts.
    """

    def __init__(self, frames: int, *, is_open: bool = False) -> None:
        self._weights = np.concatenate([np.zeros(1, dtype=np.float32), ramp(frames)])
        self._at = frames if is_open else 0
        self._step = -1
        self.is_opening = is_open

    @property
    def is_closed(self) -> bool:
        return self._at == 0 and not self.is_opening

    @property
    def is_open(self) -> bool:
        return self._at == len(self._weights) - 1 and self.is_opening

    def process(self, block: Float32) -> Float32:
        """Process the next block, (channels, frames); an open gate returns the block itself."""
        last = len(self._weights) - 1
        if self.is_open:
            return block
        if self._at in (0, last):
            self._step = 1 if self.is_opening else -1
        at = np.clip(self._at + self._step * np.arange(1, block.shape[1] + 1), 0, last)
        self._at = int(at[-1])
        faded: Float32 = block * self._weights[at]
        return faded
