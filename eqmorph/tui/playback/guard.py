"""The last thing before the device: no sample goes beyond full scale."""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float32
from eqmorph.render.fades import ramp

__all__ = ["PeakGuard"]

_FULL_SCALE = 1.0
_JUST_BELOW = _FULL_SCALE - 1e-6  # products are rounded


class PeakGuard:
    """Turns down for good where samples would go beyond full scale, until it is told to begin anew.

    It is for the moments until the level that a result will have is measured, and does nothing from then on. It is no
    limiter: what it took stays taken, so that the sound doesn't pump.
    """

    def __init__(self) -> None:
        self._gain = 1.0
        self._is_released = False

    def release(self) -> None:
        """Begin anew: what is heard from now on has another level."""
        self._is_released = True

    def process(self, block: Float32) -> Float32:
        """Process the next block, (channels, frames); one that fits is returned as it is."""
        before, frames = self._gain, block.shape[1]
        if not frames:
            return block
        peaks = np.abs(block).max(axis=0)
        largest = float(peaks.max())
        allowed = _JUST_BELOW / largest if largest > _FULL_SCALE else 1.0
        self._gain = allowed if self._is_released else min(before, allowed)
        self._is_released = False
        if self._gain == before:
            return block if before == 1.0 else block * np.float32(before)
        # On the way down it must be there by the first sample that would be too large; on the way up there is time.
        over = peaks * before > _FULL_SCALE
        until = int(np.argmax(over)) if over.any() else frames
        gains = np.full(frames, self._gain, dtype=np.float32)
        gains[:until] = before + (self._gain - before) * ramp(max(until, 1))[:until]
        return block * gains
