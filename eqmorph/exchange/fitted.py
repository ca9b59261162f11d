"""Bands for a curve that no band of ours has: fitted, with as many as it takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eqmorph._typing import Float64
from eqmorph.bands import Band, Bands
from eqmorph.bands.fit import as_bands, bell_for, improve_bands
from eqmorph.bands.response import BandArrays, prototype_db
from eqmorph.exchange.measure import Difference, difference_of_curves

__all__ = ["fit_closely", "fit_curve"]

_STEPS = 30


def fit_curve(
    curve_db: Float64, freqs_hz: Float64, sample_rate: float, *, within_db: float, most_bands: int
) -> tuple[Bands, Difference]:
    """Return the bands nearest to a curve whose level counts: five, and more as long as it takes them."""
    start = list(Bands.fit(curve_db, freqs_hz, sample_rate=sample_rate))
    return fit_closely(start, curve_db, freqs_hz, sample_rate, within_db=within_db, most_bands=most_bands)


def fit_closely(
    start: Sequence[Band],
    curve_db: Float64,
    freqs_hz: Float64,
    sample_rate: float,
    *,
    within_db: float,
    most_bands: int,
) -> tuple[Bands, Difference]:
    """Improve bands towards a curve, adding one where most is missing until it is met, or there are too many."""
    trial, best, nearest = list(start), list(start), Difference(np.inf, float(freqs_hz[0]))
    while True:
        improved = improve_bands(BandArrays.of(trial), freqs_hz, curve_db, sample_rate, steps=_STEPS)
        trial = as_bands(improved.bands, sample_rate)
        made_db = prototype_db(BandArrays.of(trial), freqs_hz, sample_rate)
        off = difference_of_curves(curve_db, made_db, freqs_hz)
        if off.db < nearest.db:
            best, nearest = trial, off
        if off.db <= within_db or len(trial) >= most_bands:
            return Bands(band for band in best if band.gain_db), nearest
        trial = [*trial, bell_for(curve_db - made_db, freqs_hz)]
