"""How pictures are handed to a terminal: as sixels, or by kitty's protocol."""

from __future__ import annotations

import base64
import io
import os
import struct
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable

from eqmorph.tui.picture.raster import Cell, Raster
from eqmorph.tui.picture.sixel import to_sixels

__all__ = ["Graphics", "KittyGraphics", "SixelGraphics", "cell_size"]

_CHUNK = 4096  # bytes of base64 in a message of kitty's protocol, at most


class Graphics(ABC):
    """A way to show a picture that covers some cells.

    Args:
        cell: the size of a cell.
        measure: returns it anew, since another font may be chosen; None where it is not known.
    """

    def __init__(self, cell: Cell, measure: Callable[[], Cell | None] = lambda: None) -> None:
        self.cell, self._measure = cell, measure

    def measure(self) -> None:
        """Ask the system for the size of a cell again."""
        self.cell = self._measure() or self.cell

    @abstractmethod
    def show(self, raster: Raster, column: int, line: int) -> str:
        """Return what has a picture shown with its upper left corner in a cell, the cursor staying where it is."""

    @property
    @abstractmethod
    def farewell(self) -> str:
        """What has the terminal forget the picture."""


class SixelGraphics(Graphics):
    """Pictures as sixels, which lie on the screen where they were drawn, until characters are written over them.

    Args:
        cell: the size of a cell.
        measure: returns it anew.
        most: the width and height that the terminal takes, in pixels; larger pictures are sent in parts.
    """

    def __init__(
        self,
        cell: Cell,
        measure: Callable[[], Cell | None] = lambda: None,
        *,
        most: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(cell, measure)
        self._most = most or (1 << 16, 1 << 16)

    def show(self, raster: Raster, column: int, line: int) -> str:
        height, width = raster.pixels.shape
        # Parts are whole cells, since a part can only begin at one.
        across, down = (max(most // size, 1) * size for most, size in zip(self._most, self.cell, strict=True))
        parts = [
            f"\x1b[{line + top // self.cell.height + 1};{column + left // self.cell.width + 1}H"
            + to_sixels(Raster(raster.pixels[top : top + down, left : left + across], raster.colors))
            for top in range(0, height, down)
            for left in range(0, width, across)
        ]
        return f"\x1b7{''.join(parts)}\x1b8"

    @property
    def farewell(self) -> str:
        return ""  # it goes with the screen


class KittyGraphics(Graphics):
    """Pictures by kitty's protocol, which lie above all characters until the terminal is told to forget them.

    Below the characters, what covers a picture would need no such care; but kitty then draws all else in another way,
    which leaves traces of what was there before (0.26).
    """

    def __init__(self, cell: Cell, measure: Callable[[], Cell | None] = lambda: None) -> None:
        super().__init__(cell, measure)
        self._number = 1 + os.getpid() % 0xFFFFFF

    def show(self, raster: Raster, column: int, line: int) -> str:
        from PIL import Image

        height, width = raster.pixels.shape
        image = Image.fromarray(raster.pixels)
        image.putpalette(raster.colors.tobytes())
        file = io.BytesIO()
        image.save(file, "PNG", compress_level=1)
        payload = base64.b64encode(file.getvalue()).decode("ascii")
        chunks = [payload[start : start + _CHUNK] for start in range(0, len(payload), _CHUNK)]
        # One picture in one place, which each further one replaces; the cursor stays (C), and no answer comes (q).
        columns, rows = width // self.cell.width, height // self.cell.height
        what = f"a=T,f=100,i={self._number},p=1,c={columns},r={rows},C=1,"
        parts = [
            f"\x1b_G{'' if number else what}q=2,m={int(number < len(chunks) - 1)};{chunk}\x1b\\"
            for number, chunk in enumerate(chunks)
        ]
        return f"\x1b7\x1b[{line + 1};{column + 1}H{''.join(parts)}\x1b8"

    @property
    def farewell(self) -> str:
        return f"\x1b_Ga=d,d=I,i={self._number},q=2\x1b\\"


def cell_size() -> Cell | None:
    """Return the size of a cell in pixels, as the system knows it of the terminal; None if it doesn't."""
    if sys.platform == "win32" or sys.__stdout__ is None:
        return None
    import fcntl
    import termios

    try:
        answer = fcntl.ioctl(sys.__stdout__.fileno(), termios.TIOCGWINSZ, bytes(8))
    except (OSError, ValueError):
        return None
    rows, columns, width, height = struct.unpack("HHHH", answer)
    return Cell(width // columns, height // rows) if 0 < columns <= width and 0 < rows <= height else None
