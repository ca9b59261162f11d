"""Bands that don't do the same to both channels: the order in which they act, and what comes of it.

First those for both channels, then those for the left or the right one, then those for what the two have in common,
the middle, and for what they haven't, the sides.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from eqmorph._typing import Complex128, Float64
from eqmorph.bands.band import Band
from eqmorph.bands.elements import filter_db, filter_response

__all__ = ["centered_db", "centered_response"]


def centered_db(bands: Sequence[Band], freqs_hz: ArrayLike, sample_rate: float) -> Float64:
    """Return what bands do to the power of a sound that is the same in both channels, in dB, shape of ``freqs_hz``."""
    if all(band.channel == "both" for band in bands):
        return filter_db(bands, freqs_hz, sample_rate)
    freqs = np.asarray(freqs_hz, dtype=float)
    middle, sides = _routed(bands, freqs.ravel(), sample_rate)
    with np.errstate(divide="ignore"):
        db: Float64 = 10 * np.log10(np.abs(middle) ** 2 + np.abs(sides) ** 2)
    return db.reshape(freqs.shape)


def centered_response(bands: Sequence[Band], freqs_hz: Float64, sample_rate: float) -> Complex128:
    """Return what bands make of a sound that is the same in both channels, as it is heard in the middle."""
    if all(band.channel == "both" for band in bands):
        return filter_response(bands, freqs_hz, sample_rate)
    return _routed(bands, freqs_hz, sample_rate)[0]


def _routed(bands: Sequence[Band], freqs_hz: Float64, sample_rate: float) -> tuple[Complex128, Complex128]:
    """Return what is left of a sound in the middle, and what of it comes to the sides."""
    both, left, right, mid, side = (
        filter_response([band for band in bands if band.channel == channel], freqs_hz, sample_rate)
        for channel in ("both", "left", "right", "mid", "side")
    )
    return both * (left + right) / 2 * mid, both * (left - right) / 2 * side
