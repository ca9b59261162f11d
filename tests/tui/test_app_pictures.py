"""How the app looks: at three sizes, with each of its screens, and that it can be read on every background.

The pictures hold what the widgets make of a sound that is made up here, figure by figure: what is measured and computed
of a real one differs from processor to processor by less than can be heard, and by a dot on the screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.adapt.account import Account, WordChange
from eqmorph.adapt.limits import Bound, Limit
from eqmorph.adapt.move import Conflict
from eqmorph.analysis import Profile
from eqmorph.bands import Bands, Ride, Station
from eqmorph.level import Trim
from eqmorph.plot.terminal import Spectrum
from eqmorph.stream.sink import MemorySink
from eqmorph.tui.app import EqmorphApp
from eqmorph.tui.controller import Controller, OpenFile
from eqmorph.tui.play_level import PlayLevel
from eqmorph.tui.preview import HeardFile, Preview
from tests.tui.conftest import Stagehand
from tests.tui.screen_text import check_picture, least_contrast, screen_lines

SIZES = [(80, 24), (120, 40), (200, 60)]
WORDS = "warm:0.4 + airy:0.25 + muddy:-0.5"
EQ = Bands.parse("LS 120 +3.5; PK 400 -4; PK 3000 +2 Q1.5; PK 5k -1; HS 8k +3.2")
RIDE = Ride((Station(0, 1.2, EQ), Station(1.6, 2.6, Bands.parse("LS 120 -3.5; HS 8k -2.2")), Station(2.8, 4, EQ)))
LEAST_CONTRAST = 1.2  # of the grid behind the curve, which is to be seen and no more


def spectrum(eq: Bands) -> Spectrum:
    freqs_hz = np.geomspace(25, 20_000, 64)
    level_db = -20.3 - 1.57 * np.log2(freqs_hz / 63) ** 2
    return Spectrum(freqs_hz, level_db + eq.response_db(freqs_hz))


def profile(controller: Controller, shift: float) -> Profile:
    """Return a profile with every word somewhere between 0 and 1."""
    words = tuple(controller.ear.space.terms)
    places = np.array([(sum(map(ord, word)) % 83 + 5.3) / 100 for word in words])
    return Profile(words, np.zeros(64), np.zeros(40, np.float32), np.clip(places + shift, 0, 1), _AsScored())


class _AsScored:
    """Takes scores for places."""

    def percentiles(self, scores: Float64) -> Float64:
        return scores

    def place(self, _word: str, score: float) -> float:
        return score

    def score_and_place(self, word: str, _curve_db: Float64) -> tuple[float, float]:
        raise KeyError(word)


class MadeUpSound(HeardFile):
    """A sound of which only the file is real."""

    @cached_property
    def spectrum(self) -> Spectrum:
        return spectrum(Bands())

    @cached_property
    def level_db(self) -> NDArray[np.float64]:
        return -21.7 - 14.3 * np.abs(np.sin(np.arange(len(self.spectra.energy)) * 1.3))

    @cached_property
    def sections_s(self) -> tuple[float, ...]:
        return (0.0, 1.5, 2.75)

    def word_over_time(self, word: str, eq: Bands | Ride | None = None) -> NDArray[np.float64]:
        windows = np.arange(len(self.spectra.energy))
        return 0.41 + 0.23 * np.sin(windows + len(word)) + (0.07 if eq else 0.0)

    def ribbon(self, ride: Ride, freqs_hz: NDArray[np.float64]) -> NDArray[np.float64]:
        times = np.linspace(0, 4, 40)[:, None]
        return 4.3 * (len(ride.stations) > 1) * np.cos(0.8 * np.log(freqs_hz / 90)) * np.cos(1.7 * times)


class MadeUpController(Controller):
    """Gives every sound the same spectrum and every blend the same EQ."""

    def listen(self, opened: OpenFile, on_progress: Callable[[float], None] = lambda _: None) -> None:
        super().listen(opened, on_progress)
        heard = opened.sound
        assert heard is not None
        opened.sound = MadeUpSound(heard.info, heard.spectra, heard.ear)

    def look(self, is_stale: Callable[[], bool] = lambda: False) -> Preview | None:
        if self.sound is None or is_stale():
            return None
        bands = EQ if self.blend.target else Bands()
        self.preview = Preview(
            self.blend,
            bands,
            gain_db=-1.27,
            description="adds 3.5 dB below 200 Hz, takes 4 dB at 400 Hz, adds 3 dB above 6 kHz",
            before=profile(self, 0.0),
            after=profile(self, 0.121),
            account=account() if self.blend.target else None,
            spectrum=spectrum(bands),
            sound=self.sound,
            ride=RIDE if self.blend.follows else None,
        )
        self.level = PlayLevel(Trim(-1.27))
        return self.preview

    def measure(self, is_stale: Callable[[], bool] = lambda: False) -> PlayLevel | None:  # noqa: ARG002  (made up)
        return None


def account() -> Account:
    """Return an account of three words, of which one was held back and one lost to another."""
    held = (Bound(Limit.AUDIBLE, 2.0, 12_400.0, 0.4),)
    words = (
        WordChange("warm", 0.45, 0, 0, None, 0.29, 0.41, None, contributes_db=3.5, at_hz=120.0),
        WordChange("airy", 0.25, 0, 0, None, 0.27, 0.39, None, contributes_db=3.2, at_hz=9200.0, limits=held),
        WordChange("muddy", -0.5, 0, 0, None, 0.54, 0.66, None, contributes_db=-1.0, at_hz=400.0, kept=0.2),
    )
    conflicts = (Conflict("muddy", "warm", 0.94),)
    return Account("", 1, None, None, False, "", 4, 6, words, confidence=0.3, conflicts=conflicts)


Look = Callable[[EqmorphApp], object]


@pytest.fixture
def after(song: Path) -> Callable[..., None]:
    """Press keys once the file is known, wait until they have taken effect, and have the app looked at."""

    def run(look: Look, *keys: str, size: tuple[int, int], theme: str = "textual-dark") -> None:
        app = EqmorphApp(MadeUpController(open_sink=MemorySink, target=WORDS), song)
        app.animation_level = "none"

        async def go() -> None:
            async with app.run_test(size=size) as pilot:
                app.theme = theme
                hand = Stagehand(app, pilot)
                await hand.until(lambda: app.controller.sound)
                await hand.settle()
                for key in keys:
                    await hand.press(key)
                await hand.until(hand.is_timeline_shown)
                await pilot.pause(0.1)
                look(app)
            await asyncio.to_thread(app.controller.close)

        asyncio.run(go())

    return run


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_session(after: Callable[..., None], size: tuple[int, int]) -> None:
    after(lambda app: check_picture(f"session-{size[0]}x{size[1]}", screen_lines(app)), "l", size=size)


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("add", ("a", "w", "a")),
        ("morph", ("m", *"dark", "enter", *"bright", "enter", "L", "l")),
        ("preset", ("s",)),
        ("follow", ("f",)),
        ("no-words", ("d", "d", "d")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_screens(after: Callable[..., None], name: str, keys: tuple[str, ...]) -> None:
    after(lambda app: check_picture(f"screen-{name}", screen_lines(app)), *keys, size=SIZES[0])


def test_an_eq_that_follows_in_a_large_terminal(after: Callable[..., None]) -> None:
    after(lambda app: check_picture("session-follow", screen_lines(app)), "f", size=SIZES[1])


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "nord", "gruvbox"])
@pytest.mark.parametrize(
    "keys", [("l",), ("a",), ("s",), ("f",), ("m", *"dark", "enter", *"bright", "enter")], ids="".join
)
def test_all_text_stands_out_on_every_theme(after: Callable[..., None], theme: str, keys: tuple[str, ...]) -> None:
    found: list[float] = []
    after(lambda app: found.append(least_contrast(app)), *keys, size=SIZES[1], theme=theme)
    assert found[0] > LEAST_CONTRAST


def test_a_tiny_terminal(make_app: Callable[..., EqmorphApp], song: Path) -> None:
    app = make_app(song)

    async def go() -> None:
        async with app.run_test(size=(40, 10)) as pilot:
            await pilot.pause()
            assert [line.strip() for line in screen_lines(app) if line.strip()] == [
                "Make me larger:",
                "this is 40x10,",
                "and I need 72x22.",
            ]

    asyncio.run(go())
