"""The curve as shown on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot

from eqmorph.bands import Bands
from eqmorph.plot.curve import SampledCurve
from eqmorph.plot.terminal import Spectrum
from eqmorph.tui.widgets.band_colors import band_style
from eqmorph.tui.widgets.curve import CurveView
from eqmorph.tui.widgets.curve_paint import SPAN_DB, fill_of
from eqmorph.tui.widgets.curve_scale import RANGES_DB, fitting_scale

Shown = Callable[..., list[str]]
Act = Callable[..., list[Any]]
Spectra = tuple[Spectrum, Spectrum]


def filled(bands: Bands, spectra: Spectra) -> CurveView:
    view = CurveView(bands)
    view.set_reactive(CurveView.before, spectra[0])
    view.set_reactive(CurveView.after, spectra[1])
    return view


@pytest.mark.parametrize("size", [(40, 8), (60, 12), (80, 24), (120, 40), (200, 60)])
def test_it_fills_every_size(shown: Shown, eq: Bands, spectra: Spectra, size: tuple[int, int]) -> None:
    lines = shown(filled(eq, spectra), size=size)
    assert [len(line) for line in lines] == [size[0]] * size[1]
    assert sum(bool(line.strip()) for line in lines) >= 0.8 * size[1]
    labels = [line[:3].strip() for line in lines if line[:3].strip() not in ("", "dB", "Hz")]
    assert labels[0] == "+12"
    assert "0" in labels
    assert labels[-1] == "-12"
    assert sum(line.split()[:2] == ["Hz", "20"] for line in lines) == 1


def test_the_curve_is_where_it_is_measured(shown: Shown, eq: Bands) -> None:
    view = CurveView(eq)
    lines = shown(view, size=(120, 27))
    scale = fitting_scale(116, 25, 12.0)
    for freq_hz in (30.0, 120.0, 500.0, 3000.0, 15_000.0):
        column = 4 + scale.column_of(freq_hz)
        row = scale.row_of(float(eq.response_db([freq_hz], 48_000)[0]))
        cells = [lines[y][column] for y in range(row - 1, row + 2)]
        assert any("\u2800" < cell <= "\u28ff" or cell.isdigit() for cell in cells), f"{freq_hz} Hz"


def test_the_scale_rests_until_it_has_to_grow(shown: Shown) -> None:
    for gain_db in (1, 6, 12):
        assert shown(CurveView(Bands.parse(f"PK 1000 {gain_db}")))[0].startswith("+12 ")
    assert shown(CurveView(Bands.parse("PK 1000 12; PK 1000 6")))[0].startswith("+24 ")


@pytest.mark.parametrize("range_db", RANGES_DB)
def test_it_reaches_what_is_asked_for(shown: Shown, eq: Bands, range_db: float) -> None:
    view = CurveView(eq)
    view.set_reactive(CurveView.range_db, range_db)
    assert shown(view)[0].startswith(f"+{range_db:g} ".rjust(4))


def test_cells_and_points_are_each_others_way_back(act: Act, eq: Bands) -> None:
    view = CurveView(eq)

    async def look(_: Pilot[None]) -> None:
        for freq_hz, gain_db in ((63.0, -7.0), (1000.0, 0.0), (9000.0, 11.0)):
            cell = view.cell_of(freq_hz, gain_db)
            there_hz, there_db = view.point_at(*cell)
            assert there_hz == pytest.approx(freq_hz, rel=0.05)
            assert there_db == pytest.approx(gain_db, abs=0.7)
            assert view.cell_of(there_hz, there_db) == cell
        on_curve = float(eq.response_db([500.0], 48_000)[0])
        assert view.band_at(*view.cell_of(500.0, on_curve)) == 1
        assert view.band_at(*view.cell_of(200.0, -11.0)) is None
        found.append(True)

    found: list[bool] = []
    act(view, look, size=(120, 40))
    assert found


def test_each_band_has_its_number_and_color(act: Act, eq: Bands) -> None:
    view = CurveView(eq)
    looks: dict[str, str] = {}

    async def look(_: Pilot[None]) -> None:
        for y in range(view.size.height):
            for segment in list(view.render_line(y))[1:]:
                if segment.text.isdigit() and segment.style and segment.style.bgcolor:
                    looks[segment.text] = segment.style.bgcolor.name

    act(view, look)
    assert set(looks) >= set("12345")
    assert [looks[number] for number in "12345"] == [band_style(n).bgcolor.name for n in range(5)]


def colors(view: CurveView) -> dict[str, int]:
    """Return how many cells show each part of the fill."""
    names = {view.style_of(f"curve--{part}").color: part for part in ("before", "added", "taken")}
    counts = dict.fromkeys(names.values(), 0)
    for y in range(view.size.height - 2):
        for segment in view.render_line(y):
            style = segment.style
            if style and style.bgcolor in names:
                counts[names[style.bgcolor]] += len(segment.text)
    return counts


def test_what_is_added_and_taken_is_tinted_and_off_it_is_not(act: Act, spectra: Spectra) -> None:
    eq = Bands.parse("LS 200 +9; HS 4000 -9")
    before = spectra[0]
    after = Spectrum(before.freqs_hz, before.level_db + eq.response_db(before.freqs_hz))
    view = filled(eq, (before, after))
    seen: list[dict[str, int]] = []

    async def look(pilot: Pilot[None]) -> None:
        seen.append(colors(view))
        view.is_off = True
        await pilot.pause()
        seen.append(colors(view))

    act(view, look)
    assert all(seen[0].values())
    assert seen[1]["before"] > seen[0]["before"]
    assert seen[1]["added"] == seen[1]["taken"] == 0


def test_off_recolors_the_curve_and_hides_the_numbers(act: Act, eq: Bands) -> None:
    view = CurveView(eq)
    inks: list[set[Any]] = []

    def curve_inks() -> set[Any]:
        return {
            segment.style.color
            for y in range(view.size.height)
            for segment in view.render_line(y)
            if segment.style and any("\u2800" < letter <= "\u28ff" for letter in segment.text)
        }

    async def look(pilot: Pilot[None]) -> None:
        inks.append(curve_inks())
        view.is_off = True
        await pilot.pause()
        inks.append(curve_inks())
        assert not any(segment.text == "1" for y in range(20) for segment in view.render_line(y))

    act(view, look)
    assert inks[0] == {view.style_of("curve--curve").color}
    assert inks[1] == {view.style_of("curve--off").color}


def test_the_live_spectrum_takes_the_place_of_the_mean(act: Act, spectra: Spectra) -> None:
    view = filled(Bands(), (spectra[0], spectra[0]))
    pictures: list[list[str]] = []

    async def look(pilot: Pilot[None]) -> None:
        quiet = Spectrum(spectra[0].freqs_hz, spectra[0].level_db - 12.0)
        for live in (None, quiet, None):
            view.live = live
            await pilot.pause()
            pictures.append([view.render_line(y).text for y in range(view.size.height)])

    act(view, look)
    assert pictures[0] == pictures[2] != pictures[1]
    assert "whole file" in "".join(pictures[0])
    assert "this moment" in "".join(pictures[1])


def test_a_tilt_lifts_highs_and_lowers_lows() -> None:
    scale = fitting_scale(100, 25, 12.0)
    level = Spectrum(np.geomspace(20, 20_000, 100), np.full(100, -24.0))
    flat, tilted = (fill_of(level, None, scale, tilt_db=tilt_db, top=0.0).before for tilt_db in (0.0, 4.5))
    row = 25 * 8 / SPAN_DB  # eighths a decibel
    for freq_hz, octaves in ((250.0, -2), (1000.0, 0), (4000.0, 2)):
        column = scale.column_of(freq_hz)
        assert tilted[column] - flat[column] == pytest.approx(4.5 * octaves * row, abs=2)


def test_a_ghost_is_thinner_than_the_curve_and_behind_it(act: Act) -> None:
    view = CurveView(Bands())
    freqs_hz = np.geomspace(20, 20_000, 64)

    async def look(pilot: Pilot[None]) -> None:
        alone = count()
        view.ghost = SampledCurve(freqs_hz, np.full(64, 6.0), "bright")
        await pilot.pause()
        counts.extend([alone, count() - alone])
        assert "bright" in view.render_line(view.scale.rows + 1).text
        view.ghost = SampledCurve(freqs_hz, np.zeros(64))
        await pilot.pause()
        assert count() == alone, "behind the curve"

    def count() -> int:
        lines = [view.render_line(y).text[4:] for y in range(view.scale.rows)]
        return sum(
            (ord(letter) - 0x2800).bit_count() for line in lines for letter in line if "\u2800" < letter <= "\u28ff"
        )

    counts: list[int] = []
    act(view, look)
    assert counts[0] == 2 * counts[1] == 2 * 2 * 76


def test_only_lines_that_change_are_painted_anew(act: Act, spectra: Spectra) -> None:
    view = filled(Bands.parse("PK 1000 3"), spectra)
    painted: list[list[int]] = []

    async def look(_: Pilot[None]) -> None:
        refresh = view.refresh

        def note(*regions: Any, **options: Any) -> Any:
            painted.append([region.y for region in regions])
            return refresh(*regions, **options)

        view.refresh = note
        view.show(Bands.parse("PK 1000 3.6"), spectra[1])
        view.show(Bands.parse("PK 1000 3.6"), spectra[1])

    act(view, look, size=(120, 40))
    assert len(painted) == 1
    assert 0 < len(painted[0]) < 10


def test_a_new_eq_is_drawn(act: Act, eq: Bands) -> None:
    view = CurveView(Bands())
    pictures: list[list[str]] = []

    async def change(pilot: Pilot[None]) -> None:
        for bands in (Bands(), eq, Bands()):
            view.bands = bands
            await pilot.pause()
            pictures.append([view.render_line(y).text for y in range(view.size.height)])

    act(view, change)
    assert pictures[0] == pictures[2] != pictures[1]


def test_the_legend_names_what_is_there(shown: Shown, eq: Bands, spectra: Spectra) -> None:
    text = "\n".join(shown(filled(eq, spectra)))
    assert all(name in text for name in ("EQ", "before", "added", "taken", "4.5 dB/oct"))
    assert "before" not in "\n".join(shown(CurveView(eq)))


@pytest.mark.parametrize(
    "spectrum",
    [
        Spectrum(np.geomspace(20, 20_000, 50), np.full(50, -np.inf)),
        Spectrum(np.geomspace(20, 3000, 50), np.zeros(50)),
        Spectrum(np.array([1000.0]), np.array([-10.0])),
        Spectrum(np.geomspace(20, 20_000, 50), np.full(50, np.nan)),
    ],
    ids=["silence", "low rate", "one point", "no number"],
)
def test_odd_spectra_are_drawn_as_far_as_they_go(shown: Shown, eq: Bands, spectrum: Spectrum) -> None:
    lines = shown(filled(eq, (spectrum, spectrum)))
    assert len(lines) == 24


def test_a_low_sample_rate_ends_the_curve_early(shown: Shown) -> None:
    whole, half = ("".join(shown(CurveView(Bands(), rate), size=(80, 12))) for rate in (48_000.0, 8000.0))
    assert half.count("─") > whole.count("─")


def test_without_a_spectrum_it_says_what_belongs_there(shown: Shown, spectra: Spectra) -> None:
    view = CurveView()
    view.set_reactive(CurveView.note, "open a file: o")
    assert "open a file: o" in "".join(shown(view))
    view = filled(Bands(), spectra)
    view.set_reactive(CurveView.note, "open a file: o")
    assert "open a file" not in "".join(shown(view))
