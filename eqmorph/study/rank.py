"""The statistics of preferences: Wilson's interval, Bradley and Terry's strengths, the exact binomial test."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eqmorph._typing import Float64

__all__ = ["LENT", "binomial_p", "lend", "strengths", "wilson"]

_Z = 1.959963984540054  # 95 %
_MOST_STEPS, _NEAR = 10_000, 1e-9
LENT = 0.5  # wins that each of two versions is lent against the other where the answers leave strengths unbounded


def wilson(wins: float, answers: float) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927); all of 0..1 without answers."""
    if answers <= 0:
        return 0.0, 1.0
    share, spread = wins / answers, _Z**2 / answers
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * math.sqrt(share * (1 - share) / answers + spread / (4 * answers)) / (1 + spread)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def binomial_p(right: int, answers: int) -> float:
    """Return the chance of at least so many right answers by guessing between two: exact."""
    chances: float = sum(math.comb(answers, k) for k in range(right, answers + 1)) / 2**answers
    return chances


def strengths(wins: ArrayLike) -> Float64:
    """Return the log-strengths of Bradley and Terry for wins of each over each (..., n, n): (..., n), mean zero.

    P(i beats j) = 1 / (1 + exp(s_j - s_i)). By the minorization of Hunter (2004); a draw is half a win for each. The
    estimate exists where nobody can be split off who won, or lost, everything against the rest: see `lend`.
    """
    won = np.asarray(wins, dtype=float)
    met = won + np.swapaxes(won, -1, -2)
    total = won.sum(axis=-1)
    strength = np.ones(total.shape)
    for _ in range(_MOST_STEPS):
        both = strength[..., :, None] + strength[..., None, :]
        new = total / np.sum(met / both, axis=-1)
        new /= np.exp(np.log(new).mean(axis=-1, keepdims=True))
        is_settled = bool(np.abs(np.log(new / strength)).max() < _NEAR)
        strength = new
        if is_settled:
            break
    return np.asarray(np.log(strength))


def lend(wins: ArrayLike) -> tuple[Float64, NDArray[np.bool_]]:
    """Lend wins where strengths would be unbounded or can't be compared; return them, and where that was needed.

    That is where some version, or group of them, won or lost every comparison with the rest. There all are lent half a
    win against each other, which favors nobody.
    """
    won = np.asarray(wins, dtype=float)
    count = won.shape[-1]
    reaches = (won > 0) | np.eye(count, dtype=bool)
    for _ in range(max(count.bit_length(), 1)):
        reaches = (reaches.astype(np.int64) @ reaches.astype(np.int64)) > 0
    is_lent = np.asarray(~reaches.all(axis=(-2, -1)))
    lent = np.where(np.eye(count, dtype=bool), 0.0, LENT)
    return won + lent * is_lent[..., None, None], is_lent
