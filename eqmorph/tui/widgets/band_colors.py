"""The color of each band, which its number has on the curve and in the table."""

from __future__ import annotations

from rich.style import Style

__all__ = ["band_style"]

# Apart from each other for all eyes by lightness or hue, and light enough for dark digits on any theme.
_COLORS = ("#e8a33d", "#5fb4ea", "#7fc86f", "#e8808f", "#b79af0", "#4fc7be")
_DIGIT = "#101010"


def band_style(number: int) -> Style:
    """Return the style of the number of a band, counted from 0; colors come again after the sixth."""
    return Style(color=_DIGIT, bgcolor=_COLORS[number % len(_COLORS)], bold=True)
