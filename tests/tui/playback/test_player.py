"""The player: what it hands to the device, what it shows, and what it does when there is no device."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from numpy.typing import NDArray

from eqmorph._typing import Float32
from eqmorph.bands import Bands
from eqmorph.errors import DeviceError, InputError
from eqmorph.render import Renderer
from eqmorph.stream.sink import MemorySink
from eqmorph.tui.playback import player as player_module
from eqmorph.tui.playback.player import PAUSE_S, Player, PlayerStatus
from eqmorph.tui.playback.transport import CUT_S
from tests.support import wait_until

RATE = 48_000
EQ = Bands.parse("LS 120 +6; PK 500 -3 Q2; PK 3000 +4; HS 8k -5")
BLOCK = MemorySink(RATE, 1).block_frames
FADE = round(PAUSE_S * RATE)

Perform = Callable[..., NDArray[np.float32]]


def noise(rng: np.random.Generator, channels: int = 2, seconds: float = 0.5) -> Float32:
    return (0.1 * rng.standard_normal((channels, int(seconds * RATE)))).astype(np.float32)


def rendered(audio: Float32, bands: Bands) -> Float32:
    """Return what `Renderer` makes of it, cut as the player cuts: at a cut JUCE may round states below 1e-8 to 0."""
    renderer = Renderer(bands, RATE)
    return np.concatenate(
        [renderer.process(audio[:, at : at + BLOCK]) for at in range(0, audio.shape[1], BLOCK)], axis=1
    )


@pytest.fixture
def sound(tmp_path: Path, rng: np.random.Generator) -> Path:
    path = tmp_path / "noise.wav"
    sf.write(path, noise(rng, seconds=2.0).T, RATE, subtype="FLOAT")
    return path


class HeldSink(MemorySink):
    """Takes a block only when it is let: a device of any speed, or one that hangs."""

    def __init__(self, channels: int = 2) -> None:
        super().__init__(RATE, channels)
        self.is_closed = threading.Event()
        self._let = threading.Semaphore(0)

    def let(self, blocks: int) -> None:
        self._let.release(blocks)

    def write(self, block: Float32) -> None:
        self._let.acquire()
        if self.is_closed.is_set():
            raise DeviceError("closed")
        super().write(block)

    def close(self) -> None:
        self.is_closed.set()
        self._let.release(1000)


class BrokenSink(MemorySink):
    """A device that is unplugged after some blocks."""

    def write(self, block: Float32) -> None:
        super().write(block)
        if len(self.blocks) == 3:
            raise DeviceError("sound stopped: unplugged", hint="Plug it in.")


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("bands", [EQ, Bands()], ids=str)
def test_a_resting_eq_gives_the_samples_of_the_renderer(
    perform: Perform, rng: np.random.Generator, channels: int, bands: Bands
) -> None:
    audio = noise(rng, channels)
    heard = perform(audio, RATE, before=lambda player: player.set_eq(bands))
    expected = rendered(audio, bands)
    assert np.array_equal(heard[:, FADE : audio.shape[1]], expected[:, FADE:])


def test_it_begins_with_a_fade(perform: Perform, rng: np.random.Generator) -> None:
    audio = noise(rng)
    heard = perform(audio, RATE)
    assert np.all(np.abs(heard[:, :FADE]) <= np.abs(audio[:, :FADE]))
    assert not np.array_equal(heard[:, : FADE // 2], audio[:, : FADE // 2])


def test_gain_matches_loudness(perform: Perform, rng: np.random.Generator) -> None:
    audio = noise(rng)
    heard = perform(audio, RATE, before=lambda player: player.set_eq(EQ, -4.0))
    expected = rendered(audio, EQ) * np.float32(10 ** (-4.0 / 20))
    assert np.array_equal(heard[:, FADE : audio.shape[1]], expected[:, FADE:])


def test_bypass_is_the_file_itself(perform: Perform, rng: np.random.Generator) -> None:
    audio = noise(rng)

    def before(player: Player) -> None:
        player.set_bypass(True)
        player.set_eq(EQ, -4.0)  # is kept for later

    heard = perform(audio, RATE, [(12_000, lambda player: player.set_bypass(False))], before=before)
    assert np.array_equal(heard[:, FADE:12_000], audio[:, FADE:12_000])
    settled = slice(20_000, audio.shape[1])
    expected = Renderer(EQ, RATE).process(audio) * np.float32(10 ** (-4.0 / 20))
    np.testing.assert_allclose(heard[:, settled], expected[:, settled], atol=1e-6)


def test_a_change_is_in_the_very_next_block(perform: Perform, rng: np.random.Generator) -> None:
    """With what a device holds (see `test_sink`), it is heard within 50 ms."""
    audio = noise(rng)
    changed_at = 40 * BLOCK
    heard = perform(audio, RATE, [(changed_at, lambda player: player.set_eq(EQ))])
    difference = np.abs(heard[:, : audio.shape[1]] - audio).max(axis=0)
    assert np.all(difference[FADE:changed_at] == 0)
    assert difference[changed_at : changed_at + BLOCK].max() > 0.001  # -40 dB of the noise's level
    settled = slice(changed_at + RATE // 10, audio.shape[1])
    np.testing.assert_allclose(heard[:, settled], Renderer(EQ, RATE).process(audio)[:, settled], atol=1e-5)


def test_the_last_of_many_changes_wins(perform: Perform, rng: np.random.Generator) -> None:
    audio = noise(rng)

    def many(player: Player) -> None:
        for gain_db in range(-12, 12):
            player.set_eq(Bands.parse(f"PK 1000 {gain_db}"))

    script = [(4800 + BLOCK * n, many) for n in range(20)]
    heard = perform(audio, RATE, [*script, (15_000, lambda player: player.set_eq(EQ))])
    settled = slice(20_000, audio.shape[1])
    np.testing.assert_allclose(heard[:, settled], Renderer(EQ, RATE).process(audio)[:, settled], atol=1e-5)


def test_a_loop_is_as_long_as_its_region(perform: Perform, rng: np.random.Generator) -> None:
    audio = noise(rng, seconds=1.0)
    start, end = 9600, 24_000
    heard = perform(
        audio, RATE, [(4 * RATE, Player.clear_loop)], before=lambda player: player.set_loop(start / RATE, end / RATE)
    )
    turn = end - round(CUT_S * RATE)
    assert np.array_equal(heard[:, FADE:turn], audio[:, FADE:turn])
    for number in range(1, 10):
        begin = start + number * (end - start)
        assert np.array_equal(heard[:, begin : begin + turn - start], audio[:, start:turn])


def test_seeking_goes_on_from_there(perform: Perform, rng: np.random.Generator) -> None:
    audio = noise(rng, seconds=1.0)
    heard = perform(audio, RATE, [(20 * BLOCK, lambda player: player.seek(0.75))])
    landed = 20 * BLOCK + round(CUT_S * RATE)
    place = int(0.75 * RATE) + round(CUT_S * RATE)
    rest = audio.shape[1] - place
    assert np.array_equal(heard[:, landed : landed + rest], audio[:, place:])


def test_pausing_and_playing_on_loses_nothing_but_a_fade(sound: Path) -> None:
    sink = HeldSink()
    player = Player(sound, open_sink=lambda *_: sink)
    player.play()
    sink.let(30)
    wait_until(lambda: len(sink.blocks) == 30)
    player.pause()
    sink.let(1000)
    wait_until(lambda: not np.any(sink.blocks[-1][:, -1]))
    count = len(sink.blocks)
    time.sleep(0.02)
    assert len(sink.blocks) == count, "nothing is written while it rests"
    assert player.status().position_s == pytest.approx(count * BLOCK / RATE)
    player.play()
    wait_until(lambda: len(sink.blocks) > count + 20)
    audio = sf.read(sound, dtype="float32", always_2d=True)[0].T
    after = slice((count + 10) * BLOCK, (count + 20) * BLOCK)
    assert np.array_equal(sink.audio[:, after], audio[:, after])
    player.close()


def test_what_is_shown(sound: Path) -> None:
    sink = HeldSink()
    player = Player(sound, open_sink=lambda *_: sink)
    assert player.status() == PlayerStatus(False, True, "", 0.0, 2.0, -100.0, None, False)
    player.seek(1.5)
    player.set_loop(0.5, 1.0)
    player.set_bypass(True)
    assert player.status() == PlayerStatus(False, True, "", 1.5, 2.0, -100.0, (0.5, 1.0), True)
    player.clear_loop()
    player.play()
    sink.let(20)
    wait_until(lambda: len(sink.blocks) == 20)
    status = player.status()
    assert status.is_playing
    assert status.position_s == pytest.approx(1.5 + 20 * BLOCK / RATE, abs=2 * BLOCK / RATE)
    assert -12 < status.peak_db < -3
    assert status.loop_s is None
    player.close()


def test_it_rests_at_the_end_and_begins_again(sound: Path) -> None:
    sink = MemorySink(RATE, 2)
    player = Player(sound, open_sink=lambda *_: sink)
    player.seek(1.9)
    player.play()
    wait_until(lambda: bool(sink.blocks) and not player.status().is_playing)
    wait_until(lambda: player.status().peak_db == -100)
    assert player.status().position_s == 2.0
    once = sink.audio.shape[1]
    assert once < 0.2 * RATE
    player.play()
    wait_until(lambda: sink.audio.shape[1] > once + RATE and not player.status().is_playing)
    player.close()


@pytest.mark.parametrize("seconds", [-5.0, 7.0])
def test_beyond_the_ends_is_the_nearest_within(sound: Path, seconds: float) -> None:
    player = Player(sound, open_sink=lambda *_: MemorySink(RATE, 2))
    player.seek(seconds)
    assert player.status().position_s == pytest.approx(min(max(seconds, 0), 2), abs=2 / RATE)
    player.close()


def test_without_a_device_it_says_so_and_all_else_works(sound: Path) -> None:
    def refuse(*_: float) -> MemorySink:
        raise DeviceError("no sound: no device", hint="Connect one.")

    player = Player(sound, open_sink=refuse)
    wait_until(lambda: not player.status().is_available)
    assert player.status().message == "no sound: no device. Connect one."
    player.set_eq(EQ, -2.0)
    player.seek(1.0)
    assert player.status().position_s == 1.0
    player.play()
    wait_until(lambda: not player.status().is_playing)
    assert player.status().message == "no sound: no device. Connect one."
    player.close()


def test_play_looks_for_a_device_again(sound: Path) -> None:
    sinks: list[MemorySink] = []

    def open_sink(*_: float) -> MemorySink:
        if not sinks:
            sinks.append(BrokenSink(RATE, 2))
        elif len(sinks) == 1:
            sinks.append(MemorySink(RATE, 2))
        return sinks[-1]

    player = Player(sound, open_sink=open_sink)
    player.play()
    wait_until(lambda: not player.status().is_playing)
    assert player.status().message == "sound stopped: unplugged. Plug it in."
    assert not player.status().is_available
    player.play()
    wait_until(lambda: len(sinks) == 2 and len(sinks[1].blocks) > 5)
    assert player.status().is_available
    assert player.status().message == ""
    player.close()


def test_a_device_that_hangs_is_left(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an unplugged one does in pedalboard: its `write` never returns."""
    monkeypatch.setattr(player_module, "_STALLED_S", 0.1)
    hung, fresh = HeldSink(), MemorySink(RATE, 2)
    sinks = iter([hung, fresh, fresh])
    player = Player(sound, open_sink=lambda *_: next(sinks))
    player.play()
    hung.let(3)
    wait_until(lambda: not player.status().is_playing)
    assert "has stalled" in player.status().message
    assert hung.is_closed.wait(1)
    player.play()
    wait_until(lambda: len(fresh.blocks) > 5)
    assert player.status().message == ""
    player.close()


def test_a_file_that_breaks_in_the_middle_stops_the_sound_only(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Float32:
        raise InputError("can't be decoded after 0:00.000: bad", hint="Fetch it again.", path=sound)

    monkeypatch.setattr("eqmorph.audio.read.AudioReader.read_at", broken)
    player = Player(sound, open_sink=lambda *_: MemorySink(RATE, 2))
    player.play()
    wait_until(lambda: not player.status().is_playing)
    assert "can't be decoded" in player.status().message
    assert player.status().is_available
    player.close()


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        Player(tmp_path / "missing.wav")


def test_closing_fades_out(sound: Path) -> None:
    sink = HeldSink()
    player = Player(sound, open_sink=lambda *_: sink)
    player.play()
    sink.let(20)
    wait_until(lambda: len(sink.blocks) == 20)
    closing = threading.Thread(target=player.close)
    closing.start()
    time.sleep(0.02)
    sink.let(10)
    closing.join()
    assert sink.is_closed.is_set()
    assert np.any(sink.blocks[20])
    assert not np.any(sink.blocks[-1][:, -1])
