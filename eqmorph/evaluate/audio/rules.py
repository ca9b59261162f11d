"""The rules that an evaluation compares with the decision: ways from what a sound is, and a word, to a curve."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from eqmorph._typing import Float64
from eqmorph.bands import erb_rate
from eqmorph.model import GRID_HZ, score_of

__all__ = ["FIXED", "OURS", "REFINED", "RULES", "Rule"]

Rule = Callable[[Float64, Float64, float], Float64]
"""Curves (n, 64) that a word's curve (64,) becomes for sounds with curves (n, 64), within a limit in dB."""

FIXED, OURS, REFINED = "fixed", "ours", "ours, refined"


def _fixed(sounds_db: Float64, term_db: Float64, _limit_db: float) -> Float64:
    return np.tile(term_db, (len(sounds_db), 1))


def _literal(sounds_db: Float64, term_db: Float64, _limit_db: float) -> Float64:
    """Move half-way to the word, decode(z_sound + 0.5 (z_word - z_sound)): at 1 the sound would not count at all."""
    return np.asarray(0.5 * sounds_db + 0.5 * term_db)


def _difference(sounds_db: Float64, term_db: Float64, _limit_db: float) -> Float64:
    """Match wholesale: decode(z_wanted) - decode(z_sound)."""
    return np.asarray(term_db - sounds_db)


def _axis(sounds_db: Float64, term_db: Float64, _limit_db: float) -> Float64:
    """Ask for the whole word, the more of it the less of it is there."""
    return np.asarray((1 - np.clip(score_of(sounds_db, term_db[None]), -0.75, 1)) * term_db)


def _region(sounds_db: Float64, term_db: Float64, _limit_db: float) -> Float64:
    """Apply the region rule as it was first measured."""
    square = term_db * term_db
    there = ((sounds_db * term_db) @ _AROUND.T) / (_AROUND @ square + 0.15 * square.mean())
    return np.asarray(term_db * np.clip(1 - 0.75 * there, 0.15, 1.75))


_PLACES = erb_rate(GRID_HZ)
_AROUND = np.exp(-0.5 * ((_PLACES[:, None] - _PLACES) / 5.0) ** 2)
_AROUND /= _AROUND.sum(axis=1, keepdims=True)

RULES: dict[str, Rule] = {
    FIXED: _fixed,
    "literal": _literal,
    "difference": _difference,
    "axis": _axis,
    "region": _region,
}
