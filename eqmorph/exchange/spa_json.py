"""The text in which PipeWire is configured: JSON with fewer signs, as its documentation describes it.

``{ Freq = 100.0 "Q" = 0.7 }`` is ``{"Freq": 100.0, "Q": 0.7}``: keys and words need no quotes, ``=`` stands for ``:``,
commas may be left out, ``#`` begins a comment, and a file's outermost braces are left out too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

from eqmorph.errors import UsageError
from eqmorph.exchange.limits import DEEPEST, quoted

__all__ = ["parse_spa_json"]

_TOKEN = re.compile(
    r'(?P<space>[\s,]+|\#[^\n]*)|(?P<text>"(?:[^"\\\n]|\\.)*")|(?P<sign>[{}\[\]=:])|(?P<word>[^\s,"{}\[\]=:#]+)'
)
_NUMBER = re.compile(r"[+\-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+\-]?\d+)?")
_CONSTANTS = {"true": True, "false": False, "null": None}


class _Token(NamedTuple):
    """A sign as itself, a value parsed; ``line`` counts from 1."""

    sign: str
    value: Any
    line: int


def parse_spa_json(text: str) -> dict[str, Any]:
    """Parse a file of an ordinary depth; words are returned as texts.

    Raises:
        UsageError: it is none: in which line, and why.
    """
    tokens = list(_tokens(text))
    end = _Token("end", None, text.count("\n") + 1)
    position = 0

    def peek() -> _Token:
        return tokens[position] if position < len(tokens) else end

    def take() -> _Token:
        nonlocal position
        token = peek()
        position += 1
        return token

    def value(depth: int) -> Any:
        token = take()
        if depth > DEEPEST:
            _refuse(token, f"is nested more than {DEEPEST} deep", "No EQ is. Is it the right file?")
        if token.sign == "{":
            return members("}", depth)
        if token.sign == "[":
            items = []
            while peek().sign not in ("]", "end"):
                items.append(value(depth + 1))
            close("]")
            return items
        if token.sign:
            _refuse(token, f"{_shown(token)} stands where a value should")
        return token.value

    def members(closing: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while peek().sign not in (closing, "end"):
            key = take()
            if key.sign or not isinstance(key.value, str):
                _refuse(key, f"{_shown(key)} stands where a name should")
            if peek().sign in ("=", ":"):
                take()
            found[key.value] = value(depth + 1)
        close(closing)
        return found

    def close(closing: str) -> None:
        token = take()
        if token.sign != closing:
            _refuse(token, f"{_shown(token)} stands where {closing} should")

    if peek().sign == "{":
        take()
        found = members("}", 1)
    else:
        found = members("end", 0)
        position -= 1  # the end may be looked at again
    if peek().sign != "end":
        _refuse(peek(), f"{_shown(peek())} stands behind the last brace")
    return found


def _tokens(text: str) -> Iterator[_Token]:
    position, line = 0, 1
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            _refuse(_Token("", None, line), "a quotation mark is not closed")
        part = found[0]
        if found["sign"]:
            yield _Token(part, None, line)
        elif found["text"]:
            yield _Token("", _unquoted(part, line), line)
        elif found["word"]:
            yield _Token("", _word(part), line)
        line += part.count("\n")
        position = found.end()


def _unquoted(part: str, line: int) -> str:
    try:
        return str(json.loads(part))
    except ValueError:
        _refuse(_Token("", None, line), f"{quoted(part)} is not a valid text")


def _word(part: str) -> Any:
    if part in _CONSTANTS:
        return _CONSTANTS[part]
    return float(part) if _NUMBER.fullmatch(part) else part


def _shown(token: _Token) -> str:
    return "the end" if token.sign == "end" else token.sign or quoted(str(token.value))


def _refuse(token: _Token, why: str, hint: str = "Was it cut off? Copy it again, or correct the line.") -> NoReturn:
    raise UsageError(f"line {token.line}: {why}", hint=hint)
