"""Which words a model lists, and what its card says of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eqmorph.train.evidence import Evidence, Word, WordBuilder, correlation
from eqmorph.train.said import is_published

__all__ = ["card_lines", "vocabulary_of"]

_LEAST_VOICES = 2
_WELL_KNOWN, _ALIKE = 0.45, 0.6  # confidence of a word that another's second sense is named by, and its likeness


def vocabulary_of(builder: WordBuilder, evidence: Evidence) -> list[Word]:
    """Return the words that two voices or a published chart stand behind, in alphabetical order; others are derived.

    A word that no thesaurus has can't be derived: it is listed whatever charts it has.
    """

    def is_listed(word: Word) -> bool:
        if word.rows + word.people >= _LEAST_VOICES or is_published(word.charts):
            return True
        return bool(word.charts) and (builder.graph is None or not builder.graph.has(builder.key(word.word)))

    return sorted(filter(is_listed, evidence.words.values()), key=lambda word: word.word)


def card_lines(words: Sequence[Word]) -> list[dict[str, Any]]:
    """Return the words' lines in a model card."""
    return [_card_line(word, words) for word in words]


def _card_line(word: Word, words: Sequence[Word]) -> dict[str, Any]:
    return {
        "word": word.word,
        "language": word.language,
        "rows": word.rows,
        "people": word.people,
        "agreement": None if word.agreement is None else round(word.agreement, 3),
        "charts": list(word.charts),
        "other_sense": _other_sense(word, words),
        "confidence": round(word.confidence, 3),
    }


def _other_sense(word: Word, words: Sequence[Word]) -> str | None:
    """Say what a minority of people meant by a word, by the best known word that is like it."""
    camps = word.camps
    if camps is None:
        return None
    known = [w for w in words if w.language == word.language and w.confidence >= _WELL_KNOWN and w.word != word.word]
    like = max(known, key=lambda w: correlation(w.curve_db, camps.other_db), default=None)
    share = f"{1 - camps.share:.0%} of people mean"
    if like is None or correlation(like.curve_db, camps.other_db) < _ALIKE:
        return f"{share} something else"
    return f"{share} something like {like.word!r}"
