"""Words with weights: what is asked for, and its two ways to be written.

The exact one is words with weights: ``word`` or ``word:weight``, joined by ``+`` or, for a negative weight, by ``-``; a
word without weight counts 1, and no weight goes beyond 2. The other one is what people say, whose grammar is in
`eqmorph.language`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from eqmorph.errors import UsageError
from eqmorph.language import NotUnderstood, Piece, is_grammar, read
from eqmorph.language.qualities import RELATIONS
from eqmorph.language.regions import region_term_name
from eqmorph.language.translations import TRANSLATIONS
from eqmorph.wording import Means, Phrase
from eqmorph.words import Vocabulary, base_form, by_spelling, fold, is_slip, plain, stems

__all__ = ["HIGHEST_WEIGHT", "Reading", "Target", "Weighted", "find_word", "parse_target", "read_target"]

HIGHEST_WEIGHT = 2.0
_WEIGHT_DIGITS = 3  # of what degrees multiply to
_HINT = 'Write targets as "warm:0.7 + punchy:-0.3" or "warmer, a bit less harsh".'
_NUMBER = r"[+\-\u2212]?\s*(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:e[+\-]?\d+)?"
#: Of words made from qualities, or qualities from words: clarity, presence, noise, buzzy.
_ENDINGS = (
    *(("ance", "ant"), ("ence", "ent"), ("ion", "ive"), ("ancy", "ant")),
    *(("ity", ""), ("oise", "oisy"), ("zzy", "zz")),
)
_EXACT_TERM = re.compile(
    rf"\s*(?P<sign>[+\-\u2212]?)\s*(?P<word>\d+(?:-\d+)?hz\b|[^\W\d_](?:[\w'\u2019]|-(?=[^\W\d_]))*)"
    rf"\s*(?::\s*(?P<weight>{_NUMBER})(?![%\w]))?\s*",
    re.IGNORECASE,
)


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


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text was read.

    Attributes:
        target: what it asks for.
        pieces: its parts, and what each was taken for.
        is_exact: whether it was written in the exact notation.
    """

    target: Target
    pieces: tuple[Piece, ...]
    is_exact: bool


def parse_target(
    text: str,
    vocabulary: Collection[str],
    *,
    meaning: Callable[[str], list[str]] = lambda _: [],
    usual: Sequence[str] = (),
) -> Target:
    """Parse a target, written exactly or as people say it.

    Args:
        text: what was asked for.
        vocabulary: the known words; a `Vocabulary` if there is much to parse.
        meaning: for a known word, words of nearly its meaning: the hint about a slip of one letter names them.
        usual: words to name when nothing resembles an unknown one.

    Raises:
        UsageError: the text is not a target, or could be meant in two ways (the error says what was understood), a word
            is unknown (the hint names the nearest by spelling and by meaning), or a weight is beyond 2.
    """
    return read_target(text, vocabulary, meaning=meaning, usual=usual).target


def read_target(
    text: str,
    vocabulary: Collection[str],
    *,
    meaning: Callable[[str], list[str]] = lambda _: [],
    usual: Sequence[str] = (),
) -> Reading:
    """Parse a target as `parse_target` does, and return how each part of it was read.

    Raises:
        UsageError: as `parse_target`.
    """
    if not plain(text):
        raise UsageError(f"{text.strip()!r} is not a word" if text.strip() else "no target given", hint=_HINT)
    known = vocabulary if isinstance(vocabulary, Vocabulary) else Vocabulary(vocabulary)
    exact = _exact(text)
    if exact is not None and (":" in text or all(_is_plain_word(word, known) for word, *_ in exact)):
        return _read_exactly(text, exact, known, meaning, usual)
    try:
        pieces = read(text, lambda word: find_word(word, known, in_sentence=True))
    except NotUnderstood as problem:
        if exact is not None and len(exact) == 1 and "-" in exact[0][0] and not problem.unknown:
            raise _unknown(exact[0][0], known, meaning, usual) from problem
        raise _refusal(problem, text, known, meaning, usual) from problem
    totals: dict[str, float] = {}
    for piece in pieces:
        for word, weight in piece.terms:
            # Said again is meant more, as far as a weight goes; a number that is too high is an error.
            total = totals.get(word, 0.0) + weight
            totals[word] = total if word not in totals else max(-HIGHEST_WEIGHT, min(HIGHEST_WEIGHT, total))
    if not totals:
        kept = [word for piece in pieces for word in piece.kept]
        if kept:
            raise UsageError(f"nothing is to change: {', '.join(kept)} to stay", hint="Say what is to change too.")
        raise UsageError(f"{text.strip()!r} asks for nothing", hint=_HINT)
    rounded = ((word, round(weight, _WEIGHT_DIGITS)) for word, weight in totals.items())
    return Reading(Target.of(rounded), pieces, is_exact=False)


def _read_exactly(
    text: str,
    terms: list[tuple[str, float, int, int]],
    known: Vocabulary,
    meaning: Callable[[str], list[str]],
    usual: Sequence[str],
) -> Reading:
    pieces = []
    for word, weight, start, end in terms:
        found = find_word(word, known) if region_term_name(word) is None else None
        if found is None:
            found = fold_exactly(word, known) or region_term_name(word)
        if found is None:
            raise _unknown(word, known, meaning, usual)
        pieces.append(Piece(text[start:end].strip(), start, end, ((found, weight),), (), "written exactly"))
    return Reading(Target.of(term for piece in pieces for term in piece.terms), tuple(pieces), is_exact=True)


def fold_exactly(word: str, known: Vocabulary) -> str | None:
    """Return the word of the vocabulary that a word is a form of, or None."""
    folded = fold(word, known)
    return known[folded] if folded is not None else None


