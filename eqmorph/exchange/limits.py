"""How much of a foreign file is taken, however hostile: sizes, depths, numbers of bands, numbers themselves."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any, NoReturn, TypeVar

from eqmorph.errors import UsageError

__all__ = [
    "DEEPEST",
    "MOST_BANDS",
    "MOST_FITTED",
    "checked_count",
    "finite",
    "hertz",
    "parse_json",
    "quoted",
    "refuse_line",
]

MOST_BANDS = 500  # far more than anyone hears apart
MOST_FITTED = 20  # filters of which several bands have to be made, each of which takes up to a fifth of a second
DEEPEST = 32
_MOST_QUOTED = 60
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"?')
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+")
_T = TypeVar("_T")


def quoted(text: str) -> str:
    """Quote a text on one line, however long it is."""
    return repr(text if len(text) <= _MOST_QUOTED else text[:_MOST_QUOTED] + "…")


def refuse_line(number: int, line: str, why: str, hint: str) -> NoReturn:
    """Refuse a file for one of its lines, counted from 1."""
    raise UsageError(f"line {number}, {quoted(line.strip())}: {why}", hint=hint)


def checked_count(bands: Sequence[_T]) -> Sequence[_T]:
    """Return bands, or whatever becomes them, unless they are too many.

    Raises:
        UsageError: they are.
    """
    if len(bands) > MOST_BANDS:
        raise UsageError(f"holds {len(bands)} bands", hint=f"{MOST_BANDS} is the most that is taken.")
    return bands


def finite(text: str) -> float:
    """Return the number that a text is; a comma may stand for the decimal point.

    Raises:
        UsageError: it is none, or not a finite one.
    """
    try:
        number = float(text.replace(",", ".").replace("\u2212", "-"))
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or "_" in text:
        raise UsageError(f"{quoted(text)} is not a number", hint="Write it as 120, -2.5 or 1e3.")
    return number


def hertz(text: str) -> float:
    """Return the frequency that a text is, unless its comma may just as well stand for thousands.

    Raises:
        UsageError: it is none.
    """
    if _THOUSANDS.fullmatch(text.strip()):
        bare = text.strip().replace(",", "")
        raise UsageError(f"{quoted(text)} may be a thousand times as much", hint=f"Write {bare}, or a decimal point.")
    return finite(text)


def parse_json(text: str) -> Any:
    """Parse JSON of an ordinary depth. It may hold NaN, which no band takes.

    Raises:
        UsageError: it is not.
    """
    if _depth(text) > DEEPEST:
        raise UsageError(
            f"is not valid JSON of bands: it is nested more than {DEEPEST} deep", hint="Is it the right file?"
        )
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"is not valid JSON: {error}", hint="Was it cut off? Save or copy it again.") from error


def _depth(text: str) -> int:
    """Return how deep brackets go outside of strings."""
    depth = deepest = 0
    for character in _STRING.sub("", text):
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest
