"""What to ask for next: what a sound has too much of, and which words would balance that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eqmorph.analysis.document import TrajectorySuggestion
from eqmorph.analysis.ear import Ear, Profile

__all__ = ["Suggestion", "percent", "suggest"]

#: Words that people ask for. Nobody wants a sound boxy or harsh, even where that would balance it.
_WELCOME = ("warm", "full", "deep", "mellow", "smooth", "clear", "bright", "airy")
_STANDS_OUT = 0.75  # the percentile from which a word is one that the sound has much of
_LACKING = 0.5  # the percentile up to which a word can be asked for
_AMOUNT = 0.5  # of a word's curve, as a trial
_MOST_WORDS = 2
_SAME = 0.96  # words whose curves are more alike than this are one suggestion, not two


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What stands out in a sound and what to do about it.

    Attributes:
        excess: the word of which it has most; empty where nothing stands out.
        percentile: that word's, or, where nothing stands out, the highest.
        balance: words that would bring the sound nearer to what is usual, the best first.
        is_silent: there is nothing to go by.
    """

    excess: str = ""
    percentile: float = 0.5
    balance: tuple[str, ...] = ()
    is_silent: bool = False

    @property
    def text(self) -> str:
        """In a sentence."""
        if self.is_silent:
            return "silence: nothing to hear, nothing to equalize"
        if not self.excess:
            return "nothing stands out: about as usual in every word"
        finding = f"already {_comparative(self.excess)} than {percent(self.percentile)} % of the reference"
        return f"{finding}; {' or '.join(self.balance)} would balance it" if self.balance else finding

    def to_dict(self) -> TrajectorySuggestion:
        """Return plain data for JSON."""
        return {"text": self.text, "excess": self.excess or None, "balance": list(self.balance)}


def percent(percentile: float) -> int:
    """Return a percentile for reading, rounded down: nothing is ever more than all of the reference."""
    return min(int(round(100 * percentile, 1)), 99)


def suggest(ear: Ear, profile: Profile, words: Sequence[str]) -> Suggestion:
    """Suggest what to do about a sound, judged by some words of the vocabulary."""
    if profile.is_silent:
        return Suggestion(is_silent=True)
    _, places = ear.words_in(profile.curve_db, words)
    most = int(np.argmax(places))
    if places[most] < _STANDS_OUT:
        return Suggestion(percentile=float(places[most]))
    return Suggestion(words[most], float(places[most]), _balance(ear, profile, words, words[most]))


def _balance(ear: Ear, profile: Profile, words: Sequence[str], excess: str) -> tuple[str, ...]:
    """Return welcome words that are lacking and that, tried out, reduce the excess and make the sound more usual."""

    def unusual(places: Sequence[float]) -> float:
        return float(np.mean((np.asarray(places) - 0.5) ** 2))

    before = unusual(ear.words_in(profile.curve_db, words)[1].tolist())
    found: list[tuple[float, str]] = []
    for word in _WELCOME:
        if word not in profile.words or profile.percentile(word) > _LACKING:
            continue
        trial = profile.curve_db + _AMOUNT * ear.space.terms[word].curve_db
        takes_away = ear.percentile(excess, trial) < ear.percentile(excess, profile.curve_db)
        after = unusual(ear.words_in(trial, words)[1].tolist())
        if takes_away and after < before:
            found.append((after, word))
    chosen: list[str] = []
    for _, word in sorted(found):
        alike = ear.space.likeness(ear.space.terms[word].curve_db)
        if all(alike[profile.words.index(other)] < _SAME for other in chosen):
            chosen.append(word)
    return tuple(chosen[:_MOST_WORDS])


def _comparative(word: str) -> str:
    """Return ``warmer``, ``muddier``, ``thinner``, ``gentler``, ``more mellow``."""
    if re.fullmatch(r".*[^aeiou]y", word):
        return word[:-1] + "ier"
    if len(re.findall(r"[aeiouy]+", word.removesuffix("e"))) > 1:
        return f"more {word}"
    if word.endswith("e"):
        return word + "r"
    if re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", word):
        return f"{word}{word[-1]}er"
    return word + "er"
