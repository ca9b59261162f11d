"""What bands are for programs whose filters are those of the cookbook, as nearly all programs' are.

A steep pass is two filters in a row, and a notch that doesn't take all is a bell.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from eqmorph._typing import Complex128, Float64
from eqmorph.bands import SHAPED, Band, BandKind

__all__ = ["STEEP_QS", "Section", "coefficients", "exact_response", "section_response", "sections_of"]

#: The Qs of the two filters that are a pass of 24 dB per octave.
STEEP_QS = tuple(1 / (2 * math.cos(math.pi * odd / 8)) for odd in (1, 3))


@dataclass(frozen=True, slots=True)
class Section:
    """One filter; a notch here takes all, a band-pass has 0 dB at its top, and a pass of first order has no Q."""

    kind: BandKind
    freq_hz: float
    gain_db: float = 0.0
    q: float = 0.0
    order: Literal[1, 2] = 2


def sections_of(bands: Iterable[Band]) -> list[Section]:
    """Return the filters, in a row, that bands are; whatever they act on."""
    return [section for band in bands if not band.is_flat for section in _sections(band)]


def _sections(band: Band) -> list[Section]:
    if band.kind in SHAPED or band.kind == "band_pass":
        return [Section(band.kind, band.freq_hz, band.gain_db, band.q)]
    if band.kind == "notch":
        if not band.gain_db:
            return [Section("notch", band.freq_hz, q=band.q)]
        return [Section("bell", band.freq_hz, band.gain_db, band.q / 10 ** (band.gain_db / 40))]
    if band.slope_db == 6:
        return [Section(band.kind, band.freq_hz, order=1)]
    return [Section(band.kind, band.freq_hz, q=q) for q in (STEEP_QS if band.slope_db == 24 else (band.q,))]


def coefficients(section: Section, sample_rate: float) -> tuple[float, float, float, float, float, float]:
    """Return b0, b1, b2, a0, a1 and a2 of a filter, in double precision and not divided by a0."""
    omega = 2 * math.pi * section.freq_hz / sample_rate
    if section.order == 1:
        n = math.tan(omega / 2)
        ahead = (1.0, -1.0) if section.kind == "high_pass" else (n, n)
        return (*ahead, 0.0, n + 1, n - 1, 0.0)
    cos, alpha = math.cos(omega), math.sin(omega) / (2 * section.q)
    a = 10 ** (section.gain_db / 40)
    beta = 2 * math.sqrt(a) * alpha
    behind = (1 + alpha, -2 * cos, 1 - alpha)
    if section.kind == "bell":
        return (1 + alpha * a, -2 * cos, 1 - alpha * a, 1 + alpha / a, -2 * cos, 1 - alpha / a)
    if section.kind == "notch":
        return (1.0, -2 * cos, 1.0, *behind)
    if section.kind == "band_pass":
        return (alpha, 0.0, -alpha, *behind)
    if section.kind == "high_pass":
        return ((1 + cos) / 2, -(1 + cos), (1 + cos) / 2, *behind)
    if section.kind == "low_pass":
        return ((1 - cos) / 2, 1 - cos, (1 - cos) / 2, *behind)
    cos = cos if section.kind == "low_shelf" else -cos
    turn = 1 if section.kind == "low_shelf" else -1
    return (
        a * ((a + 1) - (a - 1) * cos + beta),
        2 * a * turn * ((a - 1) - (a + 1) * cos),
        a * ((a + 1) - (a - 1) * cos - beta),
        (a + 1) + (a - 1) * cos + beta,
        -2 * turn * ((a - 1) + (a + 1) * cos),
        (a + 1) + (a - 1) * cos - beta,
    )


def exact_response(bands: Iterable[Band], freqs_hz: Float64, sample_rate: float) -> Complex128:
    """Return the response of bands as filters of double precision, as complex factors; whatever they act on."""
    total = np.ones(freqs_hz.shape, dtype=complex)
    for section in sections_of(bands):
        total *= section_response(section, freqs_hz, sample_rate)
    return total


def section_response(section: Section, freqs_hz: Float64, sample_rate: float) -> Complex128:
    """Return the response of one filter of double precision, as complex factors."""
    z1 = np.exp(-2j * np.pi * freqs_hz / sample_rate)
    b0, b1, b2, a0, a1, a2 = coefficients(section, sample_rate)
    return np.asarray((b0 + b1 * z1 + b2 * z1 * z1) / (a0 + a1 * z1 + a2 * z1 * z1))
