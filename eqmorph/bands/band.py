"""One band of an equalizer, and the ranges in which every band lies."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from eqmorph.errors import UsageError

__all__ = [
    "FREQ_RANGE_HZ",
    "GAIN_RANGE_DB",
    "KINDS",
    "Q_RANGE",
    "SHELF_Q",
    "Band",
    "BandKind",
]

BandKind = Literal["low_shelf", "bell", "high_shelf"]
KINDS: tuple[BandKind, ...] = get_args(BandKind)

GAIN_RANGE_DB = (-12.0, 12.0)
FREQ_RANGE_HZ = (20.0, 20_000.0)
Q_RANGE = (0.1, 10.0)
SHELF_Q = 0.71


@dataclass(frozen=True, slots=True)
class Band:
    """A shelf or bell. ``gain_db`` is the gain of the shelf's far side or of the bell's top.

    Raises:
        UsageError: a value is not finite or out of range.
    """

    kind: BandKind
    freq_hz: float
    gain_db: float
    q: float = SHELF_Q

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UsageError(f"unknown kind of band {self.kind!r}", hint=f"Use one of {', '.join(KINDS)}.")
        _require("frequency", self.freq_hz, FREQ_RANGE_HZ, " Hz")
        _require("gain", self.gain_db, GAIN_RANGE_DB, " dB")
        _require("Q", self.q, Q_RANGE, "")


def _require(what: str, value: float, bounds: tuple[float, float], unit: str) -> None:
    low, high = bounds
    if not (math.isfinite(value) and low <= value <= high):
        raise UsageError(
            f"{what} {value:g}{unit} is out of range",
            hint=f"A band's {what} lies between {low:g} and {high:g}{unit}.",
        )
