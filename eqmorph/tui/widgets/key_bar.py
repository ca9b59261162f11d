"""The keys, on the last line: as many as there is room for, the most important ones first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from eqmorph.tui.widgets.line_widget import LineWidget

__all__ = ["KeyBar", "KeyHint"]

_BETWEEN = 2  # columns, or one where the main keys need the room


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A key, what it does in a word, and the action it runs.

    Those of a lower ``rank`` come first for room; the main ones have 0 or less.
    """

    key: str
    name: str
    action: str
    rank: int = 0

    @property
    def columns(self) -> int:
        return len(self.key) + 1 + len(self.name)


class KeyBar(LineWidget):
    """Keys and what they do. A click runs one.

    Args:
        hints: all keys, in the order in which they are shown.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key", "keys--name"}

    DEFAULT_CSS = """
    KeyBar {
        height: 1;
        padding: 0 1;
        background: $panel;
        pointer: pointer;

        & > .keys--key { color: $text-accent; text-style: bold; }
        & > .keys--name { color: $text-muted; }
    }
    """

    ALLOW_SELECT = False

    hints: reactive[tuple[KeyHint, ...]] = reactive(())

    class Clicked(Message):
        """Posted when a key is clicked."""

        def __init__(self, hint: KeyHint) -> None:
            super().__init__()
            self.hint = hint

    def shown(self, columns: int, lines: int = 1) -> list[list[tuple[int, KeyHint]]]:
        """Return the keys for which there is room, in their order, line by line, with the columns they begin at."""
        main = [hint for hint in self.hints if hint.rank <= 0]
        between = _BETWEEN if len(_placed(main, columns, _BETWEEN)) <= lines else 1
        chosen: list[KeyHint] = []
        for hint in sorted(self.hints, key=lambda hint: hint.rank):
            wanted = [other for other in self.hints if other in chosen or other is hint]
            if len(_placed(wanted, columns, between)) <= lines:
                chosen = wanted
        return _placed(chosen, columns, between)

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        lines = self.shown(width, height)
        segments: list[Segment] = []
        at = 0
        for start, hint in lines[y] if y < len(lines) else ():
            segments += [
                Segment(" " * (start - at), self.ground),
                Segment(hint.key, self.style_of("keys--key")),
                Segment(f" {hint.name}", self.style_of("keys--name")),
            ]
            at = start + hint.columns
        return Strip(segments).adjust_cell_length(width, self.ground)

    def on_click(self, event: events.Click) -> None:
        place = event.get_content_offset_capture(self)
        lines = self.shown(*self.size)
        for start, hint in lines[place.y] if 0 <= place.y < len(lines) else ():
            if start <= place.x < start + hint.columns:
                self.post_message(self.Clicked(hint))
        event.stop()


def _placed(hints: Sequence[KeyHint], columns: int, between: int) -> list[list[tuple[int, KeyHint]]]:
    """Return keys line by line, with the columns they begin at."""
    lines: list[list[tuple[int, KeyHint]]] = [[]]
    at = 0
    for hint in hints:
        if at and at + hint.columns > columns:
            lines.append([])
            at = 0
        lines[-1].append((at, hint))
        at += hint.columns + between
    return lines
