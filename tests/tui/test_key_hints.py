"""The bar of keys of the session: what stays where there is little room, and what comes when it is wanted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eqmorph.tui.screens.session_keys import ONE_SLOT, SESSION_KEYS
from eqmorph.tui.widgets.key_bar import KeyBar
from tests.tui.conftest import Stagehand

Drive = Callable[..., Any]
FIRST = {"Play", "A/B", "Add", "Undo", "Render", "Open", "Help", "Quit"}


def names(hand: Stagehand) -> list[str]:
    bar = hand.app.session.query_one(KeyBar)
    return [hint.name for line in bar.shown(*bar.size) for _, hint in line]


def test_at_80_columns_one_can_begin_and_in_a_folder_go_on(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        assert set(names(hand)) == FIRST | {"Morph", "Presets"}
        hand.controller.folder = song.parent
        hand.app.open_file(song)
        await hand.until(lambda: "Next" in names(hand))
        assert set(names(hand)) == FIRST | {"Next", "Morph"}

    drive(act, song, size=(80, 24))


def test_slots_are_named_once_there_are_several(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        assert "Slots" not in names(hand)
        hand.app.session.action_slot(1)
        await hand.until(lambda: "Slots" in names(hand))
        assert set(names(hand)) >= FIRST

    drive(act, song, size=(80, 24))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=str)
def test_while_bands_are_in_hand_their_keys_come_first(drive: Drive, song: Path, size: tuple[int, int]) -> None:
    async def act(hand: Stagehand) -> None:
        await hand.press("g")
        shown = names(hand)
        assert shown[:3] == ["Hz", "dB", "Q"]
        assert "Reset" in shown

    drive(act, song, target="warm:0.4", size=size)


def test_every_key_has_a_name_of_its_own_and_says_what_it_does() -> None:
    named = [binding for binding in SESSION_KEYS if not isinstance(binding, tuple) and binding.id]
    assert len({binding.id for binding in named}) == len(named)
    assert all(binding.tooltip and binding.description for binding in named)
    assert sum(str(binding.id).startswith(ONE_SLOT) for binding in named) == 4
