"""Decide how loud a result is to be, and the one gain that makes it so. There is no limiter."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from eqmorph.errors import UsageError

__all__ = ["DEFAULT_CEILING_DB", "Level", "Loudness", "Trim", "decide_trim", "parse_level"]

DEFAULT_CEILING_DB = -1.0
_LUFS_RANGE = (-70.0, 0.0)


@dataclass(frozen=True, slots=True)
class Level:
    """The loudness asked for: ``match`` the input's, ``keep`` what the EQ makes of it, or reach ``lufs``."""

    mode: Literal["match", "keep", "lufs"] = "match"
    lufs: float | None = None

    def __str__(self) -> str:
        return self.mode if self.lufs is None else f"{self.lufs:g}"


@dataclass(frozen=True, slots=True)
class Loudness:
    """The measurements of one signal.

    ``lufs`` is None for silence and for less than 0.4 s. ``power_db`` is the ungated K-weighted mean power, which any
    sound has that isn't silent. ``true_peak_db`` (dBTP) and ``sample_peak_db`` (dBFS) are None for digital silence.
    """

    lufs: float | None
    power_db: float | None
    true_peak_db: float | None
    sample_peak_db: float | None

    def louder_by(self, gain_db: float) -> Loudness:
        """Return what would be measured after a gain."""
        values = (self.lufs, self.power_db, self.true_peak_db, self.sample_peak_db)
        return Loudness(*(None if value is None else value + gain_db for value in values))


@dataclass(frozen=True, slots=True)
class Trim:
    """The gain of a result: ``level_db`` for its loudness, ``ceiling_db`` (zero or below) for its peaks."""

    level_db: float = 0.0
    ceiling_db: float = 0.0

    @property
    def total_db(self) -> float:
        return self.level_db + self.ceiling_db


def parse_level(text: str) -> Level:
    """Parse ``match``, ``keep`` or a loudness in LUFS such as ``-16``."""
    word = text.strip().lower()
    if word == "match":
        return Level("match")
    if word == "keep":
        return Level("keep")
    try:
        lufs = float(word.removesuffix("lufs").strip().replace("\u2212", "-"))
    except ValueError:
        lufs = math.nan
    if not _LUFS_RANGE[0] <= lufs <= _LUFS_RANGE[1]:
        raise UsageError(f"{text!r} is not a level", hint="Use match, keep, or a loudness in LUFS such as -16.")
    return Level("lufs", lufs)


def decide_trim(
    level: Level, ceiling_db: float | None, before: Loudness, after: Loudness, *, full_scale_db: float | None = None
) -> Trim:
    """Decide on the gain of a result measured as ``after``, whose source was measured as ``before``.

    The ceiling is never stricter than the source's own true peak: what came in at -0.2 dBTP may go out at that. A
    clipped source has true peaks above full scale, though, which no integer can hold: ``full_scale_db`` is the largest
    sample of the format written, None if it has no such bound. Sounds too short to have a loudness are matched by their
    K-weighted power.
    """
    level_db = _level_gain(level, before, after)
    rooms = [0.0]
    if ceiling_db is not None and after.true_peak_db is not None:
        allowed = ceiling_db if before.true_peak_db is None else max(ceiling_db, before.true_peak_db)
        rooms.append(allowed - (after.true_peak_db + level_db))
    if full_scale_db is not None and after.sample_peak_db is not None:
        rooms.append(full_scale_db - (after.sample_peak_db + level_db))
    return Trim(level_db, min(rooms))


def _level_gain(level: Level, before: Loudness, after: Loudness) -> float:
    if level.mode == "keep":
        return 0.0
    if level.lufs is not None:
        # Silence and very short sounds have no loudness that could be changed.
        return 0.0 if after.lufs is None else level.lufs - after.lufs
    if before.lufs is not None and after.lufs is not None:
        return before.lufs - after.lufs
    if before.power_db is not None and after.power_db is not None:
        return before.power_db - after.power_db
    return 0.0
