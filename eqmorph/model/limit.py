"""How much of a fitted setting is allowed: bands that follow an amount evenly and never pass a limit.

A curve's shape is fitted once, at full strength, and the gains alone are then turned down to the amount asked for: half
the gain is half the curve within the fit's own error. So bands glide when a slider does, their curve grows with the
amount, and once the limit is reached the same bands come out however much more is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float64
from eqmorph.bands import FREQ_RANGE_HZ, GAIN_RANGE_DB, HIGHEST_BAND, Bands
from eqmorph.errors import UsageError
from eqmorph.model.settings import GRID_HZ, IS_BELL, IS_HIGH, POINTS, RATE, as_bands, settings_of

__all__ = ["FULL_DB", "MOST_DB", "LimitedBands", "dense_grid_hz", "limit_bands", "limit_setting"]


FULL_DB = GAIN_RANGE_DB[1]  # the height of the curve that a setting is fitted to
MOST_DB = 12.0  # the limit of a response, unless another is asked for
_OTHER_RATES = np.array([44_100.0, 96_000.0])  # the usual ones besides `RATE`
_HIGHEST_HZ = HIGHEST_BAND * _OTHER_RATES[0]  # so that all of them render the very same bands
_RATES_DIFFER_FROM_HZ = 3000.0  # below this, rates differ by a few hundredths of a dB
_ROUNDING_COUNTS_BELOW_HZ = 60.0  # below this, single precision moves filters off their formula
_COARSE_MARGIN_DB = 1.5  # what a look at the coarse grid may miss
_UNHEARD_DB = 1e-3  # filters run in single precision: no limit is kept more exactly than this
_NEAR_LIMIT_DB = 0.005  # the search ends this far below the limit
_TRIALS = 20
_COARSE_HZ = np.concatenate([GRID_HZ, np.geomspace(*FREQ_RANGE_HZ, 50)])
_COARSE_HIGH_HZ = _COARSE_HZ[_COARSE_HZ >= _RATES_DIFFER_FROM_HZ]
_HALF_ANGLE_PER_HZ = np.pi / _OTHER_RATES[:, None]
_COARSE_HIGH_LOG_X = 2 * np.log(np.tan(_HALF_ANGLE_PER_HZ * _COARSE_HIGH_HZ))
_DB = 10 / np.log(10)
_DENSE_HZ = np.geomspace(*FREQ_RANGE_HZ, 1000)
_AROUND = np.linspace(0.94, 1.06, 13)  # of a band's place: a narrow one on the slope of others peaks next to it


@dataclass(frozen=True, slots=True)
class LimitedBands:
    """Bands, their response (64,) in dB at `GRID_HZ`, and the amount of the setting that they are."""

    bands: Bands
    curve_db: Float64
    amount: float


def limit_setting(setting: Float64, amount: float, most_db: float) -> LimitedBands:
    """Return a setting (15,) with its gains times ``amount``, or less where its response would pass ``most_db``."""
    if not most_db >= 0:
        raise UsageError(f"a limit of {most_db:g} dB allows no EQ", hint="Give 0 dB or more.")
    steepest = float(np.abs(setting[:5]).max())
    most = FULL_DB / steepest if steepest else 0.0
    asked, peak_db = _at_amount(setting, min(amount, most), most_db)
    if peak_db < most_db - 2 * _NEAR_LIMIT_DB:
        return asked
    # Found from above, whatever was asked for: everything that asks for too much gets the very same bands.
    most_allowed = _most_within(setting, most, most_db)
    return asked if amount <= most_allowed.amount else most_allowed


def limit_bands(bands: Bands, amount: float, most_db: float) -> LimitedBands:
    """Return five bands with their gains times ``amount``, or less: see `limit_setting`."""
    return limit_setting(settings_of(bands), amount, most_db)


def dense_grid_hz(bands_hz: Sequence[float]) -> Float64:
    """Return frequencies (n,) so dense that no peak of bands at these frequencies is missed."""
    around = np.clip(np.outer(bands_hz, _AROUND).ravel(), *FREQ_RANGE_HZ)
    return np.concatenate([_DENSE_HZ, around])


def _most_within(setting: Float64, most: float, most_db: float) -> LimitedBands:
    """Return as much of a setting as the limit allows, up to ``most``: found by false position (Illinois)."""
    made, high_db = _at_amount(setting, most, most_db)
    if high_db <= most_db + _UNHEARD_DB:
        return made
    low, low_db, high, high_db = 0.0, -most_db, most, high_db - most_db
    made, _ = _at_amount(setting, 0.0, most_db)
    for _ in range(_TRIALS):
        amount = low - low_db * (high - low) / (high_db - low_db)
        trial, peak_db = _at_amount(setting, amount, most_db)
        beyond_db = peak_db - most_db
        if beyond_db > _UNHEARD_DB:
            high, high_db, low_db = amount, beyond_db, low_db / 2
        else:
            made, low, low_db, high_db = trial, amount, beyond_db, high_db / 2
            if beyond_db > -_NEAR_LIMIT_DB:
                break
    return made


def _at_amount(setting: Float64, amount: float, most_db: float) -> tuple[LimitedBands, float]:
    """Return bands and their peak in dB at any usual rate, exact to a thousandth where it is near ``most_db``."""
    scaled = setting.copy()
    scaled[:5] = np.clip(amount * scaled[:5], *GAIN_RANGE_DB) + 0.0  # no -0.0
    scaled[5:10] = np.minimum(scaled[5:10], np.log(_HIGHEST_HZ))
    bands = as_bands(scaled)
    bands_hz = [b.freq_hz for b in bands]  # looked at as well, so that a narrow band can't hide
    response = bands.response_db(np.concatenate([_COARSE_HZ, bands_hz]), RATE)
    peak_db = float(max(np.abs(response).max(), np.abs(_high_response_db(scaled)).max()))
    if abs(peak_db - most_db) < _COARSE_MARGIN_DB or min(bands_hz) < _ROUNDING_COUNTS_BELOW_HZ:
        dense_hz = dense_grid_hz(bands_hz)
        peak_db = max(float(np.abs(bands.response_db(dense_hz, rate)).max()) for rate in (RATE, *_OTHER_RATES))
    return LimitedBands(bands, response[:POINTS], amount), peak_db


def _high_response_db(setting: Float64) -> Float64:
    """Return a setting's response in dB (rates, points) at `_OTHER_RATES`, at few high frequencies and its bands' own.

    In the form of `eqmorph.model.fit_five`, for all rates at once: it need not be exact, only show where it warps.
    """
    log_x0 = 2 * np.log(np.tan(_HALF_ANGLE_PER_HZ * np.exp(setting[5:10])))
    log_x = np.concatenate([_COARSE_HIGH_LOG_X, log_x0], axis=1)
    x = np.exp(np.where(IS_HIGH, -1.0, 1.0)[:, None] * (log_x[:, None] - log_x0[:, :, None]))
    a, inv_q2 = 10 ** (setting[:5] / 40), np.exp(-2 * setting[10:])
    c = np.where(IS_BELL, 1, a)[:, None]
    v = (np.where(IS_BELL, a * a, a) * inv_q2)[:, None]
    w = (np.where(IS_BELL, 1 / (a * a), a) * inv_q2)[:, None]
    ratio = (np.square(c - x) + v * x) / (np.square(1 - c * x) + w * x)
    return np.asarray(_DB * np.log(ratio).sum(axis=1) + (setting[0] + setting[4]) / 2)
