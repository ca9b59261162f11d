"""The picture of an EQ as cells."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.bands import Bands
from eqmorph.plot.terminal import Spectrum
from eqmorph.tui.widgets.cells import EIGHTHS, SPACE, Cells
from eqmorph.tui.widgets.curve_paint import Fill, Node, Role, curve_bits, fill_of, paint_curve, paint_fill, top_db
from eqmorph.tui.widgets.curve_scale import CurveScale


def painted(before: int, after: int, rows: int = 3) -> list[tuple[str, str, str]]:
    """Return a column from the top: what each cell shows, the ink and the paper."""
    cells = Cells(rows, 1)
    paint_fill(cells, Fill(np.array([before]), np.array([after])))
    return [
        (chr(code), Role(ink).name, Role(paper).name)
        for code, ink, paper in zip(cells.codes[:, 0], cells.ink[:, 0], cells.paper[:, 0], strict=True)
    ]


def height(column: list[tuple[str, str, str]], roles: set[str]) -> int:
    """Return how many eighths of a column show some roles."""
    total = 0
    for letter, ink, paper in column:
        part = " ▁▂▃▄▅▆▇█".index(letter)
        total += part * (ink in roles) + (8 - part) * (paper in roles)
    return total


@pytest.mark.parametrize("eighths", [0, 3, 8, 13, 24])
def test_without_an_eq_the_ground_is_as_high_as_the_sound(eighths: int) -> None:
    column = painted(eighths, eighths)
    assert height(column, {"BEFORE"}) == eighths
    assert height(column, {"ADDED", "TAKEN"}) == 0


@pytest.mark.parametrize(("before", "after"), [(8, 16), (4, 16), (8, 13), (5, 20), (0, 11), (24, 24)])
def test_what_is_added_stands_on_what_was_there(before: int, after: int) -> None:
    column = painted(before, after)
    assert height(column, {"BEFORE"}) == before
    assert height(column, {"ADDED"}) == after - before
    assert height(column, {"TAKEN"}) == 0


def test_what_is_taken_stands_above_what_is_left() -> None:
    column = painted(21, 6)
    assert (height(column, {"BEFORE"}), height(column, {"TAKEN"})) == (6, 15)


@pytest.mark.parametrize("before", range(8))
@pytest.mark.parametrize("after", range(8))
def test_three_colors_in_a_cell_become_two_nearly_right(before: int, after: int) -> None:
    column = painted(before, after, rows=1)
    low, high = min(before, after), max(before, after)
    assert abs(height(column, {"BEFORE"}) - low) <= 3
    assert abs(height(column, {"BEFORE", "ADDED", "TAKEN"}) - high) <= 3


def test_a_curve_is_as_thick_as_asked_and_in_its_place() -> None:
    scale = CurveScale(40, 13, 12.0, 4.0)
    flat = Bands().sampled(48_000)
    for thick in (1, 2):
        bits = curve_bits(flat, scale, thick=thick)
        assert sum(int(cell).bit_count() for cell in bits.ravel()) == 80 * thick
    rows = np.flatnonzero(curve_bits(flat, scale).any(axis=1))
    assert rows.tolist() == [6], "on the line of 0 dB"


def test_a_steep_curve_has_no_holes() -> None:
    scale = CurveScale(60, 25, 12.0, 3.0)
    bits = curve_bits(Bands.parse("PK 1000 12 Q10").sampled(48_000), scale)
    filled = bits.any(axis=0)
    assert filled.all()
    assert bits[0].any(), "it reaches the top"
    peak = scale.column_of(1000.0)
    assert (bits[:13, peak - 3 : peak + 1] > 0).any(axis=1).all()


def test_what_is_beyond_the_range_is_left_out() -> None:
    scale = CurveScale(60, 13, 3.0, 1.5)
    bits = curve_bits(Bands.parse("HP 200 24dB; PK 5000 12").sampled(48_000), scale)
    assert not bits[:, :10].any()
    assert not bits[:, scale.column_of(5000.0)].any()
    assert bits[:, scale.column_of(900.0)].any()


def test_the_curve_is_above_all_and_numbers_above_the_curve() -> None:
    scale = CurveScale(40, 13, 12.0, 4.0)
    spectrum = Spectrum(np.geomspace(20, 20_000, 50), np.zeros(50))
    fill = fill_of(spectrum, None, scale, tilt_db=0.0, top=9.0)
    cells = paint_curve(
        scale, curve_bits(Bands().sampled(48_000), scale), fill=fill, nodes=[Node(1000.0, 0.0), Node(20.0, -12.0)]
    )
    assert (cells.ink[6] == Role.CURVE).sum() == 39
    assert chr(cells.codes[6, scale.column_of(1000.0)]) == "1"
    assert chr(cells.codes[12, 0]) == "2"
    assert cells.paper[6, 0] == Role.BEFORE


@pytest.mark.parametrize("level_db", [-np.inf, np.nan])
def test_silence_fills_nothing(level_db: float) -> None:
    scale = CurveScale(40, 13, 12.0, 4.0)
    spectrum = Spectrum(np.geomspace(20, 20_000, 50), np.full(50, level_db))
    fill = fill_of(spectrum, spectrum, scale, tilt_db=4.5, top=top_db(spectrum, 4.5))
    assert not fill.before.any()


def test_rows_of_cells_become_as_few_segments_as_there_are_looks() -> None:
    cells = Cells(2, 6)
    cells.write(0, 1, "abc", 2)
    cells.paper[0, 3:] = 1
    cells.write(1, 4, "long text", 3)
    from rich.style import Style

    looks: list[tuple[int, int]] = []
    segments = cells.segments(0, lambda ink, paper: looks.append((ink, paper)) or Style())
    assert [segment.text for segment in segments] == [" ", "ab", "c", "  "]
    assert looks == [(0, 0), (2, 0), (2, 1), (0, 1)]
    assert cells.strip(1, lambda *_: Style()).text == "    lo"
    other = Cells(2, 6)
    assert cells.changed_rows(other) == [0, 1]
    assert cells.changed_rows(cells) == []
    assert (EIGHTHS[0], EIGHTHS[8]) == (SPACE, ord("█"))
