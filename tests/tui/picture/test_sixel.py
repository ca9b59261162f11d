"""Sixels, read back."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.tui.picture.raster import Raster
from eqmorph.tui.picture.sixel import to_sixels
from tests.tui.picture.decode import sixel_pictures


def read_back(raster: Raster) -> None:
    (shown,) = sixel_pictures("\x1b[1;1H" + to_sixels(raster))
    percent = np.rint(raster.colors.astype(float) * 100 / 255)
    np.testing.assert_array_equal(shown.pixels, percent[raster.pixels])


@pytest.mark.parametrize("height", [1, 5, 6, 7, 20, 24])
@pytest.mark.parametrize("width", [1, 3, 4, 130])
def test_every_pixel_comes_back_and_none_below(height: int, width: int) -> None:
    rng = np.random.default_rng(height * width)
    colors = rng.integers(0, 256, (40, 3), dtype=np.uint8)
    speckled = rng.integers(0, 40, (height, width), dtype=np.uint8)
    read_back(Raster(speckled, colors))
    in_stripes = np.repeat(speckled[:, ::7], 7, axis=1)[:, :width]
    read_back(Raster(np.ascontiguousarray(in_stripes), colors))
    read_back(Raster(np.zeros((height, width), dtype=np.uint8), colors))


def test_all_colors_can_be_used() -> None:
    colors = np.random.default_rng(1).integers(0, 256, (256, 3), dtype=np.uint8)
    read_back(Raster(np.arange(256, dtype=np.uint8).reshape(16, 16), colors))


def test_long_runs_are_counted() -> None:
    text = to_sixels(Raster(np.zeros((60, 1900), dtype=np.uint8), np.zeros((1, 3), dtype=np.uint8)))
    assert len(text) < 200


def test_no_more_columns_than_can_be_counted() -> None:
    with pytest.raises(ValueError, match="10000 columns"):
        to_sixels(Raster(np.zeros((1, 10_000), dtype=np.uint8), np.zeros((1, 3), dtype=np.uint8)))
