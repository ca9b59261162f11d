"""What is rendered for a band that a sample rate doesn't allow.

Above 0.45 of the rate a digital shelf or bell is no longer what its numbers say (pedalboard takes them all the same).
What such a band does below that is done by a band that may stand there, helped by a bell where one band alone comes no
nearer than 0.3 dB. So shelves of Q up to 1 and all bells are met within 0.5 dB; of a resonant shelf's peak some dB may
be missing.

A low-pass up there takes nothing and is left out, a notch has nothing to take. A high-pass or band-pass is moved down:
there is nothing above it.

At 384 kHz and above, rounding to single precision can push a very low filter's poles outward, so that it never comes
to rest. It is moved up to where it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from eqmorph._typing import Float64
from eqmorph.bands.band import FREQ_RANGE_HZ, GAIN_RANGE_DB, SHAPED, Band
from eqmorph.bands.fit import HIGHEST_BAND, as_bands, erb_grid, improve_bands, pick, stack
from eqmorph.bands.notation import format_bands
from eqmorph.bands.response import BandArrays, is_stable, prototype_db, rounded_biquad
from eqmorph.errors import UsageError

__all__ = ["band_at_rate"]


_ANALOG_RATE = 10_000_000.0  # so high that no band is warped
_UNHEARD_DB = 0.1  # a band that does less than this in band is left out
_NEAR_ENOUGH_DB = 0.3
_STEPS = 40
_GRID_POINTS = 190
_ALWAYS_STABLE = 1 / 4000  # of the sample rate: from here up no band is pushed out of the unit circle
_STEP_UP = 1.02


@lru_cache(maxsize=512)
def band_at_rate(band: Band, sample_rate: float) -> tuple[tuple[Band, ...], str]:
    """Return the bands rendered for one band at a sample rate, and what to say about it, if anything."""
    top_hz = HIGHEST_BAND * sample_rate
    if band.kind not in SHAPED:
        return _unshaped(band, top_hz, sample_rate)
    if band.freq_hz > top_hz:
        return _below(band, top_hz, sample_rate)
    if band.freq_hz < _ALWAYS_STABLE * sample_rate:
        return _at_rest(band, sample_rate)
    return (band,), ""


def _below(band: Band, top_hz: float, sample_rate: float) -> tuple[tuple[Band, ...], str]:
    """Return what does, below ``top_hz``, nearly what ``band`` does above it; nothing if that can't be heard."""
    _check_top(top_hz, sample_rate)
    name = _in_short([band])
    grid = erb_grid(FREQ_RANGE_HZ[0], top_hz, _GRID_POINTS)
    wanted = prototype_db(BandArrays.of([band]), grid, _ANALOG_RATE)
    if np.max(np.abs(wanted)) < _UNHEARD_DB:
        return (), f"{name} left out: it does nothing below {top_hz:g} Hz" if band.gain_db else ""
    best, error = _nearest(_starts(band, top_hz), grid, wanted, sample_rate)
    if error > _NEAR_ENOUGH_DB:
        rest_db = float(np.clip(wanted[-1] - band.gain_db / 2, *GAIN_RANGE_DB))
        helper = Band("bell", max(FREQ_RANGE_HZ[0], 0.95 * top_hz), rest_db, max(1.0, band.q))
        helped, helped_error = _nearest([[*s, helper] for s in _starts(band, top_hz)], grid, wanted, sample_rate)
        best = helped if helped_error < error else best
    return tuple(best), f"{name} lies above {top_hz:g} Hz: rendered as {_in_short(best)}"


def _unshaped(band: Band, top_hz: float, sample_rate: float) -> tuple[tuple[Band, ...], str]:
    if band.freq_hz <= top_hz:
        return (band,), ""
    _check_top(top_hz, sample_rate)
    name = _in_short([band])
    if band.kind in ("notch", "low_pass"):
        return (), f"{name} left out: it lies above {top_hz:g} Hz"
    moved = replace(band, freq_hz=top_hz)
    return (moved,), f"{name} lies above {top_hz:g} Hz: rendered as {_in_short([moved])}"


def _check_top(top_hz: float, sample_rate: float) -> None:
    if top_hz <= FREQ_RANGE_HZ[0]:
        raise UsageError(f"a sample rate of {sample_rate:g} Hz is too low to equalize")


def _starts(band: Band, top_hz: float) -> list[list[Band]]:
    widths = (0.3, 1.0, band.q) if band.kind == "bell" else (min(band.q, 1.0), band.q, 3.0)
    places_hz = (max(FREQ_RANGE_HZ[0], 0.7 * top_hz), top_hz)
    return [[replace(band, freq_hz=hz, q=q)] for hz in places_hz for q in widths]


def _nearest(
    starts: Sequence[Sequence[Band]], grid: Float64, wanted: Float64, sample_rate: float
) -> tuple[list[Band], float]:
    """Return the best of what improvement makes of several starts, and its largest distance from ``wanted`` in dB."""
    refined = improve_bands(stack([BandArrays.of(s) for s in starts]), grid, wanted, sample_rate, steps=_STEPS)
    best = pick(refined.bands, int(np.argmin(refined.error)))
    return as_bands(best, sample_rate), float(np.max(np.abs(prototype_db(best, grid, sample_rate) - wanted)))


def _at_rest(band: Band, sample_rate: float) -> tuple[tuple[Band, ...], str]:
    """Return the band, moved up to where its filter is stable if it isn't."""
    moved = band
    while not is_stable(rounded_biquad(moved.kind, moved.freq_hz, moved.gain_db, moved.q, sample_rate)):
        moved = replace(moved, freq_hz=moved.freq_hz * _STEP_UP)
    if moved is band:
        return (band,), ""
    why = f"is too low for single precision at {sample_rate:g} Hz"
    return (moved,), f"{_in_short([band])} {why}: rendered as {_in_short([moved])}"


def _in_short(bands: Sequence[Band]) -> str:
    return format_bands([band.rounded(2) for band in bands])
