"""Search in the vocabulary: each word with what it does and how well that is known."""

from __future__ import annotations

from dataclasses import dataclass

from textual.fuzzy import Matcher

from eqmorph.model import SemanticSpace, Term
from eqmorph.model.describe import describe_curve
from eqmorph.target import find_word
from eqmorph.words import plain

__all__ = ["FoundWord", "WordSearch"]


@dataclass(frozen=True, slots=True)
class FoundWord:
    """A word, what it does, and the evidence for that."""

    word: str
    meaning: str
    evidence: str
    confidence: float


class WordSearch:
    """All words of a model, to be searched."""

    def __init__(self, space: SemanticSpace) -> None:
        self._space = space
        self._entries = {term.word: _found(term) for term in space.terms.values()}

    def search(self, text: str) -> list[FoundWord]:
        """Return words with these letters in this order, accents aside, the best first; failing that, related ones.

        A word that follows from others is found by its own letters alone.

        Without a text, return all words that are known well enough to be offered, the best known first.
        """
        if not text.strip():
            offered = [entry for entry in self._entries.values() if self._space.terms[entry.word].is_offered]
            return sorted(offered, key=lambda entry: (-entry.confidence, entry.word))
        letters = plain(text)
        if not letters:
            return []
        matcher = Matcher(letters)
        scored = [(matcher.match(plain(word)), entry) for word, entry in self._entries.items()]
        found = [(score, entry) for score, entry in scored if score > 0]
        exact = find_word(text, self._space.vocabulary)
        derived = [_found(self._space.terms[exact])] if exact is not None and exact not in self._entries else []
        if found or derived:
            found.sort(key=lambda pair: (-pair[0], -pair[1].confidence, pair[1].word))
            return [*derived, *(entry for _, entry in found)]
        return [self._entries.get(term.word) or _found(term) for term in self._space.search(text)]


def _found(term: Term) -> FoundWord:
    return FoundWord(term.word, describe_curve(term.curve_db), _evidence(term), term.confidence)


def _evidence(term: Term) -> str:
    voices = [f"{term.rows} saved setting{'s' * (term.rows != 1)}"] if term.rows else []
    voices += [f"{term.people} {'people' if term.people != 1 else 'person'} asked"] if term.people else []
    voices += [f"{len(term.charts)} chart{'s' * (len(term.charts) != 1)}"] if term.charts else []
    voices += [f"through {', '.join(term.through)}"] if term.through else []
    return f"{', '.join(voices) or 'no evidence'}; confidence {term.confidence:.2f}"
