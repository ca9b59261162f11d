"""A picture as arrays: the character, the ink and the paper of each cell. Painted at once, shown line by line."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

__all__ = ["EIGHTHS", "SPACE", "Cells"]

SPACE = ord(" ")
#: The code points of cells that are filled from below by 0 to 8 eighths.
EIGHTHS = np.array([ord(letter) for letter in " ▁▂▃▄▅▆▇█"], dtype=np.uint32)
_MOST_ROLES = 64


class Cells:
    """Cells (rows, columns), each a code point ``codes`` in an ``ink`` on a ``paper``, which are small numbers.

    What the numbers stand for is up to whoever paints; 0 is the ink of empty cells and the paper of the ground.
    """

    def __init__(self, rows: int, columns: int) -> None:
        self.codes: NDArray[np.uint32] = np.full((rows, columns), SPACE, dtype=np.uint32)
        self.ink: NDArray[np.uint8] = np.zeros((rows, columns), dtype=np.uint8)
        self.paper: NDArray[np.uint8] = np.zeros((rows, columns), dtype=np.uint8)

    def put(self, where: NDArray[np.bool_], codes: ArrayLike, ink: ArrayLike) -> None:
        """Set the characters of the cells ``where`` (rows, columns) says, on the paper that they have."""
        np.copyto(self.codes, np.asarray(codes, dtype=np.uint32), where=where)
        np.copyto(self.ink, np.asarray(ink, dtype=np.uint8), where=where)

    def write(self, row: int, column: int, text: str, ink: int) -> None:
        """Write a text on the paper that is there, as far as there is room."""
        text = text[: max(self.codes.shape[1] - column, 0)]
        self.codes[row, column : column + len(text)] = [ord(letter) for letter in text]
        self.ink[row, column : column + len(text)] = ink

    def changed_rows(self, former: Cells) -> list[int]:
        """Return the rows in which something differs from a picture of the same size."""
        differs = (self.codes != former.codes) | (self.ink != former.ink) | (self.paper != former.paper)
        return [int(row) for row in np.flatnonzero(differs.any(axis=1))]

    def segments(self, row: int, style_of: Callable[[int, int], Style]) -> list[Segment]:
        """Return a row, neighboring cells of one look as one segment; ``style_of`` is given an ink and a paper."""
        codes = self.codes[row]
        looks = np.where(codes == SPACE, 0, self.ink[row]).astype(np.int32) * _MOST_ROLES + self.paper[row]
        ends = np.flatnonzero(np.append(looks[1:] != looks[:-1], True)) + 1
        text = codes.astype("<u4").tobytes().decode("utf-32-le")
        segments = []
        start = 0
        for end, look in zip(ends.tolist(), looks[ends - 1].tolist(), strict=True):
            segments.append(Segment(text[start:end], style_of(*divmod(look, _MOST_ROLES))))
            start = end
        return segments

    def strip(self, row: int, style_of: Callable[[int, int], Style]) -> Strip:
        """Return a row as Textual shows it."""
        return Strip(self.segments(row, style_of), self.codes.shape[1])
