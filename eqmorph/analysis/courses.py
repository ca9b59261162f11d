"""A trajectory as a picture over time: plain numbers for `eqmorph.plot`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from eqmorph._typing import Float64
from eqmorph.bands import Bands, Ride, Station
from eqmorph.plot.over_time import OverTime, Ribbon, WordCourse

__all__ = ["binned_courses", "over_time", "ride_of", "section_starts"]

_MOST_POINTS = 400
_UNHEARD = 1e-6  # 60 dB below the loudest: the end of a fade is shown as silence
_RIBBON_POINTS, _RIBBON_FREQS = 480, 120
_SHARE_OF_RATE = 0.49


def over_time(data: Mapping[str, Any]) -> OverTime:
    """Return the picture of a trajectory: its words, its sections, and what was applied to it."""
    before, after = binned_courses(data, _MOST_POINTS)
    duration_s = float(data["file"]["duration_s"])
    times_s = (np.arange(len(before)) + 0.5) / max(len(before), 1) * duration_s
    courses = tuple(
        WordCourse(word, before[:, at], after[:, at] if np.isfinite(after).any() else None)
        for at, word in enumerate(data["words"])
    )
    ride = ride_of(data)
    ribbon = None if ride is None else _ribbon(ride, duration_s, float(data["file"]["sample_rate"]))
    return OverTime(duration_s, times_s, courses, section_starts(data), ribbon)


def section_starts(data: Mapping[str, Any]) -> tuple[float, ...]:
    """Return where the sections of a trajectory begin, the first at 0."""
    return tuple(float(section["start_s"]) for section in data["sections"])


def ride_of(data: Mapping[str, Any]) -> Ride | None:
    """Return the EQ that was applied over time; one that stays is a ride with one station. None for an analysis."""
    applied = data["applied"]
    if applied is None:
        return None
    if applied["ride"] is not None:
        return Ride.from_dict(applied["ride"])
    return Ride((Station(0.0, 0.0, Bands.from_list(applied["bands"])),))


def binned_courses(data: Mapping[str, Any], most: int) -> tuple[Float64, Float64]:
    """Return percentiles over time (columns, words), before and after what was applied.

    Where windows share a column, it has their mean by energy. NaN for silence, and for after an analysis.
    """
    windows, words = data["windows"], len(data["words"])
    count = min(len(windows), most)
    total, known_after = np.zeros(count), np.zeros(count, dtype=bool)
    before, after = np.zeros((count, words)), np.zeros((count, words))
    if count:
        columns = np.arange(len(windows)) * count // len(windows)
        weights = np.array([window["weight"] for window in windows])
        nothing = [0.0] * words
        np.add.at(total, columns, weights)
        for sums, name in ((before, "percentiles"), (after, "percentiles_after")):
            np.add.at(sums, columns, weights[:, None] * np.array([window[name] or nothing for window in windows]))
        known_after[columns[[window["percentiles_after"] is not None for window in windows]]] = True
    total[total < _UNHEARD * total.max(initial=0.0)] = 0.0

    def means(sums: Float64, known: np.ndarray) -> Float64:
        return np.where(known[:, None], sums / np.where(total > 0, total, 1.0)[:, None], np.nan)

    return means(before, total > 0), means(after, (total > 0) & known_after)


def _ribbon(ride: Ride, duration_s: float, sample_rate: float) -> Ribbon:
    freqs_hz = np.geomspace(20.0, min(20_000.0, _SHARE_OF_RATE * sample_rate), _RIBBON_FREQS)
    times_s = np.linspace(0.0, duration_s, _RIBBON_POINTS)
    return Ribbon(times_s, freqs_hz, ride.response_db(freqs_hz, times_s, sample_rate))
