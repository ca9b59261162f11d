"""A decoded setting brought nearer to its curve: a few Levenberg-Marquardt steps for one target.

The same problem, bounds and derivatives as `eqmorph.bands.fit.improve_bands`, to which a test pins it. That one takes
any bands and many starts at once at 280 us a step; a slider needs one of five fixed bands in a quarter of that. So
here bells and shelves are worked on apart, everything that does not change is computed once, and a step's response and
Jacobian come out of one pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float64
from eqmorph.bands import FREQ_RANGE_HZ, GAIN_RANGE_DB, Q_RANGE
from eqmorph.model.settings import GRID_HZ, RATE

__all__ = ["HIGHEST", "LOWEST", "FiveFit", "fit_five", "slopes_by_all", "slopes_by_gain"]


_DB = 10.0 / np.log(10.0)
_LOG_A_PER_DB = np.log(10.0) / 40.0
_POINTS = len(GRID_HZ)
_SHELVES = [0, 4]
_SHELF_Q = [10, 14]  # in a setting
_IS_SHELF = np.array([True, False, False, False, True])
_SIGN = np.array([1.0, 1.0, 1.0, 1.0, -1.0])  # a high shelf is a low shelf with frequency mirrored
_TWO_SIGN, _SHELF_TURN = 2 * _SIGN, (2 * _DB * _LOG_A_PER_DB) * _IS_SHELF
_SIGNED_LOG_X = _SIGN[:, None] * (2 * np.log(np.tan(np.pi * GRID_HZ / RATE)))
# Derivatives of v and w by gain in dB, as factors: by ln A they are 1 and 1 for shelves, 2 and -2 for bells.
_V_BY_GAIN = (_DB * _LOG_A_PER_DB) * np.where(_IS_SHELF, 1.0, 2.0)[:, None]
_W_BY_GAIN = (_DB * _LOG_A_PER_DB) * np.where(_IS_SHELF, 1.0, -2.0)[:, None]
_SHELF_Q_RANGE = (0.3, 1.0)  # steeper shelves overshoot on both sides
#: What a setting (15,) may be.
LOWEST = np.repeat([GAIN_RANGE_DB[0], np.log(FREQ_RANGE_HZ[0]), np.log(Q_RANGE[0])], 5)
HIGHEST = np.repeat([GAIN_RANGE_DB[1], np.log(FREQ_RANGE_HZ[1]), np.log(Q_RANGE[1])], 5)
for _shelf in _SHELVES:
    LOWEST[10 + _shelf], HIGHEST[10 + _shelf] = np.log(_SHELF_Q_RANGE)
_DIAGONAL = np.arange(15)
_LEVEL_BY_PARAMETER = np.concatenate([np.where(_IS_SHELF, 0.5, 0.0), np.zeros(10)])[:, None]
# A band that does nothing has no gradient by its frequency and Q: without this a step would throw it anywhere. The
# values, and the damping below, were found on the crowd's curves: half the steps of plain Levenberg-Marquardt for the
# same error.
_PRIOR = np.repeat([1.0, 30.0, 10.0], 5)


@dataclass(frozen=True, slots=True)
class FiveFit:
    """A setting (15,), its curve (64,) with the mean removed, and its distance from the target in dB rms."""

    setting: Float64
    curve_db: Float64
    error_db: float


def fit_five(
    setting: Float64,
    target_db: Float64,
    *,
    steps: int = 6,
    level_counts: float = 0.0,
    good_enough_db: float = 0.1,
    settled: float = 0.03,
    shelves_keep_q: bool = False,
) -> FiveFit:
    """Take at most ``steps`` steps from ``setting`` (15,) toward ``target_db`` (64,); never end worse than the start.

    A curve is a shape, so the level of its bands is free. With ``level_counts`` (0..1) a level off 0 dB counts as such
    a share of a shape off by as much: what bands do is then as loud as nothing, and none of their range is wasted.
    ``shelves_keep_q`` is for equalizers whose shelves have no Q.
    """
    setting = np.minimum(np.maximum(setting, LOWEST), HIGHEST)
    response = _Response(setting, level_counts)
    residual = response.curve - target_db
    error = float(residual @ residual)
    floor = good_enough_db**2 * _POINTS
    damping = 0.3
    jacobian = None
    for _ in range(steps):
        if error <= floor:
            break
        if jacobian is None:
            jacobian = response.jacobian()
            slope = jacobian @ residual
            # A parameter that sits on its bound and is pushed outward takes no part in this step.
            held = ((setting <= LOWEST) & (slope > 0)) | ((setting >= HIGHEST) & (slope < 0))
            if shelves_keep_q:
                held[_SHELF_Q] = True
            if held.any():
                jacobian[held] = 0.0
                slope[held] = 0.0
            normal = jacobian @ jacobian.T
            diagonal = normal[_DIAGONAL, _DIAGONAL]
        normal[_DIAGONAL, _DIAGONAL] = diagonal + damping * (diagonal + _PRIOR)
        trial = np.minimum(np.maximum(setting - np.linalg.solve(normal, slope), LOWEST), HIGHEST)
        trial_response = _Response(trial, level_counts)
        trial_residual = trial_response.curve - target_db
        trial_error = float(trial_residual @ trial_residual)
        if trial_error < error:
            done = error - trial_error <= settled * error
            setting, response, residual, error, jacobian = trial, trial_response, trial_residual, trial_error, None
            damping = max(damping / 2, 1e-7)
            if done:
                break
        else:
            damping *= 3
    curve = response.curve - response.curve.mean()
    return FiveFit(setting, curve, float(np.sqrt(np.mean((curve - target_db) ** 2))))


def slopes_by_gain(setting: Float64) -> tuple[Float64, Float64]:
    """Return the response in dB (64,) of a setting (15,), and its derivatives by the five gains (64, 5)."""
    response, slopes = slopes_by_all(setting)
    return response, slopes[:, :5]


def slopes_by_all(setting: Float64) -> tuple[Float64, Float64]:
    """Return the response in dB (64,) of a setting (15,), and its derivatives by each of its values (64, 15)."""
    response = _Response(setting, 1.0)
    return response.curve, response.jacobian().T


class _Response:
    """The curve (64,) of a setting, with a share of its mean kept, and on demand its Jacobian.

    With X the squared ratio of warped frequencies (its inverse for the high shelf), both kinds of band are
    ``|H|^2 = ((c - X)^2 + v X) / ((1 - c X)^2 + w X)``: a bell has c = 1, v = A^2/Q^2 and w = 1/(A^2 Q^2), a shelf
    c = A, v = w = A/Q^2 and A^2 before it all, which only moves the level: half the gain in dB.
    """

    __slots__ = ("_a", "_angle", "_c", "_kept", "_left", "_over_den", "_over_num", "_right", "_v", "_w", "_x", "curve")

    def __init__(self, setting: Float64, mean_kept: float = 0.0) -> None:
        self._kept = mean_kept
        self._a = a = np.exp(_LOG_A_PER_DB * setting[:5])
        self._angle = (np.pi / RATE) * np.exp(setting[5:10])
        inv_q2 = np.exp(-2 * setting[10:])
        a2 = a * a
        self._v = (np.where(_IS_SHELF, a, a2) * inv_q2)[:, None]
        self._w = (np.where(_IS_SHELF, a, 1 / a2) * inv_q2)[:, None]
        self._c = np.where(_IS_SHELF, a, 1.0)[:, None]
        self._x = x = np.exp(_SIGNED_LOG_X - (_TWO_SIGN * np.log(np.tan(self._angle)))[:, None])
        self._left, self._right = self._c - x, 1 - self._c * x
        self._over_num = 1 / (self._left * self._left + self._v * x)
        self._over_den = 1 / (self._right * self._right + self._w * x)
        curve = _DB * np.log(self._over_den / self._over_num).sum(axis=0)
        mean = curve.sum() / _POINTS
        level = mean + (setting[0] + setting[4]) / 2
        self.curve: Float64 = curve + (mean_kept * level - mean)

    def jacobian(self) -> Float64:
        """Return the derivatives (15, 64) of the curve by gain (dB), ln frequency and ln Q, five of each."""
        # d ln X by ln frequency, but for the sign, and with it the way to dB.
        moves = ((2 * _DB) * _TWO_SIGN * self._angle / np.sin(2 * self._angle))[:, None]
        turn = (_SHELF_TURN * self._a)[:, None]
        x_num, x_den = self._x * self._over_num, self._x * self._over_den
        v_num, w_den = self._v * x_num, self._w * x_den
        right_den = self._right * x_den
        wider = w_den - v_num
        out = np.empty((3, 5, _POINTS))
        np.add(turn * (self._left * self._over_num + right_den), _V_BY_GAIN * v_num - _W_BY_GAIN * w_den, out=out[0])
        np.multiply(moves, 2 * (self._left * x_num - self._c * right_den) + wider, out=out[1])
        np.multiply(2 * _DB, wider, out=out[2])
        flat = out.reshape(15, _POINTS)
        mean = flat.mean(axis=1, keepdims=True)
        if self._kept:
            flat += self._kept * (mean + _LEVEL_BY_PARAMETER)
        flat -= mean
        return flat
