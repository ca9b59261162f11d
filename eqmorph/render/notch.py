"""Render narrow notches: what they take is filtered where single precision is plenty."""

from __future__ import annotations

import numpy as np
import pedalboard

from eqmorph._typing import Float32
from eqmorph.bands import NarrowNotch

__all__ = ["Notch"]

_BUFFER_FRAMES = 8192
_UP = 2.0**20  # pedalboard takes what a filter holds for zero if it is below 1e-8 at the end of a block


class Notch:
    """Takes one frequency off a signal, in blocks of any size; the result doesn't depend on where it was cut.

    Args:
        notch: which one, and how.
        sample_rate: of the signal, in Hz.
    """

    def __init__(self, notch: NarrowNotch, sample_rate: float) -> None:
        self._low_pass = pedalboard.LowpassFilter(cutoff_frequency_hz=notch.corner_hz)
        self._turns_a_frame = notch.shift_hz / sample_rate
        self._factor = notch.factor / _UP
        self._rate = sample_rate
        self._frame = 0
        self._is_ready = False

    def process(self, block: Float32) -> Float32:
        """Filter the next block, (channels, frames) in and out, into a new array."""
        parts = [self._next(block[:, at : at + _BUFFER_FRAMES]) for at in range(0, block.shape[1], _BUFFER_FRAMES)]
        return np.concatenate(parts, axis=1) if parts else block.copy()

    def _next(self, block: Float32) -> Float32:
        channels, frames = block.shape
        if not self._is_ready:  # as in `Renderer`
            self._filter(np.zeros((2 * channels, _BUFFER_FRAMES), dtype=np.float32))
            self._is_ready = True
        turns = ((self._frame + np.arange(frames)) * self._turns_a_frame) % 1.0
        self._frame += frames
        # Real arithmetic: a product of complex numbers is rounded otherwise in a short block than in a long one.
        cos, sin = np.cos(2 * np.pi * turns), np.sin(2 * np.pi * turns)
        low = self._filter(np.concatenate([block * (_UP * cos), block * (-_UP * sin)]).astype(np.float32))
        real = (self._factor.real * cos - self._factor.imag * sin).astype(np.float32)
        imaginary = (self._factor.real * sin + self._factor.imag * cos).astype(np.float32)
        return np.asarray(block - (low[:channels] * real - low[channels:] * imaginary))

    def _filter(self, block: Float32) -> Float32:
        filtered: Float32 = self._low_pass.process(block, self._rate, buffer_size=_BUFFER_FRAMES, reset=False)
        return filtered
