"""A few lines to fill in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

__all__ = ["Field", "FormScreen"]


@dataclass(frozen=True, slots=True)
class Field:
    """A line to fill in, and what stands in it at first."""

    label: str
    value: str = ""


class FormScreen(ModalScreen[tuple[str, ...] | None]):
    """Asks for some lines; closes with them, or with None.

    Args:
        title: what it is about.
        fields: the lines.
        about: what will happen, in a sentence.
        do: what the button says.
        doubt: says what speaks against the lines, or "". What ends in ? can be overruled by asking again.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", id="form.back", tooltip="Back, and nothing is done"),
    ]

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        *,
        about: str = "",
        do: str = "OK",
        doubt: Callable[..., str] = lambda *_: "",
    ) -> None:
        super().__init__()
        self._title, self._fields, self._about, self._do = title, fields, about, do
        self._doubt = doubt
        self._overruled: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self._title
            if self._about:
                yield Static(self._about, classes="about", markup=False)
            for field in self._fields:
                yield Static(field.label, classes="label", markup=False)
                yield Input(field.value, compact=True, select_on_focus=False)
            yield Static("", id="doubt", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(f"{self._do}  ⏎", id="do", compact=True, variant="primary")
                yield Button("Back  Esc", id="back", compact=True)

    @on(Input.Submitted)
    @on(Button.Pressed, "#do")
    def _submit(self) -> None:
        values = tuple(field.value.strip() for field in self.query(Input))
        doubt = self._doubt(*values)
        if not doubt or (doubt.endswith("?") and values == self._overruled):
            self.dismiss(values)
            return
        self._overruled = values
        self.query_one("#doubt", Static).update(f"{doubt} Enter again does it." if doubt.endswith("?") else doubt)

    @on(Input.Changed)
    def _changed(self) -> None:
        self.query_one("#doubt", Static).update("")

    @on(Button.Pressed, "#back")
    def _back(self) -> None:
        self.dismiss(None)
