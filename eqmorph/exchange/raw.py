"""Filters as a file states them, which may go beyond what bands can be, and the bands nearest to them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from eqmorph._typing import Float64
from eqmorph.bands import FREQ_RANGE_HZ, GAIN_RANGE_DB, PASSES, Q_RANGE, SHAPED, Band, BandKind, Bands, Channel, Taken
from eqmorph.bands.response import BandArrays, prototype_db
from eqmorph.errors import UsageError
from eqmorph.exchange.fitted import fit_closely
from eqmorph.exchange.format import USUAL_RATE
from eqmorph.exchange.limits import MOST_FITTED, checked_count
from eqmorph.exchange.measure import decibels, difference_of_curves, heard_hz
from eqmorph.exchange.sections import STEEP_QS, Section, section_response

__all__ = ["Raw", "bands_of"]

_WITHIN_DB = 0.1
_MOST_FOR_ONE = 6
_MOST_GAIN_DB = 100.0
_Q_OF_ANY_FILTER = (1e-3, 1e3)
_FREQ_OF_ANY_FILTER = (1e-2, 1e6)
_LOWEST_MEANT_HZ = 3.0
_ANALOG_RATE = 1e8  # so high that no filter is warped
_SAME_Q = 2e-3  # as a share: what digits leave of it


@dataclass(frozen=True, slots=True)
class Raw:
    """A filter with any finite numbers, and where it stands: ``line 3``.

    A pass has a slope of 6 or 12 dB per octave; a notch takes all; a band-pass has 0 dB at its top.
    """

    kind: BandKind
    freq_hz: float
    gain_db: float
    q: float
    where: str
    slope_db: int = 0
    channel: Channel = "both"


def bands_of(filters: Sequence[Raw], notes: Iterable[str] = ()) -> Taken:
    """Return bands that do what filters do; one that goes beyond what a band can be is made of several, and noted.

    Raises:
        UsageError: there are too many, or one is beyond what any filter can be.
    """
    bands: list[Band] = []
    said = list(notes)
    each = [(raw, _band(raw)) for raw in _with_steep_passes(checked_count(filters))]
    _refuse_many([raw for raw, band in each if band is None and raw.kind in SHAPED and raw.gain_db])
    for raw, band in each:
        if band is not None:
            bands.append(band)
        elif raw.gain_db or raw.kind not in SHAPED:
            nearest, note = _nearest(raw)
            bands += (replace(one, channel=raw.channel) for one in nearest)
            said.append(note)
    return Taken(Bands(bands), tuple(said))


def _refuse_many(beyond: Sequence[Raw]) -> None:
    """Refuse more filters than can be fitted in reasonable time, before the first one is."""
    if len(beyond) > MOST_FITTED:
        first = beyond[MOST_FITTED]
        raise UsageError(
            f"{first.where}: {first.gain_db:g} dB and Q {first.q:g} at {first.freq_hz:g} Hz are beyond what one band "
            f"can be, as are {len(beyond) - 1} others",
            hint=f"Up to {MOST_FITTED} such filters are made of several bands. Correct them, or leave some out.",
        )


def _with_steep_passes(filters: Sequence[Raw]) -> list[Raw]:
    """Return filters with one pass of 24 dB per octave wherever there are the two that it is made of."""
    left = list(filters)
    for first in filters:
        if first.kind not in PASSES or not _is_near(first.q, STEEP_QS[0]) or first not in left:
            continue
        second = next((raw for raw in left if _goes_with(first, raw)), None)
        if second is not None:
            left[left.index(first)] = replace(first, slope_db=24)
            left.remove(second)
    return left


def _goes_with(first: Raw, raw: Raw) -> bool:
    same = (raw.kind, raw.freq_hz, raw.slope_db, raw.channel) == (
        *(first.kind, first.freq_hz, first.slope_db, first.channel),
    )
    return same and _is_near(raw.q, STEEP_QS[1])


def _is_near(q: float, other: float) -> bool:
    return abs(q - other) <= _SAME_Q * other


def _band(raw: Raw) -> Band | None:
    """Return the one band that a filter is; None if none is."""
    try:
        if raw.kind in PASSES:
            q = {} if raw.slope_db in (6, 24) else {"q": raw.q}
            return Band(raw.kind, raw.freq_hz, **q, slope_db=raw.slope_db, channel=raw.channel)
        if raw.kind not in SHAPED:
            return Band(raw.kind, raw.freq_hz, q=raw.q, channel=raw.channel)
        is_deep = raw.kind == "bell" and raw.gain_db < 0 and (raw.gain_db < GAIN_RANGE_DB[0] or raw.q > Q_RANGE[1])
        if is_deep:  # a notch that doesn't take all is a bell without these limits
            q_of_notch = float(f"{raw.q * 10 ** (raw.gain_db / 40):.10g}")
            return Band("notch", raw.freq_hz, raw.gain_db, q_of_notch, channel=raw.channel)
        return Band(raw.kind, raw.freq_hz, raw.gain_db, raw.q, channel=raw.channel)
    except UsageError:
        return None


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
    if raw.kind not in SHAPED:
        return _within_range(raw)
    if raw.freq_hz < _LOWEST_MEANT_HZ:
        raise UsageError(
            f"{raw.where}: {raw.freq_hz:g} Hz is too low for anything that is heard",
            hint="Was a point or space meant for thousands, or kHz? Correct it, or leave the filter out.",
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
    start = [Band(raw.kind, _clipped(raw.freq_hz, FREQ_RANGE_HZ), raw.gain_db / parts, _clipped(raw.q, Q_RANGE))]
    bands, off = fit_closely(
        start * parts, curve_db, freqs_hz, USUAL_RATE, within_db=_WITHIN_DB, most_bands=parts + _MOST_FOR_ONE
    )
    return bands, (
        f"{raw.where}: {raw.freq_hz:g} Hz, {raw.gain_db:g} dB, Q {raw.q:g} is beyond what one band can be: "
        f"made of {len(bands)}, which differ by up to {off}"
    )


def _within_range(raw: Raw) -> tuple[Bands, str]:
    """Return a pass, band-pass or notch moved to where it may stand, or nothing where that comes nearer."""
    q = _clipped(raw.q, (Q_RANGE[0], 100.0) if raw.kind == "notch" else Q_RANGE)
    moved = _band(replace(raw, freq_hz=_clipped(raw.freq_hz, FREQ_RANGE_HZ), q=q))
    freqs_hz = heard_hz(USUAL_RATE, [moved] if moved is not None else [])
    wanted_db = _exact_db(raw, freqs_hz)
    choices = [Bands(), *([Bands([moved])] if moved is not None else [])]
    offs = [difference_of_curves(wanted_db, one.held_response_db(freqs_hz, USUAL_RATE), freqs_hz) for one in choices]
    if not offs[0].is_worth_saying:
        return Bands(), f"{raw.where}: at {raw.freq_hz:g} Hz it does nothing that is heard, and is left out"
    bands, off = min(zip(choices, offs, strict=True), key=lambda choice: choice[1].db)
    stated = f"{raw.where}: {raw.freq_hz:g} Hz, Q {raw.q:.3g}"
    if len(bands):
        return bands, f"{stated} is beyond what a band can be: {bands.rounded()} differs by up to {off}"
    return bands, f"{stated} is beyond what a band can be: it is left out, which differs by up to {off}"


def _exact_db(raw: Raw, freqs_hz: Float64) -> Float64:
    """Return what a pass, band-pass or notch of any frequency and Q does."""
    order: Literal[1, 2] = 1 if raw.slope_db == 6 else 2
    qs = STEEP_QS if raw.slope_db == 24 else (raw.q,)
    rate = USUAL_RATE if raw.freq_hz < 0.45 * USUAL_RATE else _ANALOG_RATE
    sections = (Section(raw.kind, raw.freq_hz, q=q, order=order) for q in qs)
    return sum((decibels(section_response(section, freqs_hz, rate)) for section in sections), np.zeros(()))


def _clipped(value: float, bounds: tuple[float, float]) -> float:
    return min(max(value, bounds[0]), bounds[1])
