"""How near a word comes to people: as one curve to their mean, and as many curves to all that they did."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from eqmorph._typing import Float64
from eqmorph.model.settings import GRID_HZ, rms, without_mean
from eqmorph.model.space import SCORED
from eqmorph.train.corpus import AUDEALIZE_HZ

__all__ = ["STRENGTH_DB", "at_strength", "collected_points", "correlations", "energy_distance", "error_db",
           "level_matched_mmd", "published_mmd"]  # fmt: skip

STRENGTH_DB = 4.0  #: what every curve is brought to before decibels are compared: answers have no strength
_DB_PER_UNIT = 5.0  # as the mean curves were published
_FLAT = 1e-9


def at_strength(curves: Float64, strength_db: float = STRENGTH_DB) -> Float64:
    """Return curves (..., m) of mean 0 at one strength in dB rms; flat ones stay flat."""
    curves = without_mean(curves)
    return np.asarray(curves * (strength_db / np.maximum(rms(curves), _FLAT))[..., None])


def correlations(curves: Float64, curve: Float64) -> Float64:
    """Return the correlations (...) of curves (..., 64) with one (64,) from 50 Hz to 14 kHz; 0 where one is flat."""
    a, b = at_strength(curves[..., SCORED], 1.0), at_strength(curve[SCORED], 1.0)
    return np.asarray(np.mean(a * b, axis=-1))


def error_db(a: Float64, b: Float64) -> float:
    """Return the rms of the difference of two curves (64,) from 50 Hz to 14 kHz, both at `STRENGTH_DB`."""
    return float(rms(at_strength(a[SCORED]) - at_strength(b[SCORED])))


def energy_distance(a: Float64, b: Float64) -> float:
    """Return 2 E|x - y| - E|x - x'| - E|y - y'| in dB for samples (n, 64) and (m, 64) of curves at `STRENGTH_DB`."""
    a, b = at_strength(a), at_strength(b)
    points = np.sqrt(a.shape[1])
    return float(2 * _distances(a, b).mean() - _distances(a, a).mean() - _distances(b, b).mean()) / float(points)


def published_mmd(curves_db: Float64, collected: Float64) -> float:
    """Return the root of the squared MMD with the kernel exp(-d / 2), d Euclidean over the 40 points people set.

    ``curves_db`` (n, 64) at the strength that they have, 5 dB a unit; ``collected`` (m, 40) as people's answers are.
    """
    units = collected_points(curves_db) / _DB_PER_UNIT
    return _mmd(units, collected, lambda distances: np.exp(-distances / 2))


def level_matched_mmd(a: Float64, b: Float64) -> float:
    """Return the root of the squared MMD of two samples (n, 64) and (m, 64) of shapes: means removed, unit rms.

    The kernel is exp(-d^2 / (2 s^2)), d Euclidean and s the median of it over all pairs of both samples.
    """
    a, b = at_strength(a, 1.0), at_strength(b, 1.0)
    both = np.concatenate([a, b])
    pairs = _distances(both, both)[np.triu_indices(len(both), 1)]
    width = max(float(np.median(pairs)), _FLAT)
    return _mmd(a, b, lambda distances: np.exp(-0.5 * (distances / width) ** 2))


def collected_points(curves: Float64) -> Float64:
    """Return curves (n, 64) at the points people were asked about (n, 40)."""
    at, points = np.log(AUDEALIZE_HZ), np.log(GRID_HZ)
    return without_mean(np.array([np.interp(at, points, curve) for curve in curves]))


def _mmd(a: Float64, b: Float64, kernel: Callable[[Float64], Float64]) -> float:
    """Return the root of E k(x, x') + E k(y, y') - 2 E k(x, y), pairs of a sample's member with itself included."""
    squared = kernel(_distances(a, a)).mean() + kernel(_distances(b, b)).mean() - 2 * kernel(_distances(a, b)).mean()
    return float(np.sqrt(max(squared, 0.0)))


def _distances(a: Float64, b: Float64) -> Float64:
    """Return Euclidean distances (n, m); a member's from itself is 0 to the last digit only where it is exact."""
    return np.asarray(np.linalg.norm(a[:, None] - b[None], axis=-1))
