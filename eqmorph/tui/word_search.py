"""Search in the vocabulary: words with what they do and how well that is known; and what whole sentences ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from textual.fuzzy import Matcher

from eqmorph.errors import UsageError
from eqmorph.model import GRID_HZ, SemanticSpace, Term
from eqmorph.model.describe import describe_curve
from eqmorph.target import Target, Weighted, find_word
from eqmorph.tui.small_curve import small_curve
from eqmorph.words import plain

__all__ = ["FoundWord", "WordSearch"]

_LANGUAGES = {"en": "", "es": "Spanish"}
_FREQUENCY = re.compile(r"(\d+(?:[.,]\d+)?)\s*(k)?\s*(?:hz)?\b", re.IGNORECASE)
_LESS = re.compile(r"\b(dips?|cuts?|softens?|lowers?|thins?|less|without|no)\b", re.IGNORECASE)
_NEAR = 0.6  # of the most that a word does: it counts as what the word is about
_MOST_BY_FREQUENCY = 20


@dataclass(frozen=True, slots=True)
class FoundWord:
    """A word, what it does, and the evidence for that; or a sentence, and the words that it asks for.

    Attributes:
        word: the word, or what the sentence comes to in the exact notation.
        meaning: what its EQ does, in an engineer's words.
        evidence: who says so, and how far they agree.
        confidence: 0..1.
        curve: what it does, in a few characters.
        language: which one it is of, unless that is English.
        target: what a sentence asks for; None for a word.
    """

    word: str
    meaning: str
    evidence: str
    confidence: float
    curve: str = ""
    language: str = ""
    target: Target | None = None

    @property
    def asked(self) -> Target:
        """What is asked for by taking it."""
        return self.target or Target((Weighted(self.word, 1.0),))


class WordSearch:
    """All words of a model, to be searched."""

    def __init__(self, space: SemanticSpace) -> None:
        self._space = space
        self._entries = {term.word: _found(term) for term in space.terms.values()}

    def search(self, text: str, *, sentences: bool = False) -> list[FoundWord]:
        """Return words with these letters in this order, accents aside, the best first, and those that mean it.

        A word that follows from others is found by its own letters alone. What is meant may be said as one says it
        ("more bass"), or as the meaning is ("lifts 4 kHz"). Where ``sentences`` are wanted, what a whole one asks for
        comes first.

        Without a text, return all words that are known well enough to be offered, the best known first.
        """
        if not text.strip():
            offered = [entry for entry in self._entries.values() if self._space.terms[entry.word].is_offered]
            return sorted(offered, key=lambda entry: (-entry.confidence, entry.word))
        letters = plain(text)
        if not letters:
            return []
        target = self._read(text)
        found = [self._sentence(target)] if sentences and target is not None and _is_sentence(target) else []
        found += self._by_letters(text, letters)
        found += [self._entry(term.word) for term in target.terms] if target is not None else []
        found += self._by_meaning(text) or ([] if found else [self._entry(t.word) for t in self._space.search(text)])
        return list(dict.fromkeys(found))

    def evidence(self, word: str) -> str:
        """Return the evidence for a word, in a line."""
        return _evidence(self._space.terms[word])

    def _entry(self, word: str) -> FoundWord:
        return self._entries.get(word) or _found(self._space.terms[word])

    def _read(self, text: str) -> Target | None:
        """Return what a text asks for; None if it isn't understood."""
        try:
            return self._space.target(text)
        except UsageError:
            return None

    def _sentence(self, target: Target) -> FoundWord:
        curve_db = self._space.curve(target)
        words = ", ".join(f"{term.word} {term.weight:+g}" for term in target.terms)
        confidence = min(self._space.terms[term.word].confidence for term in target.terms)
        return FoundWord(
            str(target), describe_curve(curve_db), f"sets {words}", confidence, small_curve(curve_db), target=target
        )

    def _by_letters(self, text: str, letters: str) -> list[FoundWord]:
        matcher = Matcher(letters)
        scored = [(matcher.match(plain(word)), entry) for word, entry in self._entries.items()]
        found = [(score, entry) for score, entry in scored if score > 0]
        found.sort(key=lambda pair: (-pair[0], -pair[1].confidence, pair[1].word))
        exact = find_word(text, self._space.vocabulary)
        derived = [self._entry(exact)] if exact is not None and exact not in self._entries else []
        return [*derived, *(entry for _, entry in found)]

    def _by_meaning(self, text: str) -> list[FoundWord]:
        """Return the words whose meaning says so, and those that do most where a frequency is named."""
        offered = [term for term in self._space.terms.values() if term.is_offered]
        said = " ".join(text.lower().split())
        found = [self._entries[term.word] for term in offered if said in self._entries[term.word].meaning.lower()]
        frequency = _FREQUENCY.search(text)
        if frequency is None:
            return found if " " in said else []
        freq_hz = float(frequency[1].replace(",", ".")) * (1000 if frequency[2] else 1)
        at = int(np.abs(np.log(GRID_HZ) - np.log(max(freq_hz, 1.0))).argmin())
        sign = -1 if _LESS.search(text) else 1
        does = [(sign * term.curve_db[at] / np.abs(term.curve_db).max(), term) for term in offered]
        about = sorted(((share * term.confidence, term.word) for share, term in does if share > _NEAR), reverse=True)
        return [*found, *(self._entries[word] for _, word in about[:_MOST_BY_FREQUENCY])]


def _is_sentence(target: Target) -> bool:
    """Tell whether this is more than one word that is wanted."""
    return len(target.terms) > 1 or target.terms[0].weight != 1


def _found(term: Term) -> FoundWord:
    return FoundWord(
        term.word,
        describe_curve(term.curve_db),
        _evidence(term),
        term.confidence,
        small_curve(term.curve_db),
        _LANGUAGES.get(term.language, term.language),
    )


def _evidence(term: Term) -> str:
    agreement = f", agreement r {term.agreement:.2f}" if term.people > 1 and term.agreement is not None else ""
    voices = [f"{term.rows} saved setting{'s' * (term.rows != 1)}"] if term.rows else []
    voices += [f"{term.people} {'people' if term.people != 1 else 'person'} asked{agreement}"] if term.people else []
    voices += [f"{len(term.charts)} chart{'s' * (len(term.charts) != 1)}"] if term.charts else []
    voices += [f"through {', '.join(term.through)}"] if term.through else []
    return f"{', '.join(voices) or 'no evidence'}; confidence {term.confidence:.2f}"
