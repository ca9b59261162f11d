"""The picture in pixels: everything where it is measured, in its own color."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from eqmorph.bands import Bands
from eqmorph.plot.curve import SampledCurve
from eqmorph.plot.dots import dot_edges_hz
from eqmorph.plot.terminal import Spectrum
from eqmorph.tui.picture.palette import COLORS
from eqmorph.tui.picture.raster import DIGIT, INKS, Cell, Heights, Raster, heights_of, paint_raster
from eqmorph.tui.widgets.curve_paint import NODES, SPAN_DB, Node, Role, top_db
from eqmorph.tui.widgets.curve_scale import CurveScale, fitting_scale
from tests.support import need_extras

CELL = Cell(10, 20)
# None is a mixture of two others, so that a pixel of its color has that ink.
INK_COLORS = [tuple(color) for color in np.random.default_rng(3).integers(0, 256, (INKS, 3)).tolist()]
RATE = 48_000.0


def middles_hz(columns: int) -> NDArray[np.float64]:
    edges_hz = dot_edges_hz(columns)
    return np.sqrt(edges_hz[:-1] * edges_hz[1:])


def painted(
    bands: Bands,
    scale: CurveScale,
    cell: Cell = CELL,
    *,
    spectrum: Spectrum | None = None,
    ghost: SampledCurve | None = None,
    nodes: Sequence[Node] = (),
    is_off: bool = False,
    note: str = "",
) -> Raster:
    curve = bands.sampled(RATE)
    fill = None
    if spectrum is not None:
        after = Spectrum(spectrum.freqs_hz, spectrum.level_db + curve.at(spectrum.freqs_hz))
        fill = heights_of(spectrum, after, top_db(spectrum, 4.5), scale.columns * cell.width, tilt_db=4.5)
    return paint_raster(scale, cell, curve, INK_COLORS, fill=fill, ghost=ghost, nodes=nodes, is_off=is_off, note=note)


@pytest.mark.parametrize("cell", [Cell(6, 13), CELL, Cell(19, 41)], ids=str)
@pytest.mark.parametrize("size", [(72, 6), (106, 17), (190, 33)], ids=str)
def test_the_curve_is_within_a_pixel_of_its_measure(eq: Bands, size: tuple[int, int], cell: Cell) -> None:
    scale = fitting_scale(*size, 12.0)
    raster = painted(eq, scale, cell)
    assert raster.pixels.shape == (scale.rows * cell.height, scale.columns * cell.width)
    gains_db = eq.response_db(middles_hz(raster.pixels.shape[1]), RATE)
    expected = scale.y_of(gains_db) * cell.height
    rows, columns = np.nonzero(raster.pixels == Role.CURVE)
    counts = np.bincount(columns, minlength=len(expected))
    assert (counts > 0).mean() > 0.98, "no gaps"
    middles = np.bincount(columns, rows + 0.5, minlength=len(expected)) / np.maximum(counts, 1)
    assert np.abs(middles - expected)[counts > 0].max() < 1.0


def test_its_edges_are_smooth(eq: Bands) -> None:
    scale = fitting_scale(106, 17, 12.0)
    raster = painted(eq, scale)
    for column in range(0, raster.pixels.shape[1], 53):
        rows = np.flatnonzero(raster.pixels[:, column] == Role.CURVE)
        assert len(rows) <= 8
        edge = raster.colors[raster.pixels[rows[0] - 1, column]].astype(int)
        ink, ground = INK_COLORS[Role.CURVE], INK_COLORS[Role.GROUND]
        assert min(ink[0], ground[0]) <= edge[0] <= max(ink[0], ground[0])
    assert len(np.unique(raster.pixels)) > 8


def test_what_is_steep_is_one_line() -> None:
    scale = fitting_scale(106, 17, 12.0)
    raster = painted(Bands.parse("PK 1000 12 Q10; PK 1000 12 Q10"), scale)
    rows, columns = np.nonzero(raster.pixels == Role.CURVE)
    assert set(columns) >= set(range(500))
    for row in range(20, scale.rows * CELL.height // 2, 20):
        assert (raster.pixels[row] == Role.CURVE).sum() >= 4, f"row {row} is crossed twice"
    assert rows.min() == 0, "it leaves the picture at the top"


def test_the_sound_is_where_it_is_measured_and_what_changes_is_tinted(
    eq: Bands, spectra: tuple[Spectrum, Spectrum]
) -> None:
    scale = fitting_scale(106, 17, 12.0)
    raster = painted(eq, scale, spectrum=spectra[0])
    height, width = raster.pixels.shape
    freqs_hz = middles_hz(width)
    change_db = eq.response_db(freqs_hz, RATE)
    tilted_db = np.interp(np.log(freqs_hz), np.log(spectra[0].freqs_hz), spectra[0].level_db)
    tilted_db += 4.5 * np.log2(freqs_hz / 1000)
    share = 1 + (tilted_db - top_db(spectra[0], 4.5)) / SPAN_DB
    before, after = (height * (1 - np.clip(level, 0, 1)) for level in (share, share + change_db / SPAN_DB))
    looked_at = 0
    for column in range(0, width, 7):
        low, high = sorted((before[column], after[column]))
        for row in range(2, height, 3):
            found = raster.pixels[row, column]
            if found not in (Role.GROUND, Role.BEFORE, Role.ADDED, Role.TAKEN):
                continue
            tint = Role.ADDED if change_db[column] > 0 else Role.TAKEN
            expected = Role.GROUND if row < low else Role.BEFORE if row >= high else tint
            # The highest of a column may be beside its middle.
            if min(abs(row + 0.5 - low), abs(row + 0.5 - high)) > 2.5:
                assert found == expected, f"row {row}, column {column}"
                looked_at += 1
    assert looked_at > 2000
    assert (raster.pixels == Role.ADDED).sum() > 1000
    assert (raster.pixels == Role.TAKEN).sum() > 1000


def test_without_the_eq_nothing_is_tinted_and_no_band_is_shown(eq: Bands, spectra: tuple[Spectrum, Spectrum]) -> None:
    scale = fitting_scale(106, 17, 12.0)
    raster = painted(eq, scale, spectrum=spectra[0], nodes=[Node(500.0, -3.0)], is_off=True)
    used = set(np.unique(raster.pixels).tolist())
    assert Role.OFF in used
    assert not used & {Role.ADDED, Role.TAKEN, Role.CURVE, Role.NODE}


def test_the_grid_is_where_its_labels_are_and_not_on_tints(eq: Bands, spectra: tuple[Spectrum, Spectrum]) -> None:
    scale = fitting_scale(106, 17, 12.0)
    flat = painted(Bands.parse("PK 1000 0"), scale).pixels
    for tick_db in scale.ticks_db:
        row = scale.row_of(tick_db) * CELL.height + CELL.height // 2
        assert (flat[row - 2 : row + 2, 900] != Role.GROUND).any(), f"{tick_db} dB"
    column = int(scale.x_of(1000.0) * CELL.width)
    assert (flat[:, column] != Role.GROUND).mean() > 0.9
    sound = painted(eq, scale, spectrum=spectra[0]).pixels
    plain = {int(role) for role in Role if role < Role.GRID}
    lines = set(np.unique(sound[sound.shape[0] // 2]).tolist()) - plain
    assert lines, "the line of 0 dB goes through the sound"


def test_bands_are_discs_with_their_number(eq: Bands) -> None:
    need_extras("picture")
    scale = fitting_scale(106, 17, 12.0)
    nodes = [Node(100.0, 3.0), Node(1000.0, -6.0, is_chosen=True), Node(8000.0, 0.0, is_off=True)]
    raster = painted(eq, scale, nodes=nodes)

    def around(node: Node, reach: int) -> NDArray[np.uint8]:
        x, y = int(scale.x_of(node.freq_hz) * CELL.width), int(scale.y_of(node.gain_db) * CELL.height)
        return raster.pixels[y - reach : y + reach, x - reach : x + reach]

    for number, node in enumerate(nodes[:2]):
        disc = around(node, 10)
        assert 120 < (disc == Role.NODE + number).sum() < 320
        assert (disc == DIGIT).sum() >= 4
    assert (around(nodes[1], 16) == Role.CHOSEN).sum() > 100, "what is in hand has a ring"
    assert (around(nodes[0], 16) == Role.CHOSEN).sum() == 0
    assert (around(nodes[2], 10) == Role.OFF).sum() > 20
    assert Role.NODE + 2 not in raster.pixels, "what is bypassed is gray"


def test_bands_beyond_the_picture_are_whole_at_its_edge() -> None:
    need_extras("picture")
    scale = fitting_scale(106, 17, 3.0)
    whole = painted(Bands.parse("PK 1000 0"), scale, nodes=[Node(1000.0, 1.0)])
    far = painted(Bands.parse("PK 1000 0"), scale, nodes=[Node(20.0, -40.0)])
    assert (far.pixels == Role.NODE).sum() == (whole.pixels == Role.NODE).sum()


def test_a_note_stands_in_place_of_the_sound(eq: Bands) -> None:
    need_extras("picture")
    scale = fitting_scale(106, 17, 12.0)
    assert (painted(eq, scale).pixels == Role.LABEL).sum() == 0
    noted = painted(eq, scale, note="open a file: o").pixels == Role.LABEL
    assert noted[len(noted) // 2 :].sum() > 50


def test_what_is_tried_is_thinner_and_behind(eq: Bands) -> None:
    scale = fitting_scale(106, 17, 12.0)
    alone = painted(eq, scale).pixels
    both = painted(eq, scale, ghost=Bands.parse("PK 2000 6").sampled(RATE)).pixels
    assert 0 < (both == Role.GHOST).sum() < (both == Role.CURVE).sum()
    np.testing.assert_array_equal(both == Role.CURVE, alone == Role.CURVE)


def test_the_busiest_picture_has_colors_enough() -> None:
    need_extras("picture")
    rng = np.random.default_rng(8)
    scale = fitting_scale(190, 33, 24.0)
    columns = scale.columns * CELL.width
    bands = Bands.parse("HP 60; PK 200 9 Q8; PK 500 -9 Q8; PK 1k 9 Q8; PK 2k -9 Q8; PK 4k 9 Q8; HS 9k 6; LP 15k")
    nodes = [Node(band.freq_hz, 0.0, number == 7, number == 4) for number, band in enumerate(bands)]
    raster = paint_raster(
        scale,
        CELL,
        bands.sampled(RATE),
        INK_COLORS,
        fill=Heights(rng.random(columns), rng.random(columns)),
        ghost=Bands.parse("PK 2000 6").sampled(RATE),
        nodes=nodes,
    )
    assert len(raster.colors) <= COLORS
    assert {Role.NODE + number for number in range(NODES)} <= set(np.unique(raster.pixels).tolist())


def test_a_low_sample_rate_ends_the_curve_early(eq: Bands) -> None:
    scale = fitting_scale(106, 17, 12.0)
    raster = paint_raster(scale, CELL, eq.sampled(16_000.0), INK_COLORS)
    last = np.nonzero(raster.pixels == Role.CURVE)[1].max()
    assert abs(last - scale.x_of(8000.0) * CELL.width) < 3 * CELL.width
