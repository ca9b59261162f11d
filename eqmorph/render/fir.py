"""The linear-phase filter of an EQ: symmetric, and of the very magnitudes that `Bands.response_db` tells."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from eqmorph._typing import Float32, Float64
from eqmorph.bands import HIGHEST_HEARD, Band, Bands

__all__ = ["LONGEST_S", "Fir", "Miss", "design_fir"]

_NEAR_ENOUGH_DB = 0.02
# All that lies below is the same to the ear, the more so at the bottom of a hole.
_LEAST, _LEAST_IN_HOLES = 10 ** (-60 / 20), 10 ** (-40 / 20)
_LEAST_HEARD = 10 ** (-20 / 20)  # of so narrow a strip as a filter that is too short misses
_WORTH_SAYING_DB = 0.05
_WHOLE_DB = -60.0  # a notch this deep is a hole
_LOWEST_HZ = 10.0
_SHORTEST = 1024  # frames on each side
LONGEST_S = 6.0  #: of a filter, on each side: what needs more rings as long as a phrase
_TURN_PART = 0.95  # of a side, that the turns of holes take; the rest is for the ringing of what they turn
_TURN_BETA = 4.9  # Kaiser's: as short as a turn can be that is within 0.05 dB of whole on both sides


@dataclass(frozen=True, slots=True)
class Miss:
    """Where a filter misses its magnitudes most, so that it may be heard: above -20 dB, and by how many dB."""

    from_hz: float
    to_hz: float
    off_db: float


@dataclass(frozen=True, slots=True, eq=False)
class Fir:
    """A symmetric filter.

    Attributes:
        taps: its impulse response (2 * delay + 1,).
        delay: by how many frames it is late.
        off_db: the most by which it misses the magnitudes asked for, from 10 Hz on. What is below -60 dB (in an EQ with
            whole notches -40 dB) is as good as that.
        miss: what of that may be heard.
    """

    taps: Float32
    delay: int
    off_db: float
    miss: Miss | None = None

    def widened(self, delay: int) -> Fir:
        """Return the same filter, later: silence on both sides."""
        return replace(self, taps=np.pad(self.taps, delay - self.delay), delay=delay)


@lru_cache(maxsize=8)  # a folder's files mostly get the same
def design_fir(bands: Bands, sample_rate: float) -> Fir:
    """Return the shortest filter, of lengths that double, that does what bands for all channels do.

    The EQ's magnitudes, taken without any phase, are an impulse response that dies away on both sides of its middle as
    slowly as the narrowest band rings. It is cut off smoothly where what is lost no longer counts.

    A whole notch is a case of its own: at its zero magnitudes have a corner, for which an impulse response never dies
    away. But what would go on through zero, to negative values, has none. So that is taken, times a
    turn of sign as steep as the length allows: it keeps the zero, and is off within the turn alone, at the very bottom.
    """
    if bands.is_flat:
        return Fir(np.ones(1, dtype=np.float32), 0, 0.0)
    fir = Fir(np.ones(1, dtype=np.float32), 0, math.inf)
    for side in _sides(bands, sample_rate):
        fir = _of_length(bands, sample_rate, side)
        if fir.off_db <= _NEAR_ENOUGH_DB:
            break
    return fir


def _sides(bands: Bands, sample_rate: float) -> list[int]:
    """Return lengths to try, from one at which the narrowest band is seen in the spectrum, so that none is missed."""
    longest = max(_SHORTEST, int(LONGEST_S * sample_rate))
    unit: int = 2 ** (longest.bit_length() - 3)
    sides = [longest // unit * unit]  # a product of small numbers has a fast spectrum
    least = max(_SHORTEST, sample_rate * max(band.q / band.freq_hz for band in bands))
    while sides[0] % 2 == 0 and sides[0] // 2 >= least:
        sides.insert(0, sides[0] // 2)
    return sides


def _of_length(bands: Bands, sample_rate: float, side: int) -> Fir:
    hertz = np.fft.rfftfreq(8 * side, 1 / sample_rate).astype(np.float64)
    wanted: Float64 = 10.0 ** (bands.response_db(hertz, sample_rate) / 20)
    holes = _holes_hz(bands, sample_rate)
    smooth = wanted * _turns(holes, hertz, sample_rate, side) if holes else wanted
    whole = np.fft.irfft(smooth[::2])
    distance = np.abs(np.arange(1 - side, side)) / side
    even = _TURN_PART if holes else 0.5
    window = np.where(distance < even, 1.0, np.cos(np.pi / 2 * (distance - even) / (1 - even)) ** 2)
    taps: Float32 = (np.concatenate([whole[1 - side :], whole[:side]]) * window).astype(np.float32)
    got: Float64 = np.abs(np.fft.rfft(taps, 8 * side))
    counts = (hertz >= _LOWEST_HZ) & (hertz <= HIGHEST_HEARD * sample_rate)
    hertz, got, wanted = hertz[counts], got[counts], wanted[counts]
    off_db = _off_db(got, wanted, _LEAST_IN_HOLES if holes else _LEAST)
    return Fir(taps, side - 1, float(off_db.max(initial=0.0)), _miss(hertz, got, wanted))


def _off_db(got: Float64, wanted: Float64, least: float) -> Float64:
    """Return how far magnitudes are off, where all below the least is the same."""
    off_db: Float64 = np.abs(20 * np.log10(np.maximum(got, least) / np.maximum(wanted, least)))
    return off_db


def _miss(hertz: Float64, got: Float64, wanted: Float64) -> Miss | None:
    """Return the strip around the largest error, with both sides of a hole, if it is worth saying."""
    off_db = _off_db(got, wanted, _LEAST_HEARD)
    worst = int(np.argmax(off_db))
    if off_db[worst] <= _WORTH_SAYING_DB:
        return None
    met = np.flatnonzero((off_db <= _WORTH_SAYING_DB) & (wanted > _LEAST_HEARD))
    first = met[met < worst].max(initial=0)
    last = met[met > worst].min(initial=len(hertz) - 1)
    return Miss(float(hertz[first]), float(hertz[last]), float(off_db[worst]))


def _holes_hz(bands: Bands, sample_rate: float) -> list[float]:
    """Return the frequencies of whole notches; two of one frequency leave no corner, and are none."""
    whole = [band for band in bands if band.kind == "notch" and band.depth_db <= _WHOLE_DB]
    found = Counter(_deepest_hz(band, sample_rate) for band in whole)
    return sorted(hz for hz, times in found.items() if times % 2)


def _deepest_hz(notch: Band, sample_rate: float) -> float:
    """Return where a notch really is: a wide one is rendered in single precision, which moves a low one a little."""
    alone, middle, reach = Bands((notch,)), notch.freq_hz, 0.02 * notch.freq_hz
    while reach > 1e-6 * notch.freq_hz:
        hertz = middle + np.linspace(-reach, reach, 81)
        middle, reach = float(hertz[np.argmin(alone.response_db(hertz, sample_rate))]), reach / 20
    return middle


def _turns(holes_hz: list[float], hertz: Float64, sample_rate: float, side: int) -> Float64:
    """Return what turns from one sign to the other at each hole, at once, times what does it as steeply as it can."""
    reach = int(_TURN_PART * side)
    frames = np.arange(reach + 1)
    impulse = np.zeros(reach + 1)
    impulse[0] = 1.0
    at_once = np.ones(len(hertz))
    for number, hole_hz in enumerate(reversed(holes_hz)):
        impulse += (-1) ** (number + 1) * 4 * hole_hz / sample_rate * np.sinc(2 * hole_hz / sample_rate * frames)
        at_once *= np.sign(hertz - hole_hz)
    impulse *= np.i0(_TURN_BETA * np.sqrt(1 - (frames / reach) ** 2)) / np.i0(_TURN_BETA)
    both = np.zeros(8 * side)
    both[: reach + 1] = impulse
    both[-reach:] = impulse[:0:-1]
    turned: Float64 = at_once * np.fft.rfft(both).real
    return turned
