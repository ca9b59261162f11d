"""Fixtures: a player that plays into memory, with changes at exact frames, and an app that is driven by a scenario."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from numpy.typing import NDArray
from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from eqmorph.bands import Bands
from eqmorph.demo import synthesise
from eqmorph.errors import DeviceError
from eqmorph.plot.terminal import Spectrum
from eqmorph.stream.sink import MemorySink
from eqmorph.tui.app import EqmorphApp
from eqmorph.tui.controller import Controller
from eqmorph.tui.playback.player import Player
from eqmorph.tui.screens import form
from eqmorph.tui.widgets.status_lines import PlayLine
from eqmorph.tui.widgets.timeline import Timeline
from eqmorph.tui.word_search import WordSearch

Float32 = NDArray[np.float32]
Script = Sequence[tuple[int, Callable[[Player], object]]]


class ScriptedSink(MemorySink):
    """Does things to its player once some frames are written: on the audio thread, so always at the same place."""

    def __init__(self, sample_rate: float, channels: int, script: Script) -> None:
        super().__init__(sample_rate, channels)
        self.player: Player | None = None
        self.is_done = threading.Event()
        self._script = sorted(script, key=lambda step: step[0])
        self._written = 0

    def write(self, block: Float32) -> None:
        super().write(block)
        self._written += block.shape[1]
        while self._script and self._script[0][0] <= self._written and self.player:
            self._script.pop(0)[1](self.player)

    def close(self) -> None:
        self.is_done.set()


@pytest.fixture
def perform(tmp_path: Path) -> Callable[..., Any]:
    """Play audio (channels, frames) to its end, or until a script closes the player; return what was heard."""

    def play(
        audio: Float32, sample_rate: int, script: Script = (), *, before: Callable[[Player], object] | None = None
    ) -> Float32:
        path = tmp_path / "sound.wav"
        sf.write(path, audio.T, sample_rate, subtype="FLOAT")
        sinks: list[ScriptedSink] = []
        is_open = threading.Event()

        def open_sink(*_: float) -> ScriptedSink:
            is_open.wait(5)
            return sinks[0]

        player = Player(path, open_sink=open_sink)
        sinks.append(ScriptedSink(sample_rate, audio.shape[0], script))
        sinks[0].player = player
        is_open.set()
        if before:
            before(player)
        player.play()
        while player.status().is_playing and not sinks[0].is_done.wait(0.01):
            pass
        player.close()
        assert player.status().message == ""
        return sinks[0].audio

    return play


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home: settings in ``config``, recent files in ``state``."""
    place = tmp_path / "home"
    for kind in ("config", "state"):
        monkeypatch.setattr(f"platformdirs.user_{kind}_dir", lambda name, kind=kind: str(place / kind / name))
    return place


@pytest.fixture(scope="session")
def _demo() -> tuple[Float32, int]:
    sound = synthesise("little-mix")
    return sound.audio[:, : 4 * sound.sample_rate], sound.sample_rate


@pytest.fixture
def song(_demo: tuple[Float32, int], tmp_path: Path) -> Path:
    """Return a file with four seconds of music."""
    audio, rate = _demo
    path = tmp_path / "music" / "song.wav"
    path.parent.mkdir(exist_ok=True)
    sf.write(path, audio.T, rate, subtype="PCM_16")
    return path


@pytest.fixture
def long_song(_demo: tuple[Float32, int], tmp_path: Path) -> Path:
    """Return a file with a minute of music: at its own pace it must not end while keys are pressed, a second each."""
    audio, rate = _demo
    path = tmp_path / "music" / "long.wav"
    path.parent.mkdir(exist_ok=True)
    sf.write(path, np.tile(audio, 15).T, rate, subtype="PCM_16")
    return path


@pytest.fixture
def two_halves(tmp_path: Path) -> Path:
    """Return a file of twenty seconds, the first half dark, the second bright."""
    rate, rng = 22_050, np.random.default_rng(5)
    halves = []
    for cutoff_hz in (150.0, 6000.0):
        spectrum = np.fft.rfft(rng.standard_normal(10 * rate))
        shaped = np.fft.irfft(spectrum / (1 + (np.fft.rfftfreq(10 * rate, 1 / rate) / cutoff_hz) ** 2), 10 * rate)
        halves.append(0.3 * shaped / np.abs(shaped).max())
    path = tmp_path / "music" / "halves.wav"
    path.parent.mkdir(exist_ok=True)
    sf.write(path, np.concatenate(halves), rate, subtype="PCM_16")
    return path


class PacedSink(MemorySink):
    """Takes sound no faster than it would be heard."""

    def __init__(self, sample_rate: float, channels: int) -> None:
        super().__init__(sample_rate, channels)
        self._rate = sample_rate

    def write(self, block: Float32) -> None:
        super().write(block)
        time.sleep(block.shape[1] / self._rate)


