"""A sound's spectra as pictures: before and after an EQ by third-octaves, and in mel bands over time."""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float64
from eqmorph.analysis.ridden import ridden
from eqmorph.audio.windows import Spectra
from eqmorph.bands import HIGHEST_HEARD, Bands, Ride
from eqmorph.model.mel import MelBands, decibels, mel_of_cells
from eqmorph.plot.shown import BeforeAfter, Spectrogram

__all__ = ["before_after", "spectrogram_of"]

_POINTS = 240
_SIXTH = 2.0 ** (1 / 6)
_LOW_HZ, _HIGH_HZ = 20.0, 20_000.0
_MEL_BANDS = 96
_MEL_LOW_HZ = 40.0
_FAINTEST_DB = 90.0  # below the loudest: what is further down is shown as far


def before_after(spectra: Spectra, eq: Bands | Ride, *, trim_db: float = 0.0) -> BeforeAfter:
    """Return a sound's spectrum before and after an EQ and a gain, from 20 Hz to 20 kHz, 0 dB the loudest before.

    Each point is the power of the third-octave around it, as far as the sample rate reaches.
    """
    grid = spectra.grid
    before = spectra.mean_power.astype(float)
    if isinstance(eq, Ride):
        after = ridden(spectra, eq).mean_power.astype(float)
    else:
        after = before * 10 ** (eq.response_db(grid.freq_hz, spectra.sample_rate) / 10)
    freqs_hz = np.geomspace(_LOW_HZ, min(_HIGH_HZ, HIGHEST_HEARD * spectra.sample_rate), _POINTS)
    cells_before, cells_after = (_thirds(freqs_hz, grid.freq_hz, power) for power in (before, after))
    loudest = float(cells_before.max())
    lowest = loudest - _FAINTEST_DB
    levels = (np.maximum(level, lowest) - loudest for level in (cells_before, cells_after + trim_db))
    return BeforeAfter(freqs_hz, *levels)


def _thirds(freqs_hz: Float64, cells_hz: Float64, power: Float64) -> Float64:
    """Return the level of the third-octave around each frequency, cells counted as far as they lie in it."""
    edges = np.sqrt(cells_hz[1:] * cells_hz[:-1])
    edges = np.concatenate([[cells_hz[0] ** 2 / edges[0]], edges, [cells_hz[-1] ** 2 / edges[-1]]])
    below = np.concatenate([[0.0], np.cumsum(power)])

    def up_to(freq_hz: Float64) -> Float64:
        return np.asarray(np.interp(np.log(freq_hz), np.log(edges), below))

    return decibels(np.maximum(up_to(freqs_hz * _SIXTH) - up_to(freqs_hz / _SIXTH), 0.0))


def spectrogram_of(spectra: Spectra) -> Spectrogram:
    """Return the windows of a sound in mel bands."""
    bands = MelBands(_MEL_BANDS, _MEL_LOW_HZ, min(18_000.0, HIGHEST_HEARD * spectra.sample_rate))
    power = decibels(spectra.power @ mel_of_cells(spectra.sample_rate, bands)).T
    return Spectrogram(bands.corners_hz[1:-1], spectra.start_s + spectra.length_s / 2, power)
