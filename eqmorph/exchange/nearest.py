"""The nearest to an EQ that a format can hold, and how far that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float64
from eqmorph.bands import Bands
from eqmorph.exchange.format import Holds

__all__ = ["Difference", "difference", "difference_of_curves", "heard_hz", "nearest"]

_LOWEST_HZ, _HIGHEST_HZ, _POINTS = 20.0, 18_000.0, 800
_HIGHEST_OF_RATE = 0.45
_WORTH_SAYING_DB = 0.05


@dataclass(frozen=True, slots=True)
class Difference:
    """How far two curves are apart at most, and where."""

    db: float
    freq_hz: float

    @property
    def is_worth_saying(self) -> bool:
        return self.db >= _WORTH_SAYING_DB

    def __str__(self) -> str:
        where = f"{self.freq_hz / 1000:.1f} kHz" if self.freq_hz >= 1000 else f"{self.freq_hz:.0f} Hz"
        return f"{max(self.db, 0.01):.2f} dB at {where}"


def heard_hz(sample_rate: float) -> Float64:
    """Return the frequencies at which curves are compared: 20 Hz to 18 kHz, or as far as the rate reaches."""
    return np.geomspace(_LOWEST_HZ, min(_HIGHEST_HZ, _HIGHEST_OF_RATE * sample_rate), _POINTS)


def difference_of_curves(wanted_db: Float64, made_db: Float64, freqs_hz: Float64) -> Difference:
    """Return how far two curves given at the same frequencies are apart."""
    apart = np.abs(made_db - wanted_db)
    at = int(np.argmax(apart))
    return Difference(float(apart[at]), float(freqs_hz[at]))


def difference(wanted: Bands, made: Bands, sample_rate: float) -> Difference:
    """Return how far what is made of an EQ is from it, as rendered at a sample rate."""
    freqs_hz = np.union1d(heard_hz(sample_rate), [band.freq_hz for band in wanted])
    freqs_hz = freqs_hz[freqs_hz <= min(_HIGHEST_HZ, _HIGHEST_OF_RATE * sample_rate)]
    return difference_of_curves(
        wanted.response_db(freqs_hz, sample_rate), made.response_db(freqs_hz, sample_rate), freqs_hz
    )


def nearest(bands: Bands, holds: Holds, sample_rate: float) -> tuple[Bands, tuple[str, ...]]:
    """Return the bands that come nearest to ``bands`` among those that a format holds, and notes on the difference."""
    if holds.shape != "bands" or holds.most_bands is None or len(bands) <= holds.most_bands:
        return bands, ()
    freqs_hz = heard_hz(sample_rate)
    made = Bands.fit(bands.response_db(freqs_hz, sample_rate), freqs_hz, sample_rate=sample_rate)
    off = difference(bands, made, sample_rate)
    return made, (f"it holds at most {holds.most_bands} bands: the nearest {len(made)} differ by up to {off}",)
