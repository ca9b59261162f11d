"""Keys that come faster than they can be served: each goes to what has the focus when its turn comes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Input

from eqmorph.tui.app import EqmorphApp
from eqmorph.tui.blend import Morph
from eqmorph.tui.flows.render import RenderFlow
from eqmorph.tui.screens.form import FormScreen
from eqmorph.tui.screens.session import SessionScreen
from tests.tui.conftest import Stagehand

Drive = Callable[..., EqmorphApp]
WORDS = "warm:0.4 + airy:0.2"


def warmth(hand: Stagehand) -> float:
    return next(term.weight for term in hand.controller.blend.terms if term.word == "warm")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (["ctrl+u", *"xyz"], "xyz"),
        (["ctrl+u", *"ab", "backspace", "backspace", "X"], "X"),
        (["ctrl+u", *"ab", "left", "X"], "aXb"),
        (["ctrl+u", *"ab", "home", "x", "end", "y"], "xaby"),
    ],
)
def test_a_field_gets_characters_and_editing_keys_in_their_order(
    drive: Drive, song: Path, typed: list[str], expected: str
) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.type_at_once("r", *typed)
        await hand.until(lambda: hand.app.screen.query_one(Input).value == expected)

    drive(act, song, target=WORDS)


def test_a_file_gets_the_name_that_was_typed(drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(song.parent)

    async def act(hand: Stagehand) -> None:
        await hand.type_at_once("r", "ctrl+u", *"tone", "full_stop", *"wav", "enter", "l", "l")
        await hand.until(lambda: "written: tone.wav" in hand.message)
        assert warmth(hand) == pytest.approx(0.5)

    drive(act, song, target=WORDS)
    assert [path.name for path in song.parent.iterdir()].count("tone.wav") == 1


def test_one_dialog_after_another(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.type_at_once("m", *"dark", "enter", *"bright", "enter", "l", "l")
        await hand.until(lambda: hand.controller.blend.morph is not None)
        await hand.until(lambda: hand.controller.blend.morph == Morph("dark", "bright", pytest.approx(0.1)))

    drive(act, song, target=WORDS)


def test_keys_wait_until_a_form_is_weighed_and_escape_gives_them_up(
    drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_let_go = threading.Event()
    monkeypatch.setattr(RenderFlow, "_check_file", lambda *_: "" if is_let_go.wait(10) else "never")

    async def act(hand: Stagehand) -> None:
        await hand.pilot.press("r", "enter", "x", "d", "escape")
        await hand.until(lambda: isinstance(hand.app.screen, SessionScreen))
        assert hand.controller.blend.words == ["warm", "airy"]
        await hand.pilot.press("r", "enter", "l")
        assert isinstance(hand.app.screen, FormScreen)
        assert hand.app.screen.query_one(Input).value.endswith(".wav")
        is_let_go.set()
        await hand.until(lambda: "written" in hand.message)
        assert warmth(hand) == pytest.approx(0.45)

    drive(act, song, target=WORDS)
