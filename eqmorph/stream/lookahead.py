"""A gain that sees peaks a few milliseconds before they are heard, so that a stream stays under a true peak.

A file is brought under its ceiling by one gain, once all of it is known. A stream has no second pass, so this gain
moves: down within the few milliseconds by which it delays the sound, in the shape of a Hann window, and up again
slowly. Where no peak needs it, samples pass unchanged.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from eqmorph._typing import Float32, Float64
from eqmorph.audio.truepeak import TAPS, interpolation_taps

__all__ = ["LookaheadGain"]

_AHEAD_S = 0.005
_RISE_DB_A_SECOND = 10.0
_MARGIN_DB = 0.15  # for what the gain's own movement adds: it rises by 0.05 dB within the time it looks ahead
_LEAD = TAPS // 2
_IDLE_DB = -1e-9  # no gain at all


class LookaheadGain:
    """Keeps blocks of any size under a true peak; what it gives is late by `latency_frames`.

    Args:
        sample_rate: in Hz.
        channels: which all get the same gain.
        ceiling_db: the true peak to stay under, in dBTP.
    """

    def __init__(self, sample_rate: float, channels: int, ceiling_db: float) -> None:
        self._ahead = max(round(_AHEAD_S * sample_rate), 1)
        self._ceiling_db = ceiling_db - _MARGIN_DB
        self._ceiling = 10 ** (self._ceiling_db / 20)
        self._rise_db = _RISE_DB_A_SECOND / sample_rate
        window = np.hanning(self._ahead + 3)[1:-1]
        self._window = window / window.sum()
        taps = interpolation_taps()
        self._taps = taps.T.astype(np.float32)  # (TAPS, phases)
        self._most_gain = float(np.abs(taps).sum(axis=1).max())
        # Samples that are still to be given, and those that the values between the next ones depend on.
        self._held: Float32 = np.zeros((channels, self.latency_frames + TAPS), np.float32)
        self._gains_db: Float64 = np.zeros(self._ahead)  # needed at the last frames
        self.lowest_db = 0.0

    @property
    def latency_frames(self) -> int:
        return self._ahead + _LEAD

    def process(self, block: Float32) -> Float32:
        """Process the next block, (channels, frames) in and out, as a new array."""
        frames, latency = block.shape[1], self.latency_frames
        if not frames:
            return np.array(block)
        samples = np.concatenate([self._held, block], axis=1)
        self._held = samples[:, -(latency + TAPS) :].copy()
        # Only now are all samples known that the peaks around some frames depend on: they came _LEAD frames ago.
        needed_db = self._needed(samples[:, latency:])
        due = samples[:, TAPS : TAPS + frames]
        if needed_db is None and self._gains_db.min() >= _IDLE_DB:
            return np.array(due)
        if needed_db is None:
            needed_db = np.zeros(frames)
        gains_db = self._rising(needed_db)
        course = np.concatenate([self._gains_db, gains_db])
        self._gains_db = course[-self._ahead :]
        gain_db = np.convolve(course, self._window, "valid")
        self.lowest_db = min(self.lowest_db, float(gain_db.min()))
        limited: Float32 = due * (10 ** (gain_db / 20)).astype(np.float32)
        return limited

    def _needed(self, samples: Float32) -> Float64 | None:
        """Return the gain in dB that each frame needs by itself, `_LEAD` from either end; None if none needs any."""
        loudest = np.abs(samples).max(axis=0)
        frames = len(loudest) - TAPS
        bounds = self._most_gain * _around(loudest)[: frames + 1]
        places = np.flatnonzero(bounds > self._ceiling)
        if not places.size:
            return None
        between = np.zeros(frames + 1)  # the peak between each frame and the one before it, and after the last
        for channel in samples:
            values = sliding_window_view(channel, TAPS)[places] @ self._taps
            between[places] = np.maximum(between[places], np.abs(values).max(axis=1))
        peaks = np.maximum(loudest[_LEAD : _LEAD + frames], np.maximum(between[:-1], between[1:]))
        needed: Float64 = np.minimum(self._ceiling_db - 20 * np.log10(np.maximum(peaks, 1e-9)), 0.0)
        return needed if needed.min() < 0 else None

    def _rising(self, needed_db: Float64) -> Float64:
        """Return gains that are as low as needed at once, and rise slowly."""
        steps = self._rise_db * np.arange(1, len(needed_db) + 1)
        falls = np.minimum.accumulate(np.minimum(needed_db - steps, self._gains_db[-1]))
        risen: Float64 = np.minimum(falls + steps, 0.0)
        return risen


def _around(loudest: Float32) -> Float32:
    """Return for each stretch of `TAPS` samples, by where it begins, a bound of the largest: some are looked at too."""
    parts = -(-len(loudest) // _LEAD) + 2
    padded = np.zeros(parts * _LEAD, np.float32)
    padded[: len(loudest)] = loudest
    of_parts = padded.reshape(parts, _LEAD).max(axis=1)
    around = np.maximum(np.maximum(of_parts[:-2], of_parts[1:-1]), of_parts[2:])
    bounds: Float32 = np.repeat(around, _LEAD)
    return bounds
