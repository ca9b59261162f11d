"""A response, sampled densely enough to be drawn: every picture and table of a curve comes from here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from eqmorph._typing import Float64
from eqmorph.bands.band import FREQ_RANGE_HZ, Band
from eqmorph.bands.fit import HIGHEST_BAND, erb_grid
from eqmorph.errors import UsageError
from eqmorph.plot.curve import SampledCurve

__all__ = ["erb_points", "sample_response"]


_ERB_POINTS = 64
_EVEN_POINTS = 600
_STEPS = np.linspace(-1, 1, 81)
_AROUND_A_BAND = 2.0 ** (_STEPS * np.abs(_STEPS))  # an octave, denser toward the band: fine enough for a Q of 10


def sample_response(
    response_db: Callable[[Float64], Float64], bands: Sequence[Band], sample_rate: float, name: str
) -> SampledCurve:
    """Sample a response that ``bands`` shape, from 20 Hz to 20 kHz or as far as the rate reaches."""
    low_hz, high_hz = FREQ_RANGE_HZ[0], min(FREQ_RANGE_HZ[1], HIGHEST_BAND * sample_rate)
    if high_hz <= low_hz:
        raise UsageError(f"a sample rate of {sample_rate:g} Hz is too low to equalize")
    own = [band.freq_hz * _AROUND_A_BAND for band in bands]  # a narrow band must be seen, whatever the grid
    freqs_hz = np.sort(np.concatenate([_everywhere(low_hz, high_hz), *own]))
    # Each once; `np.unique` would load numpy's masked arrays for that, which takes longer than all of the curve.
    freqs_hz = freqs_hz[(freqs_hz >= low_hz) & (freqs_hz <= high_hz) & (np.diff(freqs_hz, prepend=0.0) > 0)]
    marks_hz = tuple(band.freq_hz for band in bands if not band.is_flat and low_hz <= band.freq_hz <= high_hz)
    return SampledCurve(freqs_hz, response_db(freqs_hz), name, marks_hz)


def erb_points(curve: SampledCurve) -> tuple[Float64, Float64]:
    """Return 64 frequencies, evenly spaced as the ear hears, and the gain at each, both (64,)."""
    freqs_hz = erb_grid(float(curve.freqs_hz[0]), float(curve.freqs_hz[-1]), _ERB_POINTS)
    return freqs_hz, curve.at(freqs_hz)


@lru_cache(maxsize=8)
def _everywhere(low_hz: float, high_hz: float) -> Float64:
    """Return frequencies from one to the other, evenly spaced both on a logarithmic axis and as the ear hears them."""
    even = np.clip(np.geomspace(low_hz, high_hz, _EVEN_POINTS), low_hz, high_hz)
    return np.concatenate([even, erb_grid(low_hz, high_hz, _ERB_POINTS)])
