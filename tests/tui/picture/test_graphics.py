"""Pictures handed to a terminal, read back."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.tui.picture.graphics import KittyGraphics, SixelGraphics
from eqmorph.tui.picture.raster import Cell, Raster
from tests.support import need_extras
from tests.tui.picture.decode import NOTHING, kitty_deletions, kitty_pictures, sixel_pictures

CELL = Cell(10, 20)


@pytest.fixture
def raster() -> Raster:
    rng = np.random.default_rng(4)
    return Raster(rng.integers(0, 30, (80, 250), dtype=np.uint8), rng.integers(0, 256, (30, 3), dtype=np.uint8))


def test_sixels_begin_at_their_cell_and_leave_the_cursor(raster: Raster) -> None:
    text = SixelGraphics(CELL).show(raster, 4, 2)
    (shown,) = sixel_pictures(text)
    assert (shown.line, shown.column, shown.pixels.shape) == (2, 4, (80, 250, 3))
    assert text.startswith("\x1b7")
    assert text.endswith("\x1b8")


@pytest.mark.parametrize("most", [(1000, 1000), (100, 1000), (95, 45), (5, 5)])
def test_large_pictures_are_sent_in_parts_of_whole_cells(raster: Raster, most: tuple[int, int]) -> None:
    whole = np.full((80, 250, 3), NOTHING)
    for part in sixel_pictures(SixelGraphics(CELL, most=most).show(raster, 4, 2)):
        height, width, _ = part.pixels.shape
        assert width <= max(most[0], CELL.width)
        assert height <= max(most[1], CELL.height)
        top, left = (part.line - 2) * CELL.height, (part.column - 4) * CELL.width
        assert (whole[top : top + height, left : left + width] == NOTHING).all(), "two parts overlap"
        whole[top : top + height, left : left + width] = part.pixels
    (shown,) = sixel_pictures(SixelGraphics(CELL).show(raster, 4, 2))
    np.testing.assert_array_equal(whole, shown.pixels)


def test_kitty_gets_every_pixel_in_one_place_each_time(raster: Raster) -> None:
    need_extras("picture")
    graphics = KittyGraphics(CELL)
    text = graphics.show(raster, 4, 2)
    (shown,) = kitty_pictures(text)
    assert (shown.line, shown.column) == (2, 4)
    np.testing.assert_array_equal(shown.pixels, raster.colors[raster.pixels])
    assert ",c=25,r=4," in text, "as many cells as it has pixels for"
    number = text.partition("i=")[2].partition(",")[0]
    assert graphics.show(raster, 4, 2) == text, "the next one takes its place"
    assert f"i={number}" in kitty_deletions(graphics.farewell)[0].split(",")


def test_another_font_has_other_cells() -> None:
    found: list[Cell | None] = [Cell(12, 25), None]
    graphics = SixelGraphics(CELL, lambda: found.pop(0))
    graphics.measure()
    assert graphics.cell == (12, 25)
    graphics.measure()
    assert graphics.cell == (12, 25), "what is not known stays as it was"
