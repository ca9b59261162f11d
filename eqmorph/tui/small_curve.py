"""A curve in a few characters of one line."""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float64

__all__ = ["SMALL_CURVE_COLUMNS", "small_curve"]

SMALL_CURVE_COLUMNS = 12
_HEIGHTS = "▁▂▃▄▅▆▇█"
_FULL_DB = 6.0  # what fills half the height, unless the curve goes further


def small_curve(curve_db: Float64, columns: int = SMALL_CURVE_COLUMNS) -> str:
    """Draw a curve (n,) in dB from low to high frequencies: ▄ is 0 dB, above it is more, below it is less."""
    most_db = max(float(np.abs(curve_db).max(initial=0.0)), _FULL_DB)
    parts = [part[np.abs(part).argmax()] for part in np.array_split(curve_db, columns)]
    places = np.clip(np.rint(3 + np.array(parts) / most_db * 4), 0, len(_HEIGHTS) - 1).astype(int)
    return "".join(_HEIGHTS[place] for place in places)
