"""How much of a fitted setting may be had: bands that follow an amount evenly and never pass a limit.

A curve's shape is fitted once, at full strength, and the gains alone are then turned down to the amount asked for: half
the gain is half the curve within the fit's own error. So bands glide when a slider does, their curve grows with the
amount, and where the limit is reached the same bands come out however much more is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eqmorph.bands import FREQ_RANGE_HZ, GAIN_RANGE_DB, HIGHEST_BAND, Bands
from eqmorph.errors import UsageError
from eqmorph.model.settings import GRID_HZ, IS_BELL, IS_HIGH, POINTS, RATE, as_bands, settings_of

__all__ = ["FULL_DB", "MOST_DB", "LimitedBands", "closely", "limit_bands", "limit_setting"]

Float64 = NDArray[np.float64]

FULL_DB = GAIN_RANGE_DB[1]  # how high the curve is that a setting is fitted to
MOST_DB = 12.0  # how far a response goes, if nothing else is asked for
_OTHER_RATES = np.array([44_100.0, 96_000.0])  # the usual ones beside `RATE`
_HIGHEST_HZ = HIGHEST_BAND * _OTHER_RATES[0]  # so that all of them render the very same bands
_ALIKE_HZ = 3000.0  # below, rates differ by a few hundredths of a dB
_ROUNDED_HZ = 60.0  # below, filters rounded to single precision differ from their formula, and from rate to rate
_GLANCE_DB = 1.5  # what a first look at few points may have missed
_UNHEARD_DB = 1e-3  # filters are rounded to single precision: no limit is kept more exactly than that
_CLOSE_DB = 0.005  # nearer to the limit nothing is looked for
_TRIALS = 20
_FEW_HZ = np.concatenate([GRID_HZ, np.geomspace(*FREQ_RANGE_HZ, 50)])
_FEW_HIGH_HZ = _FEW_HZ[_FEW_HZ >= _ALIKE_HZ]
_PER_RATE = np.pi / _OTHER_RATES[:, None]
_FEW_HIGH_LOG_X = 2 * np.log(np.tan(_PER_RATE * _FEW_HIGH_HZ))
_DB = 10 / np.log(10)
_MANY_HZ = np.geomspace(*FREQ_RANGE_HZ, 1000)
_AROUND = np.linspace(0.94, 1.06, 13)  # of a band's place: a narrow one on the slope of others peaks beside it


@dataclass(frozen=True, slots=True)
class LimitedBands:
    """Bands, their response (64,) in dB at `GRID_HZ`, and how much of the setting they are."""

    bands: Bands
    curve_db: Float64
    amount: float


def limit_setting(setting: Float64, amount: float, most_db: float) -> LimitedBands:
    """A setting (15,) with its gains times ``amount``, or less where the response would pass ``most_db``."""
    if not most_db >= 0:
        raise UsageError(f"a limit of {most_db:g} dB leaves no EQ", hint="Give 0 dB or more.")
    steepest = float(np.abs(setting[:5]).max())
    most = FULL_DB / steepest if steepest else 0.0
    asked, peak_db = _made(setting, min(amount, most), most_db)
    if peak_db < most_db - 2 * _CLOSE_DB:
        return asked
    # Found from above, whatever was asked for: all that asks for too much gets the same, and nothing asks in vain.
    edge = _edge(setting, most, most_db)
    return asked if amount <= edge.amount else edge


def limit_bands(bands: Bands, amount: float, most_db: float) -> LimitedBands:
    """Five bands with their gains times ``amount``, or less where the response would pass ``most_db``."""
    return limit_setting(settings_of(bands), amount, most_db)


def closely(places_hz: Sequence[float]) -> Float64:
    """Frequencies at which no peak of bands at these places is missed (n,)."""
    around = np.clip(np.outer(places_hz, _AROUND).ravel(), *FREQ_RANGE_HZ)
    return np.concatenate([_MANY_HZ, around])


def _edge(setting: Float64, most: float, most_db: float) -> LimitedBands:
    """As much of a setting as there may be, up to ``most``: found by false position (Illinois)."""
    made, high_db = _made(setting, most, most_db)
    if high_db <= most_db + _UNHEARD_DB:
        return made
    low, low_db, high, high_db = 0.0, -most_db, most, high_db - most_db
    made, _ = _made(setting, 0.0, most_db)
    for _ in range(_TRIALS):
        amount = low - low_db * (high - low) / (high_db - low_db)
        trial, peak_db = _made(setting, amount, most_db)
        beyond_db = peak_db - most_db
        if beyond_db > _UNHEARD_DB:
            high, high_db, low_db = amount, beyond_db, low_db / 2
        else:
            made, low, low_db, high_db = trial, amount, beyond_db, high_db / 2
            if beyond_db > -_CLOSE_DB:
                break
    return made


def _made(setting: Float64, amount: float, most_db: float) -> tuple[LimitedBands, float]:
    """Bands, and how far they go in dB at any usual rate: to a thousandth where that is near ``most_db``."""
    scaled = setting.copy()
    scaled[:5] = np.clip(amount * scaled[:5], *GAIN_RANGE_DB) + 0.0  # no -0.0
    scaled[5:10] = np.minimum(scaled[5:10], np.log(_HIGHEST_HZ))
    bands = as_bands(scaled)
    places = [b.freq_hz for b in bands]  # so that a narrow band can't hide
    response = bands.response_db(np.concatenate([_FEW_HZ, places]), RATE)
    peak_db = float(max(np.abs(response).max(), np.abs(_high_response_db(scaled)).max()))
    if abs(peak_db - most_db) < _GLANCE_DB or min(places) < _ROUNDED_HZ:
        everywhere = closely(places)
        peak_db = max(float(np.abs(bands.response_db(everywhere, rate)).max()) for rate in (RATE, *_OTHER_RATES))
    return LimitedBands(bands, response[:POINTS], amount), peak_db


def _high_response_db(setting: Float64) -> Float64:
    """A setting's response at `_OTHER_RATES`, at few high frequencies and its bands' own: (rates, points) in dB.

    In the form of `eqmorph.model.fit_five`, for all rates at once: where a response may warp, not to be exact.
    """
    places = 2 * np.log(np.tan(_PER_RATE * np.exp(setting[5:10])))
    at = np.concatenate([_FEW_HIGH_LOG_X, places], axis=1)
    x = np.exp(np.where(IS_HIGH, -1.0, 1.0)[:, None] * (at[:, None] - places[:, :, None]))
    a, inv_q2 = 10 ** (setting[:5] / 40), np.exp(-2 * setting[10:])
    c = np.where(IS_BELL, 1, a)[:, None]
    v = (np.where(IS_BELL, a * a, a) * inv_q2)[:, None]
    w = (np.where(IS_BELL, 1 / (a * a), a) * inv_q2)[:, None]
    ratio = (np.square(c - x) + v * x) / (np.square(1 - c * x) + w * x)
    return np.asarray(_DB * np.log(ratio).sum(axis=1) + (setting[0] + setting[4]) / 2)
