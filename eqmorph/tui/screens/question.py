"""A question to be answered with yes or no."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from eqmorph.tui.screens.dialog import Dialog

__all__ = ["QuestionScreen"]


class QuestionScreen(Dialog[bool]):
    """Closes with True after a yes. It is Back that has the focus, so that a key too many does no harm.

    Args:
        title: what is about to be done.
        question: what that would do.
        do: the yes, as the button's label.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "Yes", id="question.yes", tooltip="Do it"),
        Binding("escape,n", "dismiss(False)", "No", id="question.no", tooltip="Close without doing it"),
        Binding("left,right", "app.focus_next", show=False),
    ]

    HELP: ClassVar[str] = """\
**A question**

The first button does it, the second one leaves everything as it is.
"""

    AUTO_FOCUS = "#back"

    def __init__(self, title: str, question: str, *, do: str) -> None:
        super().__init__()
        self._title, self._question, self._do = title, question, do

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self._title
            yield Static(self._question, id="question", classes="about", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(f"{self._do}  y", id="do", compact=True, variant="error")
                yield Button("Back  Esc", id="back", compact=True)

    @on(Button.Pressed, "#do")
    def _yes(self) -> None:
        self.dismiss(True)

    @on(Button.Pressed, "#back")
    def _no(self) -> None:
        self.dismiss(False)
