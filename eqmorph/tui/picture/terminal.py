"""What the terminal can show, as it says itself. It is asked before the app takes it: then its answers are keys."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence

from textual_image._terminal import TerminalError, capture_terminal_response
from textual_image.renderable import Image, SixelImage, TGPImage  # asks whether it shows sixels or kitty's pictures

from eqmorph.tui.picture.graphics import Graphics, KittyGraphics, SixelGraphics, cell_size
from eqmorph.tui.picture.palette import COLORS
from eqmorph.tui.picture.raster import Cell

__all__ = ["ask_terminal"]

_WAIT_S = 0.1  # for an answer: a terminal that has none is silent
_LEAST_COLORS = 128  # of which smooth edges can be made
_SHOWN_BY = "kitty, Ghostty, foot, WezTerm, Konsole, iTerm2, Windows Terminal (1.22) and xterm -ti vt340 show them."
_IN_TMUX = "tmux passes them on from 3.4 on if it was built with sixel, to a terminal that shows sixels."
_LEAST_MOST = 1000  # pixels that xterm takes either way


def ask_terminal() -> tuple[Graphics | None, str]:
    """Return how this terminal shows pictures, or None and why it can't, with what helps."""
    if Image is not SixelImage and Image is not TGPImage:
        return None, f"this terminal shows no pictures. {_IN_TMUX if os.environ.get('TMUX') else _SHOWN_BY}"
    cell = cell_size() or _asked_cell_size()
    if cell is None:
        return None, "this terminal doesn't say how many pixels a character has. Its newer releases may."
    if Image is TGPImage:
        return KittyGraphics(cell, cell_size), ""
    # Both questions are those of XTSMGRAPHICS; the first also asks for as many colors.
    colors = _numbers(f"\x1b[?1;3;{COLORS}S", "S")
    if len(colors) == 3 and colors[1] == 0 and colors[2] < _LEAST_COLORS:
        return None, (
            f"this terminal shows {colors[2]} colors at once in a picture, and {_LEAST_COLORS} are needed. "
            f"xterm shows more with -xrm 'XTerm*numColorRegisters: {COLORS}'."
        )
    size = _numbers("\x1b[?2;1;0S", "S")
    most = _most(size[2:]) if len(size) == 4 and size[1] == 0 else None
    return SixelGraphics(cell, cell_size, most=most), ""


def _most(size: Sequence[int]) -> tuple[int, int]:
    """Return how many pixels a picture may have: the window's may be all that is told, which can grow."""
    width, height = (max(length, _LEAST_MOST) for length in size)
    return width, height


def _asked_cell_size() -> Cell | None:
    numbers = _numbers("\x1b[16t", "t")
    return Cell(numbers[2], numbers[1]) if len(numbers) == 3 and min(numbers[1:]) > 0 else None


def _numbers(question: str, end: str) -> list[int]:
    """Return the numbers in the terminal's answer to a question; none if there is no such answer."""
    if sys.__stdout__ is None:
        return []
    start = "\x1b[?" if question.startswith("\x1b[?") else "\x1b["
    try:
        with capture_terminal_response(start, end, _WAIT_S) as answer:
            sys.__stdout__.write(question)
            sys.__stdout__.flush()
    except (TerminalError, TimeoutError):
        return []
    return [int(number) for number in re.findall(r"\d+", answer.sequence)]
