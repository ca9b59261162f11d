"""The slots: what is in each, heard by ↑ and ↓, used, filled and emptied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from eqmorph.tui.screens.dialog import Dialog
from eqmorph.tui.small_curve import SMALL_CURVE_COLUMNS

__all__ = ["SlotChoice", "SlotLine", "SlotsScreen"]

_KEYS = "1-4 use   ↑ ↓ try   c copy here   Del empty   b blind   Esc back"


@dataclass(frozen=True, slots=True)
class SlotLine:
    """What is in a slot: its curve in a few characters, and what it asks for. Both are empty if the slot is."""

    curve: str = ""
    text: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class SlotChoice:
    """What to do when the screen has closed: use a slot, or compare all of them blind."""

    do: Literal["use", "blind"]
    slot: int = 0


class SlotsScreen(Dialog[SlotChoice | None]):
    """Closes with what to do, or None.

    Args:
        lines: returns what is in the slots.
        copy: puts what is in use into a slot.
        empty: empties a slot; returns a problem, or an empty text.
        try_out: called with the slot that ↑ and ↓ have come to.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,x,q", "dismiss(None)", "Back", id="slots.back", tooltip="Close the slots"),
        Binding("down,j", "move(1)", "Next", show=False, priority=True, id="slots.down", tooltip="Try the next slot"),
        Binding("up,k", "move(-1)", "Previous", show=False, priority=True, id="slots.up", tooltip="Try the one before"),
        *(
            Binding(str(slot + 1), f"use({slot})", "Use", show=False, id=f"slots.use_{slot + 1}", tooltip=tip)
            for slot, tip in enumerate(f"Use slot {number}; an empty one begins as a copy" for number in range(1, 5))
        ),
        Binding("c", "copy", "Copy", id="slots.copy", tooltip="Put what is in use into this slot"),
        Binding("delete", "empty", "Empty", id="slots.empty", tooltip="Empty this slot"),
        Binding("b", "blind", "Blind", id="slots.blind", tooltip="Compare all slots without knowing which is which"),
    ]

    HELP: ClassVar[str] = """\
**Slots**

Four EQs to be compared. One is in use (▸), and what you move is that one; each has moves of its own to undo. Going
through the list lets you hear each, all equally loud, as loud as the quietest. `Enter` uses a slot; an empty one begins
as a copy of what is in use. What is in use can be copied into the slot that you have come to, and that can be emptied;
all of them can be compared blind.
"""

    def __init__(
        self,
        lines: Callable[[], Sequence[SlotLine]],
        *,
        copy: Callable[[int], None],
        empty: Callable[[int], str],
        try_out: Callable[[int], None],
    ) -> None:
        super().__init__()
        self._lines, self._copy, self._empty, self._try_out = lines, copy, empty, try_out

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog slots") as dialog:
            dialog.border_title = "Slots"
            yield OptionList(compact=True)
            yield Static(id="evidence", markup=False)
            yield Static(_KEYS, classes="keys", markup=False)

    def on_mount(self) -> None:
        self._show(next(slot for slot, line in enumerate(self._lines()) if line.is_current))

    def _show(self, highlighted: int) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(_text(slot, line)) for slot, line in enumerate(self._lines()))
        options.highlighted = highlighted

    @property
    def _at(self) -> int:
        return self.query_one(OptionList).highlighted or 0

    def _say(self, text: str) -> None:
        self.query_one("#evidence", Static).update(text)

    def action_move(self, step: int) -> None:
        options = self.query_one(OptionList)
        options.highlighted = (self._at + step) % options.option_count
        self._try_out(self._at)
        self._say("")

    def action_use(self, slot: int) -> None:
        self.dismiss(SlotChoice("use", slot))

    @on(OptionList.OptionSelected)
    def _take(self, event: OptionList.OptionSelected) -> None:
        self.action_use(event.option_index)

    def action_copy(self) -> None:
        if self._lines()[self._at].is_current:
            self._say("this is the one in use: go to another with ↑ ↓")
            return
        self._copy(self._at)
        self._show(self._at)
        self._try_out(self._at)
        self._say(f"copied to slot {self._at + 1}")

    def action_empty(self) -> None:
        problem = self._empty(self._at)
        self._show(self._at)
        self._say(problem or f"slot {self._at + 1} is empty")

    def action_blind(self) -> None:
        if sum(bool(line.text) for line in self._lines()) < 2:
            self._say("there is nothing to compare: fill another slot first")
            return
        self.dismiss(SlotChoice("blind"))


def _text(slot: int, line: SlotLine) -> Text:
    head = f"{'▸' if line.is_current else ' '} {slot + 1}  "
    if not line.text:
        return Text.assemble(head, ("empty: begins as a copy of what is in use", "dim"))
    return Text.assemble(
        (head, "bold"), f"{line.curve:<{SMALL_CURVE_COLUMNS}}  {line.text}", no_wrap=True, overflow="ellipsis"
    )
