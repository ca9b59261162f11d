"""Text cut into tokens: words, numbers with their units, and marks, each with its place."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from eqmorph.words import plain

__all__ = ["Token", "normalized", "tokens", "words_of"]

_SAME = str.maketrans({**dict.fromkeys("\u2019\u2018\u02bc\u00b4`\u201b", "'"), **dict.fromkeys("\u2010\u2011", "-")})
_TOKEN = re.compile(
    r"(?P<number>(?:\d+(?:[.,]\d+)*|[.,]\d+))"
    r"(?:\s*(?P<unit>k?hz|k?hertz|k?hercios|kilohertz|db|k|percent|per cent|por ciento|pct|%)(?!\w))?"
    r"|(?P<word>[^\W\d_]\w*(?:['\-][^\W\d_]\w*)*'?)"
    r"|(?P<space>[^\S\n\r]+)"
    r"|(?P<line>\s*[\n\r]\s*)"
    r"|(?P<dots>\.{2,}|\u2026)"
    r"|(?P<mark>.)",
    re.IGNORECASE | re.DOTALL,
)
_PER_KILO = {"k", "khz", "khertz", "khercios", "kilohertz"}
_HERTZ = {"hz", "hertz", "hercios"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word in plain letters, a number or a mark.

    Attributes:
        kind: ``word``, ``number``, ``mark``, ``line``.
        text: what it is, in plain letters.
        start: where it begins in the normalized text.
        end: where it ends.
        value: of a number.
        unit: of a number: ``hz`` (kilohertz are converted), ``k`` where only that was written, ``db``, ``%`` or "".
        spaced: whether a space stands before it.
        digits: of a number: as it is written.
    """

    kind: str
    text: str
    start: int
    end: int
    value: float = 0.0
    unit: str = ""
    spaced: bool = False
    digits: str = ""


def normalized(text: str) -> str:
    """Return a text with compatible characters and apostrophes made one; places of tokens are places in this."""
    return unicodedata.normalize("NFKC", text).translate(_SAME)


def tokens(text: str) -> list[Token]:
    """Cut a normalized text into tokens; what is neither word nor number is a mark of one character."""
    found: list[Token] = []
    spaced = True
    for match in _TOKEN.finditer(text):
        kind, start, end = match.lastgroup or "", match.start(), match.end()
        if kind in ("number", "unit"):
            found.append(_number(match, spaced))
        elif kind == "word":
            found.append(Token("word", plain(match[0].rstrip("'")) or match[0], start, end, spaced=spaced))
        elif kind == "line":
            found.append(Token("line", "\n", start, end, spaced=spaced))
        elif kind == "dots":
            found.append(Token("mark", ".", start, end, spaced=spaced))
        elif kind == "mark":
            found.append(Token("mark", "-" if match[0] == "\u2212" else match[0], start, end, spaced=spaced))
        spaced = kind in ("space", "line")
    return found


def _number(match: re.Match[str], spaced: bool) -> Token:
    digits, unit = match["number"], (match["unit"] or "").lower()
    if unit in _PER_KILO | _HERTZ and re.fullmatch(r"\d{1,2},\d{3}", digits) and unit in _HERTZ:
        value = float(digits.replace(",", ""))  # 3,000 Hz
    else:
        text = digits.replace(",", ".")
        value = float(text) if text.count(".") <= 1 else float("nan")
    if unit in _PER_KILO:
        value = round(value * 1000, 6)
    if unit in ("percent", "per cent", "por ciento", "pct"):
        unit = "%"
    kind = "k" if unit == "k" else "hz" if unit in _PER_KILO | _HERTZ else unit
    return Token("number", digits, match.start(), match.end(), value, kind, spaced, digits)


def words_of(text: str) -> frozenset[str]:
    """Return the words of a list that is written as running text."""
    return frozenset(text.split())
