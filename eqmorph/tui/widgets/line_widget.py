"""What the widgets that draw their own lines have in common."""

from __future__ import annotations

from rich.style import Style
from textual.widget import Widget

__all__ = ["LineWidget"]


class LineWidget(Widget):
    """A widget that draws its own lines, in the styles of its parts.

    Textual works these out anew after every repaint, and the background's whenever it is asked, which takes a third of
    the repaint: here they are kept until the colours change.
    """

    _ground: Style | None = None
    _parts: dict[str, Style] | None = None

    @property
    def ground(self) -> Style:
        """The style of what is left empty."""
        if self._ground is None:
            self._ground = self.rich_style
        return self._ground

    def style_of(self, part: str) -> Style:
        """The style of one of ``COMPONENT_CLASSES``."""
        if self._parts is None:
            self._parts = {}
        if part not in self._parts:
            self._parts[part] = self.get_component_rich_style(part)
        return self._parts[part]

    def notify_style_update(self) -> None:
        """Colours changed."""
        super().notify_style_update()
        self._ground = self._parts = None
