"""Five bands tuned to anything that can be said of them in figures, a sound heard through them for one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from eqmorph._typing import Float64
from eqmorph.bands import Bands
from eqmorph.model.fit_five import HIGHEST, LOWEST
from eqmorph.model.limit import limit_setting
from eqmorph.model.settings import as_bands, settings_of

__all__ = ["descend"]

Residuals = Callable[[Bands], Float64]

_STEPS = 6
_SETTLED = 0.02  # a step that gains less is the last
_DELTA = np.repeat([0.05, 0.01, 0.02], 5)  # of gain in dB, ln frequency and ln Q, to see where things go
_PRIOR = np.repeat([0.03, 1.0, 0.3], 5)  # keeps bands that do nothing where they are
_FIRST_DAMPING, _CALMER, _BOLDER = 0.1, 5.0, 1 / 3


def descend(start: Bands, residuals: Residuals, max_gain_db: float) -> Bands:
    """Move the five bands of ``start`` so that the sum of squares of ``residuals`` falls; never end worse.

    Levenberg-Marquardt with numeric derivatives, a few steps of it; every trial is within the limit.
    """
    bands, setting = start, np.clip(settings_of(start), LOWEST, HIGHEST)
    found = residuals(bands)
    cost, damping = float(found @ found), _FIRST_DAMPING
    normal = slope = None
    for _ in range(_STEPS):
        if normal is None or slope is None:
            jacobian = _jacobian(setting, found, residuals)
            normal, slope = jacobian @ jacobian.T, jacobian @ found
        step = np.linalg.solve(normal + damping * np.diag(normal.diagonal() + _PRIOR), slope)
        trial = limit_setting(np.clip(setting - step, LOWEST, HIGHEST), 1.0, max_gain_db).bands
        trial_found = residuals(trial)
        trial_cost = float(trial_found @ trial_found)
        if trial_cost >= cost:
            damping *= _CALMER
            continue
        gained, damping = cost - trial_cost, damping * _BOLDER
        bands, setting, found, cost = trial, settings_of(trial), trial_found, trial_cost
        normal = slope = None
        if gained < _SETTLED * cost:
            break
    return bands


def _jacobian(setting: Float64, found: Float64, residuals: Residuals) -> Float64:
    """Return the derivatives (15, m) of the residuals (m,)."""
    rows = []
    for at, delta in enumerate(_DELTA):
        moved = setting.copy()
        moved[at] += delta if setting[at] + delta <= HIGHEST[at] else -delta
        rows.append((residuals(as_bands(moved)) - found) / (moved[at] - setting[at]))
    return np.array(rows)
