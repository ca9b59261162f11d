"""Tokens made into symbols of the grammar: phrases found, contractions written out, frequencies named."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from eqmorph.language.clause import Clause
from eqmorph.language.lexicon import PHRASE_LENGTH, PHRASES, Entry, Kind, expanded
from eqmorph.language.regions import HIGHEST_HZ, LOWEST_HZ, frequency_name, range_name
from eqmorph.language.tokens import Token, words_of

__all__ = ["Problem", "Symbol", "symbols"]

_TO = words_of("to a through hasta till until")
_BETWEEN = words_of("between from entre de desde")
_AND = frozenset(("and", "y", "&"))
_BARE_AFTER = words_of("around at near about above over below under beyond sobre between entre")
_BEYOND_WEIGHTS = 100.0  # no weight is as large
_DASHES = frozenset("-\u2013\u2014")
_BREAKS = {",": "comma", ";": "stop", ".": "stop", "!": "stop", "?": "stop", ":": "comma", "|": "comma"}
_SILENT = frozenset("\"'\u201c\u201d\u00ab\u00bb\u00bf\u00a1")
_DECIBELS = "a target weighs words and parts of the spectrum; it has no decibels"


class Problem(Exception):
    """A part of a text that can't be read.

    Attributes:
        what: what is wrong with it.
        start: where it begins in the normalized text.
        end: where it ends.
        unknown: the word that the vocabulary lacks, if that is the reason.
        kind: ``decibels`` where an amount in dB was asked for.
        done: the clauses that were read before it.
    """

    def __init__(self, what: str, start: int, end: int, *, unknown: str = "", kind: str = "") -> None:
        super().__init__(what)
        self.what, self.start, self.end, self.unknown, self.kind = what, start, end, unknown, kind
        self.done: list[Clause] = []


@dataclass(frozen=True, slots=True)
class Symbol:
    """A word or phrase of grammar, a word to look up, a number or a mark.

    Attributes:
        entries: what it may be; empty for a word that grammar doesn't know.
        text: in plain letters.
        start: where it begins in the normalized text.
        end: where it ends.
        number: its value, a share written as a percentage divided by 100; NaN for what is no number.
        unit: "", ``%``, ``hz``.
        spaced: whether a space stands before it.
        glued: whether it is bound to the one before by a hyphen.
    """

    entries: tuple[Entry, ...]
    text: str
    start: int
    end: int
    number: float = math.nan
    unit: str = ""
    spaced: bool = True
    glued: bool = False

    def value(self, kind: Kind) -> object:
        """Return its value as a symbol of this kind, or False."""
        for entry in self.entries:
            if entry.kind is kind:
                return entry.value if entry.value is not None else True
        return False

    def may_be(self, *kinds: Kind) -> bool:
        """Tell whether it may be of one of these kinds."""
        return any(entry.kind in kinds for entry in self.entries)


@dataclass(frozen=True, slots=True)
class _Part:
    """A word of a token, or a token that is none."""

    word: str
    token: Token
    glued: bool = False
    first: bool = True


def symbols(found: list[Token], knows: Callable[[str], bool]) -> list[Symbol]:
    """Return the symbols of a text's tokens.

    Args:
        found: the tokens.
        knows: tells whether the vocabulary has a word; asked only of words with a hyphen.

    Raises:
        Problem: a number is no frequency, or is one in decibels, or a mark means nothing here.
    """
    parts = _parts(found, knows)
    out: list[Symbol] = []
    at = 0
    while at < len(parts):
        part = parts[at]
        if part.token.kind == "word":
            length, entries = _phrase(parts, at)
            last = parts[at + length - 1]
            text = " ".join(p.word for p in parts[at : at + length])
            start, end = part.token.start, last.token.end
            spaced = part.token.spaced and part.first
            out.append(Symbol(entries, text, start, end, spaced=spaced, glued=part.glued))
            at += length
        elif part.token.kind == "number":
            at += _number(parts, at, out)
        else:
            at += _mark(parts, at, out)
    return out


def _parts(found: list[Token], knows: Callable[[str], bool]) -> list[_Part]:
    out: list[_Part] = []
    for token in found:
        if token.kind != "word":
            out.append(_Part(token.text, token))
            continue
        pieces = token.text.split("-") if "-" in token.text else [token.text]
        whole = (token.text,)
        if len(pieces) > 1 and ((whole not in PHRASES and knows(token.text)) or whole in PHRASES):
            pieces = [token.text]
        for number, piece in enumerate(pieces):
            for place, word in enumerate(expanded(piece)):
                out.append(_Part(word, token, glued=number > 0 and place == 0, first=number == place == 0))
    return out


def _phrase(parts: list[_Part], at: int) -> tuple[int, tuple[Entry, ...]]:
    """Return the length of the longest phrase that begins here and what it may be; 1 and nothing for a plain word."""
    first = parts[at].word
    most = min(PHRASE_LENGTH.get(first, 0), len(parts) - at)
    for length in range(most, 0, -1):
        run = parts[at : at + length]
        if all(part.token.kind == "word" for part in run):
            entries = PHRASES.get(tuple(part.word for part in run))
            if entries is not None:
                return length, entries
    return 1, ()


def _number(parts: list[_Part], at: int, out: list[Symbol]) -> int:
    token = parts[at].token
    before = out[-1].text if out else ""
    later = _range_end(parts, at, before)
    if later is not None:
        second = parts[later].token
        low, high = _hertz(token, second), _hertz(second, second)
        name = range_name(low, high)
        if name is None:
            raise Problem(f"no range from {low:g} to {high:g} Hz", token.start, second.end)
        out.append(Symbol((Entry(Kind.REGION, name),), name, token.start, second.end, unit="hz"))
        return later - at + 1
    if token.unit == "db":
        raise Problem(_DECIBELS, token.start, token.end, kind="decibels")
    if token.unit in ("hz", "k") or (
        not token.unit and before.split(" ")[-1:] and before.split(" ")[-1] in _BARE_AFTER
    ):
        hz = token.value * 1000 if token.unit == "k" and token.value < 1000 else token.value
        name = frequency_name(_hertz(token, token))
        if name is None:
            raise Problem(f"{hz:g} Hz is not between {LOWEST_HZ:g} Hz and {HIGHEST_HZ:g} Hz", token.start, token.end)
        out.append(Symbol((Entry(Kind.REGION, name),), name, token.start, token.end, unit="hz"))
        return 1
    value = token.value / 100 if token.unit == "%" else token.value
    out.append(Symbol((Entry(Kind.NUMBER),), token.digits, token.start, token.end, value, token.unit, token.spaced))
    return 1


def _range_end(parts: list[_Part], at: int, before: str) -> int | None:
    """Return where the second number of a range stands that begins here, or None."""
    if at + 2 >= len(parts) or parts[at + 2].token.kind != "number":
        return None
    first, middle, last = parts[at].token, parts[at + 1], parts[at + 2].token
    is_between = before.split(" ")[-1] in _BETWEEN
    joins = middle.word in _DASHES or middle.word in _TO or (is_between and middle.word in _AND)
    if not joins or first.unit in ("%", "db") or last.unit in ("%", "db"):
        return None
    if last.unit in ("hz", "k"):
        return at + 2
    if is_between:
        return at + 2 if min(first.value, last.value) >= LOWEST_HZ else None
    return at + 2 if _BEYOND_WEIGHTS <= first.value < last.value else None  # "cut 200 to 400"


def _hertz(token: Token, last: Token) -> float:
    """Return a number in Hz; in a range one without a unit has that of the last, if it is the lower one so."""
    if token.unit or not last.unit:
        return token.value
    return token.value * 1000 if last.value >= 1000 and token.value * 1000 < last.value else token.value


def _mark(parts: list[_Part], at: int, out: list[Symbol]) -> int:
    token = parts[at].token
    text = token.text
    following = parts[at + 1].token if at + 1 < len(parts) else None
    tight = following is not None and not following.spaced
    if text in _SILENT:
        return 1
    if token.kind == "line" or text in _BREAKS:
        kind, value = Kind.BREAK, "stop" if token.kind == "line" else _BREAKS[text]
        if text == ":" and following is not None and following.kind in ("number", "mark"):
            kind = Kind.MARK
        if text == ":" and following is None:
            raise Problem("a value is missing", token.start, token.end)
        out.append(Symbol((Entry(kind, value),), text, token.start, token.end, spaced=token.spaced))
        return 1
    starts_line = not out or (out[-1].may_be(Kind.BREAK) and out[-1].text == "\n")
    if text in "*\u2022" and starts_line and not tight:
        out.append(Symbol((Entry(Kind.BREAK, "stop"),), text, token.start, token.end, spaced=token.spaced))
        return 1
    if text in "&/":
        out.append(Symbol((Entry(Kind.JOIN, "and"),), text, token.start, token.end, spaced=token.spaced))
        return 1
    if text in "~@":
        out.append(Symbol((Entry(Kind.NEAR, "around"),), "around", token.start, token.end, spaced=token.spaced))
        return 1
    if text in "+-=()\u2013\u2014[]":
        tag = ("tight" if tight else "loose") if text in "+-" else None
        out.append(Symbol((Entry(Kind.MARK, tag),), text, token.start, token.end, spaced=token.spaced))
        return 1
    raise Problem(f"{text!r} means nothing here", token.start, token.end)
