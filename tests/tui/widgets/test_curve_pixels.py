"""The curve in pixels on the screen: when it is painted, and what happens where something lies above it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.strip import Strip

from eqmorph.bands import Bands
from eqmorph.plot.terminal import Spectrum
from eqmorph.tui.picture.graphics import SixelGraphics
from eqmorph.tui.picture.raster import Cell, Raster
from eqmorph.tui.widgets import curve_pixels
from eqmorph.tui.widgets.curve import CurveView
from eqmorph.tui.widgets.curve_paint import Role
from tests.support import need_extras

need_extras("picture")

CELL = Cell(10, 20)
GUTTER = 4
Spectra = tuple[Spectrum, Spectrum]


class Noting(SixelGraphics):
    """Sends names of pictures, and keeps these."""

    farewell = "<gone>"

    def __init__(self) -> None:
        super().__init__(CELL)
        self.shown: list[tuple[Raster, int, int]] = []
        self.measured = 0

    def measure(self) -> None:
        self.measured += 1

    def show(self, raster: Raster, column: int, line: int) -> str:
        self.shown.append((raster, column, line))
        return f"<picture {len(self.shown)}>"


class Scene:
    """A curve in pixels in a running app."""

    def __init__(self, pilot: Pilot[None], view: CurveView, graphics: Noting) -> None:
        self.pilot, self.view, self.graphics = pilot, view, graphics

    @property
    def lines(self) -> list[str]:
        """What the compositor makes of the screen now, in the order it is written."""
        return [strip.text for strip in self.pilot.app.screen_stack[0]._compositor.render_strips()]

    async def rest(self) -> None:
        await self.pilot.pause(0.1)
        await self.pilot.pause()


Act = Callable[[Scene], Awaitable[None]]


@pytest.fixture
def play(stage: Callable[..., Any], eq: Bands, spectra: Spectra) -> Callable[..., Noting]:
    """Run a scene."""

    def run(act: Act, *, size: tuple[int, int] = (100, 24), theme: str = "textual-dark") -> Noting:
        view, graphics = CurveView(eq), Noting()
        view.before, view.after = spectra
        view.graphics = graphics

        async def go() -> None:
            app = stage(view, theme=theme)
            async with app.run_test(size=size, tooltips=True, notifications=True) as pilot:
                scene = Scene(pilot, view, graphics)
                await scene.rest()
                await act(scene)

        asyncio.run(go())
        return graphics

    return run


def test_the_picture_covers_the_cells_between_labels_and_axis(play: Callable[..., Noting]) -> None:
    async def act(scene: Scene) -> None:
        rows, columns = scene.view.scale.rows, scene.view.scale.columns
        passed = f"\x1b[{columns}C"
        lines = scene.lines
        assert lines[0] == "+12 " + passed
        assert all(line.endswith(passed) for line in lines[:rows])
        assert "<picture" in lines[rows - 1], "after the lines it would be written over by"
        assert "".join(lines).count("<picture") == 1
        assert lines[rows].startswith(" Hz 20")
        assert "EQ" in lines[rows + 1]

    raster, column, line = play(act).shown[-1]
    assert (column, line) == (GUTTER, 0)
    assert raster.pixels.shape[1] == 96 * CELL.width
    assert raster.pixels.shape[0] % CELL.height == 0


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
def test_its_colors_are_those_of_the_cells(play: Callable[..., Noting], theme: str) -> None:
    found: dict[Role, tuple[int, int, int]] = {}

    async def act(scene: Scene) -> None:
        for role in (Role.BEFORE, Role.ADDED, Role.TAKEN, Role.CURVE):
            color = scene.view._look(role, Role.GROUND).color
            assert color is not None
            found[role] = color.get_truecolor()
        background = scene.view._look(Role.CURVE, Role.GROUND).bgcolor
        assert background is not None
        found[Role.GROUND] = background.get_truecolor()

    raster, _, _ = play(act, theme=theme).shown[-1]
    for role, color in found.items():
        at = raster.pixels == role
        assert at.sum() > 500, role
        assert raster.colors[role].tolist() == list(color)
    brightness = {role: sum(color) for role, color in found.items()}
    order = sorted((Role.GROUND, Role.BEFORE, Role.CURVE), key=brightness.__getitem__)
    assert order == [Role.GROUND, Role.BEFORE, Role.CURVE][:: 1 if theme == "textual-dark" else -1]


def test_another_theme_is_another_picture(play: Callable[..., Noting]) -> None:
    async def act(scene: Scene) -> None:
        scene.pilot.app.theme = "textual-light"
        await scene.rest()

    shown = play(act).shown
    assert shown[0][0].colors[Role.GROUND].sum() < 200 < shown[-1][0].colors[Role.GROUND].sum()


def test_a_move_is_seen_at_once_and_costs_one_line(play: Callable[..., Noting]) -> None:
    async def act(scene: Scene) -> None:
        before = len(scene.graphics.shown)
        refreshed: list[Any] = []
        scene.view.refresh = lambda *regions, **_: refreshed.extend(regions)  # type: ignore[method-assign, assignment]
        scene.view.bands = Bands.parse("PK 1000 9")
        assert [region.y for region in refreshed] == [scene.view.scale.rows - 1]
        scene.lines  # noqa: B018 - paints
        assert len(scene.graphics.shown) == before + 1

    first, *_, last = play(act).shown
    assert not np.array_equal(first[0].pixels, last[0].pixels)


def test_many_changes_are_few_pictures_and_the_last_is_shown(
    play: Callable[..., Noting], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curve_pixels, "_LEAST_WAIT_S", 0.3)

    async def act(scene: Scene) -> None:
        await scene.pilot.pause(0.3)
        before = len(scene.graphics.shown)
        for gain_db in np.linspace(1, 9, 40):
            scene.view.bands = Bands.parse(f"PK 1000 {gain_db:.2f}")
            await asyncio.sleep(0.005)
        assert len(scene.graphics.shown) - before <= 3
        await scene.pilot.pause(0.4)
        row = int(scene.view.scale.y_of(9.0) * CELL.height)
        peak = scene.graphics.shown[-1][0].pixels[row - 4 : row + 5, scene.view.scale.columns * 5 :]
        assert (peak == Role.CURVE).any()

    play(act)


def test_nothing_is_sent_to_a_terminal_that_has_not_taken_the_last(
    play: Callable[..., Noting], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(scene: Scene) -> None:
        before = len(scene.graphics.shown)
        monkeypatch.setattr(curve_pixels, "_is_behind", lambda _: True)
        scene.view.bands = Bands.parse("PK 1000 9")
        await scene.rest()
        assert len(scene.graphics.shown) == before
        monkeypatch.setattr(curve_pixels, "_is_behind", lambda _: False)
        await scene.rest()
        assert len(scene.graphics.shown) == before + 1

    play(act)


def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is written to the terminal, as it comes."""
    texts: list[str] = []
    monkeypatch.setattr(HeadlessDriver, "write", lambda _, text: texts.append(text))
    return texts


