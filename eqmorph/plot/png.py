"""Curves as a small PNG, for those who look at pixels: drawn with numpy alone, as no library for pictures is needed.

Everything is drawn three times as fine as it is shown, and then averaged.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.plot.curve import FREQ_TICKS_HZ, DbAxis, SampledCurve, db_axis, freq_label, freq_position

__all__ = ["COLOUR_NAMES", "encoded_png", "png_document"]

#: The colors of the curves, in their order, for whoever has to name them.
COLOUR_NAMES = ("orange", "blue", "green", "magenta", "brown", "violet")
_COLOURS = ((198, 81, 2), (4, 116, 224), (2, 134, 96), (208, 10, 202), (144, 114, 1), (91, 97, 255))
_PAPER, _INK, _GRID, _ZERO = (255, 255, 255), (70, 70, 70), (225, 225, 225), (120, 120, 120)
_FINE = 3
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 14, 14, 26
_THICK = 2.4  # of a curve, in px
#: Letters of three by five dots, a row each, the left dot the highest bit.
_LETTERS = {
    **{"0": "75557", "1": "26227", "2": "71747", "3": "71717", "4": "55711", "5": "74717", "6": "74757", "7": "71122"},
    **{"8": "75757", "9": "75717", "k": "45665", "+": "02720", "-": "00700", "d": "11757", "B": "65756", "H": "55755"},
    **{"z": "07247", " ": "00000", ".": "00002"},
}
_DOT = 2  # px


def png_document(curves: Sequence[SampledCurve], *, width: int = 640, height: int = 300) -> bytes:
    """Draw one or several curves on one grid; their colors follow `COLOUR_NAMES`.

    Args:
        curves: at least one.
        width: in px.
        height: in px.
    """
    canvas = _Canvas(width, height, db_axis(curves))
    canvas.draw_grid()
    for number, curve in reversed(list(enumerate(curves))):  # the first lies on top
        canvas.draw_curve(curve, _COLOURS[number % len(_COLOURS)])
    return encoded_png(canvas.averaged())


class _Canvas:
    """Pixels, three times as fine as they will be, and where things are on them."""

    def __init__(self, width: int, height: int, axis: DbAxis) -> None:
        self._width, self._height, self._axis = width, height, axis
        self._pixels = np.full((height * _FINE, width * _FINE, 3), _PAPER, dtype=np.uint8)

    def draw_grid(self) -> None:
        left, right, top, bottom = _LEFT, self._width - _RIGHT, _TOP, self._height - _BOTTOM
        for number, freq_hz in enumerate(sorted(FREQ_TICKS_HZ)):
            x = float(self._x(np.array(freq_hz)))
            self._fill(x - 0.5, top, x + 0.5, bottom, _GRID)
            self._write(freq_label(freq_hz) + (" Hz" if number == 0 else ""), x, bottom + 8, align=0.5)
        for gain_db in self._axis.ticks_db:
            y = float(self._y(np.array(gain_db)))
            half = 0.75 if gain_db == 0 else 0.5
            self._fill(left, y - half, right, y + half, _ZERO if gain_db == 0 else _GRID)
            unit = " dB" if gain_db == self._axis.high_db else ""
            sign = "+" if gain_db > 0 else ""
            self._write(f"{sign}{gain_db:g}{unit}", left - 5, y - 2.5 * _DOT, align=1.0)

    def draw_curve(self, curve: SampledCurve, colour: tuple[int, int, int]) -> None:
        """Draw a curve column by column: as far up and down as its slope asks for, so that it is equally thick."""
        columns = np.arange(round(_LEFT * _FINE), round((self._width - _RIGHT) * _FINE)) / _FINE
        xs, ys = self._x(curve.freqs_hz), self._y(curve.gain_db)
        columns = columns[(columns >= xs[0]) & (columns <= xs[-1])]
        y = np.interp(columns, xs, ys)
        slope = np.gradient(y, columns) if len(columns) > 1 else np.zeros_like(y)
        reach = _THICK / 2 * np.sqrt(1 + slope**2)
        rows = np.arange(self._height * _FINE)[:, None] / _FINE
        is_on = np.abs(rows - y) <= reach
        first = round(float(columns[0]) * _FINE) if len(columns) else 0
        self._pixels[:, first : first + len(columns)][is_on] = colour

    def averaged(self) -> NDArray[np.uint8]:
        shape = (self._height, _FINE, self._width, _FINE, 3)
        return np.asarray(self._pixels.reshape(shape).mean(axis=(1, 3)).round().astype(np.uint8))

    def _x(self, freq_hz: Float64) -> Float64:
        return _LEFT + freq_position(freq_hz) * (self._width - _LEFT - _RIGHT)

    def _y(self, gain_db: Float64) -> Float64:
        return _TOP + self._axis.position(gain_db) * (self._height - _TOP - _BOTTOM)

    def _fill(self, left: float, top: float, right: float, bottom: float, colour: tuple[int, int, int]) -> None:
        x0, y0, x1, y1 = (max(round(at * _FINE), 0) for at in (left, top, right, bottom))
        self._pixels[y0:y1, x0:x1] = colour

    def _write(self, text: str, x: float, y: float, *, align: float) -> None:
        """Write a text whose top is at y, left of x by a share of its width."""
        text = text.replace("\u2212", "-")
        x = min(max(x - align * (4 * len(text) - 1) * _DOT, 1), self._width - (4 * len(text) - 1) * _DOT - 1)
        for letter in text:
            for row, bits in enumerate(_LETTERS[letter]):
                for column in range(3):
                    if int(bits) >> (2 - column) & 1:
                        left, top = round(x) + column * _DOT, round(y) + row * _DOT
                        self._fill(left, top, left + _DOT, top + _DOT, _INK)
            x += 4 * _DOT


def encoded_png(pixels: NDArray[np.uint8]) -> bytes:
    """Return pixels (height, width, 3), or 4 with how opaque they are, as a PNG."""
    height, width, channels = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1)  # no filter
    header = struct.pack(">IIBBBBB", width, height, 8, 2 if channels == 3 else 6, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
