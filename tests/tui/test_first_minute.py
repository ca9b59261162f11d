"""The first minute: what a newcomer sees, and can do with the keys that the footer shows and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from eqmorph.tui.screens.browse import BrowseScreen
from eqmorph.tui.screens.form import FormScreen
from eqmorph.tui.screens.help import HelpScreen
from eqmorph.tui.screens.session import SessionScreen
from eqmorph.tui.screens.word_picker import WordPicker
from eqmorph.tui.widgets.key_bar import KeyBar
from tests.tui.conftest import PacedSink, Stagehand
from tests.tui.screen_text import screen_lines

Drive = Callable[..., Any]


class Newcomer:
    """Presses no key but those that the footer shows, by what it calls them, arrows, letters of words, and Enter."""

    def __init__(self, hand: Stagehand) -> None:
        self.hand = hand

    @property
    def offered(self) -> dict[str, str]:
        """The keys that the footer shows in full, by what they do."""
        screen = self.hand.app.screen
        if isinstance(screen, SessionScreen):
            bar = screen.query_one(KeyBar)
            names = {hint.name for line in bar.shown(*bar.size) for _, hint in line}
            bound = [active.binding for active in screen.active_bindings.values()]
            return {binding.description: binding.key for binding in bound if binding.description in names}
        footer = screen.query_one(Footer)
        shown = [key for key in footer.query(FooterKey) if key.region.right <= self.hand.app.size.width]
        return {key.description: key.key for key in shown}

    async def do(self, what: str) -> None:
        assert what in self.offered, f"the footer doesn't show {what}, but {', '.join(self.offered)}"
        await self.hand.press(self.offered[what])

    def sees(self, text: str) -> bool:
        return text in " ".join(" ".join(screen_lines(self.hand.app)).split())


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
def test_the_first_minute(drive: Drive, song: Path, size: tuple[int, int]) -> None:
    async def act(hand: Stagehand) -> None:
        me = Newcomer(hand)
        assert isinstance(hand.app.screen, BrowseScreen), "it begins by asking for a file"
        assert me.sees("Open a file")
        await hand.until(lambda: "song.wav" in "".join(hand.shown("AudioTree")))
        await hand.press("down", "enter")
        await hand.until(lambda: hand.controller.sound is not None)
        await hand.settle()

        assert me.sees("song.wav"), "one sees which file is open"
        assert me.sees("warm"), "and words to begin with"
        await hand.until(lambda: me.sees("flat; move a slider"))

        await hand.press("right", "right", "right")
        assert me.sees("+0.15"), "and that it moves"
        assert not hand.controller.preview.bands.is_flat

        await me.do("Play")
        await hand.until(lambda: (status := hand.controller.status()) and status.is_playing)
        await me.do("A/B")
        await hand.until(lambda: me.sees("A before"))
        await me.do("A/B")
        await me.do("Play")

        await me.do("Add")
        assert isinstance(hand.app.screen, WordPicker)
        await hand.press(*"more bass", "enter")
        assert not isinstance(hand.app.screen, WordPicker)
        await hand.press("right")
        added = hand.controller.blend
        await me.do("Undo")
        assert hand.controller.blend != added

        await me.do("Help")
        assert isinstance(hand.app.screen, HelpScreen)
        await hand.press("escape")

        await me.do("Render")
        assert isinstance(hand.app.screen, FormScreen)
        assert me.sees("song-eqmorph.wav"), "a name is proposed"
        await hand.press("enter")
        await hand.until(lambda: me.sees("written: "))

        await me.do("Open")
        assert isinstance(hand.app.screen, BrowseScreen)
        await me.do("Back")
        await me.do("Quit")

    app = drive(act, song.parent, size=size, open_sink=PacedSink)
    assert app.return_code == 0
    rendered = sf.read(song.with_name("song-eqmorph.wav"))[0]
    assert not np.array_equal(rendered, sf.read(song)[0])
