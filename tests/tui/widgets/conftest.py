"""Widgets alone in an app, as text and as messages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest
from textual import on
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget

from eqmorph.bands import Bands
from eqmorph.tui.widgets.meter import MeterView
from eqmorph.tui.widgets.slider import Slider
from eqmorph.tui.widgets.timeline import Timeline, TimelineData


class Stage(App[None]):
    """Shows widgets and keeps their messages; of a slider, the values."""

    def __init__(self, widgets: list[Widget]) -> None:
        super().__init__()
        self.widgets = widgets
        self.heard: list[Message | float] = []

    def compose(self) -> ComposeResult:
        yield from self.widgets

    @on(Timeline.Seek)
    @on(Timeline.LoopChanged)
    @on(MeterView.Reset)
    def keep(self, message: Message) -> None:
        self.heard.append(message)

    @on(Slider.Changed)
    def keep_value(self, event: Slider.Changed) -> None:
        assert event.control is self.query_one(Slider)
        self.heard.append(event.value)


Act = Callable[[Pilot[None]], Awaitable[None]]


@pytest.fixture
def stage() -> Callable[..., Stage]:
    """Return an app around widgets, not yet running."""

    def build(*widgets: Widget, theme: str = "textual-dark") -> Stage:
        app = Stage(list(widgets))
        app.theme = theme
        app.animation_level = "none"
        return app

    return build


@pytest.fixture
def act(stage: Callable[..., Stage]) -> Callable[..., list[Message | float]]:
    """Run an app with one widget, do something in it, and return its messages, or a slider's values."""

    def run(widget: Widget, what: Act, *, size: tuple[int, int] = (80, 24)) -> list[Message | float]:
        app = stage(widget)

        async def go() -> None:
            async with app.run_test(size=size) as pilot:
                await pilot.pause()
                await what(pilot)
                await pilot.pause()

        asyncio.run(go())
        return app.heard

    return run


@pytest.fixture
def shown(stage: Callable[..., Stage]) -> Callable[..., list[str]]:
    """Return the text of a widget's lines, as shown on the screen."""

    def run(widget: Widget, *, size: tuple[int, int] = (80, 24)) -> list[str]:
        lines: list[str] = []

        async def go() -> None:
            async with stage(widget).run_test(size=size) as pilot:
                await pilot.pause()
                lines.extend(widget.render_line(y).text for y in range(widget.size.height))

        asyncio.run(go())
        return lines

    return run


@pytest.fixture
def eq() -> Bands:
    return Bands.parse("LS 120 +6; PK 500 -3; PK 3000 +4 Q3; PK 5k 0; HS 8k -5")


@pytest.fixture
def timeline_data() -> TimelineData:
    time = np.linspace(0, 1, 200)
    level_db = -20 - 25 * np.abs(np.sin(7 * time)) + 3 * np.sin(90 * time)
    return TimelineData(207.0, level_db, 0.5 + 0.4 * np.sin(11 * time), "warm")
