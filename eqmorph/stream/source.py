"""Sources, where live sound comes from: a device."""

from __future__ import annotations

import threading
import time
from typing import Protocol

import numpy as np

from eqmorph._typing import Float32
from eqmorph.errors import DeviceError
from eqmorph.stream.sink import audio_stream
from eqmorph.wording import Means, Phrase

__all__ = ["AudioStreamSource", "Source", "device_names"]

_PATIENCE_S = 3.0  # a device that gives nothing for this long is gone
_LOOK_S = 0.001


class Source(Protocol):
    """Gives blocks as fast as they are recorded."""

    sample_rate: int
    channels: int
    dropped: int
    """Frames that were lost because they were not read in time."""

    def read(self, stop: threading.Event) -> Float32:
        """Wait for the next block, (channels, frames); it is empty once ``stop`` is set.

        Raises:
            DeviceError: none comes any more.
        """

    def close(self) -> None:
        """Stop recording."""


class AudioStreamSource:
    """Records through `pedalboard.io.AudioStream`.

    The device hands over a buffer at a time, and loses the next one unless this one was taken. `AudioStream.read` polls
    until there is enough, which would keep a core busy, and for ever once the device is unplugged; so this
    looks whether there is any, and sleeps.

    Args:
        name: of the device; the system's default one if none is given.
        sample_rate: to record at. Where the device runs at another, PulseAudio hands over in bursts, of which much is
            lost.
        buffer: the frames that the device hands over at once.

    Raises:
        DeviceError: there is no device, or it can't be opened.
    """

    def __init__(self, *, name: str | None = None, sample_rate: int = 48_000, buffer: int = 512) -> None:
        stream_class = audio_stream()
        name = name or stream_class.default_input_device_name
        if not name:
            raise DeviceError("no audio input", hint=Phrase("Connect one, then {}.", Means.PLAY_AGAIN))
        error: Exception | None = None
        for channels in (2, 1):
            try:
                self._stream = stream_class(
                    input_device_name=name, sample_rate=sample_rate, buffer_size=buffer, num_input_channels=channels
                )
                self._stream.__enter__()
                break
            except (RuntimeError, ValueError) as failure:
                error = failure
        else:
            hint = Phrase("Is another program using it? To try again, {}.", Means.PLAY_AGAIN)
            raise DeviceError(f"no input: {name} can't be opened ({error})", hint=hint) from error
        self._name = name
        self._stream.ignore_dropped_input = True
        self.sample_rate = round(self._stream.sample_rate)
        self.channels = self._stream.num_input_channels
        self.dropped = 0
        self._has_begun = False

    def read(self, stop: threading.Event) -> Float32:
        patient_until = time.monotonic() + _PATIENCE_S
        while not (ready := self._stream.buffered_input_sample_count):
            if stop.is_set():
                return np.zeros((self.channels, 0), np.float32)
            if time.monotonic() > patient_until or not self._stream.running:
                hint = Phrase("Is it still connected? To go on, {}.", Means.PLAY_AGAIN)
                raise DeviceError(f"no more sound comes from {self._name}", hint=hint)
            time.sleep(_LOOK_S)
        if self._has_begun:  # what came before anybody read is not lost
            self.dropped += self._stream.dropped_input_frame_count
        self._has_begun = True
        block: Float32 = self._stream.read(ready)
        return block

    def close(self) -> None:
        self._stream.close()


def device_names() -> tuple[list[str], list[str]]:
    """Return the names of all inputs and outputs."""
    stream_class = audio_stream()
    return list(stream_class.input_device_names), list(stream_class.output_device_names)
