"""A word, what it does and how well that is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FULL_RMS_DB", "LEAST_OFFERED", "Term", "Terms", "doubts_of", "from_card"]

#: How much a word does whose meaning is well known: the rms of its curve.
FULL_RMS_DB = 4.0
#: The confidence below which a word is not offered to somebody who did not ask for it.
LEAST_OFFERED = 0.2
_AGREED = 0.3  # people who agree more than this don't disagree, however little is known beside


@dataclass(frozen=True, slots=True, repr=False)
class Term:
    """A word with its curve and its evidence.

    Attributes:
        word: as written in the vocabulary.
        language: "en" or "es".
        rows: settings that people saved under this word (SAFE).
        people: people who were asked for it (SocialFX, Audealize).
        agreement: the mean correlation of one person's answer with those of the others, -1..1; None below two.
        confidence: 0..1, the correlation to be expected with what one more person would do.
        curve_db: what the word does (64,), at `GRID_HZ`, mean removed; 4 dB rms, less where people disagree.
        charts: the published charts that say where it lies.
        through: the words that it is derived from, where it is; "not dull" is a contrary.
        other_sense: what a minority of people meant by it, and how many of them, where people split.
    """

    word: str
    language: str
    rows: int
    people: int
    agreement: float | None
    confidence: float
    curve_db: NDArray[np.float64]
    charts: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    other_sense: str | None = None

    def __repr__(self) -> str:
        return f"Term({self.word!r}, {self.language!r}, rows={self.rows}, people={self.people})"

    @property
    def is_derived(self) -> bool:
        """Whether this follows from other words."""
        return bool(self.through)

    @property
    def is_offered(self) -> bool:
        """Whether this is known well enough to be named to somebody who did not ask for it."""
        return self.confidence >= LEAST_OFFERED and not self.is_derived

    @property
    def sources(self) -> tuple[str, ...]:
        """What the curve rests on: "people", "settings", "charts" and "synonyms"."""
        found = {"people": self.people, "settings": self.rows, "charts": self.charts, "synonyms": self.through}
        return tuple(name for name, evidence in found.items() if evidence)

    @property
    def doubt(self) -> str | None:
        """What should be said before anybody relies on this word, if anything should."""
        if self.is_derived:
            return f"{self.word!r} is known through {', '.join(self.through)}; confidence {self.confidence:.2f}"
        if self.confidence < LEAST_OFFERED and self.agreement is not None and self.agreement < _AGREED:
            return f"people disagree on {self.word!r}: {self.people} asked, r {self.agreement:.1f}".replace(
                "-0.0", "0.0"
            )
        if self.confidence < LEAST_OFFERED:
            return f"little is known of {self.word!r}: confidence {self.confidence:.2f}"
        if self.other_sense is not None:
            return f"people mean two things by {self.word!r}: {self.other_sense}"
        return None

    def evidence(self) -> dict[str, Any]:
        """Return the evidence as plain data."""
        return {
            "rows": self.rows,
            "people": self.people,
            "agreement": self.agreement,
            "charts": list(self.charts),
            "sources": list(self.sources),
            "through": list(self.through),
            "other_sense": self.other_sense,
            "confidence": round(self.confidence, 3),
        }


def doubts_of(terms: Iterable[Term]) -> tuple[str, ...]:
    """Return what should be said before anybody relies on these words."""
    return tuple(term.doubt for term in terms if term.doubt is not None)


class Terms(Mapping[str, Term]):
    """The words of a model. It lists those of the vocabulary; others are made when they are asked for."""

    def __init__(self, vocabulary: Mapping[str, Term], others: Callable[[str], Term | None]) -> None:
        self._vocabulary = vocabulary
        self._others = others
        self._made: dict[str, Term] = {}

    def __getitem__(self, word: str) -> Term:
        if word in self._vocabulary:
            return self._vocabulary[word]
        if word not in self._made:
            term = self._others(word)
            if term is None:
                raise KeyError(word)
            self._made[word] = term
        return self._made[word]

    def __iter__(self) -> Iterator[str]:
        return iter(self._vocabulary)

    def __len__(self) -> int:
        return len(self._vocabulary)


def from_card(entry: Mapping[str, Any], curve_db: NDArray[np.float64]) -> Term:
    """Make a term from its entry in the model card."""
    return Term(
        word=str(entry["word"]),
        language=str(entry["language"]),
        rows=int(entry["rows"]),
        people=int(entry["people"]),
        agreement=entry.get("agreement"),
        confidence=float(entry["confidence"]),
        curve_db=curve_db,
        charts=tuple(entry["charts"]),
        other_sense=entry.get("other_sense"),
    )
