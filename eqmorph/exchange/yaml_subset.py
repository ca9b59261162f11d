"""As much of YAML as configurations need, and no more.

Mappings and lists, by indentation or in brackets on one line; numbers, words, quoted texts; comments. What could do
more than state a value is refused by its line: tags, which name objects to make; anchors and aliases, by which a small
file becomes a huge one; several documents; texts over several lines. So a file is never more than what is seen of it,
and what is wrong is named by its line.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from eqmorph.errors import UsageError
from eqmorph.exchange.limits import DEEPEST, quoted

__all__ = ["Members", "parse_yaml"]

_INTEGER = re.compile(r"[+\-]?\d{1,300}")
_FLOAT = re.compile(r"[+\-]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+\-]?\d+)?")
_NOT_FINITE = re.compile(r"[+\-]?\.(?:inf|nan)", re.IGNORECASE)
_CONSTANTS = {"true": True, "false": False, "null": None, "~": None}
_QUOTED = r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'"""
_QUOTED_TEXT = re.compile(_QUOTED)
_HEXADECIMAL = re.compile(r"\\x([0-9a-fA-F]{2})")
_KEY = re.compile(rf"(?P<key>{_QUOTED}|[^\s\"'#\[{{][^:]*?)\s*:(?:\s+|$)")
_BEFORE_COMMENT = re.compile(rf"(?:(?<![^\s\[{{{{,:])(?:{_QUOTED})|[^\s\"'#]+|\s+(?!#)|(?<!\s)#|[\"'])*")
_BEYOND = {
    "&": "an anchor",
    "*": "an alias",
    "!": "a tag",
    "|": "a text over several lines",
    ">": "a text over several lines",
    "%": "a directive",
    "@": "a reserved sign",
    "`": "a reserved sign",
    "?": "a key of several parts",
}
_HINT = "Write it as plain lines, such as  freq: 1000.0"
_CUT = "Was it cut off? Copy it again, or correct the line."


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    indent: int
    text: str


