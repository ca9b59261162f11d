"""The presets: seen, heard, loaded and deleted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from eqmorph.presets import Preset
from eqmorph.tui.preset_list import PresetLine
from eqmorph.tui.screens.dialog import Dialog
from eqmorph.tui.screens.question import QuestionScreen
from eqmorph.tui.widgets.text_input import TextInput

__all__ = ["PresetScreen"]

_NAME_COLUMNS = 18


class PresetScreen(Dialog[Preset | None]):
    """Closes with the chosen preset, or None.

    Args:
        lines: returns the presets.
        delete: deletes one of the user's own; returns a problem, or an empty text.
        try_out: called with the preset that ↑ and ↓ have come to.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", id="presets.back", tooltip="Close without loading a preset"),
        Binding("down", "move(1)", "Next", show=False, priority=True, id="presets.next", tooltip="Try the next preset"),
        Binding(
            "up", "move(-1)", "Previous", show=False, priority=True, id="presets.previous", tooltip="Try the one before"
        ),
        Binding(
            "delete", "delete", "Delete", priority=True, id="presets.delete", tooltip="Delete a preset of your own"
        ),
    ]

    HELP: ClassVar[str] = """\
**Presets**

Type a part of a name or description to find one. Going through the list tries each out: its curve is drawn behind the
EQ's, and it is heard while the sound plays. `Enter` loads it. Only presets of your own (●) can be deleted.
"""

    def __init__(
        self,
        lines: Callable[[], Sequence[PresetLine]],
        delete: Callable[[Preset], str],
        try_out: Callable[[Preset], None],
    ) -> None:
        super().__init__()
        self._all, self._delete, self._try_out = lines, delete, try_out
        self._lines: list[PresetLine] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall picker") as dialog:
            dialog.border_title = "Presets"
            yield TextInput(placeholder="a part of its name, or of what it is for")
            yield OptionList(compact=True)
            yield Static(id="evidence", markup=False)
            yield Static("↑ ↓ try   Enter load   Del delete   Esc back", classes="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._show()

    @on(TextInput.Changed)
    def _show(self) -> None:
        wanted = self.query_one(TextInput).value.lower().split()
        self._lines = [line for line in self._all() if all(part in _searched(line.preset) for part in wanted)]
        presets = self.query_one(OptionList)
        presets.clear_options()
        presets.add_options(Option(_text(line)) for line in self._lines)
        presets.highlighted = 0 if self._lines else None
        if not self._lines:
            self.query_one("#evidence", Static).update("no preset has this in its name or description")

    @property
    def _chosen(self) -> PresetLine | None:
        place = self.query_one(OptionList).highlighted
        return self._lines[place] if place is not None and place < len(self._lines) else None

    def action_move(self, step: int) -> None:
        presets = self.query_one(OptionList)
        (presets.action_cursor_down if step > 0 else presets.action_cursor_up)()
        if self._chosen is not None:
            self._try_out(self._chosen.preset)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self) -> None:
        if self._chosen is not None:
            self.query_one("#evidence", Static).update(_said(self._chosen.preset))

    @on(TextInput.Submitted)
    @on(OptionList.OptionSelected)
    def _take(self) -> None:
        if self._chosen is not None:
            self.dismiss(self._chosen.preset)

    def action_delete(self) -> None:
        line = self._chosen
        if line is None:
            return
        if not line.is_own:
            self.query_one("#evidence", Static).update(f"{line.preset.name} is shipped with eqmorph, and stays")
            return
        question = f"Delete your preset {line.preset.name}? This can't be undone."
        self.app.push_screen(QuestionScreen("Delete", question, do="Delete"), partial(self._delete_answered, line))

    def _delete_answered(self, line: PresetLine, is_sure: bool | None) -> None:
        if is_sure:
            problem = self._delete(line.preset)
            self._show()
            if problem:
                self.query_one("#evidence", Static).update(problem)


def _searched(preset: Preset) -> str:
    return " ".join([preset.name, preset.description, preset.target, *preset.tags]).lower()


def _said(preset: Preset) -> str:
    what = (
        f"the words {preset.target}, which adapt"
        if preset.target
        else f"{len(preset.bands)} band{'s' * (len(preset.bands) != 1)}"
    )
    return f"{preset.description or preset.name}\n{what}"


def _text(line: PresetLine) -> Text:
    name = f"{'●' if line.is_own else ' '} {line.preset.name:<{_NAME_COLUMNS}} "
    about = line.preset.target or line.preset.description
    return Text.assemble((name, "bold"), line.curve, f"  {about}", no_wrap=True, overflow="ellipsis")
