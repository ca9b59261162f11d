"""Playing through pedalboard's AudioStream: one stands in that has its quirks, since test machines have no device."""

from __future__ import annotations

import importlib
import time
from typing import ClassVar

import numpy as np
import pytest

from eqmorph._typing import Float32
from eqmorph.errors import DeviceError
from eqmorph.stream.sink import AudioStreamSink, buffer_frames, open_device


class Stream:
    """What pedalboard does, in short: `write` takes what fits and otherwise waits until some is played."""

    default_output_device_name: str | None = "Speakers"
    allowed_rate: float | None = None
    least_buffer = 0
    opened: ClassVar[list[Stream]] = []

    def __init__(self, *, output_device_name: str, sample_rate: float, buffer_size: int) -> None:
        self.name = output_device_name
        self.sample_rate = self.allowed_rate or sample_rate
        self.between = buffer_size
        self.buffer_size = max(buffer_size, self.least_buffer)
        self.is_running = False
        self.blocks: list[Float32] = []
        self.fails = False
        self.opened.append(self)

    def __enter__(self) -> Stream:
        self.is_running = True
        return self

    def __exit__(self, *_: object) -> None:
        self.is_running = False

    def close(self) -> None:
        self.is_running = False

    def write(self, audio: Float32, sample_rate: float) -> None:
        if not self.is_running:
            raise AssertionError("it would start again")
        if self.fails:
            raise RuntimeError("lost")
        assert sample_rate == self.sample_rate
        self.blocks.append(audio.copy())


@pytest.fixture(autouse=True)
def stream(monkeypatch: pytest.MonkeyPatch) -> type[Stream]:
    """Return the stand-in, in its first state."""
    # By this name, since the attribute `io` of pedalboard is another module.
    monkeypatch.setattr(importlib.import_module("pedalboard.io"), "AudioStream", Stream)
    for name, value in {
        "opened": [],
        "default_output_device_name": "Speakers",
        "allowed_rate": None,
        "least_buffer": 0,
    }.items():
        monkeypatch.setattr(Stream, name, value)
    return Stream


@pytest.mark.parametrize("rate", [8000, 11_025, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000])
def test_what_is_written_is_heard_within_50_ms(rate: int) -> None:
    """Some of them must be left for the change itself: see `gliding_eq.GLIDE_S`."""
    sink = open_device(rate, 2)
    assert 0.02 < sink.queued_s < 0.042
    assert sink.block_frames * 2 == buffer_frames(rate)


def test_no_device_is_a_clear_reason(stream: type[Stream]) -> None:
    stream.default_output_device_name = None
    with pytest.raises(DeviceError, match="no audio device") as caught:
        open_device(48_000, 2)
    assert "Connect" in caught.value.hint


@pytest.mark.parametrize("error", [ValueError("No such device: Speakers"), RuntimeError("busy")])
def test_a_device_that_is_taken_is_a_clear_reason(
    stream: type[Stream], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(stream, "__init__", refuse)
    with pytest.raises(DeviceError, match=f"Speakers can't be opened .*{error}"):
        open_device(48_000, 2)


def test_stereo_and_mono_are_written_as_they_are(stream: type[Stream], rng: np.random.Generator) -> None:
    for channels in (1, 2):
        block = rng.standard_normal((channels, 256)).astype(np.float32)
        open_device(48_000, channels).write(block)
        assert np.array_equal(stream.opened[-1].blocks[0], block)


def test_more_channels_are_folded_down_without_clipping(stream: type[Stream]) -> None:
    open_device(48_000, 6).write(np.ones((6, 256), dtype=np.float32))
    (written,) = stream.opened[0].blocks
    assert written.shape == (2, 256)
    np.testing.assert_allclose(written, 1.0, rtol=1e-6)


def test_a_device_of_another_rate_gets_resampled_sound(stream: type[Stream]) -> None:
    stream.allowed_rate = 48_000
    sink = AudioStreamSink(44_100, 2)
    tone = (0.5 * np.sin(2 * np.pi * 1000 * np.arange(44_100) / 44_100)).astype(np.float32)
    for start in range(0, 44_100, sink.block_frames):
        sink.write(np.stack([tone[start : start + sink.block_frames]] * 2))
    written = np.concatenate(stream.opened[0].blocks, axis=1)
    assert written.shape[1] == pytest.approx(48_000, abs=200)
    spectrum = np.abs(np.fft.rfft(written[0, -8192:] * np.hanning(8192)))
    assert np.argmax(spectrum) * 48_000 / 8192 == pytest.approx(1000, abs=6)


def test_a_device_that_takes_more_at_once_gets_a_larger_buffer(stream: type[Stream]) -> None:
    stream.least_buffer = 2048
    sink = AudioStreamSink(48_000, 2)
    assert [opened.between for opened in stream.opened] == [512, 2048]
    assert [opened.is_running for opened in stream.opened] == [False, True]
    assert sink.block_frames == 1024


def test_it_sleeps_instead_of_asking() -> None:
    """Two blocks fit; for the third it waits until the device has surely not yet taken them, and no longer."""
    sink = AudioStreamSink(48_000, 2)
    block = np.zeros((2, sink.block_frames), dtype=np.float32)
    sink.write(block)
    sink.write(block)
    sink.write(block)  # the first that finds it full tells when the device takes its share
    sink.write(block)
    began = time.monotonic()
    sink.write(block)
    assert time.monotonic() - began > 0.5 * 512 / 48_000


def test_a_device_that_fails_is_a_clear_reason(stream: type[Stream]) -> None:
    sink = AudioStreamSink(48_000, 2)
    stream.opened[0].fails = True
    with pytest.raises(DeviceError, match="sound stopped: lost"):
        sink.write(np.zeros((2, 256), dtype=np.float32))


def test_a_closed_one_is_never_started_again() -> None:
    sink = AudioStreamSink(48_000, 2)
    sink.close()
    with pytest.raises(DeviceError):
        sink.write(np.zeros((2, 256), dtype=np.float32))
