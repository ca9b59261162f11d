"""Colors and their mixtures."""

from __future__ import annotations

import numpy as np

from eqmorph.tui.picture.palette import COLORS, Palette

BLACK, WHITE, RED = range(3)
PARTS = [(0, 0, 0), (255, 255, 255), (255, 0, 0)]


def test_a_mixture_is_between_its_colors() -> None:
    palette = Palette(PARTS)
    mixed = palette.mix(np.array([BLACK, BLACK, BLACK, WHITE], dtype=np.uint8), RED, np.array([0.0, 0.5, 1.0, 0.5]))
    assert palette.colors[mixed].tolist() == [[0, 0, 0], [128, 0, 0], [255, 0, 0], [255, 128, 128]]


def test_the_same_mixture_is_one_color() -> None:
    palette = Palette(PARTS)
    for _ in range(3):
        palette.mix(np.full(50, BLACK, dtype=np.uint8), RED, np.full(50, 0.5))
    assert len(palette.colors) == len(PARTS) + 1


def test_it_never_has_more_colors_than_a_byte() -> None:
    rng = np.random.default_rng(2)
    palette = Palette([tuple(color) for color in rng.integers(0, 256, (90, 3)).tolist()])
    under = np.arange(90, dtype=np.uint8)
    for ink in range(90):
        palette.mix(under, ink, rng.random(90))
    assert len(palette.colors) == COLORS
    mixed = palette.mix(under[:1], 1, np.array([0.5]))
    between = palette.colors[:2].astype(float).mean(axis=0)
    assert np.abs(palette.colors[mixed[0]] - between).max() < 64, "the nearest that there is"
