"""A line to type in, safe to show whatever stands in it."""

from __future__ import annotations

import unicodedata

from textual.widgets import Input

__all__ = ["TextInput", "escaped", "unescaped"]

_NEVER_DRAWN = {"Cc", "Cs", "Zl", "Zp"}  # control characters, bytes that are no UTF-8, line ends


class TextInput(Input):
    """An `Input` in which control characters stand escaped: none reaches the terminal, be it proposed or pasted."""

    def validate_value(self, value: str) -> str:
        return escaped(value)


def escaped(text: str) -> str:
    """A text as `TextInput` shows it."""
    return "".join(ascii(c)[1:-1] if unicodedata.category(c) in _NEVER_DRAWN else c for c in text)


def unescaped(typed: str, proposed: str) -> str:
    """What is meant by a line that began as `proposed`: as far as it is still as it was shown, what was shown.

    So a name that can't be typed stays what it is, and so does a folder's when the file's is changed.
    """
    kept = ""
    for character in proposed:
        shown = escaped(character)
        if not typed.startswith(shown):
            break
        kept, typed = kept + character, typed[len(shown) :]
    return kept + typed
