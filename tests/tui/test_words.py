"""Words and presets tried out, taken and let go; and why the EQ is what it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from textual.widgets import Input, OptionList, Static

from eqmorph.bands import Bands
from eqmorph.presets import Preset, find_preset, list_presets, save_preset
from eqmorph.process import Settings, process_file
from eqmorph.request import EqRequest
from eqmorph.tui.screens.presets import PresetScreen
from eqmorph.tui.screens.question import QuestionScreen
from eqmorph.tui.screens.session import SessionScreen
from eqmorph.tui.screens.why import WhyScreen
from eqmorph.tui.screens.word_picker import WordPicker
from eqmorph.tui.widgets.blend_panel import BlendPanel
from eqmorph.tui.widgets.curve import CurveView
from eqmorph.tui.widgets.slider import Slider
from tests.tui.conftest import Stagehand

Drive = Callable[..., Any]
WORDS = "warm:0.4 + airy:0.2"


def weights(hand: Stagehand) -> dict[str, float]:
    return {term.word: term.weight for term in hand.controller.blend.terms}


def evidence(hand: Stagehand) -> str:
    return str(hand.app.screen.query_one("#evidence", Static).render())


# Trying out.


def test_a_word_is_tried_out_as_a_ghost_and_leaves_nothing_behind(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        curve, player = hand.app.session.query_one(CurveView), hand.controller.file.player
        told: list[Bands] = []
        usual = player.set_eq
        player.set_eq = lambda bands, *rest: (told.append(bands), usual(bands, *rest))
        before, moves = hand.controller.preview, hand.controller.blend
        await hand.press("a")
        assert curve.ghost is None, "nothing changes before one goes through the list"
        await hand.press("down", "down")
        ghost = curve.ghost
        assert ghost is not None
        np.testing.assert_array_equal(ghost.gain_db, hand.controller.ghost.gain_db)
        assert curve.bands == before.bands
        assert told[-1] != before.bands, "it is heard"
        await hand.press("up")
        assert not np.array_equal(curve.ghost.gain_db, ghost.gain_db)
        await hand.press("escape")
        assert curve.ghost is None
        assert told[-1] == before.bands == hand.controller.preview.bands
        assert hand.controller.blend == moves
        await hand.press("u")
        assert "nothing to undo" in hand.message

    drive(act, song, target=WORDS)


def test_the_ghost_is_seen_behind_the_curve(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        curve = hand.app.session.query_one(CurveView)
        style = curve.style_of("curve--ghost")

        def ghosts() -> int:
            lines = [curve.render_line(y) for y in range(curve.size.height)]
            return sum(len(s.text) for line in lines for s in line if s.style == style)

        assert ghosts() == 0
        curve.ghost = Bands.parse("PK 1000 +10").sampled(44_100)
        assert ghosts() > 10
        curve.ghost = None
        assert ghosts() == 0

    drive(act, song, target=WORDS, size=(120, 40))


# Sentences.


def test_a_whole_sentence_is_taken(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("a")
        hand.app.screen.query_one(Input).value = "brighter, less mud"
        await hand.settle()
        assert evidence(hand).endswith("sets bright +1, muddy -1")
        await hand.press("enter")
        assert weights(hand) == {"warm": 0.4, "airy": 0.2, "bright": 1.0, "muddy": -1.0}
        assert hand.app.session.query_one(BlendPanel).word == "bright"
        await hand.press("u")
        assert weights(hand) == {"warm": 0.4, "airy": 0.2}
        await hand.press("m")
        hand.app.screen.query_one(Input).value = "brighter, less mud"
        await hand.press("enter")
        assert isinstance(hand.app.screen, WordPicker)
        assert "Morph from bright to" in str(hand.app.screen.query_one(".dialog").border_title), "ends are words"

    drive(act, song, target=WORDS)


# Morph.


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=str)
def test_the_ends_of_a_morph_are_named_where_they_are(drive: Drive, song: Path, size: tuple[int, int]) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("m", *"dark", "enter", *"bright", "enter")
        await hand.until(lambda: hand.controller.blend.morph)
        slider = hand.app.session.query_one("#morph", Slider)
        await hand.until(lambda: slider.size.width)
        start, end = slider.track
        await hand.until(lambda: hand.shown("#morph-ends")[0].startswith(" " * start + "dark"))
        line = hand.shown("#morph-ends")[0]
        assert (line.index("dark"), line.index("bright") + len("bright")) == (start, end)

    drive(act, song, target=WORDS, size=size)


# Presets.


def names(hand: Stagehand) -> list[str]:
    return [line.preset.name for line in hand.app.screen._lines]


def test_a_preset_of_words_sets_the_sliders(drive: Drive, song: Path) -> None:
    save_preset(Preset("mine", Bands(), target="dark:0.6 + full:0.3", amount=0.8), overwrite=False)

    async def act(hand: Stagehand) -> None:
        await hand.press("P")
        assert isinstance(hand.app.screen, PresetScreen)
        assert names(hand)[0] == "mine", "one's own come first"
        await hand.press("enter")
        assert weights(hand) == {"dark": 0.6, "full": 0.3}
        assert hand.controller.blend.amount == 0.8
        assert hand.app.session.query_one(BlendPanel).word == "dark"
        await hand.press("u")
        assert weights(hand) == {"warm": 0.4, "airy": 0.2}

    drive(act, song, target=WORDS)


def test_a_preset_of_bands_stands_in_place_of_the_words_and_is_rendered_as_the_command_does(
    drive: Drive, song: Path
) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("P", *"smile", "enter")
        blend = hand.controller.blend
        assert blend.preset == find_preset("smile")
        assert hand.controller.preview.bands.to_list() == find_preset("smile").bands.to_list()
        assert not hand.app.session.query_one("#words").display
        await hand.press("h", "h")
        assert hand.controller.blend.amount == 0.9
        assert "--preset smile --amount 0.9" in hand.controller.command()
        await hand.press("r", "enter")
        await hand.until(lambda: "written" in hand.message)
        await hand.press("d")
        assert weights(hand) == {"warm": 0.4, "airy": 0.2}
        assert hand.app.session.query_one("#words").display

    drive(act, song, target=WORDS)
    expected = song.with_name("expected.wav")
    request = EqRequest(preset=find_preset("smile"), amount=0.9)
    process_file(song, expected, Settings(request.resolve()))
    np.testing.assert_array_equal(sf.read(expected)[0], sf.read(song.with_name("song-eqmorph.wav"))[0])


def test_presets_are_found_tried_out_and_left(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        curve = hand.app.session.query_one(CurveView)
        await hand.press("P")
        assert set(names(hand)) == set(list_presets())
        await hand.press("down")
        assert curve.ghost is not None
        await hand.press(*"podcast")
        assert names(hand)
        assert all("podcast" in str(find_preset(name)).lower() for name in names(hand))
        await hand.press(*"xqz", "enter")
        assert "no preset" in evidence(hand)
        await hand.press("escape")
        assert isinstance(hand.app.screen, SessionScreen)
        assert curve.ghost is None
        assert weights(hand) == {"warm": 0.4, "airy": 0.2}

    drive(act, song, target=WORDS)


def test_only_a_preset_of_ones_own_is_deleted_and_only_after_a_yes(drive: Drive, song: Path) -> None:
    save_preset(Preset("mine", Bands.parse("PK 1000 +3")), overwrite=False)

    async def act(hand: Stagehand) -> None:
        await hand.press("P", "delete")
        assert isinstance(hand.app.screen, QuestionScreen)
        await hand.press("enter")
        assert "mine" in names(hand), "the first button is not the one that has the focus"
        await hand.press("delete", "y")
        assert "mine" not in names(hand)
        await hand.press("delete")
        assert "is shipped" in evidence(hand)
        assert isinstance(hand.app.screen, PresetScreen)

    drive(act, song, target=WORDS)
    assert "mine" not in list_presets()


def test_a_preset_that_cannot_be_read_is_left_out(drive: Drive, song: Path) -> None:
    path = save_preset(Preset("mine", Bands.parse("PK 1000 +3")), overwrite=False)
    path.write_text("bands = 3")

    async def act(hand: Stagehand) -> None:
        await hand.press("P")
        assert "mine" not in names(hand)
        assert hand.app.screen.query_one(OptionList).option_count == len(list_presets()) - 1

    drive(act, song, target=WORDS)


# Why.


def test_each_word_says_why_it_has_what_it_has(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("w")
        assert isinstance(hand.app.screen, WhyScreen)
        said = str(hand.app.screen.query_one("#why", Static).render())
        account = hand.controller.preview.account
        assert account is not None
        for change, line in zip(account.words, said.splitlines(), strict=False):
            assert line.startswith(change.word)
            for part in (f"{change.weight:+.2f}", "->", change.contribution, account.reasons(change)):
                assert part in line
        assert account.effect in said
        assert f"warm: {hand.app.word_search.evidence('warm')}" in said
        await hand.press("escape", "t", "w")
        assert "every sound gets the words' own EQ" in str(hand.app.screen.query_one("#why", Static).render())

    drive(act, song, target=WORDS)


def test_where_there_is_room_the_evidence_of_the_word_in_focus_is_seen(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.until(lambda: any("64 people asked" in line for line in hand.shown("#parts")))
        await hand.press("down")
        await hand.until(lambda: any(line.strip().startswith("airy: ") for line in hand.shown("#parts")))

    drive(act, song, target=WORDS, size=(140, 50))
