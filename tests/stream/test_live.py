"""Live sound from a source to a sink that stand in for devices."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest

from eqmorph._typing import Float32
from eqmorph.errors import DeviceError, EqmorphError
from eqmorph.request import EqRequest
from eqmorph.stream import StreamEq
from eqmorph.stream import live as live_module
from eqmorph.stream.live import Live, LiveState
from eqmorph.stream.sink import MemorySink
from tests.stream.conftest import RATE, music

BLOCK = 512


class Source:
    """Gives a sound block by block, as fast as it is read but for a breath, and then silence or an error."""

    def __init__(self, sound: Float32, *, vanishes: bool = False) -> None:
        self.sample_rate, self.channels, self.dropped = RATE, len(sound), 0
        self.is_closed = False
        self._sound, self._vanishes, self._at = sound, vanishes, 0

    def read(self, _stop: threading.Event) -> Float32:
        time.sleep(0.001)
        block = self._sound[:, self._at : self._at + BLOCK]
        self._at += BLOCK
        if block.shape[1] < BLOCK:
            if self._vanishes:
                raise DeviceError("no more sound comes from it")
            return np.zeros((self.channels, BLOCK), np.float32)
        return block

    def close(self) -> None:
        self.is_closed = True


def eq(channels: int = 2) -> StreamEq:
    return StreamEq(EqRequest("warm:0.5", kind="mix").resolve(), RATE, channels)


def run(source: Source, sink: MemorySink, *, states: int) -> tuple[Live, list[LiveState]]:
    """Run until so many states were told."""
    live, stop, told = Live(source, sink, eq(source.channels)), threading.Event(), []

    def on_state(state: LiveState) -> None:
        told.append(state)
        if len(told) >= states:
            stop.set()

    live.run(stop, on_state)
    return live, told


def test_it_fades_in_and_out_and_tells_its_levels() -> None:
    sound = music(60, level=0.05)
    source, sink = Source(sound), MemorySink(RATE, 2)
    live, told = run(source, sink, states=4)
    heard = sink.audio
    first = np.flatnonzero(np.abs(heard).max(axis=0))[0]
    assert np.abs(heard[:, first : first + 200]).max() < 0.01
    assert np.abs(heard[:, -50:]).max() < 0.005
    assert np.abs(heard).max() > 0.05
    assert -40 < told[-1].in_db < 0
    assert source.is_closed
    assert live.state.underruns == 0


def test_a_source_that_vanishes_is_an_error_and_everything_is_closed() -> None:
    source, sink = Source(music(1), vanishes=True), MemorySink(RATE, 2)
    with pytest.raises(DeviceError, match="no more sound"):
        Live(source, sink, eq()).run(threading.Event(), lambda _: None)
    assert source.is_closed


def test_a_sink_that_vanishes_is_an_error() -> None:
    class Broken(MemorySink):
        def write(self, block: Float32) -> None:
            super().write(block)
            if len(self.blocks) > 80:
                raise DeviceError("sound stopped: unplugged")

    source = Source(music(30))
    with pytest.raises(DeviceError, match="unplugged"):
        Live(source, Broken(RATE, 2), eq()).run(threading.Event(), lambda _: None)
    assert source.is_closed


def test_anything_else_that_goes_wrong_with_a_sink_is_an_error_too() -> None:
    class Odd(MemorySink):
        def write(self, block: Float32) -> None:
            super().write(block)
            if len(self.blocks) > 80:
                raise ValueError("an odd block")

    source = Source(music(30))
    with pytest.raises(EqmorphError, match="an odd block"):
        Live(source, Odd(RATE, 2), eq()).run(threading.Event(), lambda _: None)
    assert source.is_closed


def test_a_sink_that_hangs_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "_STALLED_S", 0.2)
    monkeypatch.setattr(live_module, "_CLOSE_S", 0.1)
    let = threading.Event()

    class Hanging(MemorySink):
        def write(self, _: Float32) -> None:
            let.wait()

    with pytest.raises(DeviceError, match="takes nothing any more"):
        Live(Source(music(30)), Hanging(RATE, 2), eq()).run(threading.Event(), lambda _: None)
    let.set()


def test_blocks_that_find_no_place_are_lost_and_counted() -> None:
    """A queue would be a delay."""

    class Slow(MemorySink):
        def write(self, block: Float32) -> None:
            super().write(block)
            if np.any(block):
                time.sleep(0.02)

    live, _ = run(Source(music(60)), Slow(RATE, 2), states=4)
    assert live.state.lost_frames > 0


def test_what_is_recorded_before_the_sink_begins_is_not_lost() -> None:
    class Late(MemorySink):
        def write(self, block: Any) -> None:
            if not self.blocks:
                time.sleep(0.5)
            super().write(block)

    live, _ = run(Source(music(60)), Late(RATE, 2), states=2)
    assert live.state.lost_frames < 50 * BLOCK  # of some 400 that came meanwhile
