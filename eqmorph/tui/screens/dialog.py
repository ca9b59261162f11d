"""What stands above the session: asked or shown, and closed once."""

from __future__ import annotations

from typing import ClassVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.message import Message
from textual.screen import ModalScreen, ScreenResultType

from eqmorph.errors import EqmorphError, ExistsError

__all__ = ["Dialog", "cure", "now", "why"]


class Dialog(ModalScreen[ScreenResultType]):
    """A modal screen with help, which closes itself and nothing else."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "app.help", "Help", key_display="F1", id="dialog.help", tooltip="Help"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._opened = now()
        self._early: list[Key] | None = []
        """Keys that came before there was anything to take them; None once there is."""

    def on_screen_resume(self) -> None:
        self.call_later(self._serve_early)

    def is_early(self, key: Key) -> bool:
        """Whether a key was typed before this stood open, or before its field had the focus."""
        return self._early is not None or key.time < self._opened

    def serve(self, early: Key) -> None:
        """Have an early key come again, once it can be taken."""
        key = Key(early.key, early.character)
        if self._early is None:
            self.app.post_message(key)
        else:
            self._early.append(key)

    def _serve_early(self) -> None:
        early, self._early = self._early or [], None
        for key in early:
            self.app.post_message(key)

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close with a result; unless this is closed already, or beneath another screen.

        Two Enters at once ask for it twice, and Textual would close whatever is on top.
        """
        return super().dismiss(result) if self.is_active else AwaitComplete()


def now() -> float:
    """The time by the clock of keys and other messages."""
    return Message().time


def cure(error: EqmorphError) -> str:
    """What to do, in the app."""
    return "Ask for it once more, and say that it may be overwritten." if isinstance(error, ExistsError) else error.hint


def why(error: EqmorphError) -> str:
    """What went wrong, and what to do, for a line in a dialog."""
    return ". ".join([error.message, *filter(None, [cure(error)])])