def _is_plain_word(word: str, known: Vocabulary) -> bool:
    """Tell whether a word needs no grammar to be understood."""
    return region_term_name(word) is not None or (not is_grammar(plain(word)) and find_word(word, known) is not None)


def find_word(word: str, known: Vocabulary, *, in_sentence: bool = False) -> str | None:
    """Return the word that a word is a form of, or None: of the vocabulary, if any form is, and else a derived one.

    Spanish words have genders too, and mean the English one where only that is known.
    """
    folded = fold(word, known)
    if folded is not None:
        return known[folded]
    letters = plain(word)
    for ending in ("a", "as", "os", "es", "s"):
        stem = letters[: -len(ending)]
        if letters.endswith(ending) and len(stem) >= 3:
            for found in (stem + "o", stem):
                if found in known and ending != "s" and _is_spanish_form(found, ending):
                    return known[found]
    for stem in stems(word):  # crispier: crispy: crisp
        if base_form(stem) in known:
            return known[base_form(stem)]
    for ending, other in _ENDINGS:
        if letters.endswith(ending) and letters[: -len(ending)] + other in known:
            return known[letters[: -len(ending)] + other]
    for ending in ("en", "ens", "ened", "ening"):  # to tighten is to make tight
        stem = letters[: -len(ending)]
        if letters.endswith(ending) and len(stem) >= 3:
            for found in (stem, stem[:-1] if stem[-1] == stem[-2] else stem + "e"):
                if found in known:
                    return known[found]
    for other in TRANSLATIONS.get(letters, ()):
        folded = fold(other, known)
        if folded is not None:
            return known[folded]
    derived = known.derived(word, in_sentence=in_sentence)
    if in_sentence and derived is not None:
        # A customer is not more custom, nor is a number more numb: what is a word itself is no form of another.
        is_word_itself = letters != derived and not letters.endswith("ness") and known.derived(word) == letters
        if derived in RELATIONS or letters in RELATIONS or is_word_itself:
            return None
    return derived


def _is_spanish_form(stem: str, ending: str) -> bool:
    """Tell whether a word that ends so can have this ending: oscuro, oscura, oscuros; grave, graves."""
    return (stem.endswith("o") and ending in ("a", "as", "os")) or (
        stem.endswith(("e", "l", "r", "z")) and ending == "es"
    )


def _exact(text: str) -> list[tuple[str, float, int, int]] | None:
    """Parse the exact notation into words and weights with their places; None if the text isn't written so."""
    terms: list[tuple[str, float, int, int]] = []
    at = 0
    while at < len(text):
        match = _EXACT_TERM.match(text, at)
        if match is None or (terms and not match["sign"]):
            return None
        if "\n" in match[0].strip() or (terms and "\n" in text):
            return None  # lines that begin with a dash are a list
        weight = _float(match["weight"]) if match["weight"] else 1.0
        negated = match["sign"] in {"-", "\u2212"} and match["sign"] != ""
        terms.append((match["word"], -weight if negated else weight, match.start(), match.end()))
        at = match.end()
    return terms


def _refusal(
    problem: NotUnderstood, text: str, known: Vocabulary, meaning: Callable[[str], list[str]], usual: Sequence[str]
) -> UsageError:
    """Return the error for a text that is not understood: what was, what wasn't, and what could be written."""
    understood = ", ".join(_short(word, weight) for piece in problem.pieces for word, weight in piece.terms)
    so_far = f"; understood: {understood}" if understood else ""
    if problem.unknown:
        error = _unread(problem.unknown, known) or _unknown(problem.unknown, known, meaning, usual)
        if not understood:
            return error
        return UsageError(f"{error.problem}{so_far}; not understood: {problem.part!r}", hint=error.remedy)
    if problem.kind == "decibels":
        hint: str | Phrase = Phrase('For decibels write the EQ itself, such as "PK 3000 +3 Q1", with {}.', Means.BANDS)
    else:
        hint = _HINT
    part = repr(problem.part or text.strip())
    what = f"it{problem.what.removeprefix(part)}" if problem.what.startswith(f"{part} ") else problem.what
    return UsageError(f"{part} is not understood: {what}{so_far}", hint=hint)


def _unread(word: str, known: Vocabulary) -> UsageError | None:
    """Return the error for a word that is known from its synonyms alone and that sentences leave out, if it is one."""
    if find_word(word, known) is None:
        return None
    hint = f'Write it with its weight, such as "{word}:0.7" or "warm:0.5 + {word}:-0.3".'
    return UsageError(f"{word!r} is known from its synonyms alone, and not read in a sentence", hint=hint)


def _short(word: str, weight: float) -> str:
    return f"{word}:{_number(weight)}"


def _unknown(word: str, known: Vocabulary, meaning: Callable[[str], list[str]], usual: Sequence[str]) -> UsageError:
    """Return the error for a word that the vocabulary lacks."""
    spelled = [known[w] for w in by_spelling(word, known)]
    # Words spelled alike usually mean different things ("weighty", "mighty"), unless one is a slip of the pen.
    is_meant = spelled and is_slip(word, spelled[0])
    meant = [w for w in meaning(spelled[0]) if w not in spelled][:3] if is_meant else []
    hints = [f"Nearest by spelling: {', '.join(spelled)}."] if spelled else []
    hints += [f"Nearest by meaning: {', '.join(meant)}."] if meant else []
    if not hints and usual:
        hints = [f"Words that many people use: {', '.join(usual)}."]
    all_words = Phrase("See {} for all words.", Means.LIST_WORDS)
    return UsageError(f"unknown word {word!r}", hint=" ".join([*hints, ""]) + all_words)


def _float(text: str) -> float:
    return float(text.replace("\u2212", "-").replace(",", ".").replace(" ", ""))


def _number(value: float) -> str:
    """Format a weight so that reading it gives the same float again."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)
