"""What the SVGs have in common: colors, letters, the lines above a picture, numbers and texts as XML holds them.

All colors are equally light, half-way between black and white as the eye sees it: 4.5:1 against either, so that a
picture is readable on any page.
"""

from __future__ import annotations

import textwrap
from html import escape  # that of xml.sax loads urllib with it, 30 ms of every start

from eqmorph._typing import Float64

__all__ = ["COLOURS", "FONTS", "GREY", "SMALL", "heading_lines", "opening", "px", "xml_text"]

GREY = "#767676"
COLOURS = ("#c65102", "#0474e0", "#028660", "#d00aca", "#907201", "#5b61ff", "#e90b3e", "#057fa7")
FONTS = "system-ui, sans-serif"
SMALL, _BIG = 13, 18
_LONGEST_TITLE, _LONGEST_DESCRIPTION = 70, 115


def opening(width: int, height: int, name: str) -> list[str]:
    """Return how a picture begins; ``name`` is what a screen reader says."""
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" font-family="{FONTS}" font-size="{SMALL}">',
        f"<title>{xml_text(name)}</title>",
    ]


def heading_lines(title: str, description: str, left: int) -> list[str]:
    """Return the lines above a picture."""
    lines = []
    if title:
        short = textwrap.shorten(title, _LONGEST_TITLE, placeholder=" …")
        lines.append(f'<text x="{left}" y="26" font-size="{_BIG}" font-weight="600" fill="{GREY}">')
        lines[-1] += f"{xml_text(short)}</text>"
    if description:
        short = textwrap.shorten(description, _LONGEST_DESCRIPTION, placeholder=" …")
        lines.append(f'<text x="{left}" y="{26 + 22 * len(lines)}" fill="{GREY}">{xml_text(short)}</text>')
    return lines


def px(value: float | Float64) -> str:
    """Format a coordinate with as many digits as can be seen."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def xml_text(text: str) -> str:
    """Escape text for XML, which has no control characters and no halves of characters."""
    return escape("".join(c if c.isprintable() else " " for c in text))
