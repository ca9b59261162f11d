"""Third-octaves in tables and JSON."""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float64
from eqmorph.balance import THIRDS_HZ, third_octaves

__all__ = ["decibels_or_dash", "level_removed", "number_or_null"]


def level_removed(levels_db: Float64, *, per_third: bool = False) -> Float64:
    """Return levels (64,) at the third-octaves (21,), their mean removed; NaN where nothing is known.

    ``per_third`` makes densities the levels of whole third-octaves, as meters show them.
    """
    thirds = third_octaves(levels_db)
    if per_third:
        thirds = thirds + 10 * np.log10(THIRDS_HZ)
    return np.asarray(thirds - np.nanmean(thirds)) if not np.isnan(thirds).all() else thirds


def decibels_or_dash(value: float) -> str:
    """Format a difference for people: ``+3.1``, or a dash where nothing is known."""
    if np.isnan(value):
        return "–"
    rounded = round(float(value), 1) + 0.0  # no minus in front of a zero
    return f"{rounded:+.1f}" if rounded else "0.0"


def number_or_null(value: float) -> float | None:
    """Return a number for JSON."""
    return None if np.isnan(value) else round(float(value), 2) + 0.0
