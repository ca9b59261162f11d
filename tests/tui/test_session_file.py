"""Sessions on the disk: read back as they were, whoever wrote them, and never a crash."""

from __future__ import annotations

import dataclasses
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static

from eqmorph.bands import Bands
from eqmorph.errors import InputError, UsageError
from eqmorph.presets import Preset
from eqmorph.target import Weighted
from eqmorph.tui.app import EqmorphApp
from eqmorph.tui.blend import Blend, Morph
from eqmorph.tui.by_hand import Added, ByHand, Change
from eqmorph.tui.screens.browse import BrowseScreen
from eqmorph.tui.screens.question import QuestionScreen
from eqmorph.tui.screens.sessions import SessionsScreen
from eqmorph.tui.session_file import (
    SavedSession,
    fitted,
    last_session_path,
    named_session_path,
    named_sessions,
    read_session,
    take_session,
    write_session,
)
from eqmorph.tui.widgets.blend_panel import BlendPanel
from eqmorph.tui.widgets.timeline import Timeline
from tests.tui.conftest import Stagehand

Drive = Callable[..., Any]
(BELL,) = Bands.parse("PK 1000 -2 Q0.7")
FULL = Blend(
    (Weighted("warm", 0.35), Weighted("airy", -1.0)),
    morph=Morph("dark", "bright", 0.25),
    amount=1.5,
    is_adaptive=False,
    is_following=True,
    preset=Preset("mine", Bands.parse("LS 120 +3; PK 1000 -2 Q0.7"), "about", ("voice",)),
    by_hand=ByHand((Change(BELL, 0.25, -1.5, 0.5, is_off=True),), (Added(BELL, is_off=True),)),
)
WARM, BRIGHT = Blend((Weighted("warm", 0.5),)), Blend((Weighted("bright", -0.25),))


def test_a_session_is_read_back_as_it_was(tmp_path: Path) -> None:
    usual = Blend()
    unset = [f.name for f in dataclasses.fields(Blend) if getattr(FULL, f.name) == getattr(usual, f.name)]
    assert not unset, "a field of a blend that this test leaves out would be lost unnoticed"
    session = SavedSession((WARM, None, FULL, None), 2, tmp_path / "a.wav", tmp_path, (1.5, 2.25), 0.125)
    path = tmp_path / "new" / "session.json"
    write_session(path, session)
    assert read_session(path) == session
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    write_session(path, SavedSession((WARM,)))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_session(path) == SavedSession((WARM,))


