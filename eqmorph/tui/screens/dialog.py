"""What stands above the session: asked or shown, and closed once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import ModalScreen, ScreenResultType

from eqmorph.errors import EqmorphError, ExistsError

__all__ = ["Dialog", "check_free", "explain", "now", "remedy"]


class Dialog(ModalScreen[ScreenResultType]):
    """A modal screen with help, which closes itself and nothing else."""

    class Ready(Message):
        """It takes keys now."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "app.help", "Help", key_display="F1", id="dialog.help", tooltip="Help"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.is_open = False
        """Whether it stands, and its field has the focus."""
        self.is_busy = False
        """Whether it weighs what was entered: until then it takes no key but Escape."""
        self.typed_at: float | None = None
        """When the key was typed that is served now: it may have waited."""

    def on_screen_resume(self) -> None:
        self.call_later(self._stand_open)

    def _stand_open(self) -> None:
        self.is_open = True
        self.post_message(self.Ready())

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close with a result; unless this is closed already, or beneath another screen.

        Two Enters at once ask for it twice, and Textual would close whatever is on top.
        """
        if not self.is_active:
            return AwaitComplete()
        self.app.post_message(self.Ready())  # whoever stands beneath is
        return super().dismiss(result)


def now() -> float:
    """The time by the clock of keys and other messages."""
    return Message().time


def remedy(error: EqmorphError) -> str:
    """What to do, in the app."""
    return "Ask for it once more, and say that it may be overwritten." if isinstance(error, ExistsError) else error.hint


def check_free(path: Path) -> str:
    """What speaks against writing a file under a name that is taken."""
    if not os.path.lexists(path):
        return ""
    is_file = path.is_file() or (path.is_symlink() and not path.exists())
    return "This file exists. Overwrite it?" if is_file else "What has this name is no file: choose another one."


def explain(error: EqmorphError) -> str:
    """What went wrong, and what to do, for a line in a dialog."""
    return ". ".join([error.message, *filter(None, [remedy(error)])])
