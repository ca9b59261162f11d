"""Where frequencies and gains are in a picture of cells."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.tui.widgets.curve_scale import RANGES_DB, CurveScale, fitting_scale, freq_ticks


@pytest.mark.parametrize("range_db", RANGES_DB)
@pytest.mark.parametrize("rows", [5, 9, 13, 18, 30, 41])
def test_every_line_of_the_grid_is_in_the_middle_of_a_row(rows: int, range_db: float) -> None:
    scale = fitting_scale(80, rows, range_db)
    assert scale.rows <= rows
    places = scale.y_of(scale.ticks_db)
    assert places % 1 == pytest.approx(np.full(len(places), 0.5), abs=1e-9)
    assert scale.ticks_db[0] == range_db == -scale.ticks_db[-1]
    assert 0.0 in scale.ticks_db
    assert scale.rows >= rows - 6


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
def test_a_few_rows_have_zero_in_the_middle(rows: int) -> None:
    scale = fitting_scale(40, rows, 12.0)
    assert 1 <= scale.rows <= rows
    assert scale.row_of(0.0) == scale.rows // 2


def test_the_ends_of_the_axis_are_the_ends_of_the_picture() -> None:
    scale = CurveScale(100, 25, 12.0, 3.0)
    assert float(scale.x_of(20.0)) == pytest.approx(0.0)
    assert float(scale.x_of(20_000.0)) == pytest.approx(100.0)
    assert (scale.column_of(1.0), scale.column_of(96_000.0)) == (0, 99)
    assert (scale.row_of(12.0), scale.row_of(0.0), scale.row_of(-12.0)) == (0, 12, 24)
    assert (scale.row_of(40.0), scale.row_of(-40.0)) == (0, 24)


def test_every_cell_is_the_way_back_of_its_middle() -> None:
    scale = CurveScale(77, 19, 6.0, 2.0)
    assert [scale.column_of(scale.freq_at(column + 0.5)) for column in range(77)] == list(range(77))
    assert [scale.row_of(scale.gain_at(row + 0.5)) for row in range(19)] == list(range(19))
    assert scale.freq_at(-5) == pytest.approx(20.0)
    assert scale.freq_at(500) == pytest.approx(20_000.0)
    assert (scale.gain_at(-5), scale.gain_at(500)) == (6.0, -6.0)


@pytest.mark.parametrize("columns", [12, 40, 76, 196])
def test_labels_stand_apart_and_where_their_frequencies_are(columns: int) -> None:
    scale = CurveScale(columns, 9, 12.0, 6.0)
    ticks = freq_ticks(scale)
    ends = [start + len(label) for start, label in ticks]
    assert all(start >= end + 2 for end, (start, _) in zip(ends, ticks[1:], strict=False))
    assert ticks[0][0] >= 0
    assert ends[-1] <= columns
    places = {label: start for start, label in ticks}
    assert places["100"] <= scale.column_of(100.0) <= places["100"] + 2
    assert len(ticks) >= min(columns // 12, 5)
