"""Write audio block by block: rounded to the file's sample type, never wrapped, clipping counted."""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from eqmorph._typing import Float32
from eqmorph.audio.alac import AlacGuard
from eqmorph.audio.atomic import explain_os_error
from eqmorph.audio.chunks.walk import walk
from eqmorph.audio.dither import Dither
from eqmorph.audio.formats import OutputFormat
from eqmorph.audio.integrity import missing_audio_bytes
from eqmorph.audio.lossy import soundfile_options
from eqmorph.audio.read import AudioInfo, native_path
from eqmorph.audio.stamps import remove_stamps
from eqmorph.errors import DiskError, EqmorphError, OutputError
from eqmorph.wording import Means, Phrase

if TYPE_CHECKING:
    from eqmorph.audio.ffmpeg.mux import PipedWriter

__all__ = ["AudioWriter", "rounded"]

#: Beyond +60 dBFS encoders of music misbehave: LAME ends the process, Opus writes silence, Vorbis something else.
_LOUDEST_LOSSY = 1000.0
_MOST_DITHERED_BITS = 24
_SYSTEM_ERROR = 2  # libsndfile's code for it
_ONE_BYTE = ("PCM_S8", "PCM_U8", "ULAW", "ALAW")
_FRAMES_READ_BACK = 1 << 16
_SOUND_OFFSET = 8  # bytes before the samples in an AIFF sound chunk


def rounded(block: Float32, bits: int, dither: Dither | None = None) -> tuple[NDArray[np.floating[Any]], int]:
    """Return a block in whole steps of integers with so many bits, and how many samples had to be clipped for that.

    libsndfile truncates; rounding to the nearest step halves the error and restores every integer that was read. With a
    `Dither`, its noise comes first, and is never counted as clipping. The block may be overwritten.
    """
    scaled: NDArray[np.floating[Any]] = block if bits <= 24 else block.astype(np.float64)
    full_scale = 2.0 ** (bits - 1)
    np.multiply(scaled, full_scale, out=scaled)
    if dither is None:
        np.rint(scaled, out=scaled)
    lowest, highest = -full_scale, full_scale - 1
    clipped = 0
    half = 0.5 if dither is not None else 0.0  # what is not rounded yet
    if scaled.min(initial=0) < lowest - half or scaled.max(initial=0) > highest + half:
        clipped = int(np.count_nonzero((scaled < lowest - half) | (scaled > highest + half)))
        np.clip(scaled, lowest, highest, out=scaled)
    if dither is not None:
        dither.add(scaled)
        np.rint(scaled, out=scaled)
        np.clip(scaled, lowest, highest, out=scaled)
    return scaled, clipped


