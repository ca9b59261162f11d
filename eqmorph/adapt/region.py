"""The region rule: each word's curve, more of it where the sound lacks it and less where it has it already.

``rho`` says, frequency by frequency, how much of a word is in the sound around there: 0 as usual, 1 as much as the
word's EQ would add. The word's curve is then weighed by ``1 - STRENGTH * rho``. The gain bends toward the limit instead
of being scaled down to it, so that a sound that lacks much in one place still gets what it needs elsewhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eqmorph.bands import erb_rate
from eqmorph.model import GRID_HZ

__all__ = ["limited", "region_curve"]

Float64 = NDArray[np.float64]

_WIDTH_ERB = 8.0  # of what counts as "around there"
_STRENGTH = 1.5
_LEAST, _MOST = 0.15, 3.0  # of a word's curve, however much or little of it there is
_FLOOR = 0.15  # of the word's mean square: where its curve is near zero there is nothing to compare
_KNEE = 4.0  # how late the gain begins to bend


def region_curve(sound_db: Float64, term_db: Float64) -> Float64:
    """What a word with the curve ``term_db`` (64,) asks of a sound with the curve ``sound_db`` (64,)."""
    square = term_db * term_db
    there = (_AROUND @ (sound_db * term_db)) / (_AROUND @ square + _FLOOR * square.mean())
    return np.asarray(term_db * np.clip(1 - _STRENGTH * there, _LEAST, _MOST))


def limited(curve_db: Float64, most_db: float) -> Float64:
    """A curve (64,) bent so that it stays within ``most_db``; what is far below passes as it is."""
    return np.asarray(curve_db / (1 + np.abs(curve_db / most_db) ** _KNEE) ** (1 / _KNEE))


def _smoothing() -> Float64:
    places = erb_rate(GRID_HZ)
    weights = np.exp(-0.5 * ((places[:, None] - places) / _WIDTH_ERB) ** 2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


_AROUND = _smoothing()
