"""The keys, on the last line: as many as there is room for, the most important ones first."""

from __future__ import annotations

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
    """A key, what it does in a word, and the action it runs; ``is_main`` if it is to be seen in any terminal."""

    key: str
    name: str
    action: str
    is_main: bool = True

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

    def shown(self, columns: int) -> tuple[list[KeyHint], int]:
        """Return the keys for which there is room, the main ones first, all in their order; and how far they are apart."""
        needed = sum(hint.columns + _BETWEEN for hint in self.hints if hint.is_main)
        between = _BETWEEN if needed <= columns + _BETWEEN else 1
        chosen: set[int] = set()
        room = columns + between
        for is_main in (True, False):
            for number, hint in enumerate(self.hints):
                if hint.is_main is is_main and hint.columns + between <= room:
                    chosen.add(number)
                    room -= hint.columns + between
        return [self.hints[number] for number in sorted(chosen)], between

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        segments: list[Segment] = []
        hints, between = self.shown(width)
        for hint in hints if y == 0 else ():
            segments += [
                Segment(hint.key, self.style_of("keys--key")),
                Segment(f" {hint.name}" + " " * between, self.style_of("keys--name")),
            ]
        return Strip(segments).adjust_cell_length(width, self.ground)

    def on_click(self, event: events.Click) -> None:
        x = event.get_content_offset_capture(self).x
        hints, between = self.shown(self.size.width)
        for hint in hints:
            if 0 <= x < hint.columns:
                self.post_message(self.Clicked(hint))
            x -= hint.columns + between
        event.stop()
