"""The word picker: find a word in the whole vocabulary."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from eqmorph.tui.screens.dialog import Dialog
from eqmorph.tui.widgets.text_input import TextInput
from eqmorph.tui.word_search import FoundWord, WordSearch

__all__ = ["WordPicker"]

_WORD_COLUMNS = 17


class WordPicker(Dialog[str | None]):
    """A line to type in and the words that match; closes with the chosen word, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", id="picker.back", tooltip="Close without choosing a word"),
        Binding("down", "move(1)", "Next", show=False, priority=True, id="picker.next", tooltip="Go to the next word"),
        Binding(
            "up",
            "move(-1)",
            "Previous",
            show=False,
            priority=True,
            id="picker.previous",
            tooltip="Go to the previous word",
        ),
    ]

    HELP: ClassVar[str] = """\
**Find a word**

Type a few letters of a word, or of what it should mean; `Enter` takes the highlighted word. What its EQ does, and how
well that is known, is shown below the list.
"""

    def __init__(self, title: str, word_search: WordSearch) -> None:
        super().__init__()
        self._title = title
        self._word_search = word_search
        self._found: list[FoundWord] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall") as dialog:
            dialog.border_title = self._title
            yield TextInput(placeholder="a few letters, or what it should mean")
            yield OptionList(compact=True)
            yield Static(id="evidence", markup=False)
            yield Static("↑ ↓ choose   Enter take   Esc back", classes="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._show("")

    @on(TextInput.Changed)
    def _typed(self, event: TextInput.Changed) -> None:
        self._show(event.value)

    def _show(self, text: str) -> None:
        self._found = self._word_search.search(text)
        words = self.query_one(OptionList)
        words.clear_options()
        words.add_options(Option(_line(entry)) for entry in self._found)
        words.highlighted = 0 if self._found else None
        if not self._found:
            self.query_one("#evidence", Static).update("no word matches")

    def action_move(self, step: int) -> None:
        words = self.query_one(OptionList)
        (words.action_cursor_down if step > 0 else words.action_cursor_up)()

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_index < len(self._found):
            entry = self._found[event.option_index]
            self.query_one("#evidence", Static).update(f"{entry.meaning}\n{entry.evidence}")

    @on(TextInput.Submitted)
    def _submitted(self) -> None:
        place = self.query_one(OptionList).highlighted
        if place is not None and place < len(self._found):
            self.dismiss(self._found[place].word)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._found[event.option_index].word)


def _line(entry: FoundWord) -> Text:
    return Text.assemble((f"{entry.word:<{_WORD_COLUMNS}}", "bold"), entry.meaning, no_wrap=True, overflow="ellipsis")
