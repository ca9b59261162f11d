"""Where a frequency and a gain are in a picture of cells, and back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from eqmorph._typing import Float64
from eqmorph.plot.curve import AXIS_HZ, FREQ_TICKS_HZ, freq_label, freq_position

__all__ = ["RANGES_DB", "CurveScale", "fitting_scale", "freq_ticks"]

#: What a picture can reach, up and down.
RANGES_DB = (3.0, 6.0, 12.0, 24.0)
# Steps of the grid by range, the best first: those that engineers count in.
_STEPS_DB = {3.0: (1.0, 1.5, 3.0), 6.0: (2.0, 3.0, 6.0), 12.0: (3.0, 4.0, 6.0, 12.0), 24.0: (6.0, 8.0, 12.0, 24.0)}
_LEAST_ROWS_A_STEP = 2
_ROWS_LEFT = 3  # as many rows finer steps may leave empty
_BETWEEN_LABELS = 2  # columns at least
_MORE_TICKS_HZ = (30.0, 300.0, 3000.0, 40.0, 400.0, 4000.0, 80.0, 800.0, 8000.0)  # where there is room to spare


@dataclass(frozen=True, slots=True)
class CurveScale:
    """Cells from 20 Hz to 20 kHz, and from ``range_db`` in the middle of the first row to its opposite in the last.

    Places are in cells from the upper left corner: 2.5 is the middle of the third.
    """

    columns: int
    rows: int
    range_db: float
    step_db: float

    def x_of(self, freq_hz: ArrayLike) -> Float64:
        """Return the places of frequencies along the axis, same shape; those beyond its ends are outside."""
        return freq_position(freq_hz) * self.columns

    def column_of(self, freq_hz: float) -> int:
        """Return the column of a frequency, the nearest one where it is beyond the ends."""
        return min(max(int(self.x_of(freq_hz)), 0), self.columns - 1)

    def freq_at(self, x: float) -> float:
        """Return the frequency at a place along the axis, held within its ends."""
        low_hz, high_hz = AXIS_HZ
        share = min(max(x / self.columns, 0.0), 1.0)
        return float(low_hz * (high_hz / low_hz) ** share)

    def y_of(self, gain_db: ArrayLike) -> Float64:
        """Return the places of gains from the top, same shape; those beyond the range are outside."""
        share = (self.range_db - np.asarray(gain_db, dtype=float)) / (2 * self.range_db)
        return np.asarray(0.5 + share * (self.rows - 1))

    def row_of(self, gain_db: float) -> int:
        """Return the row of a gain, the first or last where it is beyond the range."""
        return min(max(math.floor(float(self.y_of(gain_db))), 0), self.rows - 1)

    def gain_at(self, y: float) -> float:
        """Return the gain at a place from the top, held within the range."""
        gain_db = self.range_db * (1 - 2 * (y - 0.5) / max(self.rows - 1, 1))
        return min(max(gain_db, -self.range_db), self.range_db)

    @property
    def ticks_db(self) -> list[float]:
        """The gains of the grid's lines, from the top."""
        steps = round(2 * self.range_db / self.step_db)
        return [self.range_db - self.step_db * number for number in range(steps + 1)]


def fitting_scale(columns: int, rows: int, range_db: float) -> CurveScale:
    """Return a scale of at most some rows whose grid lines all lie in the middle of a row."""
    found = []
    for step_db in _STEPS_DB[range_db]:
        steps = round(2 * range_db / step_db)
        rows_a_step = (rows - 1) // steps
        if rows_a_step >= _LEAST_ROWS_A_STEP:
            found.append(CurveScale(columns, rows_a_step * steps + 1, range_db, step_db))
    if not found:
        return CurveScale(columns, max(rows - (rows + 1) % 2, 1), range_db, range_db)
    most = max(scale.rows for scale in found)
    return next(scale for scale in found if scale.rows >= most - _ROWS_LEFT)


def freq_ticks(scale: CurveScale) -> list[tuple[int, str]]:
    """Return the columns of as many labels as fit below the picture, and the labels."""
    taken = np.zeros(scale.columns + 2 * _BETWEEN_LABELS, dtype=np.bool_)
    found = []
    for freq_hz in (*FREQ_TICKS_HZ, *_MORE_TICKS_HZ):
        label = freq_label(freq_hz)
        start = min(max(scale.column_of(freq_hz) - len(label) // 2, 0), scale.columns - len(label))
        if start >= 0 and not taken[start : start + len(label) + 2 * _BETWEEN_LABELS].any():
            taken[start + _BETWEEN_LABELS : start + _BETWEEN_LABELS + len(label)] = True
            found.append((start, label))
    return sorted(found)
