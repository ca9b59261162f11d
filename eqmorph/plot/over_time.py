"""What a picture over time holds: courses of words, the bounds of sections, an EQ that may move. All plain numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from eqmorph._typing import Float64

__all__ = ["OverTime", "Ribbon", "WordCourse", "clock", "time_ticks"]

_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 36_000)


@dataclass(frozen=True, eq=False)
class WordCourse:
    """How much of a word there is (n,) 0..1 in one window after another, NaN in silence; ``after`` an EQ if known."""

    word: str
    before: Float64
    after: Float64 | None = None


@dataclass(frozen=True, eq=False)
class Ribbon:
    """What an EQ does (t, f) in dB, at ``times_s`` (t,) and ``freqs_hz`` (f,), both ascending and at least two."""

    times_s: Float64
    freqs_hz: Float64
    gain_db: Float64


@dataclass(frozen=True, eq=False)
class OverTime:
    """A sound over time.

    Attributes:
        duration_s: its length.
        times_s: the middle of each window (n,).
        courses: of its words.
        sections_s: where a section begins, the first at 0.
        ribbon: the EQ, if there is one.
    """

    duration_s: float
    times_s: Float64
    courses: tuple[WordCourse, ...] = ()
    sections_s: tuple[float, ...] = ()
    ribbon: Ribbon | None = None


def time_ticks(duration_s: float, most: int) -> list[float]:
    """Return round times from 0 to the end, ``most`` of them or fewer."""
    step = next((step for step in _STEPS_S if duration_s / step < most), _STEPS_S[-1])
    return [float(step * number) for number in range(math.floor(duration_s / step) + 1)]


def clock(seconds: float) -> str:
    """Format a time in whole seconds: 1:05, 1:00:05."""
    minutes, rest = divmod(int(seconds + 1e-6), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