class Members(dict[str, Any]):
    """A mapping that knows in which line it begins, and in which each of its names stands."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def add(self, key: str, value: Any, line: int) -> None:
        self[key] = value
        self.lines[key] = line


def parse_yaml(text: str) -> Any:
    """Parse a configuration of an ordinary depth.

    Raises:
        UsageError: it isn't one, or it uses what is refused: in which line.
    """
    reader = _Reader(_lines(text))
    if not reader.lines:
        return None
    value = reader.block(reader.lines[0].indent, 1)
    if reader.next is not None:
        _refuse(reader.next, "is not part of what stands above it", "Indent it as the lines that it belongs to.")
    return value


def _lines(text: str) -> list[_Line]:
    found: list[_Line] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        unindented = raw.lstrip(" ")
        line = _Line(number, len(raw) - len(unindented), _without_comment(unindented))
        if not line.text.strip() or (line.text == "---" and not found):
            continue
        if line.text[0] == "\t":
            _refuse(line, "is indented by a tab", "Use spaces.")
        if found and (line.text == "---" or found[-1].text == "..."):
            _refuse(line, "begins another document", "Leave one.")
        found.append(line)
    if found and found[-1].text == "...":
        found.pop()
    return found


def _without_comment(text: str) -> str:
    if text.startswith("#"):
        return ""
    found = _BEFORE_COMMENT.match(text)
    return text[: found.end()].rstrip() if found is not None else text


class _Reader:
    """Takes lines one after the other."""

    def __init__(self, lines: list[_Line]) -> None:
        self.lines = lines
        self._taken = 0

    @property
    def next(self) -> _Line | None:
        return self.lines[self._taken] if self._taken < len(self.lines) else None

    def block(self, indent: int, depth: int) -> Any:
        """Take the lines that are indented by just this."""
        line = self.lines[self._taken]
        if depth > DEEPEST:
            _refuse(line, f"is nested more than {DEEPEST} deep", "No EQ is. Is it the right file?")
        if _is_item(line.text):
            return self._items(indent, depth)
        if _KEY.match(line.text):
            return self._members(indent, depth)
        self._taken += 1
        return _value(line.text, line, depth)

    def _items(self, indent: int, depth: int) -> list[Any]:
        items = []
        while (line := self.next) is not None and line.indent == indent and _is_item(line.text):
            rest = line.text[1:].lstrip(" ")
            if not rest:
                items.append(self._below(indent, depth))
                continue
            # What stands behind the dash is a block of its own, indented by where it stands.
            inner = _Line(line.number, indent + len(line.text) - len(rest), rest)
            self.lines[self._taken] = inner
            items.append(self.block(inner.indent, depth + 1))
        return items

    def _members(self, indent: int, depth: int) -> dict[str, Any]:
        members = Members(self.lines[self._taken].number)
        while (line := self.next) is not None and line.indent == indent and not _is_item(line.text):
            found = _KEY.match(line.text)
            if found is None:
                _refuse(line, "is no name with a value", _HINT)
            key = str(_scalar(found["key"], line))
            if key in members:
                _refuse(line, f"{quoted(key)} is there already", "Leave one.")
            rest = line.text[found.end() :]
            if rest:
                self._taken += 1
                members.add(key, _value(rest, line, depth), line.number)
            else:
                members.add(key, self._below(indent, depth, lists_too=True), line.number)
        return members

    def _below(self, indent: int, depth: int, *, lists_too: bool = False) -> Any:
        """Take what belongs to the line that ends here: what is indented further, or a list that is as far."""
        self._taken += 1
        line = self.next
        if line is None or line.indent < indent:
            return None
        if line.indent > indent or (lists_too and _is_item(line.text)):
            return self.block(line.indent, depth + 1)
        return None


def _is_item(text: str) -> bool:
    return text == "-" or text.startswith("- ")


def _value(text: str, line: _Line, depth: int) -> Any:
    """Return the value that a text on one line states."""
    value, rest = _part(text, line, depth)
    if rest.strip():
        _refuse(line, f"{quoted(rest.strip())} stands behind a value", _CUT)
    return value


def _part(text: str, line: _Line, depth: int, stops: str = "") -> tuple[Any, str]:
    """Return the first value of a text, and what follows it; a plain word ends where one of ``stops`` stands."""
    if depth > DEEPEST:
        _refuse(line, f"is nested more than {DEEPEST} deep", "No EQ is. Is it the right file?")
    if text[0] in "[{":
        return _bracketed(text, line, depth)
    if text[0] in "\"'":
        found = _QUOTED_TEXT.match(text)
        if found is None:
            _refuse(line, "a quotation mark is not closed", _CUT)
        return _scalar(found[0], line), text[found.end() :]
    end = min((at for at in (text.find(stop) for stop in stops) if at >= 0), default=len(text))
    return _scalar(text[:end].strip(), line), text[end:]


def _bracketed(text: str, line: _Line, depth: int) -> tuple[Any, str]:
    """Return a list or a mapping in brackets, and what follows it."""
    closing = "]" if text[0] == "[" else "}"
    items: list[Any] = []
    members = Members(line.number)
    rest = text[1:].lstrip()
    while rest[:1] != closing:
        if not rest:
            _refuse(line, f"{closing} is missing", _CUT)
        if closing == "]":
            item, rest = _part(rest, line, depth + 1, stops=",]}")
            items.append(item)
        else:
            key, rest = _part(rest, line, depth + 1, stops=":,}")
            if not rest.lstrip().startswith(":"):
                _refuse(line, f"{quoted(str(key))} has no value", _HINT)
            rest = rest.lstrip()[1:].lstrip()
            if not rest:
                _refuse(line, f"{closing} is missing", _CUT)
            value, rest = _part(rest, line, depth + 1, stops=",]}")
            members.add(str(key), value, line.number)
        rest = rest.lstrip()
        if rest[:1] == ",":
            rest = rest[1:].lstrip()
        elif rest[:1] != closing:
            _refuse(line, f"{closing} is missing", _CUT)
    return (items if closing == "]" else members), rest[1:]


def _scalar(text: str, line: _Line) -> Any:
    if text[:1] == '"':
        try:
            return str(json.loads(_HEXADECIMAL.sub(r"\\u00\1", text)))
        except ValueError:
            _refuse(line, f"{quoted(text)} is not a text that can be read", _HINT)
    if text[:1] == "'":
        return text[1:-1].replace("''", "'")
    if text[:1] in _BEYOND:
        _refuse(line, f"{quoted(text)} is {_BEYOND[text[0]]}, which isn't read", _HINT)
    if ": " in text:
        _refuse(line, f"{quoted(text)} is two names on one line", _HINT)
    if text.lower() in _CONSTANTS:
        return _CONSTANTS[text.lower()]
    if _NOT_FINITE.fullmatch(text):
        _refuse(line, f"{text} is not a finite number", _HINT)
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _refuse(line: _Line, why: str, hint: str) -> NoReturn:
    raise UsageError(f"line {line.number}: {why}", hint=hint)
