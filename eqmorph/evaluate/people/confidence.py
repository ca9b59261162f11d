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

_BySplit = dict[str, dict[int, float]]
_EDGES = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 1.0)


@dataclass(frozen=True)
class Calibration:
    """Confidence against what held-out listeners did.

    Attributes:
        expected: the confidence, by word, a mean over splits.
        found: the correlation of a word's curve with one held-out listener's, by word.
        agreement: that of one held-out listener with the mean of the others, by word.
        bins: over every word of every split: confidence from, to, listeners, mean confidence, mean correlation.
        rank_within: the rank correlation of confidence and agreement over the words of one split, a mean over splits.
    """

    expected: dict[str, float]
    found: dict[str, float]
    agreement: dict[str, float]
    bins: list[tuple[float, float, int, float, float]]
    rank_within: float

    @property
    def error(self) -> float:
        """The mean absolute error by word."""
        return float(np.mean([abs(self.expected[word] - self.found[word]) for word in self.expected]))

    @property
    def error_in_bins(self) -> float:
        """The mean absolute error by bins, each counted by its listeners."""
        errors = [abs(expected - found) for _, _, _, expected, found in self.bins]
        return float(np.average(errors, weights=[listeners for _, _, listeners, _, _ in self.bins]))

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
            "error_in_bins": self.error_in_bins,
            "rank": self.rank,
            "rank_within": self.rank_within,
            "rank_found": self.rank_found,
            "expected": self.expected,
            "found": self.found,
            "agreement": self.agreement,
            "bins": [dict(zip(titles, line, strict=True)) for line in self.bins],
        }


class Listeners:
    """Gathers, split by split, what listeners were expected to do and did."""

    def __init__(self) -> None:
        self._expected: _BySplit = defaultdict(dict)
        self._found: _BySplit = defaultdict(dict)
        self._agreement: _BySplit = defaultdict(dict)
        self._pairs: list[tuple[float, float]] = []

    def add(self, split: int, name: str, word: Word, judges: Judges) -> None:
        """Compare a word that one half of a split made with the listeners of the other."""
        found = correlations(judges.curves, word.curve_db)
        self._pairs += [(word.confidence, float(value)) for value in found]
        self._expected[name][split] = word.confidence
        self._found[name][split] = float(found.mean())
        count = len(judges.curves)
        if count > 1:
            total = judges.curves.sum(axis=0)
            others = [correlations(curve, (total - curve) / (count - 1)) for curve in judges.curves]
            self._agreement[name][split] = float(np.mean(others))

    def calibration(self, words: list[str]) -> Calibration | None:
        """Return what was found for words one by one, and for all that were added in bins."""
        known = [word for word in words if word in self._expected]
        if not known:
            return None
        by_word = [_means(group, known) for group in (self._expected, self._found, self._agreement)]
        return Calibration(by_word[0], by_word[1], by_word[2], self._bins(), self._rank_within(known))

    def _rank_within(self, words: list[str]) -> float:
        ranks = []
        for split in sorted({split for word in words for split in self._agreement[word]}):
            known = [word for word in words if split in self._agreement[word]]
            expected = [self._expected[word][split] for word in known]
            ranks.append(rank_correlation(expected, [self._agreement[word][split] for word in known]))
        return float(np.mean(ranks)) if ranks else 0.0

    def _bins(self) -> list[tuple[float, float, int, float, float]]:
        expected, found = np.array(self._pairs).T
        place = np.clip(np.searchsorted(_EDGES, expected, side="right") - 1, 0, len(_EDGES) - 2)
        bins = []
        for i in np.unique(place).tolist():
            inside = place == i
            means = float(expected[inside].mean()), float(found[inside].mean())
            bins.append((_EDGES[i], _EDGES[i + 1], int(inside.sum()), *means))
        return bins


def _means(groups: _BySplit, words: list[str]) -> dict[str, float]:
    return {word: float(np.mean(list(groups[word].values()))) for word in words if groups.get(word)}
