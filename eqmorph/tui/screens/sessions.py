"""The sessions that have names: saved, gone on with, and deleted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from eqmorph.tui.screens.dialog import Dialog
from eqmorph.tui.screens.question import QuestionScreen
from eqmorph.tui.widgets.text_input import TextInput

__all__ = ["SessionChoice", "SessionLine", "SessionsScreen"]

_NAME_COLUMNS = 24
_KEYS = "Enter save or go on with   Del delete   Esc back"


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session's name, and what is in it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class SessionChoice:
    """What to do when the screen has closed: go on with a session, or save this one under a name."""

    do: Literal["open", "save"]
    name: str


class SessionsScreen(Dialog[SessionChoice | None]):
    """Closes with what to do, or None.

    Args:
        lines: returns the sessions.
        delete: deletes one; returns a problem, or an empty text.
        check: returns what is wrong with a name for a new one, or an empty text.
        current: the name of the session that is open; empty if it has none.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", id="sessions.back", tooltip="Close the sessions"),
        Binding("down", "move(1)", "Next", show=False, priority=True, id="sessions.next", tooltip="Go down the list"),
        Binding("up", "move(-1)", "Previous", show=False, priority=True, id="sessions.previous", tooltip="Go up it"),
        Binding("delete", "delete", "Delete", priority=True, id="sessions.delete", tooltip="Delete this session"),
    ]

    HELP: ClassVar[str] = """\
**Sessions**

A session is the open file, the slots with their words and presets, the loop and the playhead. Type a name and press
`Enter` to save this one under it; go to one of the list and press `Enter` to go on with that. One that has a name is
saved again when you quit. `eqmorph tui --session NAME` begins with it.
"""

    def __init__(
        self,
        lines: Callable[[], Sequence[SessionLine]],
        *,
        delete: Callable[[str], str],
        check: Callable[[str], str],
        current: str = "",
    ) -> None:
        super().__init__()
        self._lines, self._delete, self._check, self._current = lines, delete, check, current

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall") as dialog:
            dialog.border_title = "Sessions"
            yield Static("Save this one as", classes="label", markup=False)
            yield TextInput(self._current, placeholder="a name")
            yield Static("Or go on with", classes="label", markup=False)
            yield OptionList(compact=True)
            yield Static(id="evidence", markup=False)
            yield Static(_KEYS, classes="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._show()

    def _show(self) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(_text(line)) for line in self._lines())
        if not options.option_count:
            self._say("no session has a name yet")

    def _say(self, text: str) -> None:
        self.query_one("#evidence", Static).update(text)

    @property
    def _chosen(self) -> SessionLine | None:
        place, lines = self.query_one(OptionList).highlighted, self._lines()
        return lines[place] if place is not None and place < len(lines) else None

    def action_move(self, step: int) -> None:
        options = self.query_one(OptionList)
        if options.highlighted == 0 and step < 0:
            options.highlighted = None  # back to the name
        elif options.option_count:
            (options.action_cursor_down if step > 0 else options.action_cursor_up)()
        self._say("")

    @on(TextInput.Changed)
    def _typed(self) -> None:
        self.query_one(OptionList).highlighted = None
        self._say("")

    @on(TextInput.Submitted)
    def _take(self) -> None:
        if self._chosen is not None:
            self.dismiss(SessionChoice("open", self._chosen.name))
            return
        name = self.query_one(TextInput).value.strip()
        problem = self._check(name) if name else "give it a name, or choose one with ↓"
        if problem:
            self._say(problem)
        elif name in [line.name for line in self._lines()] and name != self._current:
            question = f"There is a session {name}. Replace it?"
            self.app.push_screen(QuestionScreen("Save", question, do="Replace"), partial(self._replace_answered, name))
        else:
            self.dismiss(SessionChoice("save", name))

    def _replace_answered(self, name: str, is_sure: bool | None) -> None:
        if is_sure:
            self.call_later(self.dismiss, SessionChoice("save", name))

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(SessionChoice("open", self._lines()[event.option_index].name))

    def action_delete(self) -> None:
        line = self._chosen
        if line is None:
            self._say("go to a session with ↓ to delete it")
            return
        question = f"Delete the session {line.name}? Files and presets stay. This can't be undone."
        self.app.push_screen(QuestionScreen("Delete", question, do="Delete"), partial(self._delete_answered, line.name))

    def _delete_answered(self, name: str, is_sure: bool | None) -> None:
        if is_sure:
            problem = self._delete(name)
            self._show()
            self._say(problem or f"deleted: {name}")


def _text(line: SessionLine) -> Text:
    return Text.assemble((f"{line.name:<{_NAME_COLUMNS}} ", "bold"), line.text, no_wrap=True, overflow="ellipsis")
