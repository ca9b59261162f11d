"""The picture of an EQ in pixels: what `curve_paint` paints on cells, with smooth edges, in the same places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.plot.curve import SampledCurve
from eqmorph.plot.dots import dot_edges_hz, gain_ranges
from eqmorph.plot.terminal import Spectrum
from eqmorph.tui.picture.palette import Color, Palette
from eqmorph.tui.widgets.curve_paint import DECADES_HZ, MOST_NODES, NODES, Node, Role, heights
from eqmorph.tui.widgets.curve_scale import CurveScale

__all__ = ["DIGIT", "INKS", "Cell", "Heights", "Raster", "heights_of", "paint_raster"]

#: The number of the ink of the digits on nodes; those before it are the roles.
DIGIT = int(Role.NODE) + NODES
INKS = DIGIT + 1
_GRID_SHARE = 0.3  # of its color: on cells it is dotted
_CURVE_CELLS, _GHOST_CELLS = 0.17, 0.08  # how thick they are, in heights of a cell
_NODE_CELLS = 0.5  # its radius
_DIGIT_CELLS, _NOTE_CELLS = 0.72, 0.7


class Cell(NamedTuple):
    """The size of a cell in pixels."""

    width: int
    height: int


@dataclass(frozen=True, eq=False)
class Heights:
    """How high each pixel column (columns,) is filled, from 0 to 1: by the sound before, and after the EQ."""

    before: Float64
    after: Float64


@dataclass(frozen=True, eq=False)
class Raster:
    """A picture: the number of each pixel's color (height, width), and the colors (colors, 3)."""

    pixels: NDArray[np.uint8]
    colors: NDArray[np.uint8]


def heights_of(before: Spectrum, after: Spectrum | None, top: float, columns: int, *, tilt_db: float) -> Heights:
    """Return how high a sound's spectra, before and after an EQ, fill each pixel column below the level ``top``."""
    low = heights(before, columns, tilt_db=tilt_db, top=top)
    return Heights(low, low if after is None else heights(after, columns, tilt_db=tilt_db, top=top))


class _Canvas:
    """Pixels, and ways to cover some of them with an ink."""

    def __init__(self, height: int, width: int, palette: Palette) -> None:
        self.pixels: NDArray[np.uint8] = np.zeros((height, width), dtype=np.uint8)
        self.palette = palette

    def cover(self, rows: NDArray[np.intp], columns: NDArray[np.intp], coverage: Float64, ink: int) -> None:
        """Cover single pixels, none of them twice, as far as they are inside."""
        height, width = self.pixels.shape
        inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width) & (coverage > 0)
        at = rows[inside], columns[inside]
        self.pixels[at] = self.palette.mix(self.pixels[at], ink, np.minimum(coverage[inside], 1.0))

    def stamp(self, mask: Float64, x: float, y: float, ink: int) -> None:
        """Cover what a mask (rows, columns) covers, its middle at a place."""
        rows, columns = np.nonzero(mask)
        left, top = round(x - mask.shape[1] / 2), round(y - mask.shape[0] / 2)
        self.cover(rows + top, columns + left, mask[rows, columns], ink)

    def fill_below(self, tops: Float64, inks: NDArray[np.uint8]) -> None:
        """Cover each column (columns,) from a height down, with an ink of its own; the edge is smooth."""
        first = np.ceil(tops)
        rows = np.arange(len(self.pixels), dtype=np.int16)[:, None]
        np.copyto(self.pixels, inks[None, :], where=rows >= first.astype(np.int16))
        for ink in np.unique(inks).tolist():
            columns = np.flatnonzero((inks == ink) & (first > tops))
            self.cover(np.floor(tops[columns]).astype(np.intp), columns, (first - tops)[columns], ink)

    def stroke(self, tops: Float64, bottoms: Float64, thickness: float, ink: int) -> None:
        """Draw a line that goes from ``tops`` to ``bottoms`` in each column (columns,), from the left on."""
        middles = (tops + bottoms) / 2
        slope = np.abs(np.gradient(middles)) if len(middles) > 1 else np.zeros(len(middles))
        half = thickness / 2 * np.sqrt(1 + slope**2) + (bottoms - tops) / 2
        soft = np.maximum(slope, 1.0)  # over how many pixels its edge passes, in a column
        height = len(self.pixels)
        first = np.clip(np.floor(middles - half - soft / 2), 0, height).astype(np.intp)
        after = np.clip(np.ceil(middles + half + soft / 2), 0, height).astype(np.intp)
        counts = np.maximum(after - first, 0)
        columns = np.repeat(np.arange(len(middles)), counts)
        rows = np.arange(len(columns)) - np.repeat(np.cumsum(counts) - counts, counts) + first[columns]
        away = np.abs(rows + 0.5 - middles[columns])
        self.cover(rows, columns, (half[columns] - away) / soft[columns] + 0.5, ink)


