"""The spectrum of a sound as it came and as it was written: few enough numbers to be kept in a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from eqmorph._typing import Float64
from eqmorph.audio.windows import Spectra
from eqmorph.model import GRID_HZ
from eqmorph.model.frontend import levels_db

__all__ = ["Spectrum", "spectrum_db"]

_BELOW_DB = 90.0  # the loudest point: what lies deeper is nothing that anybody sees or hears
_THIRD_OCTAVE = 2 ** (1 / 6) - 2 ** (-1 / 6)  # how wide one is, as a share of its middle
_DIGITS = 1  # of a dB

Levels = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Spectrum:
    """How loud each part of a sound is, before and after.

    Attributes:
        before_db: level in a third-octave around each of `GRID_HZ` (64), in dBFS; None where there is nothing, or where
            the sample rate can't hold it.
        after_db: the same of the result; None if that was not listened to.
    """

    before_db: Levels
    after_db: Levels | None = None

    @classmethod
    def of(cls, before: Spectra, after: Spectra | None = None) -> Spectrum:
        return cls(spectrum_db(before), spectrum_db(after) if after is not None else None)

    def trimmed(self, gain_db: float) -> Spectrum:
        """Return the same with a gain on the result."""
        if self.after_db is None:
            return self
        levels = tuple(None if level is None else round(level + gain_db, _DIGITS) for level in self.after_db)
        return replace(self, after_db=levels)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        after = list(self.after_db) if self.after_db is not None else None
        freqs_hz = [round(float(freq), _DIGITS) for freq in GRID_HZ]
        return {"freqs_hz": freqs_hz, "before_db": list(self.before_db), "after_db": after}


def spectrum_db(spectra: Spectra) -> Levels:
    """Return the level in a third-octave around each of `GRID_HZ` in dBFS, the mean over the entire sound."""
    if spectra.is_silent:
        return (None,) * len(GRID_HZ)
    density = levels_db(spectra.mean_power, spectra.sample_rate)
    levels: Float64 = density + 10 * np.log10(_THIRD_OCTAVE * GRID_HZ / _bin_hz(spectra))
    levels[(levels < levels.max() - _BELOW_DB) | (spectra.grid.freq_hz[-1] < GRID_HZ)] = np.nan
    return _plain(levels.tolist())


def _bin_hz(spectra: Spectra) -> float:
    """Return how wide an FFT bin is: what `levels_db` gives is the mean power in one."""
    return spectra.sample_rate / spectra.grid.frame


def _plain(levels: Sequence[float]) -> Levels:
    return tuple(None if np.isnan(level) else round(level, _DIGITS) for level in levels)
