"""The course of a sound's levels, and traits of it that hardly depend on an EQ or on level.

By these its kind is told: syllables come and go some four times a second and their bands take turns, a mix goes on in
all of them, a hit rises at once and decays. In a few broad bands the level of each frame is looked at in dB, where an
EQ only adds a constant: what a band does over time, and what it does together with others, stays the same.

Of a long sound stretches are kept, evenly over all of it, so memory is bounded.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float32, Float64

__all__ = ["TRAITS", "CourseMeter"]

_EDGES_HZ = (50.0, 250.0, 500.0, 1000.0, 2000.0, 3500.0, 7000.0, 16_000.0)
_BANDS = len(_EDGES_HZ) - 1
#: Bands that are compared: neighbors, and those of vowels with those of consonants.
_PAIRS = (
    *((at, at + 1) for at in range(_BANDS - 1)),
    *((1, 3), (1, 4), (1, 5), (2, 4), (2, 5), (3, 5), (0, 4), (1, 6), (3, 6)),
)
_PARTIALS_HZ, _ONE_IN = (200.0, 5000.0), 3  # where single partials can be seen in the cells, and in which frames
_STRETCH, _MOST_STRETCHES = 256, 16  # frames; together a minute or so
_SILENT_DB, _ABSENT_DB = 75.0, 60.0  # below the loudest frame, and below the loudest band
_DEEPEST_DB, _HIGHEST_DB = -45.0, 8.0  # against a band's own loud level, which is its
_LOUD = 95.0  # th percentile
_ACTIVE_DB, _FULL_DB = -25.0, -12.0
_LONG_S = 8.0  # beyond, length says nothing
_STEPS_S, _STEP_S = (0.05, 0.1, 0.25), 0.1
_MODULATIONS_HZ = (0.5, 1.5, 3.0, 5.0, 8.0, 15.0)
_MODULATED_S, _MODULATED_FRAMES, _TRANSFORM = 4.0, 8, 1024
_NONE, _NONE_DB = 1e-20, -199.0


class CourseMeter:
    """Takes the frames of a sound and gives the `TRAITS` traits of their course."""

    def __init__(self, freq_hz: Float64, hop_s: float) -> None:
        self._bands = np.array([(freq_hz >= low) & (freq_hz < high) for low, high in pairwise(_EDGES_HZ)], np.float32).T
        self._partials = slice(*np.searchsorted(freq_hz, _PARTIALS_HZ))
        self._hop_s = hop_s
        self._frames = 0
        self._rest = np.empty((0, _BANDS + 1), np.float32)
        self._kept: list[Float32] = []
        self._number, self._every = 0, 1  # of the next stretch; one in so many is kept

    def add(self, cells: Float32) -> None:
        """Take in the power in the cells (f, c) of the next frames."""
        rows = np.full((len(cells), _BANDS + 1), np.nan, np.float32)
        rows[:, :_BANDS] = 10 * np.log10(np.maximum(cells @ self._bands, _NONE))
        some = slice(-self._frames % _ONE_IN, None, _ONE_IN)
        partials = np.log(np.maximum(cells[some, self._partials], _NONE))
        if partials.shape[1] > 2:  # a rate may be too low for any
            rows[some, _BANDS] = np.abs(np.diff(partials, 2)).mean(axis=1)
        self._frames += len(cells)
        rows = np.concatenate([self._rest, rows])
        whole = len(rows) // _STRETCH * _STRETCH
        for at in range(0, whole, _STRETCH):
            self._keep(rows[at : at + _STRETCH])
        self._rest = rows[whole:]

    def traits(self) -> Float64 | None:
        """Return the traits of all that was added; NaN for what it is too short or too narrow for. None of silence."""
        is_kept = self._number % self._every == 0 and len(self._rest)
        rows = np.concatenate([*self._kept, *([self._rest] if is_kept else [])] or [self._rest]).astype(float)
        return _traits(rows[:, :_BANDS], rows[:, _BANDS], self._hop_s, self._frames * self._hop_s)

    def _keep(self, stretch: Float32) -> None:
        if self._number % self._every == 0:
            self._kept.append(stretch.copy())
        self._number += 1
        if len(self._kept) > _MOST_STRETCHES:
            self._kept, self._every = self._kept[::2], 2 * self._every


def _traits(levels: Float64, bends: Float64, hop_s: float, seconds: float) -> Float64 | None:
    """Return the traits of a course: levels of bands (f, b) in dB, and how bent spectra are (f,), NaN for most."""
    loudest = levels.max(axis=1) if len(levels) else np.empty(0)
    if not len(loudest) or loudest.max() <= _NONE_DB:
        return None
    heard = loudest > loudest.max() - _SILENT_DB
    loud = np.percentile(levels[heard], _LOUD, axis=0)
    is_there = loud > loud.max() - _ABSENT_DB
    each = np.clip(levels - loud, _DEEPEST_DB, _HIGHEST_DB)
    course = each[:, is_there].mean(axis=1)
    active_s = seconds * float((course > _ACTIVE_DB).mean())
    found = [
        *(np.log(min(seconds, _LONG_S)), np.log(min(active_s + hop_s, _LONG_S))),
        *_depth(course),
        *(trait for step_s in _STEPS_S for trait in _slopes(_steps(course, step_s, hop_s))),
        *_modulation(course, hop_s),
        *_shape(course),
        *np.where(is_there, each.std(axis=0), np.nan),
        *np.where(is_there, np.log(_steps(each, _STEP_S, hop_s).std(axis=0) + 0.3), np.nan),
        *_likeness(each, is_there),
        *_likeness(_steps(each, _STEP_S, hop_s), is_there),
        *_turns(each[:, is_there], course, hop_s),
        *_bent(bends[heard]),
    ]
    return np.array(found, dtype=float)


def _depth(course: Float64) -> list[float]:
    """How far it goes down, and how often: pauses."""
    below = [float((course < level).mean()) for level in (-10.0, -20.0, -30.0)]
    return [float(course.std()), float(course.mean()), *below, *np.percentile(course, (5, 25, 50)).tolist()]


def _steps(course: Float64, step_s: float, hop_s: float) -> Float64:
    """Return by how much it differs from what it was so many seconds before."""
    frames = max(1, round(step_s / hop_s))
    return course[frames:] - course[:-frames] if len(course) > frames else np.zeros((1, *course.shape[1:]))


def _slopes(steps: Float64) -> list[float]:
    """How much it changes, and whether it rises faster than it falls."""
    size = float(steps.std()) + 1e-3
    held = np.clip(steps / size, -4, 4)
    skew = float((held * held * held).mean())
    return [np.log(size + 0.1), float(np.abs(steps).mean()) / size, skew, *(np.percentile(steps, (5, 95)) / size)]


def _modulation(course: Float64, hop_s: float) -> list[float]:
    """How much of it comes and goes at each rate."""
    if len(course) < _MODULATED_FRAMES:
        return [np.nan] * (len(_MODULATIONS_HZ) - 1)
    size = min(len(course), int(_MODULATED_S / hop_s))
    window = np.hanning(size + 2)[1:-1]
    total = np.zeros(_TRANSFORM // 2 + 1)
    for at in range(0, len(course) - size + 1, max(size // 2, 1)):
        some = course[at : at + size]
        total += np.abs(np.fft.rfft((some - some.mean()) * window, _TRANSFORM)) ** 2
    rates = np.fft.rfftfreq(_TRANSFORM, hop_s)
    limits = pairwise(_MODULATIONS_HZ)
    parts = np.array([total[(rates >= low) & (rates < high)].sum() for low, high in limits]) + 1e-9
    return list(np.log(parts / parts.sum() + 1e-3))


def _shape(course: Float64) -> list[float]:
    """When it is loud: a hit is at its beginning, and falls from there."""
    power, when = 10 ** (course / 10), (np.arange(len(course)) + 0.5) / len(course)
    middle = float(power @ when / power.sum())
    width = float(np.sqrt(power @ (when - middle) ** 2 / power.sum()))
    peak, third = int(course.argmax()), max(1, len(course) // 3)
    after = np.diff(course[peak:])
    falls = float((after < 0).mean()) if len(after) else np.nan
    return [middle, width, peak / len(course), float(course[-third:].mean() - course[:third].mean()), falls]


def _likeness(each: Float64, is_there: NDArray[np.bool_]) -> list[float]:
    """Return how alike pairs of bands go; what hardly moves is like nothing."""
    away = each - each.mean(axis=0)
    shared = away.T @ away
    size = np.sqrt(np.diag(shared))
    alike = shared / (np.outer(size, size) + 1.0)
    return [float(alike[pair]) if is_there[list(pair)].all() else np.nan for pair in _PAIRS]


def _turns(each: Float64, course: Float64, hop_s: float) -> list[float]:
    """How much bands take turns: their own movements, and apart from what all do, while it is loud."""
    apart, full = each - course[:, None], course > _FULL_DB
    if not full.any():
        return [np.nan] * 3
    changes = _steps(apart, _STEP_S, hop_s)
    return [float(part.std(axis=0).mean()) for part in (each[full], apart[full], changes)]


def _bent(bends: Float64) -> list[float]:
    """How much partials stand out of their neighborhood."""
    known = bends[np.isfinite(bends)]
    return [float(known.mean()), float(known.std())] if len(known) else [np.nan] * 2


#: How many traits there are.
TRAITS = 2 + 8 + 5 * len(_STEPS_S) + (len(_MODULATIONS_HZ) - 1) + 5 + 2 * _BANDS + 2 * len(_PAIRS) + 3 + 2
