"""Where people mean two things by one word: answers that fall into two camps that contradict each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.model.space import SCORED

__all__ = ["Camps", "camps_of"]

_FEWEST = 10  # answers; of fewer, any two halves look like camps
_MOST_AGREEMENT = 0.4  # where people agree more than this, differences are of degree
_CONTRARY = -0.7  # the most that two camps' means may be alike
_LEAST_SHARE = 0.25  # of the smaller camp: a single stray is none
_ROUNDS = 10


@dataclass(frozen=True)
class Camps:
    """Two senses of a word: which answers are of the larger one (n,), its share by weight, the other's mean (64,)."""

    in_larger: NDArray[np.bool_]
    share: float
    other_db: Float64


def camps_of(curves: Float64, weights: Float64, agreement: float | None) -> Camps | None:
    """Return the two camps that answers (n, 64) with weights (n,) fall into; None where people mean one thing."""
    if len(curves) < _FEWEST or agreement is None or agreement > _MOST_AGREEMENT:
        return None
    shapes = curves[:, SCORED] - curves[:, SCORED].mean(axis=1, keepdims=True)
    shapes /= np.maximum(np.linalg.norm(shapes, axis=1, keepdims=True), 1e-12)
    found = _two_means(shapes, weights)
    if found is None:
        return None
    is_first, alike = found
    share = float(weights[is_first].sum() / weights.sum())
    in_larger = is_first if share >= 0.5 else ~is_first
    larger_share = max(share, 1 - share)
    if alike > _CONTRARY or 1 - larger_share < _LEAST_SHARE:
        return None
    other = np.average(curves[~in_larger], axis=0, weights=weights[~in_larger])
    return Camps(in_larger, larger_share, other)


def _two_means(shapes: Float64, weights: Float64) -> tuple[NDArray[np.bool_], float] | None:
    """Part unit shapes (n, m) into the two groups that hold together best; also how alike the groups' means are.

    Every pair of answers is tried as a start, so that nothing depends on chance.
    """
    best: tuple[float, NDArray[np.bool_], float] | None = None
    for i in range(len(shapes)):
        for j in range(i):
            means = shapes[[i, j]]
            for _ in range(_ROUNDS):
                is_first = shapes @ means[0] > shapes @ means[1]
                if is_first.all() or not is_first.any():
                    break
                means = np.array([weights[group] @ shapes[group] for group in (is_first, ~is_first)])
                means /= np.linalg.norm(means, axis=1, keepdims=True)
            else:
                held = float(weights @ np.max(shapes @ means.T, axis=1))
                if best is None or held > best[0]:
                    best = held, is_first, float(means[0] @ means[1])
    return best[1:] if best is not None else None
