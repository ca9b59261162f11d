"""The screen for terminals that are too small for any other."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

__all__ = ["TooSmall", "has_room"]

_MIN_SIZE = Size(72, 22)


def has_room(size: Size) -> bool:
    """Tell whether a terminal is large enough to work in."""
    return size.width >= _MIN_SIZE.width and size.height >= _MIN_SIZE.height


class TooSmall(ModalScreen[None]):
    """Covers everything until the terminal is large enough."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,ctrl+q", "app.quit", "Quit", id="small.quit", tooltip="Quit"),
    ]

    def compose(self) -> ComposeResult:
        yield Static(markup=False)

    def on_mount(self) -> None:
        self._show_sizes(self.app.size)

    def on_resize(self) -> None:
        self._show_sizes(self.app.size)

    def on_screen_resume(self) -> None:
        if has_room(self.app.size):  # it grew while another screen was above
            self.dismiss()

    def _show_sizes(self, size: Size) -> None:
        wanted = f"{_MIN_SIZE.width}x{_MIN_SIZE.height}"
        self.query_one(Static).update(f"Make me larger:\nthis is {size.width}x{size.height},\nand I need {wanted}.")
