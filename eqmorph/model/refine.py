"""A decoded setting brought nearer to its curve: a few Levenberg-Marquardt steps for one target.

The same problem, bounds and derivatives as `eqmorph.bands.fit.refine_bands`, to which a test pins it. That one takes any
bands and many starts at once at 280 us a step; a slider needs one of five fixed bands in a quarter of that. So here bells
and shelves are worked on apart, everything that does not change is computed once, and a step's response and Jacobian come
out of one pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eqmorph.bands import FREQ_RANGE_HZ, GAIN_RANGE_DB, Q_RANGE
from eqmorph.model.settings import GRID_HZ, RATE

__all__ = ["Refined", "refine"]

Float64 = NDArray[np.float64]

_DB = 10.0 / np.log(10.0)
_LOG_A_PER_DB = np.log(10.0) / 40.0
_LOG_X = 2 * np.log(np.tan(np.pi * GRID_HZ / RATE))
_POINTS = len(GRID_HZ)
_SHELVES, _BELLS = [0, 4], [1, 2, 3]
_SHELF_Q_RANGE = (0.3, 1.0)  # steeper shelves overshoot on both sides
_LOW = np.repeat([GAIN_RANGE_DB[0], np.log(FREQ_RANGE_HZ[0]), np.log(Q_RANGE[0])], 5)
_HIGH = np.repeat([GAIN_RANGE_DB[1], np.log(FREQ_RANGE_HZ[1]), np.log(Q_RANGE[1])], 5)
for _shelf in _SHELVES:
    _LOW[10 + _shelf], _HIGH[10 + _shelf] = np.log(_SHELF_Q_RANGE)
_SIGN = np.array([[1.0], [-1.0]])  # a high shelf is a low shelf with frequency mirrored
_DIAGONAL = np.arange(15)
# A band that does nothing has no gradient by its frequency and Q: without this a step would throw it anywhere. The values,
# and the damping below, were found on the crowd's curves: half the steps of plain Levenberg-Marquardt for the same error.
_PRIOR = np.repeat([1.0, 30.0, 10.0], 5)


@dataclass(frozen=True, slots=True)
class Refined:
    """A setting (15,), its curve (64,) with the mean removed, and its distance from the target in dB rms."""

    setting: Float64
    curve_db: Float64
    error_db: float


def refine(setting: Float64, target_db: Float64, *, steps: int = 6, good_enough_db: float = 0.02) -> Refined:
    """At most ``steps`` steps from ``setting`` (15,) toward the curve ``target_db`` (64,); never worse than the start."""
    setting = np.minimum(np.maximum(setting, _LOW), _HIGH)
    curve, jacobian = _linearised(setting)
    residual = curve - target_db
    error = float(residual @ residual)
    floor = good_enough_db**2 * _POINTS
    damping = 0.3
    for _ in range(steps):
        if error <= floor:
            break
        slope = jacobian @ residual
        # A parameter that sits on its bound and is pushed outward takes no part in this step.
        held = ((setting <= _LOW) & (slope > 0)) | ((setting >= _HIGH) & (slope < 0))
        if held.any():
            jacobian[held] = 0.0
            slope[held] = 0.0
        normal = jacobian @ jacobian.T
        normal[_DIAGONAL, _DIAGONAL] += damping * (normal[_DIAGONAL, _DIAGONAL] + _PRIOR)
        trial = np.minimum(np.maximum(setting - np.linalg.solve(normal, slope), _LOW), _HIGH)
        trial_curve, trial_jacobian = _linearised(trial)
        residual = trial_curve - target_db
        trial_error = float(residual @ residual)
        if trial_error < error:
            settled = error - trial_error <= 1e-3 * error
            setting, curve, jacobian, error = trial, trial_curve, trial_jacobian, trial_error
            damping = max(damping / 2, 1e-7)
            if settled:
                break
        else:
            residual = curve - target_db
            damping *= 3
    return Refined(setting, curve, float(np.sqrt(error / _POINTS)))


def _linearised(setting: Float64) -> tuple[Float64, Float64]:
    """The curve (64,) of a setting, mean removed, and its Jacobian (15, 64) by gain (dB), ln frequency, ln Q."""
    log_a = _LOG_A_PER_DB * setting[:5]
    tangent = np.pi / RATE * np.exp(setting[5:10])
    log_x0 = 2 * np.log(np.tan(tangent))
    by_x0 = (_DB * 2) * tangent / np.sin(2 * tangent)  # of a derivative by ln x0, to one by ln f0
    inv_q2 = np.exp(-2 * setting[10:15])
    jacobian = np.empty((3, 5, _POINTS))

    x2 = np.exp(_LOG_X - log_x0[1:4, None])
    inverse = 1 / x2
    u = x2 + inverse - 2
    a2 = np.exp(2 * log_a[1:4])
    up, down = (a2 * inv_q2[1:4])[:, None], (inv_q2[1:4] / a2)[:, None]
    num, den = 1 / (u + up), 1 / (u + down)
    response = np.log(num / den).sum(axis=0)
    up, down = up * num, down * den
    jacobian[0, 1:4] = (2 * _DB * _LOG_A_PER_DB) * (up + down)
    jacobian[1, 1:4] = by_x0[1:4, None] * 2 * (inverse - x2) * (num - den)
    jacobian[2, 1:4] = (2 * _DB) * (down - up)

    power = np.exp(_SIGN * (_LOG_X - log_x0[_SHELVES, None]))
    a = np.exp(log_a[_SHELVES])[:, None]
    width = inv_q2[_SHELVES][:, None]
    ax = a * power
    wide = ax * width
    above, below = a - power, 1 - ax
    num, den = 1 / (above * above + wide), 1 / (below * below + wide)
    response = _DB * ((np.log(den / num) + 4 * _LOG_A_PER_DB / 2 * setting[_SHELVES][:, None]).sum(axis=0) - response)
    two_below = 2 * ax * below
    jacobian[0, ::4] = (_DB * _LOG_A_PER_DB) * ((2 * a * above + wide) * num + (two_below - wide) * den + 2)
    # d ln x0 moves the shelf's power by -2 of itself (a high shelf's by +2).
    jacobian[1, ::4] = (by_x0[_SHELVES] * 2 * _SIGN[:, 0])[:, None] * (
        (2 * above * power - wide) * num + (wide - two_below) * den
    )
    jacobian[2, ::4] = (2 * _DB) * wide * (den - num)

    flat = jacobian.reshape(15, _POINTS)
    return response - response.mean(), flat - flat.mean(axis=1, keepdims=True)
