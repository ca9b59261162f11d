"""Which files of a set stand out: those that ended elsewhere than the others, and those that took more doing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float64
from eqmorph.analysis import percent

__all__ = ["FAILED", "Measures", "Outlier", "outliers"]

FAILED = 1000.0  #: how far one stands out that failed: no other does as much
_FROM = 3.5  # deviations, as usual for a median and the median distance to it
_FEWEST = 5  # files: of fewer, none is unusual
_AS_DEVIATION = 1.4826  # the median distance to the median times this is a normal distribution's deviation
_MOST = 99.0


@dataclass(frozen=True, slots=True)
class Measures:
    """What files are told apart by; None where it isn't known.

    Attributes:
        word: the word or reference asked for first.
        is_distance: the two are distances in dB, of a reference, instead of percentiles 0..1.
        sign: 1 if the word is asked for more, -1 for less.
        before, after: where the file was and is.
        largest_db: the most that any frequency was moved by.
        trim_db: the gain on all.
        quieter_db: how much quieter it ended than it came.
    """

    word: str = ""
    is_distance: bool = False
    sign: float = 1.0
    before: float | None = None
    after: float | None = None
    largest_db: float | None = None
    trim_db: float | None = None
    quieter_db: float | None = None


@dataclass(frozen=True, slots=True)
class Outlier:
    """How far a file stands out, in deviations, and why; nothing if it doesn't."""

    score: float = 0.0
    why: str = ""


@dataclass(frozen=True, slots=True)
class _View:
    """One way to look at files: a number of each, the least deviation that counts, and how to say it."""

    value: Callable[[Measures], float | None]
    least: float
    say: Callable[[Measures, float, float], str]


def outliers(files: Sequence[Measures]) -> list[Outlier]:
    """Return how far each file stands out among the others, by whichever view it does the most."""
    found = [_backwards(one) for one in files]
    for view in _VIEWS:
        values = np.array([np.nan if (value := view.value(one)) is None else value for one in files])
        for at, score, median in _far(values, view.least):
            if score > found[at].score:
                found[at] = Outlier(score, view.say(files[at], float(values[at]), median))
    return found


def _far(values: Float64, least: float) -> list[tuple[int, float, float]]:
    """Return which values lie far from the others: where, how far, and what is usual."""
    known = values[~np.isnan(values)]
    if len(known) < _FEWEST:
        return []
    median = float(np.median(known))
    spread = max(_AS_DEVIATION * float(np.median(np.abs(known - median))), least)
    scores = np.minimum(np.abs(values - median) / spread, _MOST)
    return [(int(at), round(float(scores[at]), 1), median) for at in np.flatnonzero(scores >= _FROM)]


def _backwards(one: Measures) -> Outlier:
    """Return an outlier where a file went the other way than was asked."""
    if one.before is None or one.after is None:
        return Outlier()
    gained = (one.before - one.after) if one.is_distance else one.sign * (one.after - one.before)
    least = 0.5 if one.is_distance else 0.03
    if gained > -least:
        return Outlier()
    return Outlier(_FROM, f"went the wrong way: {_change(one)}")


def _place(value: float, one: Measures) -> str:
    return f"{value:.1f} dB" if one.is_distance else f"{percent(value)}%"


def _change(one: Measures) -> str:
    return f"{one.word} {_place(one.before or 0.0, one)} → {_place(one.after or 0.0, one)}"


def _gained(one: Measures) -> float | None:
    return None if one.before is None or one.after is None else one.after - one.before


def _signed(value: float) -> str:
    return f"{value:+.1f} dB".replace("-", "−")


_VIEWS = (
    _View(
        lambda one: one.after,
        0.05,
        lambda one, value, usual: f"ends at {_place(value, one)} {one.word}, others around {_place(usual, one)}",
    ),
    _View(_gained, 0.05, lambda one, _value, _usual: f"moves unlike the others: {_change(one)}"),
    _View(
        lambda one: one.largest_db,
        0.75,
        lambda _one, value, usual: f"changed by {value:.1f} dB at most, others by around {usual:.1f} dB",
    ),
    _View(
        lambda one: one.trim_db,
        0.75,
        lambda _one, value, usual: f"trimmed by {_signed(value)}, others by around {_signed(usual)}",
    ),
    _View(
        lambda one: one.quieter_db,
        0.75,
        lambda _one, value, _usual: f"ended {value:.1f} dB quieter than it came",
    ),
)
