"""Physical descriptors of a sound's spectrum, which judge what the model says and does and which it never sees.

None is made for the model's words: centroid, energy ratios and tilt are textbook definitions, sharpness follows
DIN 45692 on a simplified Zwicker loudness (spreading by two slopes, threshold in quiet, exponent 0.23).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.audio.windows import grid_at

__all__ = ["DESCRIPTORS", "Descriptor", "describe", "specific_loudness"]


_LOWEST_HZ, _HIGHEST_HZ = 50.0, 14_000.0
_STEP_BARK = 0.25
_BARK: Float64 = np.arange(0.5, 24.0, _STEP_BARK)
_LISTENED_AT_DB = 70.0  # K-weighted level the loudness is worked out for, whatever the file's own
_RISE_DB, _FALL_DB = 27.0, 12.0  # of excitation, per Bark, below and above a tone
_NONE = 1e-20


@dataclass(frozen=True, slots=True)
class Descriptor:
    """One figure of a sound: its name, what it is, and in which unit."""

    name: str
    title: str
    unit: str


DESCRIPTORS = {
    d.name: d
    for d in (
        Descriptor("centroid", "spectral centroid of power, 50 Hz to 14 kHz", "octaves above 1 kHz"),
        Descriptor("loud_centroid", "centroid of specific loudness", "Bark"),
        Descriptor("sharpness", "sharpness after DIN 45692", "acum"),
        Descriptor("high_low", "energy above 2 kHz against 50 Hz to 2 kHz", "dB"),
        Descriptor("presence", "energy from 2 to 5 kHz against the rest", "dB"),
        Descriptor("low_mid_share", "share of 100 to 500 Hz in the energy", "1"),
        Descriptor("low_mid", "energy from 100 to 500 Hz against 500 Hz to 14 kHz", "dB"),
        Descriptor("loud_low_mid", "share of 100 to 500 Hz in the loudness", "1"),
        Descriptor("low", "energy below 250 Hz against 250 Hz to 14 kHz", "dB"),
        Descriptor("boom", "share of what is below 250 Hz in the loudness", "1"),
        Descriptor("tilt", "slope of the spectrum, 100 Hz to 10 kHz", "dB an octave"),
    )
}


def describe(power: NDArray[np.floating], sample_rate: int) -> dict[str, Float64]:
    """Return every descriptor (...) of spectra, power in the cells of a rate (..., c)."""
    grid = grid_at(sample_rate)
    freq, cells = grid.freq_hz, np.asarray(power, dtype=float)

    def energy(low: float, high: float) -> Float64:
        return np.asarray(np.maximum(cells[..., (freq >= low) & (freq < high)].sum(axis=-1), _NONE))

    def ratio_db(over: Float64, under: Float64) -> Float64:
        return np.asarray(10 * np.log10(over / under))

    within = (freq >= _LOWEST_HZ) & (freq < _HIGHEST_HZ)
    centroid = (cells[..., within] @ freq[within]) / energy(_LOWEST_HZ, _HIGHEST_HZ)
    loudness = specific_loudness(cells, sample_rate)
    total = np.maximum(loudness.sum(axis=-1), _NONE)
    return {
        "centroid": np.log2(np.maximum(centroid, 1.0) / 1000),
        "loud_centroid": (loudness @ _BARK) / total,
        "sharpness": 0.11 * (loudness @ (_BARK * _sharp_weight())) / total,
        "high_low": ratio_db(energy(2000, _HIGHEST_HZ), energy(_LOWEST_HZ, 2000)),
        "presence": ratio_db(energy(2000, 5000), energy(20, 2000) + energy(5000, _HIGHEST_HZ)),
        "low_mid_share": energy(100, 500) / energy(20, _HIGHEST_HZ),
        "low_mid": ratio_db(energy(100, 500), energy(500, _HIGHEST_HZ)),
        "loud_low_mid": loudness[..., (_BARK >= 1) & (_BARK < 5)].sum(axis=-1) / total,
        "low": ratio_db(energy(20, 250), energy(250, _HIGHEST_HZ)),
        "boom": loudness[..., _BARK < 2.5].sum(axis=-1) / total,
        "tilt": _tilt(cells, freq, grid.bins),
    }


def specific_loudness(power: NDArray[np.floating], sample_rate: int) -> Float64:
    """Return Zwicker's specific loudness, simplified, at each `_BARK` (..., 94) of power in a rate's cells (..., c)."""
    grid = grid_at(sample_rate)
    heard = np.maximum(power @ grid.loudness, _NONE)[..., None]
    excitation = (power / heard * 10 ** (_LISTENED_AT_DB / 10)) @ _spreading(sample_rate)
    threshold = _threshold_in_quiet()
    return np.asarray(threshold**0.23 * np.maximum((0.5 + 0.5 * excitation / threshold) ** 0.23 - 1, 0.0))


@lru_cache(maxsize=8)
def _spreading(sample_rate: int) -> Float64:
    """Return how much of the power in each cell of a rate excites each place (c, 94)."""
    distance = _BARK - _bark(grid_at(sample_rate).freq_hz)[:, None]
    return np.asarray(10 ** (np.where(distance < 0, _RISE_DB, -_FALL_DB) * distance / 10))


def _bark(freq_hz: Float64) -> Float64:
    return np.asarray(26.81 * freq_hz / (1960 + freq_hz) - 0.53)  # Traunmueller


def _threshold_in_quiet() -> Float64:
    """Return Terhardt's threshold of hearing at each place, as power."""
    khz = 1.96 * (_BARK + 0.53) / (26.28 - _BARK)
    db = 3.64 * khz**-0.8 - 6.5 * np.exp(-0.6 * (khz - 3.3) ** 2) + 1e-3 * khz**4
    return np.asarray(10 ** (db / 10))


def _sharp_weight() -> Float64:
    """Return the weights of DIN 45692: what is above 15.8 Bark counts more."""
    return np.asarray(np.where(_BARK <= 15.8, 1.0, 0.15 * np.exp(0.42 * (_BARK - 15.8)) + 0.85))


def _tilt(power: Float64, freq: Float64, bins: NDArray[np.intp]) -> Float64:
    """Return the least-squares slope in dB an octave."""
    within = (freq >= 100) & (freq < 10_000)
    octaves = np.log2(freq[within])
    octaves -= octaves.mean()
    levels = 10 * np.log10(np.maximum(power[..., within] / bins[within], _NONE))
    return np.asarray((levels @ octaves) / (octaves @ octaves))
