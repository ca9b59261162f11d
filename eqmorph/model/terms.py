"""A word of the vocabulary, what it does and how much evidence there is for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Term", "confidence_of", "from_card"]

_CROWD_ENOUGH = 5.0  # people at which confidence is a half, if nothing speaks against it


@dataclass(frozen=True, slots=True, repr=False)
class Term:
    """A word with its curve and its evidence.

    Attributes:
        word: as written in the vocabulary.
        language: "en" or "es".
        rows: settings that people saved under this word (SAFE).
        people: people whose answers the crowd's curve is the mean of (Audealize).
        consistency: how alike the saved settings are, 0..1 (length of their mean direction); None below two rows.
        agreement: correlation of the saved settings' mean with the crowd's curve, -1..1; None where one is missing.
        curve_db: what the word does (64,), at `GRID_HZ`, 4 dB rms, mean removed.
    """

    word: str
    language: str
    rows: int
    people: int
    consistency: float | None
    agreement: float | None
    curve_db: NDArray[np.float64]

    def __repr__(self) -> str:
        return f"Term({self.word!r}, {self.language!r}, rows={self.rows}, people={self.people})"

    @property
    def confidence(self) -> float:
        """0..1: how far this curve can be trusted, from the evidence alone."""
        return confidence_of(self.rows, self.people, self.consistency, self.agreement)

    def evidence(self) -> dict[str, Any]:
        """Return the evidence as plain data."""
        return {
            "rows": self.rows,
            "people": self.people,
            "consistency": self.consistency,
            "agreement": self.agreement,
            "confidence": round(self.confidence, 3),
        }


def confidence_of(rows: int, people: int, consistency: float | None, agreement: float | None) -> float:
    """Return 0..1: more for more independent voices (up to 20 of a kind), less where sources or settings disagree."""
    voices = min(rows, 20) + min(people, 20)
    share = voices / (voices + _CROWD_ENOUGH)
    if agreement is not None:
        share *= (1 + max(agreement, -1.0)) / 2
    elif people == 0 and consistency is not None:
        share *= consistency
    return float(share)


def from_card(entry: Mapping[str, Any], curve_db: NDArray[np.float64]) -> Term:
    """Make a term from its entry in the model card."""
    return Term(
        word=str(entry["word"]),
        language=str(entry.get("language", "en")),
        rows=int(entry.get("rows", 0)),
        people=int(entry.get("people", 0)),
        consistency=entry.get("consistency"),
        agreement=entry.get("agreement"),
        curve_db=curve_db,
    )