class AudioWriter:
    """One file, open for writing under its temporary name; without an error it is whole at the end of the context.

    Args:
        temp: where to write; its suffix doesn't matter.
        final: the name it is going to have, for messages.
        source: the file that the sound is from, whose pictures, tags and other streams ffmpeg takes along.
        watch: called with no seconds while ffmpeg is waited for, which it ends by raising.
        hear_encoded: see `eqmorph.audio.ffmpeg.mux.PipedWriter`; nothing is heard of what libsndfile encodes.
        dither: whether to dither integers of up to 24 bits; floats in single precision hold no more.
    """

    def __init__(
        self,
        temp: Path,
        final: Path,
        output: OutputFormat,
        sample_rate: int,
        channels: int,
        *,
        source: AudioInfo | None = None,
        watch: Callable[[float], None] = lambda _: None,
        hear_encoded: Callable[[Float32], None] | None = None,
        dither: bool = False,
    ) -> None:
        self.clipped_samples = 0
        self.notes: tuple[str, ...] = ()  #: what could not be kept, once the file is whole
        self.bitrate_bps: float | None = None  #: what it came to, once the file is whole, where one was asked for
        self.has_heard_encoded = False  #: all that is in the file as it will be decoded
        self._frames = 0
        self._temp, self._final = temp, final
        self._container = output.format
        self._output, self._rate = output, sample_rate
        self._file: soundfile.SoundFile | PipedWriter
        self._bits = output.integer_bits
        self._dither = Dither() if dither and self._bits <= _MOST_DITHERED_BITS else None
        self._most = _LOUDEST_LOSSY if output.is_lossy else None
        self._pads_frame = output.format == "AIFF" and channels == 1 and output.subtype in _ONE_BYTE
        if output.is_by_ffmpeg:
            self._alac = None
            from eqmorph.audio.ffmpeg.mux import PipedWriter  # what most files don't need

            self._file = PipedWriter(temp, final, output, sample_rate, channels, source, watch, hear_encoded)
            return
        self._alac = AlacGuard(final) if output.subtype.startswith("ALAC") else None
        options = soundfile_options(output.subtype, output.lossy, sample_rate, channels)
        try:
            self._file = soundfile.SoundFile(
                native_path(temp), "w", sample_rate, channels, output.subtype, format=output.format, **options
            )
        except soundfile.LibsndfileError as error:
            if error.code == _SYSTEM_ERROR:
                raise self._failure() from error
            reason = str(error.error_string).removeprefix("Error : ").rstrip(".")
            raise OutputError(
                f"{output.format} {output.subtype} can't hold {channels} channels at {sample_rate} Hz: {reason}",
                hint=Phrase("Choose another container with {}, such as flac or wav.", Means.FORMAT),
                path=final,
            ) from error
        self._file.flush = lambda: None  # which closing calls: the file is synced once it is whole and gets its name

    def __enter__(self) -> AudioWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(self._file, soundfile.SoundFile):
            if value is None:
                self.notes += self._file.finish()
                self.has_heard_encoded = self._file.has_heard_encoded
                self._measure_rate(self._file.encoded_bytes)
            else:
                self._file.give_up()
            return
        try:
            self._file.close()
        except soundfile.LibsndfileError as error:
            if value is None:
                raise self._failure() from error
        if value is None:
            try:
                if self._pads_frame and self._frames % 2:
                    self._take_back_padding()
                remove_stamps(self._temp, self._container, self._final)
            except OSError as error:
                raise explain_os_error(error, self._final) from error
            self._check_complete()
            self._measure_rate(lambda: self._temp.stat().st_size)  # there are no tags in it yet

    def _measure_rate(self, encoded_bytes: Callable[[], int]) -> None:
        if self._output.lossy.bitrate_bps is not None and self._frames:
            self.bitrate_bps = 8 * encoded_bytes() * self._rate / self._frames

    def write(self, block: Float32) -> None:
        """Append a block (channels, frames), which may be overwritten with scratch values."""
        if self._most is not None and block.size:
            self._refuse_louder(float(np.abs(block).max()), self._most)
        self._put(self._rounded(block) if self._bits else np.ascontiguousarray(block.T))

    def _refuse_louder(self, peak: float, most: float) -> None:
        if not peak <= most:  # not: a NaN compares as false
            raise OutputError(
                f"its samples reach {20 * math.log10(peak):+.0f} dBFS, and {self._container} can't hold more than "
                f"{20 * math.log10(most):+.0f}",
                hint=Phrase("Write 32-bit floats, or leave out {}.", Means.LEVEL_KEEP),
                path=self._final,
            )

    def write_native(self, samples: NDArray[np.generic]) -> None:
        """Append samples (frames, channels) as another file of the same sample type stores them."""
        self._put(samples)

    def _put(self, samples: NDArray[np.generic]) -> None:
        if self._alac is not None:
            self._alac.add(samples)
        try:
            self._file.write(samples)
        except (soundfile.LibsndfileError, AssertionError) as error:  # soundfile asserts that all was written
            raise self._failure() from error
        self._frames += len(samples)

    def _check_complete(self) -> None:
        """Read the last frame back: closing writes as well, and not all of libsndfile's encoders say when it fails."""
        try:
            is_complete = _has_frames(self._temp, self._frames) and not missing_audio_bytes(self._temp)
        except soundfile.LibsndfileError as error:
            raise self._failure() from error
        except OSError as error:
            raise explain_os_error(error, self._final) from error
        if not is_complete:
            raise self._failure()
        if self._alac is not None:
            self._alac.check(self._temp)

    def _take_back_padding(self) -> None:
        """State the true length: libsndfile counts the byte that makes an AIFF chunk's size even as one more sample."""
        with self._temp.open("r+b") as handle:
            container = walk(handle)
            common = container.find(b"COMM") if container else None
            sound = container.data if container else None
            if common is None or sound is None:
                return
            handle.seek(common.start + 2)
            handle.write(struct.pack(">I", self._frames))
            handle.seek(sound.start - 4)
            handle.write(struct.pack(">I", self._frames + _SOUND_OFFSET))

    def _rounded(self, block: Float32) -> NDArray[np.int16] | NDArray[np.int32]:
        """Return the block as integers (frames, channels) with the sample's bits at the top of the word."""
        scaled, clipped = rounded(block, self._bits, self._dither)
        self.clipped_samples += clipped
        if self._bits <= 16:
            return np.transpose(scaled).astype(np.int16, order="C") << (16 - self._bits)
        return np.transpose(scaled).astype(np.int32, order="C") << (32 - self._bits)

    def _failure(self) -> EqmorphError:
        """Find the reason for libsndfile's "System error" by writing to the file, which is lost anyway."""
        try:
            with self._temp.open("ab", buffering=0) as file:
                file.write(bytes(1 << 16))
                os.fsync(file.fileno())
        except OSError as error:
            return explain_os_error(error, self._final)
        return DiskError("could not be written completely", hint="Is its disk still there?", path=self._final)


def _has_frames(path: Path, frames: int) -> bool:
    """Tell whether so many frames can be read: by the last one, or by all where a decoder can't go there.

    That of GSM can't seek, and those of PAF and SDS find nothing in the last block if they seek to it.
    """
    with soundfile.SoundFile(native_path(path)) as file:
        if file.seekable():
            file.seek(max(0, frames - 1))
            if len(file.read(1)) == min(1, frames):
                return True
    with soundfile.SoundFile(native_path(path)) as file:
        while frames > 0 and (read := len(file.read(_FRAMES_READ_BACK, dtype="float32"))):
            frames -= read
    return frames <= 0
