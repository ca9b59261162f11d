"""The picture of an EQ, painted on cells: the sound's spectrum, what is added and taken tinted, the curve on top.

Nothing here knows of widgets or colors: every cell has an ink and a paper by `Role`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.plot.curve import SampledCurve
from eqmorph.plot.dots import BRAILLE, DOTS_ACROSS, DOTS_DOWN, braille_bits, dot_edges_hz, gain_ranges, joined_runs
from eqmorph.plot.terminal import Spectrum
from eqmorph.tui.widgets.cells import EIGHTHS, SPACE, Cells
from eqmorph.tui.widgets.curve_scale import CurveScale

__all__ = [
    *("DECADES_HZ", "MOST_NODES", "NODES", "SPAN_DB"),
    *("Fill", "Node", "Role", "curve_bits", "fill_of", "heights", "paint_curve", "paint_fill", "top_db"),
]

SPAN_DB = 48.0  # of the spectrum, from the bottom of the picture to its top
_HEADROOM_DB = 12.0  # above the loudest of a sound's mean spectrum, for its moments and for what is added
_TILT_FROM_HZ = 1000.0
DECADES_HZ = (100.0, 1000.0, 10_000.0)
_LEVEL, _ZERO, _UPRIGHT, _CROSSING = (ord(letter) for letter in "┈─┊┼")
MOST_NODES = 9  # a node is one digit
NODES = 6  # colors, as many as `band_colors` has; more bands begin anew


class Role(IntEnum):
    """What a cell's ink or paper stands for."""

    GROUND = 0
    BEFORE = 1
    ADDED = 2
    TAKEN = 3
    GRID = 4
    ZERO = 5
    CURVE = 6
    GHOST = 7
    LABEL = 8
    OFF = 9
    """The curve while the sound is heard without it."""
    CHOSEN = 10
    """What marks the band that is in hand."""
    NODE = 11
    """The first of as many as there are colors of nodes."""


@dataclass(frozen=True, eq=False)
class Fill:
    """How high each column is filled, in eighths of a row (columns,): by the sound before, and after the EQ."""

    before: NDArray[np.intp]
    after: NDArray[np.intp]


class Node(NamedTuple):
    """Where a band is on the curve; whether it is bypassed, and whether it is in hand."""

    freq_hz: float
    gain_db: float
    is_off: bool = False
    is_chosen: bool = False


def tilted(freqs_hz: Float64, level_db: Float64, tilt_db: float) -> Float64:
    """Return levels with a slope of some dB per octave taken out, around 1 kHz."""
    return level_db + tilt_db * np.log2(freqs_hz / _TILT_FROM_HZ)


def top_db(spectrum: Spectrum, tilt_db: float) -> float:
    """Return the level at the top of a picture of a sound; -inf for silence."""
    levels = tilted(spectrum.freqs_hz, spectrum.level_db, tilt_db)
    loudest = float(np.nanmax(levels, initial=-np.inf))
    return loudest + _HEADROOM_DB


def fill_of(before: Spectrum, after: Spectrum | None, scale: CurveScale, *, tilt_db: float, top: float) -> Fill:
    """Return how high a sound's spectra, before and after an EQ, fill each column, if ``top`` is the level on top."""
    low = _eighths(before, scale, tilt_db, top)
    return Fill(low, low if after is None else _eighths(after, scale, tilt_db, top))


def _eighths(spectrum: Spectrum, scale: CurveScale, tilt_db: float, top: float) -> NDArray[np.intp]:
    return np.rint(heights(spectrum, scale.columns, tilt_db=tilt_db, top=top) * scale.rows * 8).astype(np.intp)


def heights(spectrum: Spectrum, columns: int, *, tilt_db: float, top: float) -> Float64:
    """Return how high a spectrum fills each column of a picture, from 0 to 1, if ``top`` is the level on top."""
    edges_hz = dot_edges_hz(columns)
    middles_hz = np.sqrt(edges_hz[:-1] * edges_hz[1:])
    levels = tilted(spectrum.freqs_hz, spectrum.level_db, tilt_db)
    highest = np.interp(np.log(middles_hz), np.log(spectrum.freqs_hz), levels)
    highest[middles_hz > spectrum.freqs_hz[-1]] = np.nan
    at = np.searchsorted(edges_hz, spectrum.freqs_hz, side="right") - 1
    inside = (at >= 0) & (at < columns)
    np.fmax.at(highest, at[inside], levels[inside])
    height = 1 + (highest - top) / SPAN_DB if np.isfinite(top) else np.zeros(columns)
    return np.clip(np.nan_to_num(height, nan=0.0, posinf=1.0, neginf=0.0), 0, 1)


