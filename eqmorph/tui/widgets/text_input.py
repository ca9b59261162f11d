"""A line to type in that is safe to show, whatever is in it."""

from __future__ import annotations

import os
import unicodedata

from textual.widgets import Input
from textual.widgets.input import Selection

__all__ = ["TextInput", "escaped", "unescaped"]

_NEVER_DRAWN = {"Cc", "Cs", "Zl", "Zp"}  # control characters, bytes that are not UTF-8, line ends


class TextInput(Input):
    """An `Input` that escapes control characters, proposed or pasted: none reaches the terminal.

    What it begins with is selected when it is first entered, so that typing replaces it.

    Args:
        value: what it begins with.
        is_path: of a path, only the name is selected, without its folder and its extension.
        placeholder: shown while it is empty.
    """

    def __init__(self, value: str = "", *, is_path: bool = False, placeholder: str = "") -> None:
        super().__init__(value, placeholder=placeholder, compact=True, select_on_focus=False)
        self._proposed: str | None = self.value
        self._is_path = is_path

    def on_focus(self) -> None:
        if self._proposed is not None and self.value == self._proposed:
            self.selection = Selection(*_name_in(self.value) if self._is_path else (0, len(self.value)))
        self._proposed = None  # whoever comes back has seen it

    def action_delete_left_all(self) -> None:
        """Empty the line while something in it is selected: what comes after a proposed name is not meant to stay."""
        if self.selection.is_empty:
            super().action_delete_left_all()
        else:
            self.clear()

    def validate_value(self, value: str) -> str:
        return escaped(value)


def _name_in(path: str) -> tuple[int, int]:
    """Return where the name in a path begins, and where it ends: before its extension."""
    start = max(path.rfind(separator) for separator in ("/", os.sep)) + 1
    dot = path.rfind(".", start + 1)
    return start, dot if dot > start else len(path)


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
