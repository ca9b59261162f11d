"""Why the EQ is what it is: each word before and after, what it has of the EQ, what kept it back, and who says so."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from eqmorph.tui.screens.dialog import Dialog

__all__ = ["WhyScreen"]


class WhyScreen(Dialog[None]):
    """A page to read.

    Args:
        text: what there is to say.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,w,q", "dismiss(None)", "Back", id="why.back", tooltip="Close the reasons"),
    ]

    HELP: ClassVar[str] = """\
**Why**

Of each word: what was asked for (its weight), how much of it was in the sound and will be in the result (percentiles
among sounds of its kind), what the EQ does for it at most, and what kept it from being done in full. Then what is known
of the word: who was asked, and how far they agree (r 1 is wholly, 0 is not at all).
"""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall") as dialog:
            dialog.border_title = "Why"
            with VerticalScroll():
                yield Static(self._text, id="why", markup=False)
            yield Static("↑ ↓ scroll   Esc back", classes="keys", markup=False)
