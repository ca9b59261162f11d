"""What was changed by hand of the bands that words decide on, and kept as an offset while words move.

A change is told by the band that it was made on. Words move, and bands come and go with them: a change goes with the
nearest band of its kind within an octave of where it was made. Where there is none, its gain stays as a band of its
own, so that what was changed is never silently lost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from eqmorph.bands import FREQ_RANGE_HZ, GAIN_RANGE_DB, Q_RANGE, SHAPED, Band, Bands

__all__ = ["Added", "ByHand", "Change", "HeldBand", "moved"]

_REACH_OCTAVES = 1.0
_DIGITS = 9  # of offsets, free of the rounding noise of added steps


@dataclass(frozen=True, slots=True)
class Change:
    """What was changed of one band.

    Attributes:
        at: the band as it was decided on when it was changed last.
        octaves: how far its frequency was moved.
        gain_db: what its gain was changed by.
        q_octaves: how much narrower it was made, as a power of two.
        is_off: it is bypassed.
    """

    at: Band
    octaves: float = 0.0
    gain_db: float = 0.0
    q_octaves: float = 0.0
    is_off: bool = False

    @property
    def is_none(self) -> bool:
        return not (self.octaves or self.gain_db or self.q_octaves or self.is_off)

    def on(self, band: Band) -> Band:
        """Return a band with this change, within the ranges that bands have."""
        return moved(band, octaves=self.octaves, gain_db=self.gain_db, q_octaves=self.q_octaves)

    @property
    def alone(self) -> Band | None:
        """What stays of it where there is no band to change: its gain; None if that is none."""
        return self.on(replace(self.at, gain_db=0.0)) if self.gain_db and self.at.kind in SHAPED else None

    @classmethod
    def between(cls, came: Band, wanted: Band, *, is_off: bool) -> Change:
        """Return the change that makes one band of another of its kind."""
        return cls(
            came,
            round(math.log2(wanted.freq_hz / came.freq_hz), _DIGITS),
            round(wanted.gain_db - came.gain_db, _DIGITS) if came.has_gain else 0.0,
            round(math.log2(wanted.q / came.q), _DIGITS),
            is_off,
        )


@dataclass(frozen=True, slots=True)
class Added:
    """A band that was added, and whether it is bypassed."""

    band: Band
    is_off: bool = False


@dataclass(frozen=True, slots=True)
class HeldBand:
    """A band as it is in hand.

    Attributes:
        band: what it does now.
        came: what it was decided to be; None if it was added, or if what was decided has gone.
        change: which of the changes was made to it, if any was.
        added: which of the added bands it is, if it is one.
        is_off: it is bypassed.
    """

    band: Band
    came: Band | None = None
    change: int | None = None
    added: int | None = None
    is_off: bool = False

    @property
    def is_by_hand(self) -> bool:
        return self.change is not None or self.added is not None


@dataclass(frozen=True, slots=True)
class ByHand:
    """All that was changed by hand: offsets to bands, and bands that were added."""

    changes: tuple[Change, ...] = ()
    added: tuple[Added, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes or self.added)

    def held(self, bands: Bands) -> tuple[HeldBand, ...]:
        """Return the bands that were decided on as they are in hand, then those that are there by hand alone."""
        change_of = self._matched(bands)
        rows = []
        for number, band in enumerate(bands):
            at = change_of.get(number)
            change = None if at is None else self.changes[at]
            rows.append(
                HeldBand(band, band) if change is None else HeldBand(change.on(band), band, at, None, change.is_off)
            )
        for at, change in enumerate(self.changes):
            if at not in change_of.values() and change.alone is not None:
                rows.append(HeldBand(change.alone, None, at, None, change.is_off))
        rows += [HeldBand(added.band, None, None, at, added.is_off) for at, added in enumerate(self.added)]
        return tuple(rows)

    def applied(self, bands: Bands) -> Bands:
        """Return the bands that are heard: those in hand that are not bypassed."""
        return Bands(row.band for row in self.held(bands) if not row.is_off) if self else bands

    def with_band(self, row: HeldBand, wanted: Band, *, is_off: bool | None = None) -> ByHand:
        """Return this with a band made another one, or bypassed."""
        off = row.is_off if is_off is None else is_off
        if row.added is not None:
            return replace(self, added=_put(self.added, row.added, Added(wanted, off)))
        came = row.came
        if came is None and row.change is not None:
            came = replace(self.changes[row.change].at, gain_db=0.0)
        if came is None:
            return self
        change = Change.between(came, wanted, is_off=off)
        if row.change is None:
            return self if change.is_none else replace(self, changes=(*self.changes, change))
        if change.is_none:
            return self.reset(row)
        return replace(self, changes=_put(self.changes, row.change, change))

    def reset(self, row: HeldBand) -> ByHand:
        """Return this without what was done to a band; one that was added goes."""
        if row.added is not None:
            return replace(self, added=_without(self.added, row.added))
        if row.change is not None:
            return replace(self, changes=_without(self.changes, row.change))
        return self

    def with_added(self, band: Band) -> ByHand:
        return replace(self, added=(*self.added, Added(band)))

    def _matched(self, bands: Bands) -> dict[int, int]:
        """Return which change goes with which band: the nearest pairs first, each but once."""
        pairs = sorted(
            (abs(math.log2(band.freq_hz / change.at.freq_hz)), number, at)
            for number, band in enumerate(bands)
            for at, change in enumerate(self.changes)
            if (band.kind, band.channel) == (change.at.kind, change.at.channel)
        )
        found: dict[int, int] = {}
        for octaves, number, at in pairs:
            if octaves <= _REACH_OCTAVES and number not in found and at not in found.values():
                found[number] = at
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that is equal for what does the same."""
        return {
            "changes": [
                {
                    "at": Bands([change.at]).to_list()[0],
                    "octaves": change.octaves,
                    "gain_db": change.gain_db,
                    "q_octaves": change.q_octaves,
                    "is_off": change.is_off,
                }
                for change in self.changes
            ],
            "added": [{"band": Bands([added.band]).to_list()[0], "is_off": added.is_off} for added in self.added],
        }


def moved(band: Band, *, octaves: float = 0.0, gain_db: float = 0.0, q_octaves: float = 0.0) -> Band:
    """Return a band that was moved, within the ranges that bands have; what its kind lacks stays."""
    low_hz, high_hz = FREQ_RANGE_HZ
    freq_hz = min(max(band.freq_hz * 2**octaves, low_hz), high_hz) if octaves else band.freq_hz
    gain = band.gain_db
    if gain_db and band.kind in SHAPED:
        gain = round(min(max(gain + gain_db, GAIN_RANGE_DB[0]), GAIN_RANGE_DB[1]), _DIGITS)
    q = band.q
    if q_octaves and band.has_q:
        q = min(max(q * 2**q_octaves, Q_RANGE[0]), max(Q_RANGE[1], q))
    return replace(band, freq_hz=freq_hz, gain_db=gain, q=q)


def _put(items: tuple[Any, ...], at: int, item: Any) -> tuple[Any, ...]:
    return (*items[:at], item, *items[at + 1 :])


def _without(items: tuple[Any, ...], at: int) -> tuple[Any, ...]:
    return (*items[:at], *items[at + 1 :])
