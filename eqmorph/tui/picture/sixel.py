"""A picture as sixels: six rows of pixels at a time, one color after the other, repeated columns counted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eqmorph.tui.picture.raster import Raster

__all__ = ["to_sixels"]

_BAND = 6  # rows
_FULL = (1 << _BAND) - 1
_LETTER = 63  # stands for six pixels without the color; the next 63 for all others
_MOST_DIGITS = 4
_COLUMNS = 10**_MOST_DIGITS - 1  # at most


def to_sixels(raster: Raster) -> str:
    """Return a picture as a terminal takes it; what it does not cover of its last six rows stays as it was.

    Everything is done for all runs of equal columns at once: one by one they would take a tenth of a second.
    """
    height, width = raster.pixels.shape
    if width > _COLUMNS:
        raise ValueError(f"{width} columns are more than {_COLUMNS}")
    used = np.flatnonzero(np.bincount(raster.pixels.ravel(), minlength=1)).tolist()
    percent = (raster.colors.astype(np.intp) * 100 + 127) // 255
    registers = "".join("#{};2;{};{};{}".format(number, *percent[number].tolist()) for number in used)
    return f'\x1bP0;1;0q"1;1;{width};{height}{registers}{_bands(raster.pixels)}\x1b\\'


def _bands(pixels: NDArray[np.uint8]) -> str:
    height, width = pixels.shape
    bands = -(-height // _BAND)
    rows = np.full((bands * _BAND, width), pixels[-1], dtype=np.uint8)
    rows[:height] = pixels
    banded = rows.reshape(bands, _BAND, width)
    last_bits = (1 << (height - (bands - 1) * _BAND)) - 1  # of the last band, which may have fewer rows
    # Most columns of six pixels are of one color.
    plain = (banded == banded[:, :1]).all(axis=1)
    plain_band, plain_column = np.nonzero(plain)
    plain_color = banded[plain_band, 0, plain_column]
    mixed_band, mixed_column = np.nonzero(~plain)
    mixed_colors = banded[mixed_band, :, mixed_column]
    # A line for each color of each band.
    has = np.zeros((bands, 256), dtype=np.bool_)
    has[plain_band, plain_color] = True
    for row in range(_BAND):
        has[mixed_band, mixed_colors[:, row]] = True
    line_band, line_color = np.nonzero(has)
    line_of = np.cumsum(has).reshape(has.shape) - 1
    bits = np.zeros((len(line_band), width), dtype=np.uint8)
    bits[line_of[plain_band, plain_color], plain_column] = _FULL
    for row in range(_BAND):
        bits[line_of[mixed_band, mixed_colors[:, row]], mixed_column] |= np.uint8(1 << row)
    bits[line_band == bands - 1] &= np.uint8(last_bits)
    return _encoded(bits, line_band, line_color)


def _encoded(bits: NDArray[np.uint8], band: NDArray[np.intp], color: NDArray[np.intp]) -> str:
    """Return lines (lines, columns) as text, each with its color, and what leads from one to the next."""
    lines, width = bits.shape
    begins = np.ones(bits.shape, dtype=np.bool_)
    np.not_equal(bits[:, 1:], bits[:, :-1], out=begins[:, 1:])
    starts = np.flatnonzero(begins)
    counts = np.diff(starts, append=bits.size)
    values = bits.ravel()[starts]
    line = starts // width
    is_tail = (values == 0) & (np.append(line[1:] != line[:-1], True))
    counts, values, line = (column[~is_tail] for column in (counts, values, line))
    # Each run, and each beginning of a line, has a row of bytes; zeros are left out in the end.
    runs = _run_bytes(counts, values + _LETTER)
    heads = _head_bytes(band, color)
    place = np.arange(len(line)) + line + 1
    text = np.zeros((len(line) + lines, runs.shape[1]), dtype=np.uint8)
    text[place] = runs
    is_head = np.ones(len(text), dtype=np.bool_)
    is_head[place] = False
    text[is_head, : heads.shape[1]] = heads
    return text[text > 0].tobytes().decode("ascii")


def _run_bytes(counts: NDArray[np.intp], letters: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return ``!12~`` for long runs, and the letters themselves for short ones, (runs, bytes)."""
    text = np.zeros((len(counts), 2 + _MOST_DIGITS), dtype=np.uint8)
    short = counts <= 3
    text[~short, 0] = ord("!")
    text[~short, 1 : 1 + _MOST_DIGITS] = _digits(counts[~short], _MOST_DIGITS)
    text[~short, -1] = letters[~short]
    for number in range(3):
        at = short & (counts > number)
        text[at, number] = letters[at]
    return text


def _head_bytes(band: NDArray[np.intp], color: NDArray[np.intp]) -> NDArray[np.uint8]:
    """Return ``-#7`` for the first color of a band, ``$#8`` for each further one, (lines, bytes)."""
    text = np.zeros((len(band), 5), dtype=np.uint8)
    is_new = np.append(True, band[1:] != band[:-1])
    text[:, 0] = np.where(is_new, ord("-"), ord("$"))
    text[0, 0] = 0
    text[:, 1] = ord("#")
    text[:, 2:] = _digits(color, 3, keep_zero=True)
    return text


def _digits(numbers: NDArray[np.intp], most: int, *, keep_zero: bool = False) -> NDArray[np.uint8]:
    """Return numbers as digits (numbers, most), zero bytes in front."""
    powers = 10 ** np.arange(most - 1, -1, -1)
    digits = (numbers[:, None] // powers % 10 + ord("0")).astype(np.uint8)
    digits[numbers[:, None] < powers] = 0
    if keep_zero:
        digits[numbers == 0, -1] = ord("0")
    return digits
