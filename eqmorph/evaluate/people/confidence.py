"""Whether a word's confidence is what it says: the correlation to expect with one more listener."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from eqmorph.evaluate.people.measures import correlations
from eqmorph.evaluate.people.rows import Word
from eqmorph.evaluate.people.splits import Judges
from eqmorph.evaluate.ranks import rank_correlation

__all__ = ["Calibration", "Listeners"]

_EDGES = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 1.0)


@dataclass(frozen=True)
class Calibration:
    """Confidence against what held-out listeners did.

    Attributes:
        expected: the confidence, by word, a mean over splits.
        found: the correlation of a word's curve with one held-out listener's, by word.
        agreement: that of one held-out listener with the mean of the others, by word.
        bins: over every word of every split: confidence from, to, listeners, mean confidence, mean correlation.
    """

    expected: dict[str, float]
    found: dict[str, float]
    agreement: dict[str, float]
    bins: list[tuple[float, float, int, float, float]]

    @property
    def error(self) -> float:
        """The mean absolute error by word."""
        return float(np.mean([abs(self.expected[word] - self.found[word]) for word in self.expected]))

    @property
    def rank(self) -> float:
        """The rank correlation of the confidence with how much held-out listeners agree among themselves."""
        words = [word for word in self.expected if word in self.agreement]
        return rank_correlation([self.expected[w] for w in words], [self.agreement[w] for w in words])

    @property
    def rank_found(self) -> float:
        """The rank correlation of the confidence with the correlation that was found."""
        return rank_correlation(list(self.expected.values()), [self.found[word] for word in self.expected])

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        titles = ("from", "to", "listeners", "expected", "found")
        return {
            "error": self.error,
            "rank": self.rank,
            "rank_found": self.rank_found,
            "expected": self.expected,
            "found": self.found,
            "agreement": self.agreement,
            "bins": [dict(zip(titles, line, strict=True)) for line in self.bins],
        }


class Listeners:
    """Gathers, split by split, what listeners were expected to do and did."""

    def __init__(self) -> None:
        self._expected: dict[str, list[float]] = defaultdict(list)
        self._found: dict[str, list[float]] = defaultdict(list)
        self._agreement: dict[str, list[float]] = defaultdict(list)
        self._pairs: list[tuple[float, float]] = []

    def add(self, name: str, word: Word, judges: Judges) -> None:
        """Compare a word with the listeners who judge it."""
        found = correlations(judges.curves, word.curve_db)
        self._pairs += [(word.confidence, float(value)) for value in found]
        self._expected[name].append(word.confidence)
        self._found[name].append(float(found.mean()))
        count = len(judges.curves)
        if count > 1:
            total = judges.curves.sum(axis=0)
            others = [correlations(curve, (total - curve) / (count - 1)) for curve in judges.curves]
            self._agreement[name].append(float(np.mean(others)))

    def calibration(self, words: list[str]) -> Calibration | None:
        """Return what was found for words one by one, and for all that were added in bins."""
        known = [word for word in words if word in self._expected]
        if not known:
            return None
        return Calibration(
            *(
                {word: float(np.mean(group[word])) for word in known if word in group}
                for group in (self._expected, self._found, self._agreement)
            ),
            self._bins(),
        )

    def _bins(self) -> list[tuple[float, float, int, float, float]]:
        expected, found = np.array(self._pairs).T
        place = np.clip(np.searchsorted(_EDGES, expected, side="right") - 1, 0, len(_EDGES) - 2)
        return [
            (_EDGES[i], _EDGES[i + 1], int((place == i).sum()), float(expected[place == i].mean()),
             float(found[place == i].mean()))
            for i in range(len(_EDGES) - 1)
            if (place == i).any()
        ]  # fmt: skip
