"""Bands and blocks in, blocks out: pedalboard filters the audio, their state carried from block to block."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eqmorph.bands import Bands

__all__ = ["Renderer"]

_BUFFER_FRAMES = 8192  # what pedalboard filters at once

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
        self._is_ready = False

    def process(self, block: Float32) -> Float32:
        """The next block, (channels, frames) in and out, as a new array."""
        if not self._is_ready:
            # pedalboard takes the shorter side of the first array it sees for its channels, and forgets what went
            # before whenever a block is longer than all earlier ones. So a full buffer of silence goes first: it tells
            # the sides apart, is never exceeded, and leaves no trace in a filter.
            self._filter(np.zeros((block.shape[0], _BUFFER_FRAMES), dtype=np.float32))
            self._is_ready = True
        return self._filter(block)

    def _filter(self, block: Float32) -> Float32:
        filtered: Float32 = self._board.process(block, self._sample_rate, buffer_size=_BUFFER_FRAMES, reset=False)
        return filtered
