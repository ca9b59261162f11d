"""The results: what was rendered in this session, and what failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.console import Group
from rich.padding import Padding
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from eqmorph.tui.screens.dialog import Dialog

__all__ = ["QueuedLine", "ResultLine", "ResultsScreen", "result_text"]

_MARKS = {"done": "✓ done   ", "skipped": "– skipped", "failed": "✗ failed "}
_INDENT = 4  # of what is said below a file


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One file: how it ended, its name, and notes or the reason; what there is to say beyond a line comes below."""

    status: Literal["done", "skipped", "failed"]
    name: str
    text: str = ""
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueuedLine:
    """A job that is done, or waits: ``key`` names it to whoever cancels it."""

    key: object
    text: str


class ResultsScreen(Dialog[None]):
    """A list that grows while a folder is being rendered, below what is rendered now and what waits.

    Args:
        lines: returns the results so far.
        progress: returns how far rendering has come.
        queued: returns what is rendered now, and what waits.
        cancel: stops one of those; returns what is to be said.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,v,q", "dismiss(None)", "Back", id="results.back", tooltip="Close the results"),
        Binding("c", "app.stop_rendering", "Stop", id="results.stop", tooltip="Stop rendering all of it"),
        Binding("delete,x", "cancel", "Cancel", id="results.cancel", tooltip="Cancel the one chosen in the queue"),
    ]

    HELP: ClassVar[str] = """\
**Results**

Every file that was rendered: ✓ done, – skipped (with the reason), ✗ failed (with the reason and what to do). Below each
are its loudness and true peak, the gain it was written with, and each word before and after, as `eqmorph apply` prints
them. Above is what is rendered now and what waits: the one chosen there can be cancelled, and all of it stopped.
"""

    AUTO_FOCUS = "#queue, #results"

    def __init__(
        self,
        lines: Callable[[], Sequence[ResultLine]],
        progress: Callable[[], str],
        *,
        queued: Callable[[], Sequence[QueuedLine]] = tuple,
        cancel: Callable[[object], str] = lambda _: "",
    ) -> None:
        super().__init__()
        self._lines, self._progress, self._queued, self._cancel = lines, progress, queued, cancel
        self._shown = 0
        self._queue: list[QueuedLine] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog tall") as dialog:
            dialog.border_title = "Results"
            yield Static(id="progress", markup=False)
            yield OptionList(id="queue", compact=True)
            yield OptionList(id="results", compact=True)
            yield Static("Tab queue and results   Del cancel one   c stop all   Esc back", classes="keys", markup=False)

    def on_mount(self) -> None:
        self._update()
        self.set_interval(0.2, self._update)

    def _update(self) -> None:
        lines = list(self._lines())
        done, failed = (sum(line.status == status for line in lines) for status in ("done", "failed"))
        summary = f"{done} done, {failed} failed, {len(lines) - done - failed} skipped" if lines else "nothing yet"
        self.query_one("#progress", Static).update(f"{summary}   {self._progress()}")
        self.query_one("#results", OptionList).add_options(Option(_with_details(line)) for line in lines[self._shown :])
        self._shown = len(lines)
        self._show_queue(list(self._queued()))

    def _show_queue(self, queue: list[QueuedLine]) -> None:
        if queue == self._queue:
            return
        chosen, self._queue = self._chosen, queue
        options = self.query_one("#queue", OptionList)
        options.display = bool(queue)
        options.clear_options()
        options.add_options(Option(Text(line.text)) for line in queue)
        keys = [line.key for line in queue]
        options.highlighted = keys.index(chosen) if chosen in keys else 0 if keys else None
        if not queue and self.focused is None:
            self.query_one("#results").focus()

    @property
    def _chosen(self) -> object:
        place = self.query_one("#queue", OptionList).highlighted
        return self._queue[place].key if place is not None and place < len(self._queue) else None

    def action_cancel(self) -> None:
        if self._chosen is not None:
            self.query_one("#progress", Static).update(self._cancel(self._chosen))


def result_text(line: ResultLine) -> Text:
    """Return a line of the list: how it ended, the name, and why."""
    styles = {"done": "bold", "skipped": "dim", "failed": "bold"}
    parts = (_MARKS[line.status], styles[line.status]), f"  {line.name}  ", (line.text, "italic")
    return Text.assemble(*parts, overflow="fold")


def _with_details(line: ResultLine) -> Group:
    return Group(
        result_text(line), *(Padding(Text(detail, overflow="fold"), (0, 0, 0, _INDENT)) for detail in line.details)
    )
