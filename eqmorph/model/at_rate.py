"""Bands as a sound's rate renders them, still within the limit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from eqmorph.bands import Bands
from eqmorph.model.limit import closely

__all__ = ["limited_at_rate"]

_UNHEARD_DB = 1e-3


def limited_at_rate(bands: Bands, sample_rate: int, most_db: float) -> Bands:
    """What is rendered for ``bands`` at a rate: at none is any frequency from 20 Hz to 20 kHz moved beyond the limit.

    `eqmorph.model.limit` keeps it at 44.1, 48 and 96 kHz. Elsewhere bands warp, are made anew or are rounded
    otherwise, and their gains are turned down together where that takes them beyond it.
    """
    made = bands.at_rate(sample_rate).bands
    freqs_hz = np.minimum(closely([band.freq_hz for band in made]), 0.499 * sample_rate)
    while (peak_db := float(np.abs(made.response_db(freqs_hz, sample_rate)).max(initial=0.0))) > most_db + _UNHEARD_DB:
        made = Bands(replace(band, gain_db=band.gain_db * most_db / peak_db) for band in made)
    return made
