"""How wide a filter is, as a Q, from the other measures of it: octaves, hertz, a shelf's slope.

All are those of Robert Bristow-Johnson's cookbook, on which nearly every program's filters rest.
"""

from __future__ import annotations

import math

from eqmorph.exchange.format import USUAL_RATE

__all__ = ["BUTTERWORTH", "amplitude", "q_of_octaves", "q_of_slope"]

BUTTERWORTH = math.sqrt(0.5)
_MOST_DB = 1000.0  # far beyond what any band can have; what is beyond that is refused when it is to become one


def amplitude(gain_db: float) -> float:
    """Return the square root of the factor that a gain is, for any gain that a file may state."""
    return float(10 ** (max(-_MOST_DB, min(gain_db, _MOST_DB)) / 40))


def q_of_octaves(octaves: float, freq_hz: float, sample_rate: float = USUAL_RATE) -> float:
    """Return the Q of a filter whose bandwidth is given; like the filter itself, it depends a little on the rate."""
    omega = 2 * math.pi * min(freq_hz, 0.49 * sample_rate) / sample_rate
    half = math.log(2) / 2 * octaves * omega / math.sin(omega)
    return 1 / (2 * math.sinh(half)) if 0 < half < 700 else math.nan


def q_of_slope(slope: float, gain_db: float) -> float:
    """Return the Q of a shelf whose slope is given: 1 is as steep as it gets without a bump. NaN if there is none."""
    root = amplitude(gain_db)
    squared = (root + 1 / root) * (1 / slope - 1) + 2 if slope > 0 else -1.0
    return 1 / math.sqrt(squared) if squared > 0 else math.nan
