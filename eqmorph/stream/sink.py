"""Sinks, where sound goes: a device, or memory."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from eqmorph._typing import Float32
from eqmorph.errors import DeviceError
from eqmorph.wording import Means, Phrase

if TYPE_CHECKING:
    from pedalboard.io import AudioStream

__all__ = ["AudioStreamSink", "MemorySink", "Sink", "audio_stream", "buffer_frames", "open_device"]

_BUFFER_S = 0.0117  # 512 frames at 44.1 and 48 kHz
_DEVICE_BUFFERS = 2  # commonly held by drivers
_IDLE_S = 2 * _BUFFER_S  # how late a block may be before the device must have run dry
_ALSA_PLUGINS = "alsa-lib"  # the folder in which a Linux system keeps them, below one of
_LIBRARIES = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib")
_SLEEP_SHARE = 0.85  # of the time in which there can't be room
# On Windows, Python before 3.11 sleeps in steps of 15 ms, longer than a buffer lasts.
_CAN_SLEEP_BRIEFLY = sys.platform != "win32" or sys.version_info >= (3, 11)


class Sink(Protocol):
    """Takes blocks as fast as they are played."""

    block_frames: int
    """The frames a block should have."""
    queued_s: float
    """The longest time until what is written now is heard."""
    underruns: int
    """How often the device ran dry since the first block, as far as can be told."""

    def write(self, block: Float32) -> None:
        """Take the next block, (1 or more channels, frames), as soon as there is room.

        Raises:
            DeviceError: it can't be played.
        """

    def close(self) -> None:
        """Stop; a `write` that waits in another thread returns."""


class MemorySink:
    """Keeps what is played, as fast as it comes: the player's sound without a device."""

    def __init__(self, sample_rate: float, channels: int) -> None:
        self.block_frames = buffer_frames(sample_rate) // 2
        self.queued_s = 0.0
        self.underruns = 0
        self.blocks: list[Float32] = []
        self._nothing = np.zeros((channels, 0), dtype=np.float32)

    def write(self, block: Float32) -> None:
        self.blocks.append(block.copy())

    def close(self) -> None:
        """Do nothing: there is nothing to stop."""

    @property
    def audio(self) -> Float32:
        """Everything that was written, (channels, frames)."""
        return np.concatenate([self._nothing, *self.blocks], axis=1)


def buffer_frames(sample_rate: float) -> int:
    """Return the buffer size to ask for: the largest power of two that lasts no longer than 11.7 ms."""
    return int(2 ** max(int(np.log2(_BUFFER_S * sample_rate)), 5))


def open_device(sample_rate: float, channels: int) -> Sink:
    """Open the system's default device.

    Raises:
        DeviceError: there is none, or it can't be opened.
    """
    return AudioStreamSink(sample_rate, channels)


def audio_stream() -> type[AudioStream]:
    """Return pedalboard's way to the devices, where it finds them.

    On Linux it brings a libasound of its own, which looks for the plugins for PulseAudio, PipeWire and JACK where its
    builder had them, not where this system has them: without those, devices are listed and none can be opened.
    """
    if sys.platform == "linux" and "ALSA_PLUGIN_DIR" not in os.environ:
        folders = (Path(library, _ALSA_PLUGINS) for library in _LIBRARIES)
        found = next((folder for folder in folders if folder.is_dir()), None)
        if found is not None:
            os.environ["ALSA_PLUGIN_DIR"] = str(found)
    from pedalboard.io import AudioStream

    return AudioStream


