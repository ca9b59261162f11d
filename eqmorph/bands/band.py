"""One band of an equalizer, and the ranges in which every band lies."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from numbers import Real
from typing import Literal, get_args

from eqmorph.errors import UsageError

__all__ = [
    "CHANNELS",
    "FREQ_RANGE_HZ",
    "GAIN_RANGE_DB",
    "KINDS",
    "PASSES",
    "Q_RANGE",
    "SHAPED",
    "SHELF_Q",
    "SLOPES_DB",
    "WHOLE_DEPTH_DB",
    "Band",
    "BandKind",
    "Channel",
    "check_sample_rate",
    "usual_q",
]

BandKind = Literal["high_pass", "low_shelf", "bell", "notch", "band_pass", "high_shelf", "low_pass"]
KINDS: tuple[BandKind, ...] = get_args(BandKind)
#: Kinds whose curve is shaped by a gain: they can be fitted, scaled and mirrored.
SHAPED: tuple[BandKind, ...] = ("low_shelf", "bell", "high_shelf")
PASSES: tuple[BandKind, ...] = ("high_pass", "low_pass")

Channel = Literal["both", "left", "right", "mid", "side"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)

GAIN_RANGE_DB = (-12.0, 12.0)
FREQ_RANGE_HZ = (20.0, 20_000.0)
Q_RANGE = (0.1, 10.0)
SHELF_Q = 0.71
SLOPES_DB = (6, 12, 24)
WHOLE_DEPTH_DB = -100.0  # of a notch that takes all

_NOTCH_Q = 30.0
_Q_RANGES = {"notch": (0.1, 100.0)}
_SQUARED_DB = 12  # per octave: the slope of the passes that have a Q
_NO_Q = float("nan")  # this very object: until `Band` knows its kind


@dataclass(frozen=True, slots=True)
class Band:
    """A filter of an EQ.

    Attributes:
        kind: a shelf or bell; a high-pass, low-pass or band-pass; or a notch.
        freq_hz: the corner of a shelf or pass, the middle of anything else.
        gain_db: of the shelf's far side or of the bell's top. Of a notch, how deep it is; at 0 it takes all. None else
            has any.
        q: how narrow or resonant it is; of passes, only one of 12 dB per octave has it.
        slope_db: per octave, of a high-pass or low-pass: 6, 12 or 24.
        channel: what it acts on: both channels, one of them, or what they have in common (mid) or not (side).

    Raises:
        UsageError: a value is not finite or out of range, or this kind of band has no such value.
    """

    kind: BandKind
    freq_hz: float
    gain_db: float = 0.0
    q: float = _NO_Q
    slope_db: int = 0
    channel: Channel = "both"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UsageError(f"unknown kind of band {self.kind!r}", hint=f"Use one of {', '.join(KINDS)}.")
        if self.channel not in CHANNELS:
            raise UsageError(f"unknown channel {self.channel!r}", hint=f"Use one of {', '.join(CHANNELS)}.")
        object.__setattr__(self, "freq_hz", _required("frequency", self.freq_hz, FREQ_RANGE_HZ, " Hz"))
        object.__setattr__(self, "gain_db", self._checked_gain())
        object.__setattr__(self, "slope_db", self._checked_slope())
        object.__setattr__(self, "q", self._checked_q())

    @property
    def is_flat(self) -> bool:
        """Whether it changes nothing."""
        return self.kind in SHAPED and self.gain_db == 0

    @property
    def spoken_kind(self) -> str:
        """The name of its kind, as it is said."""
        return _spoken(self.kind)

    @property
    def spoken_name(self) -> str:
        """The name of its kind, with the channel where it acts on one alone."""
        return self.spoken_kind if self.channel == "both" else f"{self.channel} {self.spoken_kind}"

    @property
    def depth_db(self) -> float:
        """The gain at the middle of a notch."""
        return self.gain_db or WHOLE_DEPTH_DB

    @property
    def has_gain(self) -> bool:
        """Whether its gain says anything of it."""
        return self.kind in SHAPED or (self.kind == "notch" and self.gain_db != 0)

    @property
    def has_q(self) -> bool:
        """Whether its Q says anything of it."""
        return self.slope_db in (0, _SQUARED_DB)

    def rounded(self, gain_digits: int = 1) -> Band:
        """Return the band with only as many digits as one reads."""
        gain_db = round(self.gain_db, gain_digits)
        if self.kind == "notch" and not gain_db:  # a shallow notch doesn't become a whole one
            gain_db = self.gain_db
        return replace(self, freq_hz=round(self.freq_hz), gain_db=gain_db, q=round(self.q, 2))

    def _checked_gain(self) -> float:
        if self.kind == "notch":
            gain_db = _required("depth", self.gain_db, (WHOLE_DEPTH_DB, 0.0), " dB")
            return 0.0 if gain_db == WHOLE_DEPTH_DB else gain_db
        gain_db = _required("gain", self.gain_db, GAIN_RANGE_DB, " dB")
        if gain_db and self.kind not in SHAPED:
            raise UsageError(
                f"a {_spoken(self.kind)} has no gain", hint="Shelves and bells have one; notches have a depth."
            )
        return gain_db

    def _checked_slope(self) -> int:
        if self.kind not in PASSES:
            if self.slope_db:
                raise UsageError(f"a {_spoken(self.kind)} has no slope", hint="High-passes and low-passes have one.")
            return 0
        if self.slope_db not in (0, *SLOPES_DB):
            raise UsageError(
                f"a slope of {self.slope_db} dB per octave is none that a filter has",
                hint=f"Use {', '.join(map(str, SLOPES_DB[:-1]))} or {SLOPES_DB[-1]}.",
            )
        return int(self.slope_db) or _SQUARED_DB

    def _checked_q(self) -> float:
        usual = usual_q(self.kind)
        q = usual if self.q is _NO_Q else _required("Q", self.q, _Q_RANGES.get(self.kind, Q_RANGE), "")
        if q != usual and not self.has_q:
            raise UsageError(
                f"a {_spoken(self.kind)} of {self.slope_db} dB per octave has no Q", hint="One of 12 dB per octave has."
            )
        return q


def usual_q(kind: BandKind) -> float:
    """Return the Q of a band of which none is said."""
    return _NOTCH_Q if kind == "notch" else SHELF_Q


def _spoken(kind: BandKind) -> str:
    return kind.replace("_", "-" if kind.endswith("pass") else " ")


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
