"""Playing into memory, block by block, with things happening at exact places."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from numpy.typing import NDArray

from eqmorph.demo import synthesise
from eqmorph.tui.player import Player
from eqmorph.tui.sink import MemorySink

Float32 = NDArray[np.float32]
Script = Sequence[tuple[int, Callable[[Player], object]]]


class ScriptedSink(MemorySink):
    """Does things to its player as soon as a number of frames is written: on the audio thread, so always the same."""

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
    """Play audio (channels, frames) to its end, or until a script closes the player; returns what was heard."""

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


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, with nothing in it: settings in ``config``, recent files in ``state``."""
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
    """Four seconds of music."""
    audio, rate = _demo
    path = tmp_path / "music" / "song.wav"
    path.parent.mkdir()
    sf.write(path, audio.T, rate, subtype="PCM_16")
    return path
