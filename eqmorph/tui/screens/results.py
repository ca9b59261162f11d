"""The results: what was rendered in this session, and what failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from eqmorph.tui.screens.dialog import Dialog

__all__ = ["ResultLine", "ResultsScreen", "result_text"]

_MARKS = {"done": "✓ done   ", "skipped": "– skipped", "failed": "✗ failed "}


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One file: how it ended, its name, and notes or the reason."""

    status: Literal["done", "skipped", "failed"]
    name: str
    text: str = ""


class ResultsScreen(Dialog[None]):
    """A list that grows while a folder is being rendered.

    Args:
        lines: returns the results so far.
        progress: returns how far rendering has come.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,v,q", "dismiss(None)", "Back", id="results.back", tooltip="Close the results"),
        Binding("c", "app.stop_rendering", "Stop", id="results.stop", tooltip="Stop rendering"),
    ]

    HELP: ClassVar[str] = """\
**Results**

Every file that was rendered: ✓ done, – skipped (with the reason), ✗ failed (with the reason and what to do).
"""

    def __init__(self, lines: Callable[[], Sequence[ResultLine]], progress: Callable[[], str]) -> None:
        super().__init__()
        self._lines, self._progress = lines, progress
        self._shown = 0

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall") as dialog:
            dialog.border_title = "Results"
            yield Static(id="progress", markup=False)
            yield OptionList(compact=True)
            yield Static("c stop   Esc back", classes="keys", markup=False)

    def on_mount(self) -> None:
        self._update()
        self.set_interval(0.2, self._update)

    def _update(self) -> None:
        lines = list(self._lines())
        done, failed = (sum(line.status == status for line in lines) for status in ("done", "failed"))
        summary = f"{done} done, {failed} failed, {len(lines) - done - failed} skipped" if lines else "nothing yet"
        self.query_one("#progress", Static).update(f"{summary}   {self._progress()}")
        self.query_one(OptionList).add_options(Option(result_text(line)) for line in lines[self._shown :])
        self._shown = len(lines)


def result_text(line: ResultLine) -> Text:
    """Return a line of the list: how it ended, the name, and why."""
    styles = {"done": "bold", "skipped": "dim", "failed": "bold"}
    return Text.assemble((_MARKS[line.status], styles[line.status]), f"  {line.name}  ", (line.text, "italic"))