def paint_raster(
    scale: CurveScale,
    cell: Cell,
    curve: SampledCurve,
    colors: Sequence[Color],
    *,
    fill: Heights | None = None,
    ghost: SampledCurve | None = None,
    nodes: Sequence[Node] = (),
    is_off: bool = False,
    note: str = "",
) -> Raster:
    """Paint the whole picture.

    Args:
        scale: where things are, in cells.
        cell: how large a cell is.
        curve: what the EQ does.
        colors: of each role, the nodes and their digits, `INKS` in all.
        fill: the sound.
        ghost: a curve that is only tried.
        nodes: the bands, which are numbered from 1. One that is in hand has a ring, one that is bypassed is gray.
        is_off: the sound is heard without the EQ.
        note: what to say in place of the sound.
    """
    canvas = _Canvas(scale.rows * cell.height, scale.columns * cell.width, Palette(colors))
    if fill is not None:
        _paint_sound(canvas, Heights(fill.before, fill.before) if is_off else fill)
    _paint_grid(canvas, scale, cell)
    if note:
        canvas.stamp(
            _text_mask(note, round(_NOTE_CELLS * cell.height)),
            canvas.pixels.shape[1] / 2,
            (3 * scale.rows // 4 + 0.5) * cell.height,
            Role.LABEL,
        )
    if ghost is not None:
        _paint_curve(canvas, scale, cell, ghost, _GHOST_CELLS, Role.GHOST)
    _paint_curve(canvas, scale, cell, curve, _CURVE_CELLS, Role.OFF if is_off else Role.CURVE)
    shown = list(enumerate(() if is_off else nodes[:MOST_NODES]))
    for number, node in sorted(shown, key=lambda item: item[1].is_chosen):  # what is in hand is above all
        _paint_node(canvas, scale, cell, number, node)
    return Raster(canvas.pixels, canvas.palette.colors)


def _paint_sound(canvas: _Canvas, fill: Heights) -> None:
    """Fill from below: with what stays of the sound, and above it what is added or taken."""
    height = len(canvas.pixels)
    tint = np.where(fill.after > fill.before, Role.ADDED, Role.TAKEN).astype(np.uint8)
    canvas.fill_below(height * (1 - np.maximum(fill.before, fill.after)), tint)
    stays = np.full(len(tint), Role.BEFORE, dtype=np.uint8)
    canvas.fill_below(height * (1 - np.minimum(fill.before, fill.after)), stays)


def _paint_grid(canvas: _Canvas, scale: CurveScale, cell: Cell) -> None:
    """Draw the lines of the grid, but not on what is tinted, which they would make hard to see."""
    height, width = canvas.pixels.shape
    thick = max(round(cell.height / 20), 1)
    across, down = np.arange(width), np.arange(height)
    for freq_hz in DECADES_HZ:
        left = int(scale.x_of(freq_hz) * cell.width)
        for column in range(left, left + thick):
            _paint_line(canvas, down, np.full(height, column), Role.GRID, _GRID_SHARE)
    for tick_db in scale.ticks_db:
        top = int(scale.y_of(tick_db) * cell.height - thick / 2)
        for row in range(top, top + thick):
            ink, share = (Role.GRID, _GRID_SHARE) if tick_db else (Role.ZERO, 2 * _GRID_SHARE)
            _paint_line(canvas, np.full(width, row), across, ink, share)


def _paint_line(canvas: _Canvas, rows: NDArray[np.intp], columns: NDArray[np.intp], ink: Role, share: float) -> None:
    inside = (rows < canvas.pixels.shape[0]) & (columns < canvas.pixels.shape[1])
    rows, columns = rows[inside], columns[inside]
    under = canvas.pixels[rows, columns]
    for ground in (Role.GROUND, Role.BEFORE):
        at = under == ground
        canvas.pixels[rows[at], columns[at]] = canvas.palette.part(ground, ink, share)


def _paint_curve(
    canvas: _Canvas, scale: CurveScale, cell: Cell, curve: SampledCurve, thick_cells: float, ink: Role
) -> None:
    ends = scale.y_of(gain_ranges(curve, dot_edges_hz(canvas.pixels.shape[1]))) * cell.height
    canvas.stroke(ends[0], ends[1], max(thick_cells * cell.height, 1.0), ink)


def _paint_node(canvas: _Canvas, scale: CurveScale, cell: Cell, number: int, node: Node) -> None:
    radius = max(_NODE_CELLS * cell.height - 0.5, 3.0)
    height, width = canvas.pixels.shape
    rim = max(radius / 6, 1.0)
    reach = radius + 4 * rim  # with the ring of one that is in hand
    x = min(max(float(scale.x_of(node.freq_hz)) * cell.width, reach), width - reach)
    y = min(max(float(scale.y_of(node.gain_db)) * cell.height, reach), height - reach)
    if node.is_chosen:
        canvas.stamp(_disc_mask(reach), x, y, Role.GROUND)
        canvas.stamp(_disc_mask(radius + 3 * rim), x, y, Role.CHOSEN)
    canvas.stamp(_disc_mask(radius + rim), x, y, Role.GROUND)
    canvas.stamp(_disc_mask(radius), x, y, Role.OFF if node.is_off else Role.NODE + number % NODES)
    if node.is_off:
        canvas.stamp(_disc_mask(radius - rim), x, y, Role.GROUND)
    digit = _text_mask(str(number + 1), round(_DIGIT_CELLS * cell.height))
    canvas.stamp(digit, x, y, Role.OFF if node.is_off else DIGIT)


@lru_cache(maxsize=64)
def _disc_mask(radius: float) -> Float64:
    """Return how much of each pixel a disc covers, (pixels, pixels)."""
    size = 2 * int(np.ceil(radius)) + 2
    away = np.arange(size) + 0.5 - size / 2
    mask: Float64 = np.clip(radius + 0.5 - np.hypot(away[:, None], away[None, :]), 0, 1)
    return mask


@lru_cache(maxsize=64)
def _text_mask(text: str, size: int) -> Float64:
    """Return how much of each pixel a text of some height covers, (rows, columns), its middle in the middle."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(max(size, 6))
    left, top, right, bottom = font.getbbox(text, anchor="mm")
    half_width, half_height = (int(np.ceil(max(-low, high))) + 1 for low, high in ((left, right), (top, bottom)))
    image = Image.new("L", (2 * half_width, 2 * half_height))
    ImageDraw.Draw(image).text((half_width, half_height), text, fill=255, font=font, anchor="mm")
    return np.asarray(image, dtype=np.float64) / 255
