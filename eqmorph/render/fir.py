"""The linear-phase filter of an EQ: symmetric, and of the very magnitudes that `Bands.response_db` tells."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from eqmorph._typing import Float32, Float64
from eqmorph.bands import HIGHEST_HEARD, Bands

__all__ = ["Fir", "design_fir"]

_NEAR_ENOUGH_DB = 0.02
_LEAST = 10 ** (-60 / 20)  # what lies below is met as an amplitude, not as a ratio: it can't be heard
_LOWEST_HZ = 10.0
_SHORTEST = 1024  # frames on each side
_LONGEST_S = 6.0  # on each side: what needs more rings as long as a phrase


@dataclass(frozen=True, slots=True, eq=False)
class Fir:
    """A symmetric filter.

    Attributes:
        taps: its impulse response (2 * delay + 1,).
        delay: by how many frames it is late.
        off_db: the most by which it misses the magnitudes asked for, from 10 Hz on.
    """

    taps: Float32
    delay: int
    off_db: float

    def widened(self, delay: int) -> Fir:
        """Return the same filter, later: silence on both sides."""
        return Fir(np.pad(self.taps, delay - self.delay), delay, self.off_db)


@lru_cache(maxsize=8)  # a folder's files mostly get the same
def design_fir(bands: Bands, sample_rate: float) -> Fir:
    """Return the shortest filter, of lengths that double, that does what bands for all channels do.

    The EQ's magnitudes, taken without any phase, are an impulse response that dies away on both sides of its middle as
    slowly as the narrowest band rings. It is cut off smoothly where what is lost no longer counts.
    """
    if bands.is_flat:
        return Fir(np.ones(1, dtype=np.float32), 0, 0.0)
    longest = _LONGEST_S * sample_rate
    side = _first_side(bands, sample_rate, longest)
    while True:
        fir = _of_length(bands, sample_rate, side)
        if fir.off_db <= _NEAR_ENOUGH_DB or 2 * side > longest:
            return fir
        side *= 2


def _first_side(bands: Bands, sample_rate: float, longest: float) -> int:
    """Return a length at which the narrowest band can be seen in the spectrum, so that none is missed."""
    width_hz = min(band.freq_hz / band.q for band in bands)
    side: int = max(_SHORTEST, 2 ** math.ceil(math.log2(sample_rate / width_hz)))
    longest_side: int = 2 ** int(math.log2(max(longest, _SHORTEST)))
    return min(side, longest_side)


def _of_length(bands: Bands, sample_rate: float, side: int) -> Fir:
    wanted = _magnitudes(bands, sample_rate, 8 * side)
    whole = np.fft.irfft(wanted[::2])
    distance = np.abs(np.arange(1 - side, side)) / side
    window = np.where(distance < 0.5, 1.0, np.cos(np.pi * (distance - 0.5) / 2 / 0.5) ** 2)
    taps = (np.concatenate([whole[1 - side :], whole[:side]]) * window).astype(np.float32)
    got = np.abs(np.fft.rfft(taps, 8 * side))
    hertz = np.fft.rfftfreq(8 * side, 1 / sample_rate)
    counts = (hertz >= _LOWEST_HZ) & (hertz <= HIGHEST_HEARD * sample_rate)
    off = np.abs(got - wanted)[counts] / np.maximum(wanted[counts], _LEAST)
    return Fir(taps, side - 1, float(20 * np.log10(1 + off.max(initial=0.0))))


def _magnitudes(bands: Bands, sample_rate: float, size: int) -> Float64:
    """Return what bands do to the amplitudes of a spectrum of so many frames."""
    db = bands.response_db(np.fft.rfftfreq(size, 1 / sample_rate), sample_rate)
    factors: Float64 = 10 ** (db / 20)
    return factors
