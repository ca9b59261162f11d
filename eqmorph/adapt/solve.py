"""A small convex problem, solved exactly: near what is wanted, within bounds, and with what must not be missing."""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float64

__all__ = ["least_within"]

_ROUNDS, _HALVINGS = 60, 25
_SETTLED, _AT_BOUND = 1e-4, 1e-9


def least_within(
    square: Float64, linear: Float64, low: Float64, high: Float64, rows: Float64, needs: Float64
) -> Float64:
    """Return the x (n,) between ``low`` and ``high`` at which all of this together is least.

    That is half of x ``square`` x, less ``linear`` x, and half the square of what ``rows`` (m, n) times x falls short
    of each need (m,). What comes out changes evenly with what goes in. Projected Newton steps; few are needed.
    """

    def cost(x: Float64) -> float:
        short = np.maximum(needs - rows @ x, 0.0)
        return float(0.5 * x @ square @ x - linear @ x + 0.5 * short @ short)

    x = np.clip(np.linalg.solve(square, linear), low, high)
    least = cost(x)
    for _ in range(_ROUNDS):
        short = rows[needs > rows @ x]
        curvature = square + short.T @ short
        slope = curvature @ x - linear - short.T @ needs[needs > rows @ x]
        held = ((x <= low + _AT_BOUND) & (slope > 0)) | ((x >= high - _AT_BOUND) & (slope < 0))
        free = np.flatnonzero(~held)
        step = np.zeros_like(x)
        if len(free):
            step[free] = np.linalg.solve(curvature[np.ix_(free, free)], -slope[free])
        if np.abs(step).max() < _SETTLED:
            break
        share, better = 1.0, False
        for _ in range(_HALVINGS):
            trial = np.clip(x + share * step, low, high)
            if better := (found := cost(trial)) < least:
                x, least = trial, found
                break
            share /= 2
        if not better:
            break
    return np.asarray(x)
