"""How the widgets look, at several sizes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from textual.widget import Widget

from eqmorph.bands import Bands
from eqmorph.plot.terminal import Spectrum
from eqmorph.tui.widgets.bands import BandTable
from eqmorph.tui.widgets.curve import CurveView
from eqmorph.tui.widgets.line_widget import LineWidget
from eqmorph.tui.widgets.profile import ProfileRow, ProfileView
from eqmorph.tui.widgets.slider import Slider
from eqmorph.tui.widgets.timeline import Timeline, TimelineData
from tests.tui.screen_text import check_picture, screen_lines
from tests.tui.widgets.conftest import Stage

sizes = pytest.mark.parametrize("size", [(40, 8), (80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")


@pytest.fixture
def check(stage: Callable[..., Stage]) -> Callable[..., None]:
    """Compare widgets, after some keys, with the picture of that name."""

    def run(name: str, *widgets: Widget, size: tuple[int, int], keys: tuple[str, ...] = ()) -> None:
        app = stage(*widgets)

        async def go() -> None:
            async with app.run_test(size=size) as pilot:
                await pilot.press(*keys)
                await pilot.pause()
                check_picture(f"widget-{name}", screen_lines(app))

        asyncio.run(go())

    return run


@sizes
def test_curve(
    check: Callable[..., None], eq: Bands, spectra: tuple[Spectrum, Spectrum], size: tuple[int, int]
) -> None:
    view = CurveView(eq)
    view.set_reactive(CurveView.before, spectra[0])
    view.set_reactive(CurveView.after, spectra[1])
    check(f"curve-{size[0]}x{size[1]}", view, size=size)


def test_sliders(check: Callable[..., None]) -> None:
    sliders = [Slider(word, value, label_width=8) for word, value in [("warm", 0.4), ("airy", -0.33), ("bright", 0.0)]]
    off = Slider("off", 0.7, label_width=8, disabled=True)
    check("sliders", *sliders, off, keys=("tab", "1", "full_stop"), size=(60, 6))


def test_a_narrow_slider(check: Callable[..., None]) -> None:
    check("narrow-slider", Slider("extraordinary", 0.4), size=(20, 3))


@pytest.mark.parametrize("size", [(40, 4), (120, 7)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_timeline(check: Callable[..., None], timeline_data: TimelineData, size: tuple[int, int]) -> None:
    timeline = Timeline(timeline_data)
    timeline.styles.height = size[1]
    timeline.set_reactive(Timeline.position_s, 60.0)
    timeline.set_reactive(Timeline.loop_s, (90.0, 130.0))
    check(f"timeline-{size[0]}x{size[1]}", timeline, size=size)


def test_bands_and_profile(check: Callable[..., None], eq: Bands) -> None:
    rows = [ProfileRow("warm", 0.42, 0.71), ProfileRow("bright", 0.6, 0.35), ProfileRow("airy", 0.5, 0.52)]
    check("bands-and-profile", BandTable(eq), ProfileView(rows), size=(60, 14))


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        (
            CurveView,
            {f"curve--{part}" for part in ("grid", "zero", "curve", "off", "ghost", "before", "added", "taken")},
        ),
        (Timeline, {"timeline--level", "timeline--score", "timeline--after"}),
    ],
)
def test_what_lies_over_each_other_has_styles_of_its_own(
    stage: Callable[..., Stage], kind: type[LineWidget], parts: set[str], theme: str
) -> None:
    view = kind()
    app = stage(view, theme=theme)
    assert parts <= kind.COMPONENT_CLASSES

    async def go() -> None:
        async with app.run_test() as pilot:
            await pilot.pause()
            assert len({view.style_of(part) for part in parts}) == len(parts)
            assert view.ground not in {view.style_of(part) for part in parts}

    asyncio.run(go())
