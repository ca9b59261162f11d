"""The picture and the meter in the real app."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from textual.screen import Screen
from textual.widgets import Static

from eqmorph.tui.latest_work import LatestWork
from eqmorph.tui.widgets.curve import CurveView
from eqmorph.tui.widgets.key_bar import KeyBar
from eqmorph.tui.widgets.meter import MeterView
from eqmorph.tui.widgets.profile import ProfileView
from eqmorph.tui.widgets.timeline import Timeline
from tests.tui.conftest import PacedSink, Stagehand

Drive = Callable[..., Any]
WORDS = "warm:0.4 + airy:0.2"


def test_while_it_plays_the_spectrum_and_the_meter_are_those_of_the_moment(drive: Drive, long_song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        curve, meter = hand.app.session.query_one(CurveView), hand.app.session.query_one(MeterView)
        assert curve.live is None
        assert meter.levels.state == ""
        await hand.press("space")
        await hand.until(lambda: curve.live is not None and meter.levels.short_term_lufs is not None)
        first = curve.live
        await hand.until(lambda: curve.live is not first)
        levels = meter.levels
        assert levels.momentary_lufs is not None
        assert -40 < levels.momentary_lufs < 0
        assert levels.true_peak_db is not None
        assert levels.headroom_db == pytest.approx(-1 - levels.true_peak_db)
        assert any("M" in line and "-" in line for line in hand.shown("MeterView"))
        await hand.press("space")
        await hand.until(lambda: curve.live is None)
        assert meter.levels.true_peak_db is not None, "it is held"
        await hand.pilot.click(MeterView)
        await hand.until(lambda: meter.levels.true_peak_db is None)

    drive(act, long_song, target=WORDS, open_sink=PacedSink)


def test_what_is_shown_as_before_is_the_sound_without_the_eq(drive: Drive, tmp_path: Path) -> None:
    """White noise stays level in the ground of the picture, whatever the EQ makes of what is heard."""
    path = tmp_path / "noise.wav"
    noise = np.random.default_rng(3).normal(0, 0.05, (20 * 44_100, 2))
    sf.write(path, noise, 44_100, subtype="PCM_16")

    async def act(hand: Stagehand) -> None:
        curve = hand.app.session.query_one(CurveView)
        await hand.press("t", "L", "L", "L", "L", "space")  # fixed, and a lot of it
        assert np.ptp(curve.sampled.gain_db) > 4
        levels = []
        await hand.until(lambda: curve.live is not None)
        for _ in range(12):
            former = curve.live
            await hand.until(lambda former=former: curve.live is not former)
            if curve.live is not None:
                levels.append(curve.live.level_db)
        freqs_hz = curve.live.freqs_hz if curve.live is not None else np.zeros(0)
        mean = np.median(levels, axis=0)
        parts = [mean[(freqs_hz > low) & (freqs_hz < 2 * low)].mean() for low in (300, 1200, 3000, 7000)]
        assert np.ptp(parts) < 3.0

    drive(act, path, target="bright:0.5", open_sink=PacedSink)


def test_an_eq_that_follows_is_shown_as_it_is_at_the_moment(drive: Drive, two_halves: Path) -> None:
    async def act(hand: Stagehand) -> None:
        curve = hand.app.session.query_one(CurveView)
        await hand.press("f", "space")
        ride = hand.controller.preview.ride
        assert ride is not None
        shown = []
        for seconds in (3.0, 16.0):
            hand.controller.seek(seconds)
            await hand.until(lambda seconds=seconds: abs(hand.controller.status().position_s - seconds) < 0.5)
            await hand.until(lambda: curve.moment is not None)
            await hand.pilot.pause(0.2)
            there = ride.response_db(curve.sampled.freqs_hz, np.array([seconds]), curve.sample_rate)[0]
            assert curve.sampled.gain_db == pytest.approx(there)
            shown.append("".join(hand.shown("CurveView")))
        assert shown[0] != shown[1]
        assert "EQ of this moment" in shown[0]
        await hand.press("space")
        await hand.until(lambda: curve.moment is None)

    drive(act, two_halves, target="bright:1", open_sink=PacedSink, size=(120, 40))


def test_a_and_b_recolor_curve_and_title(drive: Drive, long_song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        session = hand.app.session
        curve, heading = session.query_one(CurveView), session.query_one("#heading")
        assert str(heading.border_title).startswith("B with EQ: ")
        looks = [(heading.styles.border_title_color, heading.styles.background)]
        await hand.press("b")
        await hand.until(lambda: curve.is_off)
        assert str(heading.border_title).startswith("A before, without this EQ: ")
        await hand.pilot.pause()
        looks.append((heading.styles.border_title_color, heading.styles.background))
        assert looks[0][0] != looks[1][0]
        assert looks[0][1] != looks[1][1]
        await hand.press("b")
        await hand.until(lambda: not curve.is_off)
        assert str(heading.border_title).startswith("B with EQ: ")

    drive(act, long_song, target=WORDS)


def test_the_range_and_the_tilt_have_a_key(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        top = []
        for _ in range(5):
            await hand.press("z")
            top.append(hand.shown("CurveView")[0].split()[0])
        assert top == ["+3", "+6", "+12", "+24", "+12"]
        assert "as far as it goes" in hand.message
        pictures = []
        for says in ("6 dB per octave", "without a tilt", "3 dB per octave", "4.5 dB per octave"):
            await hand.press("i")
            assert says in hand.message
            pictures.append("".join(hand.shown("CurveView")[:-2]))
        assert len(set(pictures)) == 4

    drive(act, song, target=WORDS)


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (200, 60)], ids=str)
def test_the_curve_is_the_widest_at_every_size(drive: Drive, song: Path, size: tuple[int, int]) -> None:
    async def act(hand: Stagehand) -> None:
        session = hand.app.session
        curve, profile = session.query_one(CurveView), session.query_one(ProfileView)
        assert curve.size.width >= 0.68 * size[0]
        assert curve.size.height >= 0.4 * size[1]
        assert session.query_one(Timeline).region.bottom <= size[1] - 2
        if size[0] >= 160:
            assert profile.region.y == session.query_one("#sight").region.y
            assert profile.size.height > 25
            assert len(profile.rows) > 25
            assert "nothing yet" in str(session.query_one("#rendered", Static).render())
        shown = [
            hint.name for line in session.query_one(KeyBar).shown(*session.query_one(KeyBar).size) for _, hint in line
        ]
        assert {"Play", "A/B", "Add", "Render", "Help", "Quit"} <= set(shown)
        assert ("Stop" in shown) == (size[0] >= 160)
        assert ("Follow" in shown) == (size[0] >= 120)
        assert "Focus Next" not in shown, "Textual's own have no place here"

    drive(act, song, target=WORDS, size=size)


def test_the_profile_changes_its_place_with_the_terminal(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        sight, profile = hand.app.session.query_one("#sight"), hand.app.session.query_one(ProfileView)
        for size, is_beside in (((200, 60), True), ((80, 24), False), ((200, 60), True)):
            await hand.pilot.resize_terminal(*size)
            await hand.until(lambda is_beside=is_beside: (profile.region.x >= sight.region.right) == is_beside)

    drive(act, song, target=WORDS)


def test_what_was_rendered_is_listed_where_there_is_room(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("r", "enter")
        panel = hand.app.session.query_one("#rendered", Static)
        await hand.until(lambda: "song-eqmorph.wav" in str(panel.render()))
        assert "✓ done" in str(panel.render())

    drive(act, song, target=WORDS, size=(200, 60))


def test_empty_places_say_what_belongs_there(drive: Drive, song: Path, tmp_path: Path) -> None:
    silent = tmp_path / "silent.wav"
    sf.write(silent, np.zeros((44_100, 2)), 44_100)

    async def without_a_file(hand: Stagehand) -> None:
        await hand.press("escape")
        assert any("open a file: o" in line for line in hand.shown("CurveView"))
        assert any("level over time" in line for line in hand.shown("Timeline"))
        assert "how much of each word" in hand.shown("ProfileView")[0]

    async def silence(hand: Stagehand) -> None:
        await hand.until(lambda: hand.controller.sound)
        await hand.settle()
        assert any("silence" in line for line in hand.shown("CurveView"))

    drive(without_a_file, song.parent)
    drive(silence, silent, target=WORDS)


def test_a_click_on_a_key_runs_it(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        bar = hand.app.session.query_one(KeyBar)
        places = {hint.name: start for start, hint in bar.shown(*bar.size)[0]}
        await hand.pilot.click(KeyBar, offset=(1 + places["A/B"], 0))
        await hand.settle()
        assert hand.controller.status().is_bypassed

    drive(act, song, target=WORDS)


@pytest.mark.parametrize("size", [(120, 40), (200, 60)], ids=str)
def test_a_move_lays_nothing_out(
    drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    """To lay out the screen takes as long as to paint it."""
    laid_out: list[object] = []
    session_bands: list[object] = []
    usual = Screen._refresh_layout

    def count(screen: Screen[None], *args: Any, **options: Any) -> None:
        causes = {widget for widgets in screen._layout_widgets.values() for widget in widgets}
        laid_out.extend(causes - {session_bands[0]})  # of which there may be more or fewer
        usual(screen, *args, **options)

    async def act(hand: Stagehand) -> None:
        await hand.until(hand.is_timeline_shown)
        before = hand.controller.preview
        session_bands.append(hand.app.session.query_one("#bands"))
        monkeypatch.setattr(Screen, "_refresh_layout", count)
        await hand.press("l")
        await hand.until(lambda: hand.controller.preview is not before and hand.is_timeline_shown())
        assert "warm" in str(hand.app.session.query_one("#parts", Static).render())
        await hand.pilot.pause(0.1)

    drive(act, song, target=WORDS, size=size)
    assert not laid_out


def test_pictures_of_the_moment_give_way_to_moves_but_not_all(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        session, read = hand.app.session, []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(hand.controller, "live", lambda: read.append(1))
            patch.setattr(LatestWork, "is_idle", False)
            for _ in range(10):
                session._show_status()
            assert len(read) == 5
            patch.setattr(LatestWork, "is_idle", True)
            for _ in range(10):
                session._show_status()
            assert len(read) == 15

    drive(act, song, target=WORDS)