def paint_fill(cells: Cells, fill: Fill) -> None:
    """Fill cells (rows, columns) from below: with what stays of the sound, and above it what is added or taken.

    A cell holds two colors. Where three meet in one, the smallest part gives way.
    """
    rows = len(cells.codes)
    floor = 8 * np.arange(rows - 1, -1, -1)[:, None]
    stays = np.clip(np.minimum(fill.before, fill.after) - floor, 0, 8)
    tint = np.clip(np.maximum(fill.before, fill.after) - floor, 0, 8)
    role = np.where(fill.after > fill.before, Role.ADDED, Role.TAKEN)[None, :]
    tinted, empty = tint - stays, 8 - tint
    meet = (stays > 0) & (tinted > 0) & (empty > 0)
    drop_tint = meet & (tinted < stays) & (tinted < empty)
    tint = np.where(drop_tint, stays, tint)
    meet &= ~drop_tint
    fill_up = meet & (empty <= stays)
    tint = np.where(fill_up, 8, tint)
    stays = np.where(meet & ~fill_up, 0, stays)
    # From here on no cell has three parts.
    full = np.where(stays == 8, Role.BEFORE, np.where((tint == 8) & (tint > stays), role, Role.GROUND))
    cells.paper[:] = full
    part = np.where(stays > 0, stays, tint) * (stays < 8) * ((tint < 8) | (stays > 0))
    ink = np.where(stays > 0, Role.BEFORE, role)
    cells.put(part > 0, EIGHTHS[part], ink)


def majority(cells: Cells) -> NDArray[np.uint8]:
    """Return the paper that is nearest to what each cell (rows, columns) of a painted fill shows."""
    eighths = np.where(cells.codes == SPACE, 0, cells.codes.astype(np.intp) - int(EIGHTHS[1]) + 1)
    return np.where(eighths >= 4, cells.ink, cells.paper).astype(np.uint8)


def curve_bits(curve: SampledCurve, scale: CurveScale, *, thick: int = 2) -> NDArray[np.uint32]:
    """Return the braille bits (rows, columns) of a curve, some dots thick; beyond the range it is left out."""
    across, down = scale.columns * DOTS_ACROSS, scale.rows * DOTS_DOWN
    places = scale.y_of(gain_ranges(curve, dot_edges_hz(across))) * DOTS_DOWN
    beyond = (places[0] > down + thick) | (places[1] < -thick)
    runs = np.rint(np.clip(places, -thick, down + thick) - thick / 2).astype(np.intp)
    runs[1] += thick - 1
    tops, bottoms = joined_runs(runs)
    row = np.arange(down)[:, None]
    dots = np.zeros((down, across), dtype=np.bool_)
    dots[:, : len(tops)] = (row >= tops) & (row <= bottoms) & ~beyond
    return braille_bits(dots)


def paint_grid(cells: Cells, scale: CurveScale, free: NDArray[np.bool_]) -> None:
    """Draw the lines of the grid where cells are ``free`` (rows, columns)."""
    uprights = sorted({scale.column_of(freq_hz) for freq_hz in DECADES_HZ})
    is_upright = np.zeros(cells.codes.shape, dtype=np.bool_)
    is_upright[:, uprights] = True
    cells.put(is_upright & free, _UPRIGHT, Role.GRID)
    for tick_db in scale.ticks_db:
        row = scale.row_of(tick_db)
        line = np.zeros(cells.codes.shape, dtype=np.bool_)
        line[row] = True
        ink = Role.GRID if tick_db else Role.ZERO
        cells.put(line & free, _LEVEL if tick_db else _ZERO, ink)
        cells.put(line & free & is_upright, _CROSSING, ink)


def paint_curve(
    scale: CurveScale,
    curve: NDArray[np.uint32],
    *,
    fill: Fill | None = None,
    ghost: NDArray[np.uint32] | None = None,
    nodes: Sequence[Node] = (),
    is_off: bool = False,
) -> Cells:
    """Paint the whole picture.

    Args:
        scale: where things are.
        curve: the bits of the curve.
        fill: the sound.
        ghost: the bits of a curve that is only tried.
        nodes: the bands, which are numbered from 1. One that is in hand is in brackets, one that is bypassed is gray.
        is_off: the sound is heard without the EQ.
    """
    cells = Cells(scale.rows, scale.columns)
    if fill is not None:
        paint_fill(cells, Fill(fill.before, fill.before) if is_off else fill)
    flat = majority(cells)
    tints = (cells.paper == Role.ADDED) | (cells.paper == Role.TAKEN)  # which the lines would make hard to see
    paint_grid(cells, scale, (cells.codes == SPACE) & ~tints)
    for bits, role in ((ghost, Role.GHOST), (curve, Role.OFF if is_off else Role.CURVE)):
        if bits is not None:
            where = bits > 0
            np.copyto(cells.paper, flat, where=where)
            cells.put(where, BRAILLE + bits, role)
    shown = list(enumerate(() if is_off else nodes[:MOST_NODES]))
    for number, node in sorted(shown, key=lambda item: item[1].is_chosen):  # what is in hand is above all
        row, column = scale.row_of(node.gain_db), scale.column_of(node.freq_hz)
        if node.is_chosen:
            for beside, bracket in ((column - 1, "["), (column + 1, "]")):
                if 0 <= beside < scale.columns:
                    cells.write(row, beside, bracket, Role.CHOSEN)
                    cells.paper[row, beside] = Role.GROUND
        cells.write(row, column, str(number + 1), Role.OFF if node.is_off else Role.NODE + number % NODES)
        cells.paper[row, column] = Role.GROUND if node.is_off else Role.NODE + number % NODES
    return cells
