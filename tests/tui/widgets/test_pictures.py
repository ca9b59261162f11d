"""How the widgets look, at several sizes and on both kinds of background."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from eqmorph.bands import Bands
from eqmorph.plot import Spectrum
from eqmorph.tui.widgets.bands import BandTable
from eqmorph.tui.widgets.curve import CurveView
from eqmorph.tui.widgets.profile import ProfileRow, ProfileView
from eqmorph.tui.widgets.slider import Slider
from eqmorph.tui.widgets.strip import Strip, Trajectory

sizes = pytest.mark.parametrize("size", [(40, 8), (80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
themes = pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])


@sizes
@themes
def test_curve(
    snap_compare: Any, stage: Callable[..., Any], eq: Bands, spectra: tuple[Spectrum, Spectrum], size: Any, theme: str
) -> None:
    view = CurveView(eq)
    view.set_reactive(CurveView.before, spectra[0])
    view.set_reactive(CurveView.after, spectra[1])
    assert snap_compare(stage(view, theme=theme), terminal_size=size)


@themes
def test_sliders(snap_compare: Any, stage: Callable[..., Any], theme: str) -> None:
    sliders = [Slider(word, value, label_width=8) for word, value in [("warm", 0.4), ("airy", -0.33), ("bright", 0.0)]]
    off = Slider("off", 0.7, label_width=8, disabled=True)
    assert snap_compare(stage(*sliders, off, theme=theme), press=["tab", "1", "full_stop"], terminal_size=(60, 6))


def test_a_narrow_slider(snap_compare: Any, stage: Callable[..., Any]) -> None:
    assert snap_compare(stage(Slider("extraordinary", 0.4)), terminal_size=(20, 3))


@pytest.mark.parametrize("size", [(40, 4), (120, 7)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_strip(snap_compare: Any, stage: Callable[..., Any], trajectory: Trajectory, size: tuple[int, int]) -> None:
    strip = Strip(trajectory)
    strip.styles.height = size[1]
    strip.set_reactive(Strip.position_s, 60.0)
    strip.set_reactive(Strip.loop_s, (90.0, 130.0))
    assert snap_compare(stage(strip), terminal_size=size)


@themes
def test_bands_and_profile(snap_compare: Any, stage: Callable[..., Any], eq: Bands, theme: str) -> None:
    rows = [ProfileRow("warm", 0.42, 0.71), ProfileRow("bright", 0.6, 0.35), ProfileRow("airy", 0.5, 0.52)]
    assert snap_compare(stage(BandTable(eq), ProfileView(rows), theme=theme), terminal_size=(60, 14))
