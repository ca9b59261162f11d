"""How the app looks: at three sizes, on both kinds of background, with each of its screens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from eqmorph.tui.app import EqmorphApp

from .conftest import Stagehand

SIZES = [(80, 24), (120, 40), (200, 60)]
WORDS = "warm:0.4 + airy:0.25 + muddy:-0.5"

Before = Callable[[Pilot[None]], Awaitable[None]]


def after(*keys: str, theme: str = "textual-dark") -> Before:
    """Presses keys once the file is known, and waits for what comes of them."""

    async def act(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, EqmorphApp)
        app.theme = theme
        hand = Stagehand(app, pilot)
        await hand.until(lambda: app.controller.sound)
        await hand.settle()
        for key in keys:
            await hand.press(key)
        await hand.until(hand.is_course_shown)
        await pilot.pause(0.1)

    return act


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_session(
    snap_compare: Any, make_app: Callable[..., EqmorphApp], song: Path, size: tuple[int, int], theme: str
) -> None:
    app = make_app(song, target=WORDS)
    assert snap_compare(app, terminal_size=size, run_before=after("l", theme=theme))


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("add", ("a", "w", "a")),
        ("morph", ("m", *"dark", "enter", *"bright", "enter", "L", "l")),
        ("help", ("f1",)),
        ("preset", ("s",)),
        ("no words", ("d", "d", "d")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_screens(
    snap_compare: Any, make_app: Callable[..., EqmorphApp], song: Path, name: str, keys: tuple[str, ...]
) -> None:
    app = make_app(song, target=WORDS)
    assert name
    assert snap_compare(app, terminal_size=SIZES[0], run_before=after(*keys))


def test_a_tiny_terminal(snap_compare: Any, make_app: Callable[..., EqmorphApp], song: Path) -> None:
    assert snap_compare(make_app(song), terminal_size=(40, 10))
