"""The curve as shown on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot

from eqmorph.bands import Bands
from eqmorph.plot.curve import DbAxis
from eqmorph.plot.terminal import Spectrum, draw_curve
from eqmorph.tui.widgets.curve import CurveView

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
    assert sum(bool(line.strip()) for line in lines) >= 0.7 * size[1]
    labels = [line.split()[0] for line in lines if line[:3].strip() and not line.lstrip().startswith("⠒")]
    assert labels[0] == "+12"
    assert "0" in labels
    assert labels[-1] == "-12"
    assert sum(line.split()[:2] == ["Hz", "20"] for line in lines) == 1


def test_it_is_the_curve_of_the_plot_room(shown: Shown, eq: Bands) -> None:
    lines = shown(CurveView(eq), size=(80, 19))
    drawn = draw_curve(eq.sampled(48_000), width=80, height=19, axis=DbAxis(-12, 12, 3))
    assert [line.rstrip() for line in lines[: len(drawn)]] == ["".join(s.text for s in line) for line in drawn]


def test_the_scale_rests_until_it_has_to_grow(shown: Shown) -> None:
    for gain_db in (1, 6, 12):
        assert shown(CurveView(Bands.parse(f"PK 1000 {gain_db}")))[0].startswith("+12 dB")
    assert shown(CurveView(Bands.parse("PK 1000 12; PK 1000 6")))[0].startswith("+18 dB")


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
    assert all(name in text for name in ("EQ", "before", "after"))
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
