"""Choose bands that single precision renders faithfully.

pedalboard rounds its coefficients to float32. At low frequencies and high sample rates the filters this allows lie far
apart, and what a band does may be some dB off what its numbers ask for. Its neighbors, a percent away, are off
differently: where bands are calculated, one that comes out right is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eqmorph._typing import Float64
from eqmorph.bands.band import FREQ_RANGE_HZ, Q_RANGE, Band
from eqmorph.bands.elements import filter_db
from eqmorph.bands.response import biquad_db, is_stable, rounded_biquad

__all__ = ["well_rounded"]


_COARSE = 1 / 300  # of the sample rate: above this, neighbors don't differ
_SWEEPS = 3
_NEARBY_FREQS = np.linspace(0.98, 1.02, 41)
_NEARBY_QS = np.geomspace(0.96, 1 / 0.96, 11)
_REACH = 6


def well_rounded(
    bands: Sequence[Band], freqs_hz: Float64, target_db: Float64, sample_rate: float, *, within_db: float
) -> list[Band]:
    """Return the bands, low ones replaced by neighbors until rounding leaves all within ``within_db`` of a target.

    Args:
        bands: an EQ that would meet the target with exact coefficients.
        freqs_hz: where the target is given, shape (m,).
        target_db: the wanted response, shape (m,).
        sample_rate: at which the bands are rendered.
        within_db: how close is close enough.
    """
    chosen = list(bands)
    low = [i for i, band in enumerate(chosen) if band.freq_hz < _COARSE * sample_rate]
    missing = target_db - filter_db(chosen, freqs_hz, sample_rate) if low else np.zeros(1)
    for index in low * _SWEEPS:
        if np.max(np.abs(missing)) <= within_db:
            break
        wanted = missing + filter_db([chosen[index]], freqs_hz, sample_rate)
        chosen[index] = _best_neighbour(chosen[index], freqs_hz, wanted, sample_rate)
        missing = wanted - filter_db([chosen[index]], freqs_hz, sample_rate)
    return chosen


def _best_neighbour(band: Band, freqs_hz: Float64, wanted: Float64, sample_rate: float) -> Band:
    """Return the band close to ``band`` in frequency and Q whose filter comes nearest to ``wanted``."""
    places, widths = np.meshgrid(band.freq_hz * _NEARBY_FREQS, band.q * _NEARBY_QS)
    highest_q = Q_RANGE[1] if band.kind == "bell" else max(1.0, band.q)  # a shelf above Q 1 begins to overshoot
    centres, qs = np.clip(places.ravel(), *FREQ_RANGE_HZ), np.clip(widths.ravel(), Q_RANGE[0], highest_q)
    biquads = rounded_biquad(band.kind, centres, np.full(centres.shape, band.gain_db), qs, sample_rate)
    around = freqs_hz <= max(_REACH * band.freq_hz, freqs_hz[0])  # further up, so small a step changes nothing
    error = np.max(np.abs(wanted[around] - biquad_db(biquads, freqs_hz[around], sample_rate)), axis=-1)
    best = int(np.argmin(np.where(is_stable(biquads), error, np.inf)))
    return replace(band, freq_hz=float(centres[best]), q=float(qs[best]))
