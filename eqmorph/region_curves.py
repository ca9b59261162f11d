"""The curve of a part of the spectrum: what "more highs" or "less 300 Hz" asks for, in the form that words have."""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float64
from eqmorph.bands import FREQ_RANGE_HZ, erb_grid
from eqmorph.errors import UsageError
from eqmorph.language.regions import HIGHEST_HZ, LOWEST_HZ, edges_hz, is_region, region_term_name

__all__ = ["HIGHEST_DB", "REGION_RMS_DB", "region_curve", "region_term_name"]

REGION_RMS_DB = 4.0  #: as strong as the curve of a word
HIGHEST_DB = 10.0  #: from the lowest to the highest point, where the part is narrow
_POINTS = 64
_FLAT = 1e-9
_SOFTNESS = 0.35  # octaves from half of the bump to three quarters of it, at each edge


def region_curve(name: str) -> Float64:
    """Return the curve (64,) of a part of the spectrum on the model's grid: a smooth bump, mean removed, 4 dB rms.

    The bump is half as high at the edges of the part as inside. It stays up to the end of the grid where the part does.
    A narrow one would have to be very high for 4 dB rms, so none is higher than 10 dB; what is
    all of the spectrum has no shape and is flat.

    Args:
        name: as a target writes it: ``highs``, ``300Hz``, ``200-400Hz``.

    Raises:
        UsageError: no part has this name.
    """
    if not is_region(name):
        raise UsageError(f"{name!r} is no part of the spectrum", hint="Such as highs, 300Hz or 200-400Hz.")
    low, high = edges_hz(name)
    octaves = np.log2(erb_grid(*FREQ_RANGE_HZ, _POINTS))
    rise = np.ones(_POINTS) if low <= LOWEST_HZ else _step((octaves - np.log2(low)) / _SOFTNESS)
    fall = np.ones(_POINTS) if high >= HIGHEST_HZ else _step((np.log2(high) - octaves) / _SOFTNESS)
    bump = rise * fall
    bump -= bump.mean()
    size = float(np.sqrt(np.mean(bump**2)))
    if size < _FLAT:
        return np.zeros(_POINTS)
    curve: Float64 = bump * min(REGION_RMS_DB / size, HIGHEST_DB / float(np.ptp(bump)))
    return curve


def _step(distance: Float64) -> Float64:
    """Return a smooth step from 0 to 1, a half at a distance of 0."""
    step: Float64 = 0.5 * (1 + np.tanh(distance * np.arctanh(0.5)))
    return step
