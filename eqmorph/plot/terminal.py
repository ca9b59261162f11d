"""A curve in characters: braille dots on a grid, or plain ASCII. Knows nothing of who prints it, nor how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eqmorph.plot.curve import FREQ_TICKS_HZ, DbAxis, SampledCurve, db_axis, freq_label, freq_position
from eqmorph.plot.dots import BRAILLE, DOTS_ACROSS, DOTS_DOWN, braille_bits, dot_edges_hz, gain_ranges, joined_runs

__all__ = ["SPECTRUM_SPAN_DB", "Role", "Segment", "Spectrum", "draw_curve"]

Role: TypeAlias = Literal["label", "grid", "zero", "curve", "before", "after"]
Float64: TypeAlias = NDArray[np.float64]
_Dots: TypeAlias = NDArray[np.bool_]

SPECTRUM_SPAN_DB = 60.0  # from the bottom of a picture to its top, which the loudest of its spectra reaches

_DECADES_HZ = (100.0, 1000.0, 10_000.0)
_LEAST_COLUMNS = 12


class Segment(NamedTuple):
    """A piece of a line, and what it is, for whoever chooses the colors."""

    text: str
    role: Role


@dataclass(frozen=True, eq=False)
class Spectrum:
    """How loud a sound is at each frequency: ``level_db`` (m,) at ``freqs_hz`` (m,), ascending, both above 0 Hz.

    Its level as such means nothing in a picture, but two spectra in one are on the same scale.
    """

    freqs_hz: Float64
    level_db: Float64


@dataclass(frozen=True, eq=False)
class _Cells:
    """A picture: the code point in each cell and its role's place in `_ROLES`, both (rows, columns)."""

    codes: NDArray[np.uint32]
    roles: NDArray[np.uint8]

    def put(self, where: NDArray[np.bool_], codes: ArrayLike, role: Role) -> None:
        """Set the cells ``where`` (rows, columns) says; ``codes`` has their shape, or is one for all."""
        np.copyto(self.codes, np.asarray(codes, dtype=np.uint32), where=where)
        self.roles[where] = _ROLES.index(role)

    def lines(self) -> list[list[Segment]]:
        """Return the rows, neighboring cells of one role as one segment, without trailing blanks."""
        rows, columns = self.codes.shape
        text = self.codes.astype("<u4").tobytes().decode("utf-32-le")
        is_last = np.ones(self.roles.shape, dtype=np.bool_)
        np.not_equal(self.roles[:, 1:], self.roles[:, :-1], out=is_last[:, :-1])
        ends = (np.flatnonzero(is_last) + 1).tolist()
        lines: list[list[Segment]] = [[] for _ in range(rows)]
        start = 0
        for end, role in zip(ends, self.roles[is_last].tolist(), strict=True):
            lines[start // columns].append(Segment(text[start:end], _ROLES[role]))
            start = end
        for line in lines:
            line[-1] = line[-1]._replace(text=line[-1].text.rstrip())
        return lines


@dataclass(frozen=True, slots=True)
class _Style:
    """How many dots a cell has, on which of its dot rows a grid line lies, and what the grid is drawn with."""

    dots_across: int
    dots_down: int
    line_dot: int
    level: str
    zero: str
    upright: str
    crossing: str


_ROLES: tuple[Role, ...] = get_args(Role)
_PLAIN_MARKS: dict[Role, str] = {"curve": "*", "before": ",", "after": "o"}
_DOTTED = _Style(DOTS_ACROSS, DOTS_DOWN, 1, level="┈", zero="─", upright="┊", crossing="┼")
_PLAIN = _Style(1, 1, 0, level=".", zero="-", upright=":", crossing="+")


def draw_curve(
    curve: SampledCurve,
    *,
    width: int,
    height: int,
    ascii_only: bool = False,
    axis: DbAxis | None = None,
    before: Spectrum | None = None,
    after: Spectrum | None = None,
) -> list[tuple[Segment, ...]]:
    """Draw the curve on a logarithmic axis from 20 Hz to 20 kHz over a labeled dB grid; each line as segments.

    Args:
        curve: what to draw.
        width: columns to fill.
        height: lines to fill as nearly as whole steps of the grid allow; never more, but for a grid that needs them.
        ascii_only: use no character outside ASCII.
        axis: the range in dB; by default what holds the curve.
        before: a spectrum behind the curve, as an area of sparse dots up to it. Grid lines stay on top of it.
        after: another one, as a dotted outline.
    """
    style = _PLAIN if ascii_only else _DOTTED
    axis = axis or db_axis([curve])
    labels = _db_labels(axis)
    gutter = max(map(len, labels)) + 1
    columns = max(width - gutter, _LEAST_COLUMNS)
    rows_a_step = max((height - 2) // axis.steps, 1)
    rows = axis.steps * rows_a_step + 1
    cells = _grid(style, axis, columns, rows_a_step)
    shape = (rows * style.dots_down, columns * style.dots_across)
    # A grid with nothing between its lines would leave no place for the area.
    ground = " " if rows_a_step > 1 else f" {style.level}"
    _put_spectra(cells, style, shape, before, after, ground)
    _put_dots(cells, style, _dots(curve, style, axis, columns, rows_a_step), "curve")
    lines = []
    for number, line in enumerate(cells.lines()):
        step, between = divmod(number, rows_a_step)
        label = "" if between else labels[step]
        lines.append((Segment(label.ljust(gutter), "label"), *line))
    lines.append((Segment("Hz".rjust(gutter - 1) + " " + _freq_labels(columns), "label"),))
    return lines


def _db_labels(axis: DbAxis) -> list[str]:
    """Return the gain at each grid line, from the top; the unit appears once."""
    numbers = [f"{tick:+.0f}" if tick else "0" for tick in axis.ticks_db]
    width = max(map(len, numbers))
    first, *others = (number.rjust(width) for number in numbers)
    return [f"{first} dB", *others]


def _freq_labels(columns: int) -> str:
    """Return the frequencies under the grid, as many as there is room for."""
    line = [" "] * columns
    for freq_hz in FREQ_TICKS_HZ:
        label = freq_label(freq_hz)
        start = min(max(_column(freq_hz, columns) - len(label) // 2, 0), columns - len(label))
        around = line[max(start - 1, 0) : start + len(label) + 1]
        if set(around) == {" "}:
            line[start : start + len(label)] = label
    return "".join(line).rstrip()


def _column(freq_hz: float, columns: int) -> int:
    return min(int(freq_position(freq_hz) * columns), columns - 1)


def _grid(style: _Style, axis: DbAxis, columns: int, rows_a_step: int) -> _Cells:
    """Draw the empty grid: a line at each tick of both axes."""
    uprights = list({_column(freq_hz, columns) for freq_hz in _DECADES_HZ})
    shape = (axis.steps * rows_a_step + 1, columns)
    cells = _Cells(np.full(shape, ord(" "), dtype=np.uint32), np.full(shape, _ROLES.index("grid"), dtype=np.uint8))
    cells.codes[:, uprights] = ord(style.upright)
    for step, tick in enumerate(axis.ticks_db):
        row = step * rows_a_step
        cells.codes[row] = ord(style.level if tick else style.zero)
        cells.codes[row, uprights] = ord(style.crossing)
        cells.roles[row] = _ROLES.index("grid" if tick else "zero")
    return cells


def _dots(curve: SampledCurve, style: _Style, axis: DbAxis, columns: int, rows_a_step: int) -> _Dots:
    """Return which dots the curve covers (rows * dots down, columns * dots across): one run in each dot column."""
    across, down = columns * style.dots_across, (axis.steps * rows_a_step + 1) * style.dots_down
    edges_hz = dot_edges_hz(across)
    dots_a_step = rows_a_step * style.dots_down
    rows = (axis.high_db - axis.held(gain_ranges(curve, edges_hz))) / axis.step_db * dots_a_step
    tops, bottoms = joined_runs(np.clip(np.rint(rows).astype(int) + style.line_dot, 0, down - 1))
    dots = np.zeros((down, across), dtype=np.bool_)
    row = np.arange(down)[:, None]
    dots[:, : len(tops)] = (row >= tops) & (row <= bottoms)
    return dots


def _put_spectra(
    cells: _Cells,
    style: _Style,
    shape: tuple[int, int],
    before: Spectrum | None,
    after: Spectrum | None,
    ground: str,
) -> None:
    """Set the cells that spectra pass: the first one's area, only where there is ``ground``, the second's outline."""
    levels = {
        role: _levels(spectrum, shape[1]) for role, spectrum in (("before", before), ("after", after)) if spectrum
    }
    if not levels:
        return
    top_db = max(float(np.nanmax(level, initial=-np.inf)) for level in levels.values())
    if not np.isfinite(top_db):  # silence
        return
    rows = np.arange(shape[0])[:, None]
    for role, level in levels.items():
        height = np.nan_to_num(1 + (level - top_db) / SPECTRUM_SPAN_DB, nan=-1.0, neginf=-1.0)
        tops = np.where(height > 0, np.rint((1 - height) * (shape[0] - 1)), shape[0]).astype(int)
        if role == "before":
            _put_dots(cells, style, (rows >= tops) & _sparse(shape), "before", ground)
        else:
            _put_dots(cells, style, (rows == tops) & _every_second(shape[1]), "after")


def _sparse(shape: tuple[int, int]) -> _Dots:
    """Return a quarter of all dots, shape (rows, columns), evenly spread."""
    sparse: _Dots = np.zeros(shape, dtype=np.bool_)
    sparse[0::4, 0::2] = sparse[2::4, 1::2] = True
    return sparse


def _every_second(across: int) -> _Dots:
    """Return dot columns (across,) that make a dotted line, which can't be taken for a curve."""
    second: _Dots = np.arange(across) % 2 == 0
    return second


def _levels(spectrum: Spectrum, across: int) -> Float64:
    """Return the highest level in each dot column (across,): interpolated between points, NaN beyond the ends."""
    edges_hz = dot_edges_hz(across)
    middles_hz = np.sqrt(edges_hz[:-1] * edges_hz[1:])
    levels = np.interp(np.log(middles_hz), np.log(spectrum.freqs_hz), spectrum.level_db)
    levels[middles_hz > spectrum.freqs_hz[-1]] = np.nan
    column = np.searchsorted(edges_hz, spectrum.freqs_hz, side="right") - 1
    inside = (column >= 0) & (column < across)
    np.fmax.at(levels, column[inside], spectrum.level_db[inside])
    return levels


def _put_dots(cells: _Cells, style: _Style, dots: _Dots, role: Role, ground: str = "") -> None:
    """Set the cells in which there are dots, instead of what they hold, or only those that hold one of ``ground``."""
    braille = braille_bits(dots) if style is _DOTTED else dots.astype(np.uint32)
    where = braille > 0
    if ground:
        where &= np.logical_or.reduce([cells.codes == ord(letter) for letter in ground])
    cells.put(where, BRAILLE + braille if style is _DOTTED else ord(_PLAIN_MARKS[role]), role)
