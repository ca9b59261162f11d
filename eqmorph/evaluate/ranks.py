"""Two figures that only look at order: Spearman's rank correlation and the area under the ROC curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from eqmorph._typing import Float64

__all__ = ["auc", "rank_correlation"]


def rank_correlation(a: ArrayLike, b: ArrayLike) -> float:
    """Return Spearman's correlation, -1..1; 0 where one of the two is constant."""
    ranks_a, ranks_b = _ranks(a), _ranks(b)
    ranks_a, ranks_b = ranks_a - ranks_a.mean(), ranks_b - ranks_b.mean()
    length = float(np.sqrt((ranks_a @ ranks_a) * (ranks_b @ ranks_b)))
    return float(ranks_a @ ranks_b) / length if length else 0.0


def auc(lower: ArrayLike, higher: ArrayLike) -> float:
    """Return how often one of ``higher`` lies above one of ``lower``, 0..1; ties count half."""
    below = np.asarray(lower, dtype=float)
    above = np.asarray(higher, dtype=float)
    ranks = _ranks(np.concatenate([below, above]))
    wins = float(ranks[len(below) :].sum()) - len(above) * (len(above) - 1) / 2
    return wins / (len(below) * len(above))


def _ranks(values: ArrayLike) -> Float64:
    """Return places from 0, equal values sharing the mean of theirs."""
    _, group, counts = np.unique(np.asarray(values, dtype=float), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts + 1) / 2)[group])
