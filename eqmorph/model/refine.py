"""A decoded setting brought nearer to its curve: a few Levenberg-Marquardt steps for one target.

The same problem, bounds and derivatives as `eqmorph.bands.fit.refine_bands`, to which a test pins it. That one takes
any bands and many starts at once at 280 us a step; a slider needs one of five fixed bands in a quarter of that. So
here bells and shelves are worked on apart, everything that does not change is computed once, and a step's response and
Jacobian come out of one pass.
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
_POINTS = len(GRID_HZ)
_SHELVES = [0, 4]
_IS_SHELF = np.array([True, False, False, False, True])
_SIGN = np.array([1.0, 1.0, 1.0, 1.0, -1.0])  # a high shelf is a low shelf with frequency mirrored
_SIGNED_LOG_X = _SIGN[:, None] * (2 * np.log(np.tan(np.pi * GRID_HZ / RATE)))
# Derivatives of v and w by ln A, as factors: 1 and 1 for shelves, 2 and -2 for bells.
_V_BY_A, _W_BY_A = np.where(_IS_SHELF, 1.0, 2.0)[:, None], np.where(_IS_SHELF, 1.0, -2.0)[:, None]
_SHELF_Q_RANGE = (0.3, 1.0)  # steeper shelves overshoot on both sides
_LOW = np.repeat([GAIN_RANGE_DB[0], np.log(FREQ_RANGE_HZ[0]), np.log(Q_RANGE[0])], 5)
_HIGH = np.repeat([GAIN_RANGE_DB[1], np.log(FREQ_RANGE_HZ[1]), np.log(Q_RANGE[1])], 5)
for _shelf in _SHELVES:
    _LOW[10 + _shelf], _HIGH[10 + _shelf] = np.log(_SHELF_Q_RANGE)
_DIAGONAL = np.arange(15)
# A band that does nothing has no gradient by its frequency and Q: without this a step would throw it anywhere. The
# values, and the damping below, were found on the crowd's curves: half the steps of plain Levenberg-Marquardt for the
# same error.
_PRIOR = np.repeat([1.0, 30.0, 10.0], 5)


@dataclass(frozen=True, slots=True)
class Refined:
    """A setting (15,), its curve (64,) with the mean removed, and its distance from the target in dB rms."""

    setting: Float64
    curve_db: Float64
    error_db: float


def refine(
    setting: Float64, target_db: Float64, *, steps: int = 6, good_enough_db: float = 0.1, settled: float = 0.03
) -> Refined:
    """At most ``steps`` steps from ``setting`` (15,) toward a curve ``target_db`` (64,); never worse than the start."""
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
            done = error - trial_error <= settled * error
            setting, curve, jacobian, error = trial, trial_curve, trial_jacobian, trial_error
            damping = max(damping / 2, 1e-7)
            if done:
                break
        else:
            residual = curve - target_db
            damping *= 3
    return Refined(setting, curve, float(np.sqrt(error / _POINTS)))


def _linearised(setting: Float64) -> tuple[Float64, Float64]:
    """The curve (64,) of a setting, mean removed, and its Jacobian (15, 64) by gain (dB), ln frequency, ln Q.

    With X the squared ratio of warped frequencies (its inverse for the high shelf), both kinds of band are
    ``|H|^2 = ((c - X)^2 + v X) / ((1 - c X)^2 + w X)``: a bell has c = 1, v = A^2/Q^2 and w = 1/(A^2 Q^2), a shelf
    c = A, v = w = A/Q^2 and A^2 before it all.
    """
    a = np.exp(_LOG_A_PER_DB * setting[:5])
    angle = (np.pi / RATE) * np.exp(setting[5:10])
    inv_q2 = np.exp(-2 * setting[10:])
    moves = (2 * _DB) * _SIGN * angle / np.sin(2 * angle)  # d ln X to d ln frequency, in dB, but for the minus sign
    v = np.where(_IS_SHELF, a, a * a) * inv_q2
    w = np.where(_IS_SHELF, a, 1 / (a * a)) * inv_q2
    c = np.where(_IS_SHELF, a, 1.0)[:, None]
    v, w, turn = v[:, None], w[:, None], (2 * _IS_SHELF * a)[:, None]

    x = np.exp(_SIGNED_LOG_X - (2 * _SIGN * np.log(np.tan(angle)))[:, None])
    left, right = c - x, 1 - c * x
    over_num, over_den = 1 / (left * left + v * x), 1 / (right * right + w * x)
    curve = _DB * np.log(over_den / over_num).sum(axis=0)
    x_num, x_den = x * over_num, x * over_den
    v_num, w_den = v * x_num, w * x_den
    jacobian = np.empty((3, 5, _POINTS))
    jacobian[0] = turn * (left * over_num + right * x_den) + _V_BY_A * v_num - _W_BY_A * w_den
    jacobian[0] *= _DB * _LOG_A_PER_DB
    jacobian[1] = 2 * (left * x_num - c * right * x_den) - v_num + w_den
    jacobian[1] *= (2 * moves)[:, None]
    jacobian[2] = w_den - v_num
    jacobian[2] *= 2 * _DB
    flat = jacobian.reshape(15, _POINTS)
    # The level of a curve means nothing; the shelves' A^2, which would only move it, was left out above.
    return curve - curve.sum() / _POINTS, flat - flat.mean(axis=1, keepdims=True)
