"""Where the bands of an EQ lie, their gains still to be found.

Words get five bands where the model would have them: those places change evenly with the curve. A reference asks for
more detail than five can make, so it gets `MANY`: shelves at the ends, then one bell after the other where most
is missing, all of them improved each time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
from typing import ClassVar, Protocol

import numpy as np

from eqmorph._typing import Float64
from eqmorph.adapt.region import smoothing
from eqmorph.adapt.solve import Needs
from eqmorph.analysis import Ear
from eqmorph.bands import GAIN_RANGE_DB, SHELF_Q, Bands
from eqmorph.bands.fit import as_bands as bands_of
from eqmorph.bands.fit import improve_bands
from eqmorph.bands.response import BandArrays, prototype_db, prototype_jacobian
from eqmorph.model import GRID_HZ
from eqmorph.model.fit_five import HIGHEST, LOWEST, slopes_by_all, slopes_by_gain
from eqmorph.model.settings import BANDS, RATE, as_bands

__all__ = ["FIGHTS_DB", "MANY", "Five", "Many", "Places", "broad_bands", "fighting", "five_for", "many_for"]

MANY = 10
#: Bands an octave apart or less do not both go further than that in opposite directions.
FIGHTS_DB = 2.9
_TRIFLE_DB = 1e-6
_APART = np.log(2) * 1.1  # of neighbors among five, in ln Hz
#: Of five that are moved, in ln Hz and ln Q: what the square of a change counts, and how far each move goes at most.
_STAYS, _REACH = (1.0, 1.0), (0.35, 0.35)
_FIRMLY = 100.0
_NEXT: Float64 = np.hstack([np.zeros((BANDS - 1, BANDS)), np.diff(np.eye(BANDS), axis=0), np.zeros((BANDS - 1, BANDS))])
_SHELVES_HZ = (150.0, 6000.0)  # where the search for many begins
_LOW_SHELF_HZ, _HIGH_SHELF_HZ, _BELLS_HZ = (40.0, 800.0), (1500.0, 14_000.0), (20.0, 19_000.0)
#: Of a bell when it is set; and what it may become: narrower is a notch, not a balance. What a shelf may.
_BELL_Q, _BELL_QS, _SHELF_QS = 1.5, (0.4, 3.0), (0.4, 1.0)
_BROAD_BANDS, _BROAD_HZ, _BROAD_Q = 8, (60.0, 14_000.0), 0.8
_STEPS, _LAST_STEPS = 6, 12
_SECOND_TRIES = 3  # to do better with a bell that is as good as another
_SAME = np.log((1.02, 1.1))  # place and Q of bells that are as good as one
_PLACED_AT_DB = 12.0  # the height of the curve that many are placed for, so that an amount does not move them
_NOTHING_DB, _DIGITS = 1e-6, 9
_MISSING_ERB = 1.0  # how wide "most is missing" looks


class Places(Protocol):
    """Bands of which everything but the gains is settled."""

    ridge: ClassVar[float]  # what the square of a gain in dB counts, against that of a dB off the curve

    @property
    def freq_hz(self) -> Float64:
        """Where each band lies (n,)."""

    @property
    def gains(self) -> Float64:
        """The gains in dB (n,) to begin with."""

    def heard(self, gains: Float64) -> tuple[Float64, Float64]:
        """Return the response in dB (64,) with some gains, and its derivatives by them (64, n)."""

    def bands(self, gains: Float64) -> Bands:
        """Return the bands with some gains."""


@dataclass(frozen=True)
class Five:
    """The model's five: a setting (15,)."""

    setting: Float64
    ridge: ClassVar[float] = 0.003

    @property
    def freq_hz(self) -> Float64:
        return np.exp(self.setting[BANDS : 2 * BANDS])

    @property
    def gains(self) -> Float64:
        return self.setting[:BANDS]

    def heard(self, gains: Float64) -> tuple[Float64, Float64]:
        return slopes_by_gain(np.concatenate([gains, self.setting[BANDS:]]))

    def heard_all(self) -> tuple[Float64, Float64]:
        """Return the response in dB (64,) as they are, and its derivatives by the whole setting (64, 15)."""
        return slopes_by_all(self.setting)

    @property
    def stays(self) -> Float64:
        """What the square of a change of each value counts (15,): of gains as in ``ridge``."""
        return np.repeat([self.ridge, *_STAYS], BANDS)

    @property
    def is_place(self) -> Float64:
        """Which of the values say where bands lie and how wide they are (15,); the others are gains."""
        return np.repeat([0.0, 1.0, 1.0], BANDS)

    @property
    def apart(self) -> Needs:
        """What keeps each band more than an octave above the one before it."""
        return Needs(_NEXT, np.full(BANDS - 1, _APART)).times(_FIRMLY)

    def reach(self, max_gain_db: float) -> tuple[Float64, Float64]:
        """Return the lowest and the highest that each value may become in one move (15,)."""
        most = np.repeat([max_gain_db, np.inf, np.inf], BANDS)
        step = np.repeat([np.inf, *_REACH], BANDS)
        low, high = np.maximum(LOWEST, -most), np.minimum(HIGHEST, most)
        return np.maximum(low, self.setting - step), np.minimum(high, self.setting + step)

    def bands(self, gains: Float64) -> Bands:
        return as_bands(np.concatenate([gains, self.setting[BANDS:]]))


