"""What stands above the session: asked or shown, and closed once."""

from __future__ import annotations

from typing import ClassVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, ScreenResultType

from eqmorph.errors import EqmorphError

__all__ = ["Dialog", "why"]


class Dialog(ModalScreen[ScreenResultType]):
    """A modal screen with help, which closes itself and nothing else."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "app.help", "Help", key_display="F1", id="dialog.help", tooltip="Help"),
    ]

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close with a result; unless this is closed already, or beneath another screen.

        Two Enters at once ask for it twice, and Textual would close whatever is on top.
        """
        return super().dismiss(result) if self.is_active else AwaitComplete()


def why(error: EqmorphError) -> str:
    """What went wrong, and what to do, for a line in a dialog."""
    return f"{error.message}. {error.hint}" if error.hint else error.message
