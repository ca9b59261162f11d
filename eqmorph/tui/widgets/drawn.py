"""What the widgets that draw their own lines have in common."""

from __future__ import annotations

from rich.style import Style
from textual.widget import Widget

__all__ = ["Drawn"]


class Drawn(Widget):
    """A widget whose lines need its background, which Textual works out anew whenever it is asked: here it is kept."""

    _ground: Style | None = None

    @property
    def ground(self) -> Style:
        """The style of what is left empty."""
        if self._ground is None:
            self._ground = self.rich_style
        return self._ground

    def notify_style_update(self) -> None:
        """Colours changed."""
        super().notify_style_update()
        self._ground = None
