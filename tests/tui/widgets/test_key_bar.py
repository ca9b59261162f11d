"""The bar of keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from eqmorph.tui.widgets.key_bar import KeyBar, KeyHint

HINTS = (
    KeyHint("space", "Play", "play"),
    KeyHint("<", "Back", "skip(-1)", 2),
    KeyHint("m", "Morph", "morph"),
    KeyHint("t", "Mode", "mode", 1),
    KeyHint("q", "Quit", "quit"),
)


def bar() -> KeyBar:
    made = KeyBar()
    made.set_reactive(KeyBar.hints, HINTS)
    return made


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (60, "space Play  < Back  m Morph  t Mode  q Quit"),
        (38, "space Play  m Morph  t Mode  q Quit"),
        (30, "space Play  m Morph  q Quit"),
        (26, "space Play m Morph q Quit"),
        (20, "space Play m Morph"),
    ],
)
def test_the_main_keys_come_first_and_all_in_their_order(
    shown: Callable[..., list[str]], width: int, text: str
) -> None:
    assert shown(bar(), size=(width + 2, 3)) == [text.ljust(width)]


def test_with_two_lines_there_is_room_for_more(shown: Callable[..., list[str]]) -> None:
    made = bar()
    made.styles.height = 2
    assert [line.split() for line in shown(made, size=(28, 3))] == [
        ["space", "Play", "<", "Back"],
        ["m", "Morph", "t", "Mode", "q", "Quit"],
    ]
