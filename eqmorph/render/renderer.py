"""Filter audio block by block with pedalboard, whose state is carried from each block to the next."""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float32
from eqmorph.bands import Bands

__all__ = ["Renderer"]

_BUFFER_FRAMES = 8192  # what pedalboard filters at once


class Renderer:
    """Filters a signal in blocks of any size; the result doesn't depend on where it was cut.

    Args:
        bands: the EQ, rendered as given (see `Bands.at_rate`).
        sample_rate: of the signal, in Hz.
    """

    def __init__(self, bands: Bands, sample_rate: float) -> None:
        self._board = bands.to_pedalboard()
        self._sample_rate = sample_rate
        self._is_ready = False

    def process(self, block: Float32) -> Float32:
        """Filter the next block, (channels, frames) in and out, into a new array."""
        if not self._is_ready:
            # pedalboard takes the shorter side of the first array that it sees for the channels, and loses its state
            # whenever a block is longer than all earlier ones. So a full buffer of silence goes first: its shorter side
            # is the channels, no block passed on is longer, and it leaves no trace in a filter.
            self._filter(np.zeros((block.shape[0], _BUFFER_FRAMES), dtype=np.float32))
            self._is_ready = True
        return self._filter(block)

    def _filter(self, block: Float32) -> Float32:
        filtered: Float32 = self._board.process(block, self._sample_rate, buffer_size=_BUFFER_FRAMES, reset=False)
        return filtered