def no_device(*_: float) -> MemorySink:
    raise DeviceError("no audio device", hint="Connect one, then press play.")


_CHARACTERS = {"full_stop": ".", "enter": "\r"}
_HOPS = 3  # a message leads to another: from a key to a slider, its panel, the screen, or a worker and back

Scenario = Callable[["Stagehand"], Awaitable[None]]


class Stagehand:
    """Drives a running app and waits until what it began is done."""

    def __init__(self, app: EqmorphApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def controller(self) -> Controller:
        return self.app.controller

    @property
    def message(self) -> str:
        return self.app.session.query_one(PlayLine).message

    @property
    def problem(self) -> str:
        """The problem that the form on screen shows."""
        return str(self.app.screen.query_one("#problem", Static).render())

    @property
    def notices(self) -> list[str]:
        return [notice.message for notice in self.app._notifications]

    def shown(self, selector: str) -> list[str]:
        """Return the text of a widget's lines, as shown on the screen."""
        widget = self.app.screen.query_one(selector)
        return [widget.render_line(y).text for y in range(widget.size.height)]

    def is_timeline_shown(self) -> bool:
        """Tell whether the timeline shows what the current EQ makes of the word."""
        shown, sound = self.app.session.query_one(Timeline).data, self.controller.sound
        preview = self.controller.preview
        if shown is None or sound is None or (shown.ribbon_db is None) != (preview.ride is None):
            return False
        return np.array_equal(shown.after, sound.word_over_time(shown.word, preview.eq), equal_nan=True)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def type_at_once(self, *keys: str) -> None:
        """Send keys that have all arrived before the first is served: pasted, or held up on their way."""
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else _CHARACTERS.get(key)))
        await self.settle()

    async def settle(self) -> None:
        """Wait for messages, for the workers that open files, check forms and make previews, and for what they send."""
        for _ in range(_HOPS):
            await self.pilot.pause(0)
            await self.until(lambda: not self._is_working())
        await self.pilot.pause()

    def _is_working(self) -> bool:
        preview_thread = self.app.session.preview_thread
        return bool(
            [worker for worker in self.app.workers if worker.group in ("open", "check") and worker.is_running]
            or (preview_thread and not preview_thread.is_idle)
        )

    async def until(self, is_so: Callable[[], object], *, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < deadline, "it never came to be"
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def _quick_pilot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Textual's pilot look every 2 ms, instead of 20, whether an app is at rest: it looks twice for each key."""
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.002, raising=False)
    monkeypatch.setattr("textual._wait.SLEEP_IDLE", 0.0005, raising=False)


_search_of = cache(WordSearch)


@pytest.fixture(autouse=True)
def _quick_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let apps share what each works out anew as it starts: the words that can be searched."""
    monkeypatch.setattr("eqmorph.tui.app.WordSearch", _search_of)


@pytest.fixture(autouse=True)
def _quick_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let questions be answered as soon as they are shown."""
    monkeypatch.setattr(form, "READ_S", 0.0)


@pytest.fixture
def make_app() -> Callable[..., EqmorphApp]:
    def build(path: Path | None = None, *, open_sink: Callable[..., Any] = MemorySink, **options: Any) -> EqmorphApp:
        app = EqmorphApp(Controller(open_sink=open_sink, **options), path)
        app.animation_level = "none"
        return app

    return build


@pytest.fixture
def drive(make_app: Callable[..., EqmorphApp]) -> Callable[..., EqmorphApp]:
    """Run the app on a file or folder, and a scenario in it."""

    def run(
        scenario: Scenario,
        path: Path | None = None,
        *,
        size: tuple[int, int] = (100, 30),
        notifications: bool = False,
        **options: Any,
    ) -> EqmorphApp:
        app = make_app(path, **options)

        async def go() -> None:
            async with app.run_test(size=size, notifications=notifications) as pilot:
                hand = Stagehand(app, pilot)
                await hand.until(lambda: app._is_ready)  # only then is the file opened
                await hand.settle()
                await scenario(hand)
            await asyncio.to_thread(app.controller.close)

        asyncio.run(go())
        return app

    return run


@pytest.fixture
def spectra(eq: Bands) -> tuple[Spectrum, Spectrum]:
    """Return the spectrum of a sound that falls by some dB per octave, and what the EQ makes of it."""
    freqs_hz = np.geomspace(20, 22_050, 300)
    level_db = -20 - 1.5 * np.log2(freqs_hz / 60) ** 2 + 2 * np.sin(9 * np.log(freqs_hz))
    return Spectrum(freqs_hz, level_db), Spectrum(freqs_hz, level_db + eq.response_db(freqs_hz))