@dataclass(frozen=True)
class Many:
    """Any number of bands."""

    arrays: BandArrays
    ridge: ClassVar[float] = 0.0005

    @property
    def freq_hz(self) -> Float64:
        return self.arrays.freq_hz

    @property
    def gains(self) -> Float64:
        return self.arrays.gain_db

    def heard(self, gains: Float64) -> tuple[Float64, Float64]:
        response, by_gain, *_ = prototype_jacobian(replace(self.arrays, gain_db=gains), GRID_HZ, RATE)
        return response, by_gain.T

    def bands(self, gains: Float64) -> Bands:
        return Bands(bands_of(replace(self.arrays, gain_db=gains), RATE))


def five_for(ear: Ear, curve: Float64) -> Five:
    """Return five bands for a curve (64,), more than an octave apart so that none fights its neighbor."""
    setting = ear.space.placed(curve)
    setting[BANDS : 2 * BANDS] = _set_apart(setting[BANDS : 2 * BANDS])
    return Five(np.clip(setting, LOWEST, HIGHEST))


def many_for(curve: Float64, count: int = MANY) -> Many:
    """Return up to ``count`` bands for a curve (64,), none narrow. The same shape has the same places at any height."""
    height = float(np.abs(curve).max())
    share = height / _PLACED_AT_DB if height > _NOTHING_DB else 1.0
    arrays = _placed(np.round(curve / share, _DIGITS).tobytes(), count)
    return Many(replace(arrays, gain_db=share * arrays.gain_db))


def broad_bands(highest_hz: float) -> Many:
    """Return bands that make any broad curve, always in the same places: of an EQ that moves only the gains do.

    ``highest_hz`` is where the last of them may lie: what a sample rate can hold.
    """
    count = _BROAD_BANDS
    freq_hz = np.geomspace(_BROAD_HZ[0], min(_BROAD_HZ[1], highest_hz), count)
    ends = np.array([0, count - 1])
    is_bell = np.ones(count, dtype=bool)
    is_bell[ends] = False
    q = np.full(count, _BROAD_Q)
    q[ends] = SHELF_Q
    is_high = np.arange(count) == count - 1
    return Many(BandArrays(is_bell, is_high, np.zeros(count), freq_hz, q))


@lru_cache(maxsize=256)
def _placed(curve: bytes, count: int) -> BandArrays:
    """Place bands for a curve (64,) as bytes: what less of a word asks for has the same shape in most sounds."""
    shape = np.frombuffer(curve)
    arrays = BandArrays(
        is_bell=np.array([False, False]),
        is_high=np.array([False, True]),
        gain_db=np.clip([shape[_LOWS].mean(), shape[_HIGHS].mean()], *GAIN_RANGE_DB),
        freq_hz=np.array(_SHELVES_HZ),
        q=np.full(2, SHELF_Q),
    )
    arrays, most_db = _improved(arrays, shape, np.full(2, GAIN_RANGE_DB[1]), _STEPS)
    arrays, most_db = _grown(arrays, shape, most_db, count)
    for _ in range(_SECOND_TRIES):
        if (twin := _twin(arrays)) is None:
            break
        arrays, most_db = _improved(_without(arrays, twin), shape, np.delete(most_db, twin), _STEPS)
        arrays, most_db = _grown(arrays, shape, most_db, count)
    while (twin := _twin(arrays)) is not None:
        arrays, most_db = _improved(_without(arrays, twin), shape, np.delete(most_db, twin), _STEPS)
    return arrays


