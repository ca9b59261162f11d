"""The word picker: find a word in the whole vocabulary."""

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
from eqmorph.tui.widgets.text_input import TextInput
from eqmorph.tui.word_search import FoundWord, WordSearch

__all__ = ["WordPicker"]

_WORD_COLUMNS = 17


class WordPicker(Dialog[FoundWord | None]):
    """A line to type in and the words that match; closes with the chosen one, or None.

    Args:
        title: what the word is for.
        word_search: the vocabulary.
        sentences: whether a whole sentence may be taken too.
        try_out: called with the word that ↑ and ↓ have come to.
    """

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

Type a few letters of a word, or what it should mean, such as "more bass" or "lifts 4 kHz"; `Enter` takes the
highlighted word. A whole sentence can be taken too where words are added: "warmer, less mud". Going through the list
tries each word out: its curve is drawn behind the EQ's, and it is heard while the sound plays. Below the list is what
its EQ does, and how well that is known.
"""

    def __init__(
        self,
        title: str,
        word_search: WordSearch,
        *,
        sentences: bool = False,
        try_out: Callable[[FoundWord], None] = lambda _: None,
    ) -> None:
        super().__init__()
        self._sentences, self._try_out = sentences, try_out
        self._title = title
        self._word_search = word_search
        self._found: list[FoundWord] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall picker") as dialog:
            dialog.border_title = self._title
            proposed = ', or a sentence: "warmer, less mud"' if self._sentences else ""
            yield TextInput(placeholder=f"a few letters, or what it should mean{proposed}")
            yield OptionList(compact=True)
            yield Static(id="evidence", markup=False)
            yield Static("↑ ↓ try   Enter take   Esc back", classes="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._show("")

    @on(TextInput.Changed)
    def _typed(self, event: TextInput.Changed) -> None:
        self._show(event.value)

    def _show(self, text: str) -> None:
        self._found = self._word_search.search(text, sentences=self._sentences)
        words = self.query_one(OptionList)
        words.clear_options()
        words.add_options(Option(_line(entry)) for entry in self._found)
        words.highlighted = 0 if self._found else None
        if not self._found:
            self.query_one("#evidence", Static).update("no word matches")

    def action_move(self, step: int) -> None:
        words = self.query_one(OptionList)
        (words.action_cursor_down if step > 0 else words.action_cursor_up)()
        if words.highlighted is not None and words.highlighted < len(self._found):
            self._try_out(self._found[words.highlighted])

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_index < len(self._found):
            entry = self._found[event.option_index]
            language = f"{entry.language}; " * bool(entry.language)
            self.query_one("#evidence", Static).update(f"{entry.meaning}\n{language}{entry.evidence}")

    @on(TextInput.Submitted)
    def _submitted(self) -> None:
        place = self.query_one(OptionList).highlighted
        if place is not None and place < len(self._found):
            self.dismiss(self._found[place])

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._found[event.option_index])


def _line(entry: FoundWord) -> Text:
    name = f"{entry.word:<{_WORD_COLUMNS}} "
    language = f"{entry.language}: " * bool(entry.language)
    return Text.assemble((name, "bold"), f"{entry.curve}  {language}{entry.meaning}", no_wrap=True, overflow="ellipsis")
