"""Slots compared by ear alone: shuffled, equally loud, and told apart only once one is chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from eqmorph.tui.screens.dialog import Dialog

__all__ = ["BLIND_NAMES", "BlindScreen"]

#: Neither the letters of before and after, nor the numbers of slots.
BLIND_NAMES = "WXYZ"


class BlindScreen(Dialog[int | None]):
    """Closes with the number of the one that was chosen, counted from 0 in the shuffled order, or None.

    Args:
        count: how many there are.
        hear: called with the one to be heard.
        play: plays or pauses.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Back", id="blind.back", tooltip="Choose none, and return to the slot"),
        Binding(
            "down,j,right,l", "move(1)", "Next", show=False, priority=True, id="blind.down", tooltip="Hear the next"
        ),
        Binding(
            "up,k,left,h",
            "move(-1)",
            "Previous",
            show=False,
            priority=True,
            id="blind.up",
            tooltip="Hear the one before",
        ),
        Binding("space", "play", "Play", id="blind.play", tooltip="Play or pause"),
    ]

    HELP: ClassVar[str] = """\
**Compared blind**

What is in the slots, in an order that nobody knows, and equally loud. Nothing on the screen tells which is which.
Go from one to the other while the sound plays; `Enter` chooses, and only then you are told what it was.
"""

    def __init__(self, count: int, hear: Callable[[int], None], play: Callable[[], None]) -> None:
        super().__init__()
        self._count, self._hear, self._play = count, hear, play

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Which do you like best?"
            yield Static(
                "What is in the slots, shuffled and equally loud. Enter chooses, and tells which it was.",
                classes="about",
                markup=False,
            )
            yield OptionList(compact=True)
            yield Static("↑ ↓ hear   Space play   Enter choose   Esc back", classes="keys", markup=False)

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        options.styles.height = self._count
        options.add_options(Option(Text(f"sound {name}", "bold")) for name in BLIND_NAMES[: self._count])
        options.highlighted = 0
        self._hear(0)

    def action_move(self, step: int) -> None:
        options = self.query_one(OptionList)
        options.highlighted = ((options.highlighted or 0) + step) % self._count
        self._hear(options.highlighted)

    def action_play(self) -> None:
        self._play()

    @on(OptionList.OptionSelected)
    def _take(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)
