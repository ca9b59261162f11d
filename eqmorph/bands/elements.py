"""What bands are made of: the filters that pedalboard has.

It has shelves and bells, and passes of first order. Two of those in a row are one of second order with a double pole; a
bell whose numerator is just that double pole takes it away and puts the pair of poles in its place that was asked
for. Its gain is 20 log10(2 Q), its Q the root of Q / 2. A high-pass and a low-pass of first order with the same bell
are a band-pass. A notch is a bell of -100 dB that is as wide; a narrow one is made otherwise (`narrow.py`).

Coefficients are single precision, so where a filter is low against the sample rate, what it is and what its numbers
say lie apart. Of numbers that differ by less than one hears, those are taken that come out best.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from eqmorph._typing import Complex128, Float64
from eqmorph.bands.band import SHAPED, Band, BandKind
from eqmorph.bands.narrow import NARROW_Q, NarrowNotch, narrow_notch
from eqmorph.bands.response import (
    Biquad,
    biquad_db,
    biquad_response,
    is_stable,
    rounded_biquad,
    rounded_first_order,
)

__all__ = ["Element", "elements_of", "filter_db", "filter_response", "is_narrow", "narrow_notches"]

ElementKind = Literal[BandKind, "first_high_pass", "first_low_pass", "gain", "narrow_notch"]

_BUTTERWORTH_24 = tuple(1 / (2 * math.cos(math.pi * odd / 8)) for odd in (1, 3))
_DEEPEST_DB = -99.9  # pedalboard takes a gain of -100 dB for none at all, and divides by it
_COARSE = 1 / 300  # of the sample rate: above this, neighbors don't differ
_AROUND = np.geomspace(1 / 8, 8, 61)
_NEARBY_HZ = np.linspace(0.98, 1.02, 41)
_NEARBY_Q = np.geomspace(0.96, 1 / 0.96, 11)
_AT_ONCE = 64  # filters: hundreds of them, each with its own frequencies, would take gigabytes


@dataclass(frozen=True, slots=True)
class Element:
    """A filter: ``freq_hz``, ``gain_db`` and ``q`` are what it is given, as far as it has them."""

    kind: ElementKind
    freq_hz: float = 0.0
    gain_db: float = 0.0
    q: float = 0.0


def elements_of(bands: Iterable[Band], sample_rate: float) -> list[Element]:
    """Return the filters, in a row, that bands are rendered by."""
    elements: list[Element] = []
    for band in bands:
        if band.kind in SHAPED:
            if band.gain_db:  # or it isn't run at all: its rounded coefficients would be off by a millionth of a dB
                elements.append(Element(band.kind, band.freq_hz, band.gain_db, band.q))
        else:
            elements += _unshaped(band, float(sample_rate))
    return elements


def filter_db(bands: Iterable[Band], freqs_hz: ArrayLike, sample_rate: float) -> Float64:
    """Return the summed response in dB, shape of ``freqs_hz``, of the filters that pedalboard runs for these bands."""
    freqs = np.asarray(freqs_hz, dtype=float)
    biquads, notches = _filters(bands, sample_rate)
    total: Float64 = np.zeros(freqs.size)
    for at in range(0, len(biquads), _AT_ONCE):
        together = tuple(np.array(coefficients) for coefficients in zip(*biquads[at : at + _AT_ONCE], strict=True))
        total = total + biquad_db(together, freqs.ravel(), sample_rate).sum(axis=0)
    for notch in notches:
        with np.errstate(divide="ignore"):
            total = total + 20 * np.log10(np.abs(notch.response(freqs.ravel(), sample_rate)))
    return total.reshape(freqs.shape)


def filter_response(bands: Iterable[Band], freqs_hz: Float64, sample_rate: float) -> Complex128:
    """Return the response as `filter_db` does, but with its phase: complex factors."""
    total = np.ones(freqs_hz.shape, dtype=complex)
    biquads, notches = _filters(bands, sample_rate)
    for biquad in biquads:
        total *= biquad_response(biquad, freqs_hz, sample_rate)
    for notch in notches:
        total *= notch.response(freqs_hz, sample_rate)
    return total


def is_narrow(band: Band) -> bool:
    """Tell whether a band is a narrow notch."""
    return band.kind == "notch" and band.q >= NARROW_Q


def narrow_notches(bands: Iterable[Band], sample_rate: float) -> list[NarrowNotch]:
    """Return those of the filters that bands are made of which pedalboard can't do by itself."""
    return _filters(bands, sample_rate)[1]


def _filters(bands: Iterable[Band], sample_rate: float) -> tuple[list[Biquad], list[NarrowNotch]]:
    biquads, notches = [], []
    for element in elements_of(bands, sample_rate):
        if element.kind == "narrow_notch":
            notches.append(narrow_notch(element.freq_hz, element.gain_db, element.q, float(sample_rate)))
        else:
            biquads.append(_biquad(element, sample_rate))
    return biquads, notches


@lru_cache(maxsize=256)
def _unshaped(band: Band, sample_rate: float) -> tuple[Element, ...]:
    if band.kind == "notch":
        depth_db = max(band.depth_db, _DEEPEST_DB)
        if is_narrow(band):
            return (Element("narrow_notch", band.freq_hz, depth_db, band.q),)
        return (Element("bell", band.freq_hz, depth_db, band.q / 10 ** (depth_db / 40)),)
    if band.kind == "band_pass":
        ends = (Element("first_high_pass", band.freq_hz), Element("first_low_pass", band.freq_hz))
        return (*ends, _poles(band.freq_hz, band.q, sample_rate), Element("gain", gain_db=-20 * math.log10(band.q)))
    first = Element("first_high_pass" if band.kind == "high_pass" else "first_low_pass", band.freq_hz)
    qs = {6: (), 12: (band.q,), 24: _BUTTERWORTH_24}[band.slope_db]
    if not qs:
        return (first,)
    return tuple(one for q in qs for one in (first, first, _poles(band.freq_hz, q, sample_rate)))


def _poles(freq_hz: float, q: float, sample_rate: float) -> Element:
    """Return the bell that gives two filters of first order the poles of this Q."""
    exact = Element("bell", freq_hz, 20 * math.log10(2 * q), math.sqrt(q / 2))
    if freq_hz >= _COARSE * sample_rate or abs(exact.gain_db) < 1e-9:
        return exact
    around_hz = freq_hz * _AROUND
    x2 = (np.tan(np.pi * around_hz / sample_rate) / np.tan(np.pi * freq_hz / sample_rate)) ** 2
    wanted_db = 20 * np.log10((1 + x2) / np.sqrt((1 - x2) ** 2 + x2 / q**2))
    places, widths = (grid.ravel() for grid in np.meshgrid(freq_hz * _NEARBY_HZ, exact.q * _NEARBY_Q))
    biquads = rounded_biquad("bell", places, np.full(places.shape, exact.gain_db), widths, sample_rate)
    error = np.abs(biquad_db(biquads, around_hz, sample_rate) - wanted_db).max(axis=-1)
    best = int(np.argmin(np.where(is_stable(biquads), error, np.inf)))
    return Element("bell", float(places[best]), exact.gain_db, float(widths[best]))


def _biquad(element: Element, sample_rate: float) -> Biquad:
    if element.kind in SHAPED:
        return rounded_biquad(element.kind, element.freq_hz, element.gain_db, element.q, sample_rate)
    if element.kind == "gain":
        none = np.zeros(())
        return (np.asarray(10 ** (element.gain_db / 20)), none, none, none, none)
    return rounded_first_order(element.kind, element.freq_hz, sample_rate)
