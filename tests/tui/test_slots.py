"""Slots: four EQs side by side, equally loud, and compared blind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from textual.widgets import OptionList, Static

from eqmorph.audio.loudness import LoudnessMeter
from eqmorph.level import Trim
from eqmorph.render import Renderer
from eqmorph.target import Weighted
from eqmorph.tui.blend import Blend
from eqmorph.tui.flows.slots import SlotsFlow, blend_said
from eqmorph.tui.play_level import PlayLevel
from eqmorph.tui.screens.blind import BlindScreen
from eqmorph.tui.screens.slots import SlotsScreen
from eqmorph.tui.slots import Slots
from eqmorph.tui.told import level_said
from eqmorph.tui.widgets.blend_panel import BlendPanel
from tests.tui.conftest import Stagehand
from tests.tui.screen_text import screen_lines

Drive = Callable[..., Any]
WARM, BRIGHT, FLAT = Blend((Weighted("warm", 0.5),)), Blend((Weighted("bright", 1.5),)), Blend()


def test_an_empty_slot_begins_as_a_copy_and_each_has_its_own_undo() -> None:
    slots = Slots(WARM)
    assert slots.use(2)
    assert slots.history.blend == WARM
    slots.history.move(BRIGHT)
    assert slots.blends == [WARM, None, BRIGHT, None]
    assert not slots.use(0)
    assert not slots.history.undo(), "what was moved in the other slot stays"
    assert slots.next() == 2
    slots.use(2)
    assert slots.history.undo()
    assert slots.history.blend == WARM


def test_what_was_in_a_slot_that_is_copied_into_can_be_brought_back() -> None:
    slots = Slots(WARM)
    slots.put(1, BRIGHT)
    slots.put(1, WARM)
    slots.use(1)
    slots.history.undo()
    assert slots.history.blend == BRIGHT
    assert not slots.empty(1), "the one in use stays"
    assert slots.empty(0)
    assert slots.next() is None


def text_of(hand: Stagehand, selector: str) -> str:
    return str(hand.app.screen.query_one(selector, Static).render())


def test_slots_by_their_keys(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        panel = hand.app.session.query_one(BlendPanel)
        await hand.press("X")
        assert "all other slots are empty" in hand.message
        await hand.press("L", "alt+2")
        assert "slot 2, a copy of slot 1" in hand.message
        assert panel.border_title == "Words, slot 2"
        await hand.press("L", "X")
        assert panel.blend.terms[0].weight == 0.25
        assert hand.controller.preview.blend == panel.blend, "and it is that which is shown"
        await hand.press("X")
        assert panel.blend.terms[0].weight == 0.5
        await hand.press("alt+2")
        assert hand.message == "slot 2 is in use"
        await hand.press("u", "u")
        assert panel.blend.terms[0].weight == 0.25
        assert hand.message == "nothing to undo", "the moves in slot 1 are its own"

    drive(act, song, target="warm:0")


def test_the_list_of_slots(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("L", "x")
        screen = hand.app.screen
        assert isinstance(screen, SlotsScreen)
        await hand.press("b")
        assert "nothing to compare" in text_of(hand, "#evidence")
        await hand.press("c")
        assert "in use" in text_of(hand, "#evidence")
        await hand.press("down", "down", "c")
        assert hand.controller.slots.filled == [0, 2]
        assert hand.controller.trial == hand.controller.blend, "it is heard"
        await hand.press("escape")
        assert hand.controller.trial is None
        assert hand.app.session.query_one(BlendPanel).border_title == "Words, slot 1"
        await hand.press("x", "2", "x", "up", "delete")
        assert hand.controller.slots.filled == [1, 2]
        await hand.press("down", "delete")
        assert "stays" in text_of(hand, "#evidence")
        options = hand.app.screen.query_one(OptionList)
        assert "empty" in str(options.get_option_at_index(0).prompt)
        assert "warm +0.25" in str(options.get_option_at_index(1).prompt)
        await hand.press("down", "enter")
        assert hand.controller.slots.current == 2

    drive(act, song, target="warm:0")


def test_slots_are_compared_blind(drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(hand: Stagehand) -> None:
        monkeypatch.setattr(hand.app.session, "_slots_flow", flow(hand))
        await hand.press("L", "alt+2", "0", "H", "alt+4", "0", "b")
        hand.controller._measured = []
        await hand.press("x", "b")
        assert "being measured" in hand.message, "else the louder one would be known by that"
        await hand.until(lambda: hand.controller.are_slots_measured)
        await hand.press("x", "b")
        assert isinstance(hand.app.screen, BlindScreen)
        status = hand.controller.status()
        assert status is not None
        assert not status.is_bypassed
        hand.app.refresh()
        await hand.settle()
        shown = "\n".join(screen_lines(hand.app))
        assert "warm" not in shown, "nothing tells which is which"
        assert "Hz" not in shown
        heard = [hand.controller.trial]
        for _ in range(2):
            await hand.press("down")
            heard.append(hand.controller.trial)
        assert [blend and blend.terms[0].weight for blend in heard] == [0.0, -0.25, 0.25]
        await hand.press("enter")
        assert hand.message == "you chose slot 1 (W was 4, X was 2, Y was 1)"
        assert hand.controller.slots.current == 0
        assert hand.controller.trial is None
        await hand.press("x", "b", "escape")
        assert hand.controller.slots.current == 0
        assert hand.controller.trial is None

    def flow(hand: Stagehand) -> SlotsFlow:
        return SlotsFlow(hand.controller, hand.app.session, lambda order: order.reverse())

    drive(act, song, target="warm:0")


@pytest.fixture
def hot_song(song: Path) -> Path:
    """Return music up to full scale: its peaks cost different EQs different gains."""
    audio, rate = sf.read(song, dtype="float32")
    sf.write(song, audio / np.abs(audio).max() * 0.99, rate, subtype="PCM_24")
    return song


def heard_lufs(hand: Stagehand, blend: Blend) -> float:
    """Return how loud a blend is heard: what it makes of the file, at the gain of the player."""
    hand.controller.trial = blend
    preview = hand.controller.look()
    assert preview is not None
    level = hand.controller._expected_level(preview)
    file = hand.controller.file
    assert file is not None
    audio, rate = sf.read(file.path, dtype="float32", always_2d=True)
    meter = LoudnessMeter(rate, audio.shape[1])
    meter.add(Renderer(preview.bands, rate).process(np.ascontiguousarray(audio.T)))
    lufs = meter.integrated_lufs()
    assert lufs is not None
    return float(lufs + level.gain_db)


def test_all_slots_are_heard_equally_loud(drive: Drive, hot_song: Path) -> None:
    fixed = [Blend((Weighted(word, weight),), is_adaptive=False) for word, weight in [("warm", 1.5), ("punchy", 1.5)]]

    async def act(hand: Stagehand) -> None:
        slots = hand.controller.slots
        for slot, blend in enumerate([*fixed, FLAT], start=1):
            slots.put(slot, blend)
        await hand.press("alt+2")
        hand.controller.look()
        assert hand.controller.measure() is not None
        costs = [level.trim.ceiling_db for _, level in hand.controller._measured]
        assert max(costs) - min(costs) > 0.5, "else there is nothing to match"
        loudness = [heard_lufs(hand, blend) for blend in [*fixed, FLAT]]
        assert max(loudness) - min(loudness) < 0.1
        hand.controller.trial = None

    drive(act, hot_song, target="warm:0")


def test_what_a_slot_asks_for_is_said_in_a_line() -> None:
    assert blend_said(FLAT) == "nothing yet"
    assert blend_said(WARM.with_amount(0.5)) == "warm +0.50, amount 0.50"
    assert blend_said(WARM.with_other_mode()) == "warm +0.50, fixed"


def test_it_is_said_that_a_slot_is_heard_softer_for_the_others(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.until(lambda: hand.controller.level.is_measured)
        level = hand.controller.level
        quieter = level.beside([PlayLevel(Trim(0.0, -3.0))])
        assert quieter.flat_gain_db == pytest.approx(-3.0)
        assert quieter.gain_db - level.gain_db == pytest.approx(-3.0 - level.flat_gain_db)
        assert quieter.headroom_db == level.headroom_db, "what is rendered is at its own level"
        assert "as loud as the quietest slot" in level_said(quieter)
        assert "slot" not in level_said(level)

    drive(act, song, target="warm:0")
