"""Say how loud files ended: the gain that a set shared, and which ended quieter than they came."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from eqmorph.batch import Batch, Outcome
from eqmorph.errors import show_path
from eqmorph.level import Level, SetTrim, Sharing
from eqmorph.wording import decibels

__all__ = ["SharedGain", "quieter_line", "quieter_record"]

_LEAST_DB = 0.05  # less is shown as nothing


@dataclass(frozen=True, slots=True)
class SharedGain:
    """The gain that all files of a set got, and what it is for."""

    sharing: Sharing
    level: Level
    trim: SetTrim

    @classmethod
    def of(cls, batch: Batch) -> SharedGain | None:
        """Return that of a batch, its files by the names that people know; None if they share none."""
        settings, trim = batch.settings, batch.settings.set_trim
        if trim is None:
            return None
        named = {trim.loudest, trim.tightest}
        known = {str(job.source): job.shown_source for job in batch.jobs if str(job.source) in named}
        loudest, tightest = (known.get(name, name) for name in (trim.loudest, trim.tightest))
        return cls(settings.sharing, settings.level, replace(trim, loudest=loudest, tightest=tightest))

    def to_record(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "sharing": self.sharing,
            "level_trim_db": self.trim.level_db,
            "ceiling_trim_db": self.trim.ceiling_db,
            "loudest": self.trim.loudest or None,
            "tightest": self.trim.tightest or None,
        }

    @property
    def sentence(self) -> str:
        """The gain, and which files decided on it."""
        what = "One gain for all" if self.sharing == "gain" else "One trim for all"
        reasons = []
        if self.trim.loudest:
            aim = "as loud as it came" if self.level.lufs is None else f"at {self.level} LUFS"
            reasons.append(
                f"{_signed(self.trim.level_db)} for {show_path(self.trim.loudest)}, the loudest, to be {aim}"
            )
        elif self.level.lufs is not None:
            reasons.append("no file is long and loud enough for its loudness to be measured")
        if self.trim.ceiling_db <= -_LEAST_DB:
            reasons.append(
                f"{_signed(self.trim.ceiling_db)} for {show_path(self.trim.tightest)} to stay under the peak ceiling"
            )
        if not reasons and abs(self.trim.total_db) < _LEAST_DB:
            return f"{what}: none was needed."
        because = f" ({'; '.join(reasons)})" if reasons else ""
        return f"{what}: {_signed(self.trim.total_db)}{because}."


def quieter_line(outcome: Outcome) -> str:
    """Say how many files ended quieter than they came; empty if none did."""
    lost = outcome.quieter_db
    if not lost:
        return ""
    of = f"{len(lost)} of {outcome.count('done')} ended quieter than"
    if len(lost) == 1:
        return f"{of} it came, by {decibels(lost[0])}."
    return f"{of} they came, by up to {decibels(lost[-1])} (median {median(lost):.1f})."


def quieter_record(outcome: Outcome) -> dict[str, Any]:
    """Return how many files ended quieter than they came as plain data."""
    lost = outcome.quieter_db
    return {"files": len(lost), "most_db": max(lost, default=0.0), "median_db": median(lost) if lost else 0.0}


def _signed(value: float) -> str:
    return decibels(value, signed=True)
