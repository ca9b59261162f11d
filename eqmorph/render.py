"""Bands and blocks in, blocks out: pedalboard filters the audio, their state carried from block to block."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eqmorph.bands import Bands

__all__ = ["Renderer"]

Float32 = NDArray[np.float32]


class Renderer:
    """Filters a signal in blocks of any size; what comes out doesn't depend on where it was cut.

    Args:
        bands: the EQ, rendered as given (see `Bands.at_rate`).
        sample_rate: of the signal, in Hz.
    """

    def __init__(self, bands: Bands, sample_rate: float) -> None:
        self._board = bands.to_pedalboard()
        self._sample_rate = sample_rate

    def process(self, block: Float32) -> Float32:
        """The next block, (channels, frames) in and out, as a new array.

        Only the last block may be shorter than it has channels.
        """
        channels, frames = block.shape
        if frames > channels:
            return self._filter(block)
        # pedalboard takes the shorter side of an array for its channels: lengthen it, cut the answer.
        padded = np.zeros((channels, channels + 1), dtype=np.float32)
        padded[:, :frames] = block
        return self._filter(padded)[:, :frames]

    def _filter(self, block: Float32) -> Float32:
        filtered: Float32 = self._board.process(block, self._sample_rate, reset=False)
        return filtered
