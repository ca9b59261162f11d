"""Dialogs above the session: each is opened, answered or read, and closed once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import ModalScreen, ScreenResultType

from eqmorph.errors import EqmorphError, ExistsError, printable, show_path
from eqmorph.tui.paths import is_folder, short_path
from eqmorph.tui.wording import APP
from eqmorph.wording import worded

__all__ = ["OVERWRITE_QUESTION", "Dialog", "check_free", "check_output", "explain", "missing_folder", "now", "remedy"]

OVERWRITE_QUESTION = "This file exists. Overwrite it?"


class Dialog(ModalScreen[ScreenResultType]):
    """A modal screen with help, which closes only itself."""

    class Ready(Message):
        """Posted when keys can be taken: a dialog is open, no longer busy, or closed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "app.help", "Help", key_display="F1", id="dialog.help", tooltip="Show help"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.is_open = False
        """Whether it is shown, and its field has the focus."""
        self.is_busy = False
        """Whether it checks what was entered: meanwhile it takes no keys but those that leave it."""
        self.typed_at: float | None = None
        """When the key that is served now was typed: it may have waited."""

    def on_screen_resume(self) -> None:
        self.call_later(self._set_open)

    def _set_open(self) -> None:
        self.is_open = True
        self.post_message(self.Ready())

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close with a result, unless this is closed already or under another screen.

        Two Enters at once ask for it twice, and Textual would close whatever is on top.
        """
        if not self.is_active:
            return AwaitComplete()
        self.app.post_message(self.Ready())  # for the screen underneath
        return super().dismiss(result)


def now() -> float:
    """Return the time by the clock of keys and other messages."""
    return Message().time


def remedy(error: EqmorphError) -> str:
    """Return what to do about an error, in the words of the app."""
    if isinstance(error, ExistsError):
        return "Try again, and confirm that it may be overwritten."
    return error.hint_worded(APP)


def check_free(path: Path) -> str:
    """Return the question or problem if a path to write to is taken, else an empty text."""
    if not os.path.lexists(path):
        return ""
    is_file = path.is_file() or (path.is_symlink() and not path.exists())
    return OVERWRITE_QUESTION if is_file else "This is not a regular file: choose another name."


def check_output(path: Path) -> str:
    """Return the question or problem if a path is taken, or if its folder doesn't exist; else an empty text."""
    return check_free(path) or missing_folder(path)


def missing_folder(path: Path) -> str:
    """Return the question if the folder that a path is in doesn't exist, else an empty text."""
    if is_folder(path.parent):
        return ""
    return f"There is no folder {show_path(short_path(path.parent))} yet. Create it?"


def explain(error: EqmorphError) -> str:
    """Return what went wrong and what to do, as one line for a dialog."""
    return ". ".join([printable(worded(error.problem, APP)), *filter(None, [remedy(error)])])