def test_below_a_dialog_it_is_on_cells_and_it_comes_back(
    play: Callable[..., Noting], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = written(monkeypatch)

    async def act(scene: Scene) -> None:
        assert "<gone>" not in texts
        scene.pilot.app.push_screen(ModalScreen())
        await scene.rest()
        assert texts.count("<gone>") == 1
        assert not any("<picture" in line or "\x1b" in line for line in scene.lines)
        assert any("\u2800" < letter <= "\u28ff" for line in scene.lines for letter in line)
        scene.pilot.app.pop_screen()
        await scene.rest()
        assert sum("<picture" in line for line in scene.lines) == 1
        scene.view.graphics = None
        await scene.rest()
        assert texts.count("<gone>") == 2
        assert not any("<picture" in line for line in scene.lines)

    play(act)


def test_a_note_above_it_is_not_covered(play: Callable[..., Noting]) -> None:
    async def act(scene: Scene) -> None:
        scene.pilot.app.notify("a note", timeout=600)
        await scene.rest()
        assert any("a note" in line for line in scene.lines)
        assert not any("<picture" in line for line in scene.lines)
        scene.pilot.app.clear_notifications()
        await scene.rest()
        assert sum("<picture" in line for line in scene.lines) == 1

    play(act, size=(60, 18))


def test_it_fits_a_window_of_another_size(play: Callable[..., Noting]) -> None:
    async def act(scene: Scene) -> None:
        before = scene.graphics.measured
        await scene.pilot.resize_terminal(72, 18)
        await scene.rest()
        assert scene.graphics.measured > before
        raster = scene.graphics.shown[-1][0]
        scale = scene.view.scale
        assert raster.pixels.shape == (scale.rows * CELL.height, scale.columns * CELL.width)

    play(act)


def test_bands_are_taken_where_they_are_seen(play: Callable[..., Noting], monkeypatch: pytest.MonkeyPatch) -> None:
    posted: list[object] = []

    async def act(scene: Scene) -> None:
        post = scene.view.post_message
        monkeypatch.setattr(scene.view, "post_message", lambda message: (posted.append(message), post(message))[1])
        raster = scene.graphics.shown[-1][0]
        rows, columns = np.nonzero(raster.pixels == Role.NODE + 1)
        cell = GUTTER + int(columns.mean()) // CELL.width, int(rows.mean()) // CELL.height
        await scene.pilot.mouse_down(scene.view, offset=cell)
        await scene.pilot.hover(scene.view, offset=(cell[0] + 5, cell[1] + 2))

    play(act)
    (grabbed,) = (message for message in posted if isinstance(message, CurveView.Grabbed))
    assert grabbed.number == 1
    dragged = [message for message in posted if isinstance(message, CurveView.Dragged)][-1]
    assert dragged.octaves > 0 > dragged.gain_db


def test_a_part_of_a_line_of_a_picture_is_blank() -> None:
    whole = curve_pixels._WholeStrip([], 20)
    assert whole.crop(0, 20) is whole
    assert whole.divide([20]) == [whole]
    assert whole.crop(3, 9) == Strip.blank(6)
    assert [part.cell_length for part in whole.divide([4, 20])] == [4, 16]
    assert not any("\x1b" in part.text for part in whole.divide([4, 20]))
