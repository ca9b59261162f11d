"""Settings as arrays: the only place where a parameter vector exists, inside ``model`` and ``train``.

A setting is a row of 15: gain (dB), ln frequency (Hz) and ln Q of low shelf, three bells and high shelf, each five
long. A curve is a setting's response in dB at `GRID_HZ` with its mean removed: what the setting does, and all that the
model looks at.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from eqmorph._typing import Float64
from eqmorph.bands import FREQ_RANGE_HZ, GAIN_RANGE_DB, Q_RANGE, SHELF_Q, Band, BandKind, Bands, erb_grid
from eqmorph.bands.response import BandArrays, prototype_db

__all__ = ["BANDS", "FREQ_LIMITS_HZ", "GRID_HZ", "KINDS", "POINTS", "RATE", "as_bands", "curve_of", "curves_of",
           "from_safe", "on_grid", "rms", "settings_of", "without_mean"]  # fmt: skip


RATE = 48_000.0  # the rate at which responses are taken; up to 20 kHz other rates differ by less than the bands' widths
POINTS = 64
GRID_HZ = erb_grid(*FREQ_RANGE_HZ, POINTS)
KINDS: tuple[BandKind, ...] = ("low_shelf", "bell", "bell", "bell", "high_shelf")
BANDS = len(KINDS)
IS_BELL = np.array([kind == "bell" for kind in KINDS])
IS_HIGH = np.array([kind == "high_shelf" for kind in KINDS])
#: Where SAFE's equalizer lets each band lie; the decoder stays inside.
FREQ_LIMITS_HZ = np.array([(22.0, 1000.0), (82.0, 3900.0), (180.0, 4700.0), (220.0, 10_000.0), (580.0, 20_000.0)])
_SAFE_GAINS, _SAFE_FREQS, _SAFE_QS = [0, 2, 5, 8, 11], [1, 3, 6, 9, 12], [4, 7, 10]


def from_safe(params: ArrayLike) -> Float64:
    """Return SAFE's 13 parameters (n, 13) as settings (n, 15); shelves have no Q there and get 0.71."""
    safe = np.atleast_2d(np.asarray(params, dtype=float))
    q = np.full((len(safe), BANDS), SHELF_Q)
    q[:, 1:4] = safe[:, _SAFE_QS]
    return np.concatenate(
        [
            np.clip(safe[:, _SAFE_GAINS], *GAIN_RANGE_DB),
            np.log(np.clip(safe[:, _SAFE_FREQS], *FREQ_RANGE_HZ)),
            np.log(np.clip(q, *Q_RANGE)),
        ],
        axis=1,
    )


def without_mean(curves: Float64) -> Float64:
    """Move curves (..., m) to mean 0: an equalizer's level means nothing here."""
    out: Float64 = curves - curves.mean(axis=-1, keepdims=True)
    return out


def curves_of(settings: Float64) -> Float64:
    """Return the responses (n, 64) of settings (n, 15), means removed."""
    gain, log_freq, log_q = np.split(settings, 3, axis=-1)
    arrays = BandArrays(IS_BELL, IS_HIGH, gain, np.exp(log_freq), np.exp(log_q))
    return without_mean(prototype_db(arrays, GRID_HZ, RATE))


def curve_of(bands: Bands) -> Float64:
    """Return the curve (64,) of any bands."""
    return without_mean(prototype_db(BandArrays.of(bands.bands), GRID_HZ, RATE)) if len(bands) else np.zeros(POINTS)


def on_grid(curve_db: ArrayLike, freqs_hz: ArrayLike) -> Float64:
    """Return a curve given at other frequencies (m,) as a curve (64,), straight on a log axis between its points."""
    return without_mean(np.interp(np.log(GRID_HZ), np.log(np.asarray(freqs_hz, dtype=float)), np.asarray(curve_db)))


def rms(curves: Float64) -> Float64:
    """Return the root mean square over the last axis, in dB: the strength of a curve, or of a difference."""
    return np.asarray(np.sqrt(np.mean(np.square(curves), axis=-1)))


def as_bands(setting: Float64) -> Bands:
    """Return a setting (15,) as bands, clipped to their ranges by the last rounding of exp and log."""
    values = np.concatenate(
        [
            np.clip(np.exp(setting[5:10]), *FREQ_RANGE_HZ),
            np.clip(setting[:5], *GAIN_RANGE_DB),
            np.clip(np.exp(setting[10:]), *Q_RANGE),
        ]
    ).tolist()
    return Bands(Band(kind, *place) for kind, *place in zip(KINDS, values[:5], values[5:10], values[10:], strict=True))


def settings_of(bands: Bands) -> Float64:
    """Return five bands as a setting (15,)."""
    return np.array(
        [b.gain_db for b in bands] + [np.log(b.freq_hz) for b in bands] + [np.log(b.q) for b in bands], dtype=float
    )
