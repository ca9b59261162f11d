"""The course of a sound's loudness: each 3 s, and how far that ranges, as EBU Tech 3342 has it."""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float32, Float64
from eqmorph.audio.loudness import LoudnessMeter
from eqmorph.evaluate.follow.asked import blocks_of

__all__ = ["largest_change_lu", "loudness_range", "short_term"]

_ABSOLUTE_LUFS, _RELATIVE_LU = -70.0, -20.0
_LOW, _HIGH = 10.0, 95.0  # percentiles


def short_term(samples: Float32, rate: int) -> Float64:
    """Return the loudness of each 3 s, one every 100 ms (n,)."""
    meter = LoudnessMeter(rate, len(samples))
    for block in blocks_of(samples):
        meter.add(block)
    return meter.short_term_lufs()


def loudness_range(short_term_lufs: Float64) -> float:
    """Return how far the loudness ranges in LU; 0 where nothing is heard."""
    heard = short_term_lufs[_gated(short_term_lufs)]
    return float(np.subtract(*np.percentile(heard, (_HIGH, _LOW)))) if len(heard) else 0.0


def largest_change_lu(before_lufs: Float64, after_lufs: Float64) -> float:
    """Return by how much a moment at most becomes louder or softer against the rest; 0 where nothing is heard."""
    heard = _gated(before_lufs)
    changes = after_lufs[heard] - before_lufs[heard]
    return float(np.abs(changes - np.median(changes)).max()) if len(changes) else 0.0


def _gated(lufs: Float64) -> np.ndarray:
    heard = lufs > _ABSOLUTE_LUFS
    if not heard.any():
        return heard
    mean_lufs = 10 * np.log10(np.mean(10 ** (lufs[heard] / 10)))
    return np.asarray(lufs > max(_ABSOLUTE_LUFS, mean_lufs + _RELATIVE_LU))
