"""The files of the folder: found by a few letters, ordered by words, opened, and rendered one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from eqmorph.errors import show_path
from eqmorph.tui.screens.dialog import Dialog
from eqmorph.tui.widgets.text_input import TextInput

__all__ = ["FileLine", "FilesScreen"]

_KEYS = "Enter open   Ctrl+O order   Ctrl+R render   ↑ ↓ move   Esc back"
_LOOKS_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file, how much of the words it is ordered by is in it (0..1), and what became of it in this session."""

    path: Path
    place: float | None = None
    state: str = ""
    is_open: bool = False


class FilesScreen(Dialog[Path | None]):
    """Closes with the file to open, or None.

    Args:
        folder: the folder.
        lines: returns the files, in order.
        said: returns what they are ordered by, or how far that has come.
        order: orders them by words, or by name again; returns a problem, or an empty text.
        render: has a file rendered; returns what is to be said.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", id="files.back", tooltip="Close without opening a file"),
        Binding("down", "move(1)", "Next", show=False, priority=True, id="files.down", tooltip="Go to the next file"),
        Binding("up", "move(-1)", "Previous", show=False, priority=True, id="files.up", tooltip="Go to the one before"),
        Binding(
            "ctrl+o",
            "order",
            "Order",
            priority=True,
            id="files.order",
            tooltip="Order by words, or by name",
        ),
        Binding("ctrl+r", "render", "Render", priority=True, id="files.render", tooltip="Render this file"),
    ]

    HELP: ClassVar[str] = """\
**The files of the folder**

Type a part of a name to see those files only. `Enter` opens one, and words, bands and slots stay as they are. They can
be ordered by how much of the words that are asked for is in each, most first, as `eqmorph rank` does, and are then gone
through in that order. The file you have come to can be rendered, next to it; what is rendered meanwhile goes first.
"""

    def __init__(
        self,
        folder: Path,
        lines: Callable[[], Sequence[FileLine]],
        *,
        said: Callable[[], str],
        order: Callable[[], str],
        render: Callable[[Path], str],
    ) -> None:
        super().__init__()
        self._folder, self._all, self._said, self._order, self._have_rendered = folder, lines, said, order, render
        self._lines: list[FileLine] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall") as dialog:
            dialog.border_title = f"Files in {show_path(self._folder.name or self._folder)}"
            yield TextInput(placeholder="a part of the name")
            yield Static(id="said", markup=False)
            yield OptionList(compact=True)
            yield Static(id="evidence", markup=False)
            yield Static(_KEYS, classes="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._update()
        at_open = [place for place, line in enumerate(self._lines) if line.is_open]
        self.query_one(OptionList).highlighted = at_open[0] if at_open else 0 if self._lines else None
        self.set_interval(_LOOKS_EVERY_S, self._update)

    @on(TextInput.Changed)
    def _update(self) -> None:
        wanted = self.query_one(TextInput).value.lower().split()
        lines = [line for line in self._all() if all(part in line.path.name.lower() for part in wanted)]
        self.query_one("#said", Static).update(self._said())
        if lines == self._lines:
            return
        chosen, self._lines = self._chosen, lines
        files = self.query_one(OptionList)
        files.clear_options()
        files.add_options(Option(_text(line)) for line in lines)
        paths = [line.path for line in lines]
        files.highlighted = paths.index(chosen) if chosen in paths else 0 if paths else None

    @property
    def _chosen(self) -> Path | None:
        place = self.query_one(OptionList).highlighted
        return self._lines[place].path if place is not None and place < len(self._lines) else None

    def action_move(self, step: int) -> None:
        files = self.query_one(OptionList)
        (files.action_cursor_down if step > 0 else files.action_cursor_up)()

    @on(TextInput.Submitted)
    @on(OptionList.OptionSelected)
    def _take(self) -> None:
        if self._chosen is not None:
            self.dismiss(self._chosen)

    def _say(self, text: str) -> None:
        self.query_one("#evidence", Static).update(text)

    def action_order(self) -> None:
        self._say(self._order())
        self._update()

    def action_render(self) -> None:
        if self._chosen is not None:
            self._say(self._have_rendered(self._chosen))
            self._update()


def _text(line: FileLine) -> Text:
    place = f"{line.place:4.0%} " if line.place is not None else ""
    name = (f"{'▸' if line.is_open else ' '} {place}{show_path(line.path.name)}", "bold" if line.is_open else "")
    return Text.assemble(name, (f"   {line.state}" if line.state else "", "dim"), no_wrap=True, overflow="ellipsis")
