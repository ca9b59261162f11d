"""A line to type in that is safe to show, whatever is in it."""

from __future__ import annotations

import unicodedata

from textual.widgets import Input

__all__ = ["TextInput", "escaped", "unescaped"]

_NEVER_DRAWN = {"Cc", "Cs", "Zl", "Zp"}  # control characters, bytes that are not UTF-8, line ends


class TextInput(Input):
    """An `Input` that escapes control characters, proposed or pasted: none reaches the terminal."""

    def validate_value(self, value: str) -> str:
        return escaped(value)


def escaped(text: str) -> str:
    """Return a text as `TextInput` shows it."""
    return "".join(ascii(c)[1:-1] if unicodedata.category(c) in _NEVER_DRAWN else c for c in text)


def unescaped(typed: str, proposed: str) -> str:
    """Return what an edited line stands for, given the text it began with.

    As far as the line still begins as `proposed` was shown, the original characters are kept. So a name that can't be
    typed survives, and so does a folder's when only the file's name is changed.
    """
    kept = ""
    for character in proposed:
        shown = escaped(character)
        if not typed.startswith(shown):
            break
        kept, typed = kept + character, typed[len(shown) :]
    return kept + typed
