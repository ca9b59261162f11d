"""One band of an equalizer, and the ranges in which every band lies."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
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
    "check_sample_rate",
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
        object.__setattr__(self, "freq_hz", _required("frequency", self.freq_hz, FREQ_RANGE_HZ, " Hz"))
        object.__setattr__(self, "gain_db", _required("gain", self.gain_db, GAIN_RANGE_DB, " dB"))
        object.__setattr__(self, "q", _required("Q", self.q, Q_RANGE, ""))


def _required(what: str, value: object, bounds: tuple[float, float], unit: str) -> float:
    """Return the value as a plain float, which JSON can hold whatever it was."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise UsageError(f"{what} must be a number, not {value!r}")
    try:
        number = float(value)
    except OverflowError:  # an integer of hundreds of digits
        number = math.inf
    low, high = bounds
    if not low <= number <= high:
        raise UsageError(
            f"{what} {number:g}{unit} is out of range",
            hint=f"A band's {what} lies between {low:g} and {high:g}{unit}.",
        )
    return number


def check_sample_rate(sample_rate: float) -> None:
    """Raise a UsageError for an impossible sample rate."""
    if not (math.isfinite(sample_rate) and sample_rate > 0):
        raise UsageError(
            f"a sample rate of {sample_rate:g} Hz is not valid", hint="Usual rates are 44100 and 48000 Hz."
        )
