"""The base of the widgets that draw their own lines."""

from __future__ import annotations

from rich.style import Style
from textual.widget import Widget

__all__ = ["LineWidget"]


class LineWidget(Widget):
    """A widget that draws its own lines, in the styles of its component classes.

    Textual resolves these again after every repaint, and the background whenever it is asked, which takes a third of
    the repaint. Here they are cached until the colors change.
    """

    _ground: Style | None = None
    _parts: dict[str, Style] | None = None

    @property
    def ground(self) -> Style:
        """The style of empty cells."""
        if self._ground is None:
            self._ground = self.rich_style
        return self._ground

    def style_of(self, part: str) -> Style:
        """Return the style of one of ``COMPONENT_CLASSES``."""
        if self._parts is None:
            self._parts = {}
        if part not in self._parts:
            self._parts[part] = self.get_component_rich_style(part)
        return self._parts[part]

    def notify_style_update(self) -> None:
        """Drop the cached styles when colors change."""
        super().notify_style_update()
        self._ground = self._parts = None