class AudioStreamSink:
    """Plays through `pedalboard.io.AudioStream`.

    Between Python and the device lies one buffer of about 11 ms. `AudioStream.write` polls until there is room in it,
    which would keep a core busy all the time, and polls forever once the device is unplugged. So this sink sleeps
    through most of the wait, and `close` ends it from another thread.

    Args:
        sample_rate: the sound's rate; if the device can't play it, the sound is resampled.
        channels: the sound's channels; more than two are folded down to stereo.
        name: of the device; the system's default one if none is given.
        buffer: the frames between Python and the device; some 11 ms if not given.

    Raises:
        DeviceError: there is no device, or it can't be opened.
    """

    def __init__(
        self, sample_rate: float, channels: int, *, name: str | None = None, buffer: int | None = None
    ) -> None:
        from pedalboard.io import StreamResampler

        AudioStream = audio_stream()
        name = name or AudioStream.default_output_device_name
        if not name:
            raise DeviceError("no audio device", hint=Phrase("Connect one, then {}.", Means.PLAY_AGAIN))
        wanted = buffer or buffer_frames(sample_rate)
        try:
            self._stream = AudioStream(output_device_name=name, sample_rate=sample_rate, buffer_size=wanted)
            self._stream.__enter__()
            if self._stream.buffer_size > wanted:
                # It would take more at once than the buffer can hold, and always run dry.
                wanted = self._stream.buffer_size
                self._stream.close()
                self._stream = AudioStream(output_device_name=name, sample_rate=sample_rate, buffer_size=wanted)
                self._stream.__enter__()
        except (RuntimeError, ValueError) as error:
            hint = Phrase("Is another program using it? To try again, {}.", Means.PLAY_AGAIN)
            raise DeviceError(f"no sound: {name} can't be opened ({error})", hint=hint) from error
        self._rate = self._stream.sample_rate
        self._resampler = (
            StreamResampler(sample_rate, self._rate, min(channels, 2)) if self._rate != sample_rate else None
        )
        self._pull = min(wanted, self._stream.buffer_size or wanted)  # what the device takes at once
        self._buffer = wanted
        self._room = wanted
        self._full_since = 0.0
        self._is_closed = False
        self._dry_at: float | None = None  # when all that was written will have been taken
        self.underruns = 0
        self.block_frames = max(wanted // 2, 32)
        self.queued_s = (self.block_frames + wanted + _DEVICE_BUFFERS * self._pull) / self._rate

    def write(self, block: Float32) -> None:
        self._count_underrun(block.shape[1])
        block = _stereo(block)
        if self._resampler is not None:
            block = self._resampler.process(block)
        for start in range(0, block.shape[1], self._pull):  # in pieces that fit, so that closing ends the wait
            self._write_piece(block[:, start : start + self._pull])

    def close(self) -> None:
        self._is_closed = True
        self._stream.__exit__(None, None, None)

    def _write_piece(self, piece: Float32) -> None:
        if self._room < piece.shape[1]:
            self._sleep_until_room()
        if self._is_closed:  # writing to a closed stream would open it again
            raise DeviceError("sound stopped")
        try:
            self._stream.write(np.ascontiguousarray(piece), self._rate)
        except (RuntimeError, ValueError) as error:
            hint = Phrase("Connect it or another one, then {}.", Means.PLAY_AGAIN)
            raise DeviceError(f"sound stopped: {error}", hint=hint) from error
        if self._room < piece.shape[1]:
            self._full_since = time.monotonic()  # the device has just taken its share
            self._room = self._pull
        self._room -= piece.shape[1]

    def _count_underrun(self, frames: int) -> None:
        """Note whether the device has run dry: it tells nobody."""
        now = time.monotonic()
        if self._dry_at is not None and now > self._dry_at + _IDLE_S:
            self.underruns += 1
        begin = now if self._dry_at is None else max(min(self._dry_at, now + self._buffer / self._rate), now)
        self._dry_at = begin + frames / self._rate

    def _sleep_until_room(self) -> None:
        """Sleep until shortly before there is room."""
        left_s = self._full_since + _SLEEP_SHARE * self._pull / self._rate - time.monotonic()
        if _CAN_SLEEP_BRIEFLY and left_s > 0:
            time.sleep(left_s)


def _stereo(block: Float32) -> Float32:
    """Fold to two channels (or one): the others go to both sides, all attenuated so that nothing clips."""
    if block.shape[0] <= 2:
        return block
    shared = np.float32(0.5**0.5) * block[2:].sum(axis=0)
    softer = np.float32(1 / (1 + (block.shape[0] - 2) * 0.5**0.5))
    folded: Float32 = (block[:2] + shared) * softer
    return folded