def _grown(arrays: BandArrays, shape: Float64, most_db: Float64, count: int) -> tuple[BandArrays, Float64]:
    """Add bells where most of a curve (64,) is missing, until there are ``count`` bands, and improve all each time."""
    while len(arrays.gain_db) < count:
        missing = _MISSING @ (shape - prototype_db(arrays, GRID_HZ, RATE))
        at = int(np.abs(missing).argmax())
        arrays = BandArrays(
            is_bell=np.append(arrays.is_bell, True),
            is_high=np.append(arrays.is_high, False),
            gain_db=np.append(arrays.gain_db, np.clip(missing[at], *GAIN_RANGE_DB)),
            freq_hz=np.append(arrays.freq_hz, np.clip(GRID_HZ[at], *_BELLS_HZ)),
            q=np.append(arrays.q, _BELL_Q),
        )
        steps = _STEPS if len(arrays.gain_db) < count else _LAST_STEPS
        arrays, most_db = _improved(arrays, shape, np.append(most_db, GAIN_RANGE_DB[1]), steps)
    return arrays, most_db


def _twin(arrays: BandArrays) -> int | None:
    """Return one of two bells that are as good as the same, if there are any: the other can do for both."""
    bells = np.flatnonzero(arrays.is_bell).tolist()
    for one, other in combinations(bells, 2):
        apart = np.abs(np.log([arrays.freq_hz[one] / arrays.freq_hz[other], arrays.q[one] / arrays.q[other]]))
        if np.all(apart < _SAME):
            return int(other)
    return None


def _without(arrays: BandArrays, at: int) -> BandArrays:
    fields = {name: np.delete(getattr(arrays, name), at) for name in ("is_bell", "is_high", "gain_db", "freq_hz", "q")}
    return BandArrays(**fields)


def _improved(arrays: BandArrays, shape: Float64, most_db: Float64, steps: int) -> tuple[BandArrays, Float64]:
    """Improve bands toward a curve (64,), each within what it may do (n,); hold those that would fight another."""
    while True:
        within = _range_of(arrays, most_db)
        arrays = improve_bands(arrays, GRID_HZ, shape, RATE, steps=steps, within=within).bands
        weaker = fighting(arrays.freq_hz, arrays.gain_db)
        if weaker is None:
            return arrays, most_db
        most_db = most_db.copy()
        most_db[weaker] = FIGHTS_DB


def _range_of(arrays: BandArrays, most_db: Float64) -> tuple[BandArrays, BandArrays]:
    """Return the lowest and the highest values of bands: shelves stay at their ends, and no bell becomes a notch."""
    bell = arrays.is_bell
    shelves = np.where(arrays.is_high, _HIGH_SHELF_HZ[0], _LOW_SHELF_HZ[0])
    most_shelves = np.where(arrays.is_high, _HIGH_SHELF_HZ[1], _LOW_SHELF_HZ[1])
    lowest = replace(
        arrays,
        gain_db=-most_db,
        freq_hz=np.where(bell, _BELLS_HZ[0], shelves),
        q=np.where(bell, _BELL_QS[0], _SHELF_QS[0]),
    )
    highest = replace(
        arrays,
        gain_db=most_db,
        freq_hz=np.where(bell, _BELLS_HZ[1], most_shelves),
        q=np.where(bell, _BELL_QS[1], _SHELF_QS[1]),
    )
    return lowest, highest


def fighting(freq_hz: Float64, gains: Float64) -> int | None:
    """Return the weaker of two bands an octave apart or less that go far against each other, if there are any."""
    for one, other in combinations(np.argsort(freq_hz, kind="stable").tolist(), 2):
        weaker = one if abs(gains[one]) < abs(gains[other]) else other
        is_near = freq_hz[other] <= 2 * freq_hz[one]
        if is_near and gains[one] * gains[other] < 0 and abs(gains[weaker]) > FIGHTS_DB + _TRIFLE_DB:
            return int(weaker)
    return None


def _set_apart(places: Float64) -> Float64:
    """Move places (5,) by as little as leaves each above the one before it by `_APART` at least."""
    steps = _APART * np.arange(len(places))
    pools: list[tuple[float, int]] = []
    for place in places - steps:  # the nearest ascending row: whoever is out of order meets in the middle
        pools.append((float(place), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (one, many), (other, more) = pools.pop(), pools.pop()
            pools.append(((one * many + other * more) / (many + more), many + more))
    return np.asarray(np.repeat([place for place, _ in pools], [many for _, many in pools]) + steps)


_MISSING = smoothing(_MISSING_ERB)
_LOWS, _HIGHS = slice(0, 8), slice(-8, None)