def test_a_session_of_another_version_is_read_as_far_as_it_is_known(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    terms = [{"word": "warm", "weight": 1, "colour": "red"}]
    path.write_text(json.dumps({"slots": [{"terms": terms, "nodes": [1]}, None], "later": {"x": 1}}))
    assert read_session(path) == SavedSession((Blend((Weighted("warm", 1.0),)), None))


BROKEN = {
    "no JSON": "{",
    "no object": "[]",
    "nothing": "",
    "no slots": "{}",
    "an empty slot in use": '{"slots": [null]}',
    "a slot that isn't there": '{"slots": [{}], "slot": 7}',
    "a number for a word": '{"slots": [{"terms": [{"word": 3, "weight": 1}]}]}',
    "no number": '{"slots": [{"terms": [{"word": "warm", "weight": NaN}]}]}',
    "endless": '{"slots": [{"amount": Infinity}]}',
    "a truth for a number": '{"slots": [{"amount": true}]}',
    "half a loop": '{"slots": [{}], "loop_s": [1]}',
    "a path that none can be": '{"slots": [{}], "file": "a\\u0000b"}',
    "bands that none can be": '{"slots": [{"preset": {"name": "x", "bands": [{"kind": "pk"}]}}]}',
    "too deep": "[" * 100_000,
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_session_is_set_aside_and_told_of(what: str, tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    path.write_text(BROKEN[what])
    with pytest.raises(InputError):
        read_session(path)
    session, problem = take_session(path)
    assert session is None
    assert "set aside as" in problem
    assert len(problem) < 600
    assert path.with_name("session.json.broken").read_text() == BROKEN[what]
    assert take_session(path) == (None, "")


def test_a_session_fits_the_model_and_the_sliders(drive: Drive) -> None:
    async def act(hand: Stagehand) -> None:
        space = hand.controller.ear.space
        strange = Blend((Weighted("warm", 9.0), Weighted("zzxq", 1.0)), Morph("zzxq", "bright"), amount=50.0)
        session, unknown = fitted(SavedSession((strange, WARM)), space)
        assert session.slots == (Blend((Weighted("warm", 1.5),), amount=2.0), WARM)
        assert unknown == ["zzxq"]

    drive(act)


def test_only_a_name_names_a_session() -> None:
    with pytest.raises(UsageError, match="not a name for a session"):
        named_session_path("../secret")


# In the app.


@pytest.fixture
def resume(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> Drive:
    """Run the app as `eqmorph tui` without a file does, or with the name of a session."""

    def run(act: Any, path: Path | None = None, *, session: str = "", **options: Any) -> None:
        with monkeypatch.context() as patch:
            begin = EqmorphApp.__init__

            def begin_with(app: EqmorphApp, controller: Any, path: Path | None = None) -> None:
                begin(app, controller, path, session=session, resumes=True)

            patch.setattr(EqmorphApp, "__init__", begin_with)
            drive(act, path, **options)

    return run


def test_the_next_start_goes_on_where_the_last_session_ended(drive: Drive, resume: Drive, song: Path) -> None:
    async def leave(hand: Stagehand) -> None:
        await hand.press("L", "alt+3", "down", "l")
        for seconds, key in ((1.0, "left_square_bracket"), (3.0, "right_square_bracket")):
            hand.controller.seek(seconds)
            hand.app.session._show_status()
            await hand.press(key)
        await hand.press("q")
        await hand.until(lambda: last_session_path().exists())

    async def come_back(hand: Stagehand) -> None:
        await hand.until(lambda: hand.controller.sound is not None)
        assert hand.controller.file is not None
        assert hand.controller.file.path == song
        slots = hand.controller.slots
        assert slots.current == 2
        assert [blend and [term.weight for term in blend.terms] for blend in slots.blends] == [
            [0.65, 0.2],
            None,
            [0.65, 0.25],
            None,
        ]
        assert hand.app.session.query_one(BlendPanel).blend == hand.controller.blend
        assert hand.app.session.query_one(BlendPanel).border_title == "Words, slot 3"
        loop = hand.app.session.query_one(Timeline).loop_s
        assert loop == pytest.approx((1.0, 3.0), abs=0.01)
        status = hand.controller.status()
        assert status is not None
        assert status.loop_s == pytest.approx((1.0, 3.0), abs=0.01)

    drive(leave, song, target="warm:0.4 + airy:0.2")
    resume(come_back)


def test_a_start_with_a_file_begins_afresh_and_one_without_any_session_asks(
    drive: Drive, resume: Drive, song: Path
) -> None:
    write_session(last_session_path(), SavedSession((WARM,), file=song))

    async def fresh(hand: Stagehand) -> None:
        assert hand.controller.blend.target is None

    async def asks(hand: Stagehand) -> None:
        assert isinstance(hand.app.screen, BrowseScreen)
        assert "not there any more" in hand.message
        assert hand.controller.blend == WARM, "the words are there all the same"

    drive(fresh, song)
    song.unlink()
    resume(asks)


def test_the_app_starts_with_a_broken_session(resume: Drive) -> None:
    last_session_path().parent.mkdir(parents=True, exist_ok=True)
    last_session_path().write_text("{")

    async def act(hand: Stagehand) -> None:
        assert isinstance(hand.app.screen, BrowseScreen)
        assert "set aside" in hand.message

    resume(act)


def test_a_start_that_opens_nothing_leaves_the_last_session_alone(drive: Drive) -> None:
    write_session(last_session_path(), SavedSession((WARM,)))

    async def act(hand: Stagehand) -> None:
        await hand.press("escape", "q")

    drive(act)
    assert read_session(last_session_path()) == SavedSession((WARM,))


def test_sessions_have_names(drive: Drive, resume: Drive, song: Path) -> None:
    write_session(named_session_path("other"), SavedSession((BRIGHT,)))

    async def act(hand: Stagehand) -> None:
        await hand.press("L", "S", *"side", "space", "A", "enter")
        assert hand.message == "saved: eqmorph tui --session 'side A'"
        assert list(named_sessions()) == ["other", "side A"]
        await hand.press("S", "down", "enter")
        assert hand.controller.blend == BRIGHT
        assert hand.app.session.query_one(BlendPanel).blend == BRIGHT
        await hand.press("S")
        screen = hand.app.screen
        assert isinstance(screen, SessionsScreen)
        await hand.press("down", "delete")
        assert isinstance(hand.app.screen, QuestionScreen)
        await hand.press("y")
        assert list(named_sessions()) == ["side A"]
        await hand.press("ctrl+u", *"side", "space", "A", "enter")
        assert isinstance(hand.app.screen, QuestionScreen), "another session of this name is there"
        await hand.press("escape", "ctrl+u", "!", "enter")
        assert "not a name" in str(screen.query_one("#evidence", Static).render())
        await hand.press("escape")

    drive(act, song, target="warm:0.4")

    async def by_name(hand: Stagehand) -> None:
        assert [term.weight for term in hand.controller.blend.terms] == [0.65]
        await hand.until(lambda: hand.controller.file is not None)
        await hand.press("L", "q")

    resume(by_name, session="side A")
    [blend] = [blend for blend in read_session(named_session_path("side A")).slots if blend]
    assert [term.weight for term in blend.terms] == [0.9], "it is saved again at the end"
