"""Render narrow notches: what they take is filtered where single precision is plenty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float32, Float64
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
        import pedalboard

        self._low_pass = pedalboard.LowpassFilter(cutoff_frequency_hz=notch.corner_hz)
        self._turns_a_frame = notch.shift_hz / sample_rate
        self._first = self._carrier(np.arange(_BUFFER_FRAMES))
        self._factor = notch.factor / _UP
        self._rate = sample_rate
        self._frame = 0
        self._is_ready = False

    def process(self, block: Float32) -> Float32:
        """Filter the next block, (channels, frames) in and out, into a new array."""
        if not self._is_ready:  # as in `Renderer`
            self._filter(np.zeros((2 * len(block), _BUFFER_FRAMES), dtype=np.float32))
            self._is_ready = True
        filtered, at = np.empty_like(block), 0
        while at < block.shape[1]:
            frames = min(block.shape[1] - at, _BUFFER_FRAMES - self._frame % _BUFFER_FRAMES)
            filtered[:, at : at + frames] = self._next(block[:, at : at + frames])
            at += frames
        return filtered

    def _next(self, block: Float32) -> Float32:
        """Filter frames that lie between two multiples of the buffer."""
        channels, frames = block.shape
        within = self._frame % _BUFFER_FRAMES
        # Turned by what came before the buffer. In real numbers: a product of complex ones is rounded otherwise in a
        # short block than in a long one.
        turn_cos, turn_sin = (float(part[0]) for part in self._carrier(np.array([self._frame - within])))
        first_cos, first_sin = (part[within : within + frames] for part in self._first)
        cos, sin = turn_cos * first_cos - turn_sin * first_sin, turn_sin * first_cos + turn_cos * first_sin
        self._frame += frames
        shifted = np.empty((2 * channels, frames), dtype=np.float32)
        np.multiply(block, (_UP * cos).astype(np.float32), out=shifted[:channels])
        np.multiply(block, (-_UP * sin).astype(np.float32), out=shifted[channels:])
        low = self._filter(shifted)
        low[:channels] *= (self._factor.real * cos - self._factor.imag * sin).astype(np.float32)
        low[channels:] *= (self._factor.real * sin + self._factor.imag * cos).astype(np.float32)
        return block - (low[:channels] - low[channels:])

    def _carrier(self, frames: NDArray[np.int_]) -> tuple[Float64, Float64]:
        turns = frames * self._turns_a_frame
        angle = 2 * np.pi * (turns - np.floor(turns))
        return np.cos(angle), np.sin(angle)

    def _filter(self, block: Float32) -> Float32:
        filtered: Float32 = self._low_pass.process(block, self._rate, buffer_size=_BUFFER_FRAMES, reset=False)
        return filtered
