"""A curve in an engineer's words: "lifts 290 Hz by 5 dB, softens above 7 kHz"."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float64
from eqmorph.model.settings import GRID_HZ

__all__ = ["MOST_SAID", "describe_curve", "say_hz"]


_HEARD_DB = 1.0
_TELLING = 0.2  # of the main feature's height: anything smaller is not worth mentioning
#: How many features are said at most: nobody reads more.
MOST_SAID = 3
_EDGE = 0.4  # of a lobe's height: where people would say it begins or ends


@dataclass(frozen=True, slots=True)
class _Lobe:
    """A stretch of one sign: from and to which grid point, where its top is and how high, and how much it weighs."""

    first: int
    last: int
    top: int
    height_db: float

    @property
    def weight(self) -> float:
        return abs(self.height_db) * float(np.sqrt(self.last - self.first + 1))


def describe_curve(curve_db: Float64, *, most: int = MOST_SAID) -> str:
    """Describe a curve (64,) in dB in one line: its ``most`` most telling features, low to high."""
    lobes = sorted(_lobes(curve_db), key=lambda lobe: -lobe.weight)[:most]
    lobes = [lobe for lobe in lobes if abs(lobe.height_db) >= _TELLING * abs(lobes[0].height_db)]
    if not lobes:
        return "changes next to nothing"
    return ", ".join(_say(lobe, curve_db) for lobe in sorted(lobes, key=lambda lobe: lobe.top))


def _lobes(curve: Float64) -> list[_Lobe]:
    found = []
    start = 0
    signs = np.sign(curve)
    for at in range(1, len(curve) + 1):
        if at == len(curve) or signs[at] != signs[start]:
            top = start + int(np.argmax(np.abs(curve[start:at])))
            if abs(curve[top]) >= _HEARD_DB:
                found.append(_Lobe(start, at - 1, top, float(curve[top])))
            start = at
    return found


def _say(lobe: _Lobe, curve: Float64) -> str:
    """Name a shelf by where it begins, a bell by where it peaks."""
    lift = lobe.height_db > 0
    by = f"{_db(lobe.height_db)} dB"
    strong = np.abs(curve[lobe.first : lobe.last + 1]) >= _EDGE * abs(lobe.height_db)
    first, last = lobe.first + int(np.argmax(strong)), lobe.last - int(np.argmax(strong[::-1]))
    if lobe.last == len(curve) - 1 and abs(curve[-1]) >= _EDGE * abs(lobe.height_db):
        verb = "opens up" if lift else "softens"
        return f"{verb} above {say_hz(GRID_HZ[first])} by {by}"
    if lobe.first == 0 and abs(curve[0]) >= _EDGE * abs(lobe.height_db):
        verb = "fills out" if lift else "thins out"
        return f"{verb} below {say_hz(GRID_HZ[last])} by {by}"
    return f"{'lifts' if lift else 'dips'} {say_hz(GRID_HZ[lobe.top])} by {by}"


def _db(value: float) -> str:
    size = abs(value)
    return f"{size:.0f}" if size >= 2 else f"{round(size * 2) / 2:g}"


def say_hz(freq_hz: float) -> str:
    """Return a frequency to two digits, as people say it."""
    digits = 10 ** (np.floor(np.log10(freq_hz)) - 1)
    rounded = round(freq_hz / digits) * digits
    return f"{rounded / 1000:g} kHz" if rounded >= 1000 else f"{rounded:g} Hz"
