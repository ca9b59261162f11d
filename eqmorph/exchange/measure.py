"""How far two curves are apart, where anybody can hear it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Complex128, Float64
from eqmorph.bands import Band

__all__ = ["LOWEST_DB", "Difference", "decibels", "difference_of_curves", "heard_hz"]

_LOWEST_HZ, _HIGHEST_HZ, _POINTS = 20.0, 18_000.0, 800
_HIGHEST_OF_RATE = 0.45
_WORTH_SAYING_DB = 0.05
#: Of a curve: what is taken away further makes no difference.
LOWEST_DB = -40.0
_AROUND = np.linspace(-2.0, 2.0, 17)  # widths to either side of a narrow band


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


def heard_hz(sample_rate: float, bands: Iterable[Band] = ()) -> Float64:
    """Return the frequencies at which curves are compared: 20 Hz to 18 kHz, or as far as the rate reaches.

    They are dense around bands, so that not even a narrow one is missed.
    """
    top_hz = min(_HIGHEST_HZ, _HIGHEST_OF_RATE * sample_rate)
    around = [band.freq_hz * (1 + _AROUND / max(band.q, 2.0)) for band in bands]
    freqs_hz = np.unique(np.concatenate([np.geomspace(_LOWEST_HZ, top_hz, _POINTS), *around]))
    return freqs_hz[(freqs_hz >= _LOWEST_HZ) & (freqs_hz <= top_hz)]


def decibels(response: Complex128 | Float64) -> Float64:
    """Return factors in dB, none below `LOWEST_DB`."""
    return np.asarray(20 * np.log10(np.maximum(np.abs(response), 10 ** (LOWEST_DB / 20))))


def difference_of_curves(wanted_db: Float64, made_db: Float64, freqs_hz: Float64) -> Difference:
    """Return how far two curves given at the same frequencies are apart."""
    apart = np.abs(np.maximum(made_db, LOWEST_DB) - np.maximum(wanted_db, LOWEST_DB))
    at = int(np.argmax(apart))
    return Difference(float(apart[at]), float(freqs_hz[at]))
