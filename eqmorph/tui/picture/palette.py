"""The colors of a picture: those of its parts, and mixtures of two, which make edges smooth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64

__all__ = ["COLORS", "Color", "Palette"]

Color = tuple[int, int, int]

#: Colors that a picture has at most: a pixel is one byte, and few terminals show more at once.
COLORS = 256
_STEPS = 6  # of a mixture, from one color to another: finer ones can't be told apart on an edge


class Palette:
    """Colors by number: first those of the parts, then whatever mixtures are asked for.

    Args:
        parts: the colors of the parts.
    """

    def __init__(self, parts: Sequence[Color]) -> None:
        self._colors = list(parts)
        self._plain = list(range(len(parts)))  # by color: the part that it is most of
        self._mixtures: dict[tuple[int, int, int], int] = {}

    @property
    def colors(self) -> NDArray[np.uint8]:
        """Red, green and blue of each color, (colors, 3)."""
        return np.array(self._colors, dtype=np.uint8)

    def part(self, under: int, ink: int, share: float) -> int:
        """Return a mixture that is a part by itself: what is mixed with it is mixed with its own color."""
        return self._added(self._between(under, ink, share))

    def mix(self, under: NDArray[np.uint8], ink: int, coverage: Float64) -> NDArray[np.uint8]:
        """Return the numbers (pixels,) of what is ``under``, covered by an ink from 0, not at all, to 1, wholly."""
        steps = np.rint(coverage * _STEPS).astype(np.intp)
        keys = under.astype(np.intp) * (_STEPS + 1) + steps
        table = np.zeros(COLORS * (_STEPS + 1), dtype=np.uint8)
        for key in np.flatnonzero(np.bincount(keys, minlength=1)).tolist():
            number, step = divmod(key, _STEPS + 1)
            table[key] = self._mixed(number, ink, step)
        mixed: NDArray[np.uint8] = table[keys]
        return mixed

    def _mixed(self, under: int, ink: int, step: int) -> int:
        if step in (0, _STEPS):
            return ink if step else under
        # A mixture of a mixture would need ever more colors: it counts as the part that it is most of.
        part = self._plain[under]
        if (part, ink, step) not in self._mixtures:
            room = len(self._colors)
            number = self._mixtures[part, ink, step] = self._added(self._between(part, ink, step / _STEPS))
            if number == room:
                self._plain[number] = ink if 2 * step >= _STEPS else part
        return self._mixtures[part, ink, step]

    def _between(self, under: int, ink: int, share: float) -> Color:
        red, green, blue = (
            round(low + share * (high - low)) for low, high in zip(self._colors[under], self._colors[ink], strict=True)
        )
        return red, green, blue

    def _added(self, color: Color) -> int:
        """Return the number of a color: a new one as long as there is room, or else the nearest there is."""
        if color in self._colors:
            return self._colors.index(color)
        if len(self._colors) < COLORS:
            self._colors.append(color)
            self._plain.append(len(self._plain))
            return len(self._colors) - 1
        apart = np.abs(self.colors.astype(np.intp) - np.array(color)).sum(axis=1)
        return int(apart.argmin())
