"""A sampled response, and the axes it is drawn on. Nothing here knows what has that response."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from eqmorph._typing import Float64

__all__ = [
    "AXIS_HZ",
    "FREQ_TICKS_HZ",
    "DbAxis",
    "SampledCurve",
    "db_axis",
    "freq_label",
    "freq_position",
]


AXIS_HZ = (20.0, 20_000.0)  # where the frequency axis begins and ends
# Where the frequency axis is labeled; in a narrow picture the first ones win.
FREQ_TICKS_HZ = (100.0, 1000.0, 10_000.0, 20.0, 20_000.0, 50.0, 200.0, 500.0, 2000.0, 5000.0)

_LEAST_RANGE_DB = 6.0  # so that the gentle presets share one scale, and a small move looks small
_DEEPEST_DB = -48.0  # what a pass or notch takes beyond that would only make everything else small
_STEPS_DB = (3.0, 6.0, 12.0, 24.0, 48.0)
_MOST_STEPS = 6
_LEEWAY = 0.05  # of a step, by which a curve may pass the last tick: no new step for a hair's breadth


@dataclass(frozen=True, eq=False)
class SampledCurve:
    """A response: ``gain_db`` (m,) at ``freqs_hz`` (m,), ascending, dense enough to draw straight lines between.

    ``marks_hz`` are the frequencies of the bands that shape it.
    """

    freqs_hz: Float64
    gain_db: Float64
    name: str = ""
    marks_hz: tuple[float, ...] = ()

    def at(self, freqs_hz: ArrayLike) -> Float64:
        """Return the gain in dB between the points, shape of ``freqs_hz``."""
        gains = np.interp(np.log(np.asarray(freqs_hz, dtype=float)), np.log(self.freqs_hz), self.gain_db)
        return np.asarray(gains, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class DbAxis:
    """The range a picture shows, both ends on a tick."""

    low_db: float
    high_db: float
    step_db: float

    @property
    def steps(self) -> int:
        return round((self.high_db - self.low_db) / self.step_db)

    @property
    def ticks_db(self) -> list[float]:
        """From the highest to the lowest."""
        return [self.high_db - self.step_db * number for number in range(self.steps + 1)]

    def position(self, gain_db: ArrayLike) -> Float64:
        """Return places from 0 at the top to 1 at the bottom, same shape; what lies below it is put there."""
        return np.asarray((self.high_db - self.held(gain_db)) / (self.high_db - self.low_db))

    def held(self, gain_db: ArrayLike) -> Float64:
        """Return gains as they can be shown, same shape: none below the bottom by more than a hair's breadth."""
        return np.asarray(np.maximum(gain_db, self.low_db - _LEEWAY * self.step_db), dtype=float)


def db_axis(curves: Sequence[SampledCurve]) -> DbAxis:
    """Return the range that holds all curves and 0 dB, at least 6 dB either way and at most 48 down, in few steps."""
    lowest = max(min([-_LEAST_RANGE_DB, *(float(curve.gain_db.min()) for curve in curves)]), _DEEPEST_DB)
    highest = max([_LEAST_RANGE_DB, *(float(curve.gain_db.max()) for curve in curves)])
    for step in _STEPS_DB:
        low, high = (_outward(value, step) for value in (lowest, highest))
        if high - low <= _MOST_STEPS * step:
            break
    return DbAxis(low, high, step)


def _outward(value: float, step: float) -> float:
    return math.copysign(step * math.ceil(abs(value) / step - _LEEWAY), value)


def freq_position(freq_hz: ArrayLike) -> Float64:
    """Place on the logarithmic axis, 0 at 20 Hz, 1 at 20 kHz, same shape."""
    low, high = (math.log(freq) for freq in AXIS_HZ)
    return np.asarray((np.log(np.asarray(freq_hz, dtype=float)) - low) / (high - low))


def freq_label(freq_hz: float) -> str:
    return f"{freq_hz / 1000:g}k" if freq_hz >= 1000 else f"{freq_hz:g}"
