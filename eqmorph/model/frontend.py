"""What a sound is like, as a curve: its spectrum against the neutral reference.

A curve has the form of an equalizer's (dB at `GRID_HZ`), so that the model compares sounds and settings alike: a sound
whose curve is a term's own is to music at large what that term's EQ would make of it.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from eqmorph._typing import Float32, Float64
from eqmorph.audio.windows import grid_at
from eqmorph.bands import Bands, erb_rate
from eqmorph.model.settings import GRID_HZ

__all__ = ["FARTHEST_DB", "curves_of_levels", "filterbank", "levels_db", "louder_db", "response_power"]


FARTHEST_DB = 18.0  # a curve says no more than "far more" and "far less"
_SIGMA_ERB = 0.6
_NONE = 1e-20  # power that stands for none
_LEVEL_ROUNDS = 8


def levels_db(power: Float32, sample_rate: int) -> Float64:
    """Return levels in dB in ERB-wide bands around `GRID_HZ` (..., 64) of power in the cells of a rate (..., c)."""
    return np.asarray(10 * np.log10(np.maximum(power @ filterbank(sample_rate), _NONE)), dtype=float)


def curves_of_levels(levels: Float64, neutral_db: Float64) -> Float64:
    """Compare levels (..., 64) with the reference's (64,), their own level taken out; silence gives a flat curve."""
    heard = levels > 10 * np.log10(_NONE)
    away = levels - neutral_db
    # The level is the middle of what is in reach: a few strong partials or a missing octave must not move the rest.
    level = np.nanmedian(np.where(heard | ~heard.any(-1, keepdims=True), away, np.nan), axis=-1, keepdims=True)
    count = np.maximum(heard.sum(axis=-1, keepdims=True), 1)
    for _ in range(_LEVEL_ROUNDS):
        level += (np.clip(away - level, -FARTHEST_DB, FARTHEST_DB) * heard).sum(axis=-1, keepdims=True) / count
    curves = np.clip(away - level, -FARTHEST_DB, FARTHEST_DB)
    return np.asarray(np.where(heard.any(-1, keepdims=True), curves, 0.0))


def response_power(bands: Bands, sample_rate: int) -> Float32:
    """Return what an EQ does to the power in each cell of a rate (c,)."""
    return np.asarray(10 ** (bands.response_db(grid_at(sample_rate).freq_hz, sample_rate) / 10), dtype=np.float32)


def louder_db(power: Float32, bands: Bands, sample_rate: int) -> float:
    """Return by how much an EQ changes the loudness of a sound with some power in the cells of its rate (c,)."""
    weights = grid_at(sample_rate).loudness
    before, after = float(power @ weights), float((power * response_power(bands, sample_rate)) @ weights)
    return 10 * math.log10(after / before) if before > 0 and after > 0 else 0.0


@lru_cache(maxsize=8)
def filterbank(sample_rate: int) -> Float32:
    """Return Gaussian weights on the ERB scale of each cell for each point (c, 64): means over FFT bins."""
    grid = grid_at(sample_rate)
    distance = (erb_rate(grid.freq_hz)[:, None] - erb_rate(GRID_HZ)) / _SIGMA_ERB
    weights = np.exp(-0.5 * distance**2)
    total = (weights * grid.bins[:, None]).sum(axis=0)
    # A point that no cell is near (above what the rate holds) gets nothing, not the remote skirt of the last one.
    within = grid.freq_hz[-1] >= GRID_HZ
    return np.asarray(weights * np.where(within, 1 / np.maximum(total, _NONE), 0.0), dtype=np.float32)
