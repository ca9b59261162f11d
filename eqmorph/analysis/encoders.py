"""Encoders: what makes a curve of a sound's spectra. The analytic one is the default and needs nothing but numpy."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.model.frontend import curves_of_levels, levels_db, response_power

__all__ = ["ANALYTIC", "AnalyticEncoder", "AudioEncoder"]

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]

ANALYTIC = "analytic"


class AudioEncoder(Protocol):
    """Says what a sound is like, as a curve against the neutral reference, before or after an EQ."""

    @property
    def name(self) -> str: ...

    def curve(self, spectra: Spectra, bands: Bands | None) -> Float64:
        """The curve of a whole sound (64,), after an EQ if one is given; flat for silence."""
        ...

    def window_curves(self, spectra: Spectra, bands: Bands | None) -> Float64:
        """The curve of each window (w, 64), after an EQ if one is given; flat for silent ones."""
        ...


class AnalyticEncoder:
    """The sound's levels in ERB-wide bands against those of the reference, and nothing learned."""

    name = ANALYTIC

    def __init__(self, neutral_db: Float64) -> None:
        self._neutral_db = neutral_db

    def curve(self, spectra: Spectra, bands: Bands | None) -> Float64:
        return self._curves(spectra.mean_power, spectra.sample_rate, bands)

    def window_curves(self, spectra: Spectra, bands: Bands | None) -> Float64:
        return self._curves(spectra.power, spectra.sample_rate, bands)

    def _curves(self, power: Float32, sample_rate: int, bands: Bands | None) -> Float64:
        return curves_of_levels(_levels(power, sample_rate, bands), self._neutral_db)


def _levels(power: Float32, sample_rate: int, bands: Bands | None) -> Float64:
    if bands is not None and not bands.is_flat:
        power = power * response_power(bands, sample_rate)
    return levels_db(power, sample_rate)
