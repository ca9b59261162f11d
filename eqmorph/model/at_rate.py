"""Bands as a sound's rate renders them, still within the limit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from eqmorph.bands import Bands
from eqmorph.model.limit import dense_grid_hz

__all__ = ["limited_at_rate"]

_UNHEARD_DB = 1e-3


def limited_at_rate(bands: Bands, sample_rate: int, most_db: float) -> Bands:
    """Return what is rendered for ``bands`` at a rate, with no frequency from 20 Hz to 20 kHz moved beyond the limit.

    `eqmorph.model.limit` sees to that at 44.1, 48 and 96 kHz. At other rates bands warp, are replaced or are rounded
    differently; where that takes them beyond the limit, their gains are turned down together.
    """
    made = bands.at_rate(sample_rate).bands
    freqs_hz = np.minimum(dense_grid_hz([band.freq_hz for band in made]), 0.499 * sample_rate)
    while (peak_db := float(np.abs(made.response_db(freqs_hz, sample_rate)).max(initial=0.0))) > most_db + _UNHEARD_DB:
        made = Bands(replace(band, gain_db=band.gain_db * most_db / peak_db) for band in made)
    return made
