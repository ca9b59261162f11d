"""Filter audio block by block with pedalboard, whose state is carried from each block to the next."""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float32
from eqmorph.bands import Bands
from eqmorph.render.notch import Notch

__all__ = ["Renderer"]

_BUFFER_FRAMES = 8192  # what pedalboard filters at once
_HALF = np.float32(0.5)


class Renderer:
    """Filters a signal in blocks of any size; the result doesn't depend on where it was cut.

    Where bands act on the left, the right, the middle or the sides, those of a signal's first two channels are meant. A
    single channel is all middle.

    Args:
        bands: the EQ, rendered as given (see `Bands.at_rate`).
        sample_rate: of the signal, in Hz.
    """

    def __init__(self, bands: Bands, sample_rate: float) -> None:
        self._filters = {channel: _Filters(bands.on(channel), sample_rate) for channel in ("both", *bands.channels)}
        self._has_sides = bool({"mid", "side"} & set(bands.channels))

    def process(self, block: Float32) -> Float32:
        """Filter the next block, (channels, frames) in and out, into a new array."""
        filtered = self._filters["both"].process(block)
        if len(self._filters) == 1:
            return filtered
        if len(block) == 1:
            return self._through("mid", filtered)
        filtered[:1] = self._through("left", filtered[:1])
        filtered[1:2] = self._through("right", filtered[1:2])
        if self._has_sides:
            left, right = filtered[:1] * _HALF, filtered[1:2] * _HALF
            mid, side = self._through("mid", left + right), self._through("side", left - right)
            filtered[:1], filtered[1:2] = mid + side, mid - side
        return filtered

    def _through(self, channel: str, block: Float32) -> Float32:
        return self._filters[channel].process(block) if channel in self._filters else block


class _Filters:
    """Filters in a row, the same ones for all channels."""

    def __init__(self, bands: Bands, sample_rate: float) -> None:
        self._board, notches = bands.to_filters(sample_rate)
        self._notches = [Notch(notch, sample_rate) for notch in notches]
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
        filtered = self._filter(block)
        for notch in self._notches:
            filtered = notch.process(filtered)
        return filtered

    def _filter(self, block: Float32) -> Float32:
        filtered: Float32 = self._board.process(block, self._sample_rate, buffer_size=_BUFFER_FRAMES, reset=False)
        return filtered
