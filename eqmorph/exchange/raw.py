"""Filters as a file states them, which may go beyond what bands can be, and the bands nearest to them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from eqmorph.bands import FREQ_RANGE_HZ, GAIN_RANGE_DB, Q_RANGE, Band, BandKind, Bands
from eqmorph.bands.response import BandArrays, prototype_db
from eqmorph.errors import UsageError
from eqmorph.exchange.fitted import fit_closely
from eqmorph.exchange.format import USUAL_RATE, Taken
from eqmorph.exchange.limits import checked_count
from eqmorph.exchange.nearest import heard_hz

__all__ = ["Raw", "bands_of"]

_WITHIN_DB = 0.1
_MOST_FOR_ONE = 6
_MOST_GAIN_DB = 60.0
_Q_OF_ANY_FILTER = (1e-3, 1e3)
_FREQ_OF_ANY_FILTER = (1e-2, 1e6)
_ANALOG_RATE = 1e8  # so high that no filter is warped


@dataclass(frozen=True, slots=True)
class Raw:
    """A filter with any finite numbers, and where it stands: ``line 3``."""

    kind: BandKind
    freq_hz: float
    gain_db: float
    q: float
    where: str


def bands_of(filters: Sequence[Raw], notes: Iterable[str] = ()) -> Taken:
    """Return bands that do what filters do; one that goes beyond what a band can be is made of several, and noted.

    Raises:
        UsageError: there are too many, or one is beyond what any filter can be.
    """
    bands: list[Band] = []
    said = list(notes)
    for raw in checked_count(filters):
        if _is_band(raw):
            bands.append(Band(raw.kind, raw.freq_hz, raw.gain_db, raw.q))
        elif raw.gain_db:
            nearest, note = _nearest(raw)
            bands += nearest
            said.append(note)
    return Taken(Bands(bands), tuple(said))


def _is_band(raw: Raw) -> bool:
    ranges = ((raw.freq_hz, FREQ_RANGE_HZ), (raw.gain_db, GAIN_RANGE_DB), (raw.q, Q_RANGE))
    return all(low <= value <= high for value, (low, high) in ranges)


def _nearest(raw: Raw) -> tuple[Bands, str]:
    for what, value, (low, high) in (
        ("frequency", raw.freq_hz, _FREQ_OF_ANY_FILTER),
        ("gain", raw.gain_db, (-_MOST_GAIN_DB, _MOST_GAIN_DB)),
        ("Q", raw.q, _Q_OF_ANY_FILTER),
    ):
        if not low <= value <= high:
            raise UsageError(
                f"{raw.where}: a {what} of {value:g} is out of range",
                hint=f"It lies between {low:g} and {high:g}. Correct it, or leave the filter out.",
            )
    rate = USUAL_RATE if raw.freq_hz < 0.45 * USUAL_RATE else _ANALOG_RATE
    freqs_hz = np.union1d(heard_hz(USUAL_RATE), np.geomspace(*FREQ_RANGE_HZ, 200))
    wanted = BandArrays(
        np.array([raw.kind == "bell"]),
        np.array([raw.kind == "high_shelf"]),
        np.array([raw.gain_db]),
        np.array([raw.freq_hz]),
        np.array([raw.q]),
    )
    curve_db = prototype_db(wanted, freqs_hz, rate)
    parts = max(1, math.ceil(abs(raw.gain_db) / GAIN_RANGE_DB[1]))
    freq_hz = min(max(raw.freq_hz, FREQ_RANGE_HZ[0]), FREQ_RANGE_HZ[1])
    q = min(max(raw.q, Q_RANGE[0]), Q_RANGE[1])
    start = [Band(raw.kind, freq_hz, raw.gain_db / parts, q)] * parts
    bands, off = fit_closely(
        start, curve_db, freqs_hz, USUAL_RATE, within_db=_WITHIN_DB, most_bands=parts + _MOST_FOR_ONE
    )
    return bands, (
        f"{raw.where}: {raw.freq_hz:g} Hz, {raw.gain_db:g} dB, Q {raw.q:g} is beyond what one band can be: "
        f"made of {len(bands)}, which differ by up to {off}"
    )
