"""Every key and every move of the mouse, in the real app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from textual.command import CommandPalette
from textual.errors import NoWidget
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets._toast import Toast

from eqmorph.bands import Bands
from eqmorph.presets import find_preset, take_bands
from eqmorph.tui.blend import Morph
from eqmorph.tui.help import key_lines, named_bindings
from eqmorph.tui.screens.browse import AudioTree, BrowseScreen
from eqmorph.tui.screens.form import FormScreen
from eqmorph.tui.screens.help import HelpScreen
from eqmorph.tui.screens.results import ResultsScreen
from eqmorph.tui.screens.session import SessionScreen
from eqmorph.tui.screens.too_small import TooSmall
from eqmorph.tui.screens.word_picker import WordPicker
from eqmorph.tui.told import heading, level_said
from eqmorph.tui.widgets.bands import BandTable
from eqmorph.tui.widgets.blend_panel import BlendPanel, WordSlider
from eqmorph.tui.widgets.curve import CurveView
from eqmorph.tui.widgets.mode_switch import ModeSwitch
from eqmorph.tui.widgets.profile import ProfileView
from eqmorph.tui.widgets.slider import Slider
from eqmorph.tui.widgets.timeline import Timeline
from eqmorph.user_config import config_path
from tests.tui.conftest import PacedSink, Stagehand, no_device

Drive = Callable[..., Any]
WORDS = "warm:0.4 + airy:0.2"


def write_config(text: str) -> None:
    path = config_path()
    assert path is not None
    path.parent.mkdir(parents=True)
    path.write_text(text)


def weights(hand: Stagehand) -> dict[str, float]:
    return {term.word: term.weight for term in hand.controller.blend.terms}


# Sliders.


def test_a_slider_is_moved_by_keys_and_everything_follows(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        session = hand.app.session
        await hand.press("l", "right", "L", "h")
        assert weights(hand)["warm"] == pytest.approx(0.4 + 0.05 + 0.05 + 0.25 - 0.05)
        curve, bands = session.query_one(CurveView).bands, session.query_one(BandTable).bands
        assert curve == bands == hand.controller.preview.bands
        assert not curve.is_flat
        profile = {row.word: row for row in session.query_one(ProfileView).rows}
        assert profile["warm"].after > profile["warm"].before
        await hand.press("0")
        assert weights(hand)["warm"] == 0
        await hand.press(".", "7", "enter")
        assert weights(hand)["warm"] == 0.7

    drive(act, song, target=WORDS)


def test_up_and_down_go_from_slider_to_slider(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("down", "l")
        assert weights(hand) == {"warm": 0.4, "airy": 0.25}
        await hand.press("j", "h")
        assert hand.controller.blend.amount == 0.95
        await hand.press("j", "l")
        assert not hand.controller.blend.is_adaptive
        await hand.press("k", "k", "k", "l")
        assert weights(hand)["warm"] == 0.45

    drive(act, song, target=WORDS)


def test_keys_that_come_all_at_once_reach_the_slider_they_were_meant_for(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.type_at_once("down", "L", "up", "full_stop", "7", "enter", "down", "l")
        assert weights(hand) == {"warm": 0.7, "airy": pytest.approx(0.2 + 0.25 + 0.05)}

    drive(act, song, target=WORDS)


# Keys that come all at once: in each case what counts is what they give one by one.

ONE_BY_ONE = {
    "LLlt": ({"warm": 0.95, "airy": 0.2}, False),
    "tt": ({"warm": 0.4, "airy": 0.2}, True),
    "lul": ({"warm": 0.45, "airy": 0.2}, True),
    "ltu": ({"warm": 0.45, "airy": 0.2}, True),
    "llUuU": ({"warm": 0.5, "airy": 0.2}, True),
    "ldu": ({"warm": 0.45, "airy": 0.2}, True),
    "ldul": ({"warm": 0.5, "airy": 0.2}, True),
    "ldl": ({"airy": 0.25}, True),
    "dduu": ({"warm": 0.4, "airy": 0.2}, True),
    "lltlluu": ({"warm": 0.5, "airy": 0.2}, True),  # keys of one kind in quick succession are one move
    "lljlu": ({"warm": 0.5, "airy": 0.2}, True),
    "ll0u": ({"warm": 0.5, "airy": 0.2}, True),
}


@pytest.mark.parametrize("keys", ONE_BY_ONE)
def test_a_burst_of_keys_is_what_it_is_one_by_one(
    drive: Drive, song: Path, keys: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eqmorph.tui.widgets.slider._TOGETHER_S", 1e9)  # however slowly a busy machine takes them

    async def act(hand: Stagehand) -> None:
        await hand.type_at_once(*keys, "y")
        words, is_adaptive = ONE_BY_ONE[keys]
        assert weights(hand) == pytest.approx(words)
        assert hand.controller.blend.is_adaptive is is_adaptive
        panel = hand.app.session.query_one(BlendPanel)
        assert {slider.word: slider.value for slider in panel.query(WordSlider)} == weights(hand)
        assert panel.query_one(ModeSwitch).is_adaptive == hand.controller.blend.is_adaptive
        assert hand.controller.preview.blend == hand.controller.blend
        assert hand.app.clipboard == hand.controller.command()

    drive(act, song, target=WORDS)


def test_a_morph_in_a_burst(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        panel = hand.app.session.query_one(BlendPanel)
        panel.blend = panel.blend.with_morph(Morph("dark", "bright"))
        panel.focus_morph()
        await hand.type_at_once("L", "m", "l", "u", "u")
        assert str(hand.controller.blend.target) == "dark:0.75 + bright:0.25"
        assert panel.query_one("#morph", Slider).value == 0.25
        await hand.type_at_once("U", "U")
        assert weights(hand) == {"warm": 0.45, "airy": 0.2}

    drive(act, song, target=WORDS)


def test_what_is_saved_holds_all_keys_before_even_without_a_preview_yet(
    drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(hand: Stagehand) -> None:
        monkeypatch.setattr(hand.app.session.preview_thread, "ask", lambda: None)
        await hand.type_at_once("L", "t", "s")
        await hand.press("enter")
        assert find_preset("warm-airy").bands == hand.controller.preview.bands
        assert hand.controller.preview.blend == hand.controller.blend
        assert (weights(hand)["warm"], hand.controller.blend.is_adaptive) == (0.65, False)

    drive(act, song, target=WORDS)


def test_what_is_typed_after_add_and_morph_is_for_the_picker(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.type_at_once("m", *"dark")
        assert len(hand.app.screen_stack) == 2
        assert hand.app.screen.query_one(Input).value == "dark"
        assert hand.controller.blend.words == ["warm", "airy"]
        await hand.press("escape")
        await hand.type_at_once("a", "a")
        assert len(hand.app.screen_stack) == 2
        assert hand.app.screen.query_one(Input).value == "a"
        await hand.press("escape")
        assert isinstance(hand.app.screen, SessionScreen)
        await hand.type_at_once("a", *"dark", "enter")
        await hand.until(lambda: hand.controller.blend.words == ["warm", "airy", "dark"])
        await hand.type_at_once("m", *"dull", "enter")
        await hand.until(lambda: len(hand.app.screen_stack) == 2)
        assert "Morph from dull to" in str(hand.app.screen.query_one(".dialog").border_title)

    drive(act, song, target=WORDS)


def test_the_word_that_comes_back_has_the_focus(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("d", "u", "l")
        assert weights(hand) == {"warm": 0.45, "airy": 0.2}

    drive(act, song, target=WORDS)


def test_undone_and_made_again_a_morph_has_the_focus_where_it_is_needed(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("m", *"dark")
        await hand.press("enter")
        await hand.press(*"bright")
        await hand.press("enter", "u", "l")
        assert weights(hand)["warm"] == 0.45
        await hand.press("u", "U", "u", "U")
        assert hand.controller.blend.amount == 1

    drive(act, song, target=WORDS)


def test_what_was_said_goes_with_the_next_move(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("u")
        assert "nothing to undo" in hand.message
        await hand.press("l")
        assert hand.message == ""
        hand.app.session.say("written: song-eqmorph.wav")
        await hand.press("l")
        assert "written" in hand.message, "it stays for a while"

    drive(act, song, target=WORDS)


def test_news_go_by_themselves_and_errors_do_not(drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eqmorph.tui.widgets.status_lines._NEWS_GO_S", 0.05)

    async def act(hand: Stagehand) -> None:
        hand.app.session.say("written: song-eqmorph.wav")
        await hand.until(lambda: hand.message == "")
        hand.app.session.say("the disk is full", is_error=True)
        await hand.pilot.pause(0.2)
        assert hand.message == "the disk is full"

    drive(act, song, target=WORDS)


def test_news_go_in_the_end(drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eqmorph.tui.widgets.status_lines._STAYS_S", 0.0)

    async def act(hand: Stagehand) -> None:
        for key in ("l", "t", "u", "U", "space"):
            hand.app.session.say("written: song-eqmorph.wav")
            await hand.press(key)
            assert hand.message == ""

    drive(act, song, target=WORDS)


def test_a_target_beyond_the_sliders_is_said(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        assert weights(hand) == {"warm": 1.5, "airy": -1.0}
        assert hand.message == "warm is limited to 1.5 here; airy is limited to -1 here"

    drive(act, song, target="warm:2 + airy:-1.5")


def test_a_drag_by_mouse_is_one_move(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        pilot = hand.pilot
        await pilot.mouse_down(WordSlider, offset=(22, 0))
        for x in (23, 25, 30, 35):
            await pilot.hover(WordSlider, offset=(x, 0))
        await pilot.mouse_up(WordSlider, offset=(35, 0))
        await hand.settle()
        assert weights(hand)["warm"] > 0.9
        await hand.press("u")
        assert weights(hand)["warm"] == 0.4

    drive(act, song, target=WORDS)


def test_a_key_that_is_held_is_one_move(drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press(*"l" * 20)
        assert weights(hand)["warm"] == pytest.approx(1.4)
        await hand.press("u")
        assert weights(hand)["warm"] == 0.4
        monkeypatch.setattr("eqmorph.tui.widgets.slider._TOGETHER_S", 0.0)
        await hand.press("l", "l", "u")
        assert weights(hand)["warm"] == 0.45

    drive(act, song, target=WORDS)


def test_tab_goes_from_part_to_part_and_back_to_the_slider_one_was_at(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        session = hand.app.session
        await hand.press("down")
        assert session.query_one(BlendPanel).word == "airy"
        await hand.press("tab")
        assert isinstance(session.focused, BandTable)
        await hand.press("tab")
        assert isinstance(session.focused, Timeline)
        await hand.press("tab")
        assert session.query_one(BlendPanel).word == "airy"
        await hand.press("shift+tab", "shift+tab", "shift+tab", "d", "tab", "tab", "tab")
        assert isinstance(session.focused, Slider)

    drive(act, song, target=WORDS)


def test_nothing_covers_what_is_dragged(drive: Drive, song: Path) -> None:
    long = "transparent"  # shorter than the column: what can be read needs no tooltip

    async def act(hand: Stagehand) -> None:
        slider = hand.app.session.query_one(WordSlider)
        assert slider.tooltip is None
        slider.tooltip = long
        await hand.pilot.mouse_down(WordSlider, offset=(22, 0))
        assert slider.tooltip is None
        await hand.pilot.mouse_up(WordSlider, offset=(25, 0))
        assert slider.tooltip == long

    drive(act, song, target=WORDS)


def test_undo_and_redo_bring_all_moves_back(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("l", "t", "d")
        assert hand.controller.blend.words == ["airy"]
        await hand.press("u")
        assert [slider.word for slider in hand.app.session.query(WordSlider)] == ["warm", "airy"]
        assert not hand.controller.blend.is_adaptive
        await hand.press("ctrl+z", "u")
        assert hand.controller.blend.is_adaptive
        assert hand.app.session.query(WordSlider).first().value == 0.4
        await hand.press("u")
        assert "nothing to undo" in hand.message
        await hand.press("U", "ctrl+y", "U")
        assert hand.controller.blend.words == ["airy"]
        await hand.press("U")
        assert "nothing to redo" in hand.message

    drive(act, song, target=WORDS)


def test_a_word_is_added_by_a_few_letters(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("a")
        await hand.until(lambda: isinstance(hand.app.screen, WordPicker))
        await hand.press("b", "r", "g", "h")
        evidence = str(hand.app.screen.query_one("#evidence", Static).render())
        assert "kHz" in evidence
        assert "confidence" in evidence
        await hand.press("enter")
        assert hand.controller.blend.words == ["warm", "airy", "bright"]
        await hand.press("l")
        assert weights(hand)["bright"] == 0.05

    drive(act, song, target=WORDS)


def test_words_are_found_by_meaning_and_chosen_by_arrows_and_mouse(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("a", *"nasal")
        picker = hand.app.screen
        shown = picker.query_one(OptionList)
        assert shown.option_count
        await hand.press("down", "up", "down", "enter")
        assert len(hand.controller.blend.words) == 3
        await hand.press("a")
        await hand.pilot.click(OptionList, offset=(5, 0))
        await hand.settle()
        assert len(hand.controller.blend.words) == 4
        await hand.press("a", *"xqzxqz", "enter", "escape")
        assert len(hand.controller.blend.words) == 4
        assert isinstance(hand.app.screen, SessionScreen)

    drive(act, song, target=WORDS)


def test_all_words_can_go_and_come(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("d", "d")
        assert hand.controller.blend.words == []
        assert hand.app.session.query_one("#no-words").display
        assert hand.controller.preview.bands.is_flat
        await hand.press("d")
        assert "focus" in hand.message
        await hand.press("a", *"warm", "enter", "l")
        assert weights(hand) == {"warm": 0.05}

    drive(act, song, target=WORDS)


def test_a_morph_replaces_the_words_and_gives_them_back(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("m", *"dark", "enter")
        await hand.until(lambda: "Morph from dark to" in str(hand.app.screen.query_one(".dialog").border_title))
        await hand.press(*"bright", "enter")
        assert str(hand.controller.blend.target) == "dark"
        await hand.press("L", "l")
        assert str(hand.controller.blend.target) == "dark:0.7 + bright:0.3"
        assert hand.controller.preview.blend == hand.controller.blend
        await hand.press("m")
        assert str(hand.controller.blend.target) == "warm:0.4 + airy:0.2"
        await hand.press("u")
        assert hand.app.session.query_one("#morph", Slider).value == 0.3

    drive(act, song, target=WORDS)


def test_the_mode_is_switched_by_key_and_mouse(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        adaptive = hand.controller.preview.bands
        await hand.press("t")
        assert hand.controller.preview.bands != adaptive
        await hand.pilot.click("#mode")
        await hand.settle()
        assert hand.controller.preview.bands == adaptive

    drive(act, song, target=WORDS)


def test_an_eq_that_follows_is_shown_and_rendered_as_such(drive: Drive, two_halves: Path) -> None:
    async def act(hand: Stagehand) -> None:
        timeline = hand.app.session.query_one(Timeline)
        assert hand.controller.preview.ride is None
        await hand.press("f")
        await hand.until(lambda: timeline.data is not None and timeline.data.ribbon_db is not None)
        ride = hand.controller.preview.ride
        assert ride is not None
        assert len(ride.stations) > 1
        assert timeline.data is not None
        assert len(timeline.data.sections_s) == 2
        assert hand.controller.settings(hand.controller.blend).eq.facts()["follow"]
        assert "--follow" in hand.controller.command()
        await hand.press("t")
        assert hand.controller.preview.ride is None
        await hand.press("f")
        assert "adaptive" in hand.message
        await hand.press("u", "u")
        assert not hand.controller.blend.follows

    drive(act, two_halves, target="bright:1")


@pytest.mark.parametrize("size", [(72, 22), (120, 40)])
def test_however_many_words_amount_and_mode_and_the_focus_are_seen(
    drive: Drive, song: Path, size: tuple[int, int]
) -> None:
    words = ["bright", "clear", "punchy", "dark", "boomy", "muddy", "full", "thin", "soft", "harsh", "deep", "cold"]

    async def act(hand: Stagehand) -> None:
        def is_seen(widget: Widget) -> bool:
            try:
                place = hand.app.session.find_widget(widget)
            except NoWidget:  # it has just come
                return False
            return place.visible_region == place.region and place.region.height == 1

        for word in words:
            await hand.type_at_once("a", *word, "enter")
            await hand.until(lambda word=word: hand.app.session.query_one(BlendPanel).word == word)
            await hand.until(lambda: is_seen(hand.app.session.focused))
        for selector in ("#amount", "#mode"):
            assert is_seen(hand.app.session.query_one(selector))
        for key in ["down"] * 5 + ["up"] * 12:
            await hand.press(key)
            await hand.until(lambda: is_seen(hand.app.session.focused))
        assert isinstance(hand.app.session.focused, WordSlider)
        await hand.pilot.resize_terminal(size[0], 22)
        await hand.until(lambda: is_seen(hand.app.session.focused))

    drive(act, song, target=WORDS, size=size)


# Time.


def test_play_pause_skip_and_bypass(drive: Drive, long_song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        def status() -> Any:
            return hand.controller.status()

        await hand.press("space")
        assert status().is_playing
        await hand.until(lambda: status().position_s > 0.1)
        await hand.until(lambda: "▶ playing" in hand.shown("PlayLine")[0])
        await hand.press("b")
        assert status().is_bypassed
        await hand.until(lambda: "A before" in hand.shown("PlayLine")[0])
        await hand.press("b", "space")
        assert not status().is_bypassed
        assert not status().is_playing
        there = status().position_s
        await hand.until(lambda: hand.app.session.query_one(Timeline).position_s == status().position_s)
        await hand.press("greater_than_sign")
        assert status().position_s == pytest.approx(there + 5, abs=0.2)
        await hand.press("less_than_sign", "less_than_sign", "less_than_sign")
        assert status().position_s == max(there - 10, 0)

    drive(act, long_song, target=WORDS, open_sink=PacedSink)


def test_the_timeline_scrubs_and_loops(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        timeline = hand.app.session.query_one(Timeline)
        timeline.focus()
        await hand.press("l")
        assert hand.controller.status().position_s == 1
        await hand.press("left_square_bracket", "l", "right_square_bracket")
        assert hand.controller.status().loop_s == (1, 2)
        await hand.press("backspace")
        assert hand.controller.status().loop_s is None
        await hand.pilot.click(Timeline, offset=(98, 1))
        await hand.settle()
        assert hand.controller.status().position_s > 3

    drive(act, song)


def test_loops_are_set_from_everywhere(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.type_at_once("greater_than_sign", "right_square_bracket")
        assert hand.controller.status().loop_s[0] == 0
        await hand.press("backslash")
        assert hand.controller.status().loop_s is None

    drive(act, song)


def test_the_timeline_follows_the_word_in_focus_before_and_after(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        timeline = hand.app.session.query_one(Timeline)
        await hand.until(lambda: timeline.data and timeline.data.word == "warm")
        await hand.press("down", "l")
        bands, sound = hand.controller.preview.bands, hand.controller.sound
        after = sound.word_over_time("airy", bands)
        await hand.until(lambda: timeline.data.word == "airy" and np.array_equal(timeline.data.after, after))
        np.testing.assert_array_equal(timeline.data.score, sound.word_over_time("airy"))
        assert np.abs(after - timeline.data.score).min() > 0.01
        assert [line.split()[1] for line in hand.shown("Timeline")[1:3]] == ["○", "●"]

    drive(act, song, target=WORDS, size=(80, 24))


def test_without_a_device_it_says_so_once_and_all_else_works(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.until(lambda: "no audio device" in hand.message)
        await hand.press("l", "u", "u")
        assert "nothing to undo" in hand.message
        await hand.pilot.pause(0.2)
        assert "nothing to undo" in hand.message

    drive(act, song, target=WORDS, open_sink=no_device)


# Rendering.


def test_render_writes_what_is_seen(drive: Drive, song: Path) -> None:
    target = song.with_name("song-eqmorph.wav")

    async def act(hand: Stagehand) -> None:
        await hand.press("l", "r")
        assert isinstance(hand.app.screen, FormScreen)
        await hand.press("enter")
        await hand.until(lambda: "written" in hand.message)
        await hand.press("v")
        assert isinstance(hand.app.screen, ResultsScreen)
        assert "1 done" in str(hand.app.screen.query_one("#progress", Static).render())
        await hand.press("escape")

    app = drive(act, song, target=WORDS)
    app.controller.file = None
    assert not np.array_equal(sf.read(target)[0], sf.read(song)[0])


def test_before_rendering_one_sees_how_loud_it_will_be(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.until(lambda: hand.controller.level.is_measured)
        await hand.press("r")
        said = str(hand.app.screen.query_one("#news", Static).render())
        assert said == level_said(hand.controller.level)
        assert "dBTP" in said
        await hand.press("escape")
        headroom_db = hand.controller.level.headroom_db
        assert headroom_db is not None
        await hand.until(lambda: f"{headroom_db:.1f} free" in hand.shown("PlayLine")[0])

    drive(act, song, target=WORDS, size=(120, 40))


def test_render_asks_before_it_overwrites(drive: Drive, song: Path) -> None:
    other = song.with_name("other.wav")
    other.write_text("mine")

    async def act(hand: Stagehand) -> None:
        await hand.press("r")
        hand.app.screen.query_one(Input).value = str(other)
        await hand.press("enter")
        assert isinstance(hand.app.screen, FormScreen)
        assert "Overwrite" in hand.problem
        assert other.read_text() == "mine"
        await hand.press("enter")
        await hand.until(lambda: "written" in hand.message)
        await hand.press("r")
        hand.app.screen.query_one(Input).value = str(song)
        await hand.press("enter", "enter")
        assert "never overwritten" in hand.problem
        await hand.press("escape")
        assert isinstance(hand.app.screen, SessionScreen)

    before = song.read_bytes()
    drive(act, song, target=WORDS)
    assert sf.info(other).frames == sf.info(song).frames
    assert song.read_bytes() == before


def test_a_folder_is_rendered_while_the_sliders_move(drive: Drive, song: Path) -> None:
    (song.parent / "broken.wav").write_bytes(b"RIFFnothing")
    output = song.parent.with_name("music-eqmorph")

    async def act(hand: Stagehand) -> None:
        await hand.press("R", "enter", "l")
        assert weights(hand)["warm"] == 0.45
        await hand.until(lambda: "1 done, 1 failed" in hand.message)
        await hand.press("v")
        text = "".join("".join(hand.shown("#results")).split())  # long names go on in the next line
        assert "✓done" in text
        assert "✗failed" in text
        assert "broken.wav" in text

    drive(act, song, target=WORDS)
    assert (output / "song.wav").exists()


# Saving.


def test_a_preset_is_saved_and_found(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("s")
        assert hand.app.screen.query_one(Input).value == "warm-airy"
        await hand.press("enter")
        assert "--preset warm-airy" in hand.message
        await hand.press("s", "enter")
        assert "Overwrite" in hand.problem
        hand.app.screen.query_one(Input).value = "../out"
        await hand.press("enter")
        assert "is not a name for a preset" in hand.problem

    drive(act, song, target=WORDS)
    assert find_preset("warm-airy").target == WORDS


def test_the_eq_is_exported(drive: Drive, song: Path) -> None:
    path = song.with_name("song-eq.toml")

    async def act(hand: Stagehand) -> None:
        await hand.press("e", "enter")
        assert "written" in hand.message
        await hand.press("e")
        hand.app.screen.query_one(Input).value = "eq.mp3"
        await hand.press("enter")
        assert isinstance(hand.app.screen, FormScreen)
        await hand.pilot.click("#back")
        assert isinstance(hand.app.screen, SessionScreen)
        assert take_bands(str(path)).bands == hand.controller.preview.bands

    drive(act, song, target=WORDS)


def test_the_command_line_is_copied(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("y")
        assert hand.app.clipboard == hand.controller.command()
        assert hand.app.clipboard in hand.notices

    drive(act, song, target=WORDS)


# Files.


def test_without_a_file_one_is_chosen_among_audio_only(drive: Drive, song: Path) -> None:
    (song.parent / "notes.txt").touch()
    (song.parent / ".hidden.wav").touch()

    async def act(hand: Stagehand) -> None:
        assert isinstance(hand.app.screen, BrowseScreen)
        tree = hand.app.screen.query_one(AudioTree)
        await hand.until(lambda: tree.root.children)
        assert [str(node.label) for node in tree.root.children] == ["song.wav"]
        await hand.press("down", "enter")
        await hand.until(lambda: hand.controller.sound)
        await hand.press("o")
        assert hand.app.screen.query_one(OptionList).option_count == 1
        await hand.press("shift+tab", "enter")
        await hand.settle()
        assert hand.controller.file.path == song

    drive(act, song.parent)


def test_the_browser_goes_up_and_back(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("o", "backspace")
        assert Path(hand.app.screen.query_one(AudioTree).path) == song.parent.parent
        await hand.press("escape")
        assert isinstance(hand.app.screen, SessionScreen)

    drive(act, song)


def test_without_a_file_keys_say_what_is_missing(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("escape")
        for key in ("space", "r", "y"):
            hand.app.session.say("")
            await hand.press(key)
            assert "open" in hand.message
        await hand.press("b", "greater_than_sign", "backslash", "l", "L")
        assert not hand.controller.preview.bands.is_flat
        assert hand.controller.status() is None

    drive(act, song.parent)


# Help, palette, settings.


def test_help_is_about_what_has_the_focus(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        for focus, word in (("#amount", "Slider"), ("#timeline", "Time"), ("#mode", "Mode")):
            hand.app.session.query_one(focus).focus()
            await hand.press("f1")
            assert isinstance(hand.app.screen, HelpScreen)
            assert word in hand.app.screen._text
            assert ("space", "Play or pause") in hand.app.screen._keys
            await hand.press("escape")
        assert isinstance(hand.app.screen, SessionScreen)

    drive(act, song)


def test_the_palette_has_every_action(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        offered = {command.title.split(":")[0]: command for command in hand.app.get_system_commands(hand.app.session)}
        assert {binding.description for binding in named_bindings(SessionScreen)} <= set(offered)
        assert "folder" in offered["Folder"].title
        await hand.press("ctrl+p")
        await hand.until(lambda: isinstance(hand.app.screen, CommandPalette))
        await hand.press("escape")
        await offered["Mode"].callback()
        await hand.settle()
        assert not hand.controller.blend.is_adaptive

    drive(act, song)


def test_the_palette_has_what_the_focus_has(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        session = hand.app.session
        for focus, owners in (
            (WordSlider, (Slider, BlendPanel)),
            (ModeSwitch, (ModeSwitch, BlendPanel)),
            (Timeline, (Timeline,)),
        ):
            session.query(focus).first().focus()
            await hand.settle()
            offered = [command.title for command in hand.app.get_system_commands(session)]
            named = {
                f"{binding.description}: {binding.tooltip}" for owner in owners for binding in named_bindings(owner)
            }
            assert named <= set(offered)
            assert len(set(offered)) == len(offered)
        session.query(WordSlider).first().focus()
        await hand.press("ctrl+p", *"far more")
        await hand.until(lambda: isinstance(hand.app.screen, CommandPalette) and hand.app.screen.query(OptionList))
        await hand.until(lambda: hand.app.screen.query_one(OptionList).option_count)
        await hand.press("enter")
        await hand.until(lambda: weights(hand)["warm"] == 0.65)

    drive(act, song, target=WORDS)


def test_keys_and_theme_come_from_the_settings(drive: Drive, song: Path) -> None:
    write_config('[tui]\ntheme = "textual-light"\n[tui.keys]\nmode = "G"\nslider.more = ["plus", "right"]\n')

    async def act(hand: Stagehand) -> None:
        assert hand.app.theme == "textual-light"
        await hand.press("G")
        assert not hand.controller.blend.is_adaptive
        await hand.press("t", "right", "right")
        assert not hand.controller.blend.is_adaptive
        assert weights(hand)["warm"] == 0.5
        assert ("G", "Switch between adaptive and fixed") in key_lines(hand.app, hand.app.session)

    drive(act, song, target=WORDS)


def lines_of_notes(hand: Stagehand) -> list[str]:
    return [note.render_line(y).text for note in hand.app.screen.query(Toast) for y in range(note.size.height)]


def test_bad_settings_are_told_for_as_long_as_it_takes_to_read_them(
    drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_config('[tui]\ntheme = "pink"\n[tui.keys]\nmode = "wheel"\n')

    async def act(hand: Stagehand) -> None:
        await hand.until(lambda: "no audio device" in hand.message)
        await hand.press("t", "u", "u")
        assert any("no theme 'pink'" in notice and "'wheel'" in notice for notice in hand.notices), "it stays"
        assert hand.controller.blend.is_adaptive
        await hand.until(lambda: any("'wheel'" in line for line in lines_of_notes(hand)))
        monkeypatch.setattr(hand.app, "_note_stays_until", 0.0)
        hand.app.session.say("")
        await hand.until(lambda: not hand.notices)

    drive(act, song, open_sink=no_device, notifications=True)


def test_every_action_has_a_name_and_a_line_about_it() -> None:
    from eqmorph.tui.help import binding_owners

    bindings = [binding for owner in binding_owners() for binding in named_bindings(owner)]
    assert all(binding.id and binding.tooltip for binding in bindings)
    ids = [binding.id for binding in bindings]
    assert len(set(ids)) == len(ids)


# The terminal.


def test_a_tiny_terminal_is_reported_and_may_grow(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        assert isinstance(hand.app.screen, TooSmall)
        assert "20x5" in str(hand.app.screen.query_one(Static).render())
        await hand.pilot.resize_terminal(80, 24)
        await hand.until(lambda: hand.controller.sound)
        assert isinstance(hand.app.screen, SessionScreen)
        await hand.press("r")
        await hand.pilot.resize_terminal(1, 1)
        assert isinstance(hand.app.screen, TooSmall)
        await hand.pilot.resize_terminal(80, 24)
        assert isinstance(hand.app.screen, FormScreen)

    drive(act, song, size=(20, 5))


def test_nothing_covers_what_asks_for_room(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.pilot.resize_terminal(40, 10)
        await hand.press("ctrl+p")
        assert isinstance(hand.app.screen, TooSmall)
        hand.app.push_screen(HelpScreen("", []))
        await hand.pilot.resize_terminal(80, 24)
        await hand.press("escape")
        await hand.until(lambda: isinstance(hand.app.screen, SessionScreen))
        assert len(hand.app.screen_stack) == 1

    drive(act, song)


def test_the_heading_leaves_out_what_does_least(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        bands = Bands.parse("LS 80 +3; PK 1k -9 Q2; HS 9k +4")
        preview = replace(hand.controller.preview, bands=bands)
        wide, narrow = heading(preview, 100), heading(preview, 40)
        assert wide == "B with EQ: fills out below 78 Hz by 3 dB, dips 1 kHz by 9 dB, opens up above 8.5 kHz by 4 dB"
        assert narrow == "B with EQ: dips 1 kHz by 9 dB"
        assert heading(preview, 65).count(",") == 1
        assert "below" not in heading(preview, 65)
        assert heading(preview, 100, is_off=True).startswith("A before, without this EQ: ")

    drive(act, song, target=WORDS)


def test_at_zero_it_says_what_to_do(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        def title() -> str:
            return str(hand.app.session.query_one("#heading").border_title)

        await hand.until(lambda: "move a slider" in title())
        await hand.press("d", "d", "d", "d")
        await hand.until(lambda: "press a to add a word" in title())

    drive(act, song)


def test_of_a_silent_file_it_says_so(drive: Drive, tmp_path: Path) -> None:
    path = tmp_path / "silent.wav"
    sf.write(path, np.zeros((44_100, 2)), 44_100)

    async def act(hand: Stagehand) -> None:
        title = str(hand.app.session.query_one("#heading").border_title)
        assert title == "B with EQ: flat; this file is silent"

    drive(act, path, target=WORDS)


def test_the_heading_has_the_words_it_has_room_for(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        def title() -> str:
            return str(hand.app.session.query_one("#heading").border_title)

        await hand.pilot.resize_terminal(200, 60)
        await hand.until(lambda: title().count(",") > 1)
        wide = title()
        await hand.pilot.resize_terminal(72, 22)
        await hand.until(lambda: len(title()) < len(wide))
        await hand.pilot.resize_terminal(200, 60)
        await hand.until(lambda: title() == wide)

    drive(act, song, target="warm:0.8 + airy:0.5")


@pytest.mark.parametrize("size", [(72, 22), (80, 24), (120, 40), (200, 60)], ids=str)
def test_nothing_shifts_while_a_slider_moves(drive: Drive, song: Path, size: tuple[int, int]) -> None:
    async def act(hand: Stagehand) -> None:
        def places() -> list[Any]:
            return [(type(widget), widget.region) for widget in hand.app.session.query("*")]

        before = places()
        await hand.press("L", "L", "L", "L", "0", "H", "H", "H", "H")
        assert places() == before

    drive(act, song, size=size, target=WORDS)
