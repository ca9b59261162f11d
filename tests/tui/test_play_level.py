"""The level: what is played is what will be written, to a tenth of a decibel, and never beyond full scale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from numpy.typing import NDArray

from eqmorph.level import Loudness, Trim
from eqmorph.stream.sink import MemorySink
from eqmorph.target import Target, Weighted
from eqmorph.tui.blend import Blend
from eqmorph.tui.controller import Controller
from eqmorph.tui.play_level import PlayLevel
from eqmorph.tui.told import level_said

Float32 = NDArray[np.float32]
WORDS = ("warm", "bright", "airy", "punchy", "dark", "muddy", "boomy", "harsh")
SETTINGS = 6  # of which each is played and rendered
RMS_DB = 0.1


class Session:
    """A controller whose player plays into memory."""

    def __init__(self, path: Path) -> None:
        self.sinks: list[MemorySink] = []
        self.path = path
        self.controller = Controller(open_sink=self._open)
        self.controller.listen(self.controller.open(path))

    def _open(self, rate: float, channels: int) -> MemorySink:
        self.sinks.append(MemorySink(rate, channels))
        return self.sinks[-1]

    def ask(self, blend: Blend) -> PlayLevel:
        self.controller.history.move(blend)
        assert self.controller.look() is not None
        level = self.controller.measure()
        assert level is not None
        return level

    def heard(self) -> Float32:
        """Play the file from its start to its end; return what the device got of it."""
        assert self.controller.file is not None
        player = self.controller.file.player
        player.seek(0)
        player.play()
        while player.status().is_playing:
            pass
        return np.concatenate([sink.audio for sink in self.sinks], axis=1)

    def written(self, name: str = "out.wav") -> Float32:
        output = self.path.with_name(name)
        self.controller.rendering(output, overwrite=True).run()
        return sf.read(output, dtype="float32", always_2d=True)[0].T


@pytest.fixture
def loud(song: Path) -> Path:
    """Return a file whose peaks are at full scale, so that nearly every boost would go beyond it."""
    audio, rate = sf.read(song)
    path = song.with_name("loud.wav")
    sf.write(path, audio / np.abs(audio).max() * 0.999, rate, subtype="PCM_16")
    return path


@pytest.fixture
def open_session() -> Iterator[Callable[[Path], Session]]:
    opened: list[Session] = []

    def build(path: Path) -> Session:
        opened.append(Session(path))
        return opened[-1]

    yield build
    for session in opened:
        session.controller.close()


def random_blend(rng: np.random.Generator) -> Blend:
    words = rng.choice(WORDS, size=rng.integers(1, 4), replace=False)
    target = Target(tuple(Weighted(str(word), round(float(rng.uniform(-1, 1.5)), 2)) for word in words))
    blend = Blend.of_target(target).with_mode(is_adaptive=bool(rng.random() < 0.5))
    return blend.with_amount(round(float(rng.uniform(0.3, 2)), 2))


def rms_db(audio: Float32) -> float:
    return float(10 * np.log10(np.mean(np.square(audio, dtype=np.float64))))


@pytest.mark.parametrize("seed", range(SETTINGS))
def test_what_is_heard_is_what_is_written(open_session: Callable[[Path], Session], loud: Path, seed: int) -> None:
    session = open_session(loud)
    level = session.ask(random_blend(np.random.default_rng(seed)))
    written = session.written()
    heard = session.heard()
    frames = written.shape[1]
    assert np.abs(heard).max() <= 1.0
    assert abs(rms_db(heard[:, -frames:][:, 4096:]) - rms_db(written[:, 4096:])) < RMS_DB
    # The same samples but for the fade at the start, where playing begins, and what 16 bits round.
    start = heard.shape[1] - frames
    aligned = min(
        (np.abs(heard[:, lag : lag + 30_000][:, 4096:] - written[:, 4096:30_000]).max(), lag) for lag in (0, start)
    )
    assert aligned[0] < 3 / 32_768
    assert level.result is not None
    assert level.result.true_peak_db is not None
    assert level.result.true_peak_db <= max(-1.0, level.source.true_peak_db if level.source else -1.0) + 1e-6
    assert level.headroom_db is not None
    assert level.headroom_db > -1e-6


def test_before_is_turned_down_as_far_as_after(open_session: Callable[[Path], Session], loud: Path) -> None:
    session = open_session(loud)
    level = session.ask(Blend((Weighted("punchy", 1.5), Weighted("bright", -1.0)), amount=2.0, is_adaptive=False))
    assert level.trim.ceiling_db < -0.5
    written = session.written()
    session.controller.toggle_bypass()
    heard = session.heard()
    source = sf.read(loud, dtype="float32")[0].T
    cost_db = rms_db(heard[:, : source.shape[1]][:, 4096:]) - rms_db(source[:, 4096:])
    assert cost_db == pytest.approx(level.trim.ceiling_db, abs=0.02)
    assert abs(rms_db(written) - rms_db(source) - cost_db) < 1.5  # by power, not yet weighted as ears do


def test_until_the_level_is_measured_nothing_goes_beyond_full_scale(
    open_session: Callable[[Path], Session], loud: Path
) -> None:
    session = open_session(loud)
    controller = session.controller
    controller.history.move(Blend((Weighted("bright", 1.5),), amount=2.0, is_adaptive=False))
    preview = controller.look()
    assert preview is not None
    assert not controller.level.is_measured
    assert controller.file is not None
    controller.file.player.set_eq(preview.bands, 12.0)  # far too loud
    heard = session.heard()
    assert 0.99 < np.abs(heard).max() <= 1.0


def test_what_peaks_cost_is_expected_of_the_next_move_too(open_session: Callable[[Path], Session], loud: Path) -> None:
    session = open_session(loud)
    blend = Blend((Weighted("punchy", 1.5), Weighted("bright", -1.0)), amount=2.0, is_adaptive=False)
    measured = session.ask(blend)
    session.controller.history.move(blend.with_amount(1.95))
    assert session.controller.look() is not None
    guessed = session.controller.level
    assert not guessed.is_measured
    assert guessed.trim.ceiling_db == measured.trim.ceiling_db
    assert guessed.headroom_db is None


def test_floats_beyond_full_scale_are_written_as_they_are_and_played_softer(
    open_session: Callable[[Path], Session], song: Path
) -> None:
    audio, rate = sf.read(song)
    path = song.with_name("float.wav")
    sf.write(path, audio / np.abs(audio).max() * 2.0, rate, subtype="FLOAT")
    session = open_session(path)
    level = session.ask(Blend((Weighted("warm", 1.0),), is_adaptive=False))
    assert level.guard_db < -5
    written, heard = session.written(), session.heard()
    assert np.abs(written).max() > 1.9
    assert np.abs(heard).max() <= 1.0
    difference_db = rms_db(heard[:, 4096 : written.shape[1]]) - rms_db(written[:, 4096:])
    assert difference_db == pytest.approx(level.guard_db, abs=RMS_DB)
    assert "played" in level_said(level)


def test_a_move_makes_measuring_pointless(open_session: Callable[[Path], Session], loud: Path) -> None:
    session = open_session(loud)
    controller = session.controller
    session.ask(Blend((Weighted("warm", 1.0),)))
    assert controller.measure(lambda: True) is None
    controller.close()
    assert controller.measure() is None


def test_flat_is_the_file_as_it_is(open_session: Callable[[Path], Session], loud: Path) -> None:
    level = open_session(loud).ask(Blend((), amount=1.0))
    assert level.trim == Trim()
    assert level.gain_db == 0


def levels(**changed: Any) -> PlayLevel:
    result = Loudness(-14.0, -14.2, -2.5, -2.6)
    return PlayLevel(**{"trim": Trim(-1.0), "source": result, "result": result, "ceiling_db": -1.0, **changed})


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (levels(), "-14.0 LUFS, true peak -2.5 dBTP; as loud as the file, 1.5 dB under the ceiling."),
        (
            levels(trim=Trim(-1.0, -2.1)),
            "-14.0 LUFS, true peak -2.5 dBTP; 2.1 dB quieter than the file, for its peaks' sake.",
        ),
        (PlayLevel(), "Its level is being measured."),
        (levels(result=Loudness(None, None, None, None)), "It is silent."),
    ],
)
def test_what_is_said_of_it(level: PlayLevel, said: str) -> None:
    assert level_said(level) == said
