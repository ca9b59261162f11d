"""Bands as a sound's rate renders them, still within the limit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from eqmorph.bands import FREQ_RANGE_HZ, Bands

__all__ = ["bands_at_rate"]

_USUAL_RATE = 44_100
_POINTS = 1000
_UNHEARD_DB = 1e-3


def bands_at_rate(bands: Bands, sample_rate: int, most_db: float) -> Bands:
    """What is rendered for ``bands`` at a rate; at a low one too, no frequency moves beyond the limit."""
    if sample_rate >= _USUAL_RATE:
        return bands  # made for rates from here on, within the limit
    made = bands.at_rate(sample_rate).bands
    freqs_hz = np.geomspace(FREQ_RANGE_HZ[0], min(FREQ_RANGE_HZ[1], 0.499 * sample_rate), _POINTS)
    freqs_hz = np.append(freqs_hz, [band.freq_hz for band in made])
    while (peak_db := float(np.abs(made.response_db(freqs_hz, sample_rate)).max(initial=0.0))) > most_db + _UNHEARD_DB:
        made = Bands(replace(band, gain_db=band.gain_db * most_db / peak_db) for band in made)
    return made
