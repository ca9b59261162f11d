"""Parse what is wanted in words: "warm:0.7 + punchy:-0.3" and "warmer, a bit less harsh" become a `Target`.

Two ways to write it. The exact one is words with weights: ``word`` or ``word:weight``, joined by ``+`` or, for a
negative weight, by ``-``; a word without weight counts 1, and no weight goes beyond 2. The loose one is what people
say: words joined by commas, "and" or "but", each with how much before it ("much", "a bit", "less").
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from eqmorph.errors import UsageError
from eqmorph.wording import Means, Phrase
from eqmorph.words import Vocabulary, by_meaning, by_spelling, fold, is_slip, plain

__all__ = ["HIGHEST_WEIGHT", "Target", "Weighted", "parse_target"]

HIGHEST_WEIGHT = 2.0
_HINT = 'Write targets as "warm:0.7 + punchy:-0.3" or "warmer, a bit less harsh".'
_NUMBER = r"[+\-\u2212]?\s*(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:e[+\-]?\d+)?"
_EXACT_TERM = re.compile(
    rf"\s*(?P<sign>[+\-\u2212]?)\s*(?P<word>[^\W\d_](?:[\w'\u2019]|-(?=\w))*)\s*(?::\s*(?P<weight>{_NUMBER}))?\s*"
)
_JOINS = re.compile(r"\s*(?:,|;|\+|&|\band\b|\bbut\b|\bwith\b|\by\b|\bpero\b)\s*")
_MORE = {
    "more": 1.0, "plus": 1.0, "make": 1.0, "it": 1.0, "sound": 1.0, "a": 1.0, "an": 1.0, "the": 1.0, "of": 1.0,
    "is": 1.0,
    "much": 1.5, "lot": 1.5, "far": 1.5, "very": 1.5, "really": 1.5, "extremely": 2.0, "way": 2.0, "quite": 0.8,
    "somewhat": 0.6, "rather": 0.8, "bit": 0.5, "little": 0.5, "slightly": 0.5, "touch": 0.4, "hint": 0.3, "tad": 0.4,
    "less": -1.0, "not": -1.0, "no": -1.0, "without": -1.0, "reduce": -1.0, "remove": -1.0, "minus": -1.0,
    "fewer": -1.0,
    "más": 1.0, "mas": 1.0, "muy": 1.5, "poco": 0.5, "un": 1.0, "menos": -1.0, "sin": -1.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Weighted:
    """A word of the vocabulary and how much of it; a negative weight is the opposite."""

    word: str
    weight: float


@dataclass(frozen=True, slots=True)
class Target:
    """Words with weights, each word once, in the order they were given. ``str`` gives the exact notation."""

    terms: tuple[Weighted, ...]

    @classmethod
    def of(cls, weights: Iterable[tuple[str, float]]) -> Target:
        """Make a target from words and weights; weights of one word add up.

        Raises:
            UsageError: there is no word, or a weight is not finite or beyond 2.
        """
        totals: dict[str, float] = {}
        for word, weight in weights:
            totals[word] = totals.get(word, 0.0) + weight
        if not totals:
            raise UsageError("no target given", hint=_HINT)
        for word, weight in totals.items():
            if not math.isfinite(weight) or abs(weight) > HIGHEST_WEIGHT:
                raise UsageError(
                    f"weight {weight:g} of {word!r} is out of range",
                    hint=f"Weights lie between -{HIGHEST_WEIGHT:g} and {HIGHEST_WEIGHT:g}.",
                )
        return cls(tuple(Weighted(word, weight) for word, weight in totals.items()))

    def __str__(self) -> str:
        return " + ".join(t.word if t.weight == 1 else f"{t.word}:{_number(t.weight)}" for t in self.terms)


def parse_target(
    text: str,
    vocabulary: Collection[str],
    *,
    meaning: Callable[[str], list[str]] = lambda _: [],
    usual: Sequence[str] = (),
) -> Target:
    """Parse a target, exact or loose.

    Args:
        text: what was asked for.
        vocabulary: the known words; a `Vocabulary` if there is much to parse.
        meaning: for a known word, words of nearly its meaning: the hint about a slip of one letter names them.
        usual: words to name when nothing resembles an unknown one.

    Raises:
        UsageError: the text is not a target, a word is unknown (the hint names the nearest by spelling and by meaning),
            or a weight is beyond 2.
    """
    if not plain(text):
        raise UsageError(f"{text.strip()!r} is not a word" if text.strip() else "no target given", hint=_HINT)
    known = vocabulary if isinstance(vocabulary, Vocabulary) else Vocabulary(vocabulary)
    pairs = _exact(text)
    if ":" not in text and (pairs is None or not _all_known(pairs, known)):
        pairs = _loose(text, known) or pairs
    if pairs is None:
        raise UsageError(f"{text.strip()!r} is not a target", hint=_HINT)
    return Target.of((_known_word(word, known, meaning, usual), weight) for word, weight in pairs)


def _all_known(pairs: list[tuple[str, float]], known: Vocabulary) -> bool:
    return all(known.find(word) is not None for word, _ in pairs)


def _exact(text: str) -> list[tuple[str, float]] | None:
    """Parse the exact notation into words and weights; None if the text isn't written so."""
    pairs: list[tuple[str, float]] = []
    at = 0
    while at < len(text):
        match = _EXACT_TERM.match(text, at)
        if match is None or (pairs and not match["sign"]):
            return None
        weight = _float(match["weight"]) if match["weight"] else 1.0
        pairs.append((match["word"], -weight if match["sign"] in {"-", "\u2212"} else weight))
        at = match.end()
    return pairs


def _loose(text: str, known: Vocabulary) -> list[tuple[str, float]] | None:
    """Parse what people say into words and weights; None if a part of it has no word at all."""
    pairs: list[tuple[str, float]] = []
    for part in _JOINS.split(text.casefold()):
        words = part.replace(".", " ").replace("!", " ").split()
        if not words:
            continue
        weight = 1.0
        named: list[str] = []
        for word in words:
            # "a little warmer": a word of quantity, even where the vocabulary holds it too, unless it ends the part.
            if word in _MORE and word is not words[-1]:
                weight *= _MORE[word]
            elif word not in _MORE or fold(word, known) is not None:  # one that people were asked about
                named.append(word)
        if not named:
            return None
        pairs += [(word, weight) for word in named]
    return pairs or None


def _known_word(word: str, known: Vocabulary, meaning: Callable[[str], list[str]], usual: Sequence[str]) -> str:
    found = known.find(word)
    if found is not None:
        return found
    spelled = [known[w] for w in by_spelling(word, known)]
    meant = [known[w] for w in by_meaning(word, known)]
    # Words spelled alike usually mean different things ("weighty", "mighty"), unless one is a slip of the pen.
    if not meant and spelled and is_slip(word, spelled[0]):
        meant = [w for w in meaning(spelled[0]) if w not in spelled][:3]
    hints = [f"Nearest by spelling: {', '.join(spelled)}."] if spelled else []
    hints += [f"Nearest by meaning: {', '.join(meant)}."] if meant else []
    if not hints and usual:
        hints = [f"Words that many people use: {', '.join(usual)}."]
    all_words = Phrase("{} lists all words.", Means.LIST_WORDS)
    raise UsageError(f"unknown word {word!r}", hint=" ".join([*hints, ""]) + all_words)


def _float(text: str) -> float:
    return float(text.replace("\u2212", "-").replace(",", ".").replace(" ", ""))


def _number(value: float) -> str:
    """Format a weight so that reading it gives the same float again."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)
