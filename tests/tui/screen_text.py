"""Pictures of the terminal as text: what our own widgets write, and nothing that a Textual release may draw anew.

A picture is a file below ``pictures/``. One that differs fails with both, line by line; ``EQMORPH_PICTURES=new pytest``
writes them again, to be looked at before they are committed.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from pathlib import Path

from rich.color import Color
from rich.style import Style
from textual.app import App
from textual.geometry import Region, Size
from textual.widget import Widget
from textual.widgets import Static

__all__ = ["check_picture", "least_contrast", "screen_lines"]

_FOLDER = Path(__file__).parent / "pictures"
_MASK = "▒"


def screen_lines(app: App[object]) -> list[str]:
    """Return what the topmost screen shows, line by line; Textual's own widgets are masked."""
    return ["".join(character for character, _ in line).rstrip() for line in _shown_cells(app)]


def check_picture(name: str, lines: list[str]) -> None:
    """Compare lines with the picture of this name."""
    path = _FOLDER / f"{name}.txt"
    text = "\n".join(lines) + "\n"
    if os.environ.get("EQMORPH_PICTURES") == "new":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    known = path.read_text(encoding="utf-8") if path.exists() else ""
    difference = "\n".join(difflib.unified_diff(known.splitlines(), lines, "committed", "now", lineterm=""))
    assert text == known, f"{path.name} looks different\n{difference}"


def least_contrast(app: App[object]) -> float:
    """Return the lowest contrast of any text with its background (WCAG: 1 is none, 21 the most)."""
    return min(
        _contrast(style.color, style.bgcolor)
        for line in _shown_cells(app)
        for character, style in line
        if character not in (" ", _MASK) and style.color and style.bgcolor
    )


def _shown_cells(app: App[object]) -> list[list[tuple[str, Style]]]:
    """Return the characters of the whole screen, or of a modal screen those that it adds."""
    screen = app.screen
    # The one place that uses Textual's internals: there is no public way to the text of a screen.
    rendered = screen._compositor.render_strips(Size(*app.size))
    cells = [[(char, segment.style or Style()) for segment in line for char in segment.text] for line in rendered]
    for widget in screen.walk_children(Widget):
        if _is_textual(widget) and widget.display:
            for x, y in _places(widget.region.intersection(screen.region)):
                cells[y][x] = (_MASK, Style())
    shown = screen.region
    if screen.is_modal:
        parts = [child.region for child in screen.children if child.display and not _is_textual(child)]
        shown = Region.from_union(parts).intersection(shown)
    return [line[shown.x : shown.right] for line in cells[shown.y : shown.bottom]]


def _is_textual(widget: Widget) -> bool:
    """Tell whether a widget of Textual's own writes text of its own; labels write ours, containers none."""
    kind = type(widget)
    return kind.__module__.startswith("textual.widgets") and not issubclass(kind, Static)


def _places(region: Region) -> Iterator[tuple[int, int]]:
    return ((x, y) for y in range(region.y, region.bottom) for x in range(region.x, region.right))


def _contrast(text: Color, ground: Color) -> float:
    brighter, darker = sorted((_luminance(text), _luminance(ground)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (part / 255 for part in color.get_truecolor())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
