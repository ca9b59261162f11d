"""A result that ffmpeg encodes: our blocks go through a pipe, and all that the source holds besides comes from it.

The result's streams stand in the source's order. The equalized one is encoded anew; where the container is of the same
kind, all others are copied as they are, or else covers alone. What an encoder puts in front of a sound is said in the
container, where that has a place for it. AAC and AC-3 in Matroska and ADTS have none: a source of this kind begins
with what an earlier encoder put there, so the packet that holds the delay of the new one is left out, and all stays in
place.
"""

from __future__ import annotations

import contextlib
import errno
import os
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float32
from eqmorph.audio.atomic import explain_os_error
from eqmorph.audio.ffmpeg.along import Along
from eqmorph.audio.ffmpeg.child import Child, ChildError, file_argument
from eqmorph.audio.ffmpeg.containers import CONTAINERS, ENCODERS, Container, Encoder
from eqmorph.audio.ffmpeg.echo import Echo, tee_to, told_by_echo
from eqmorph.audio.ffmpeg.mp4 import exact_frames
from eqmorph.audio.ffmpeg.opus_delay import opus_forgotten_s
from eqmorph.audio.ffmpeg.probe import packet_bytes, probe
from eqmorph.audio.ffmpeg.program import Program, need_ffmpeg
from eqmorph.audio.formats import OutputFormat
from eqmorph.audio.lossy import ffmpeg_options
from eqmorph.audio.metadata.notes import Notes
from eqmorph.audio.read import AudioInfo
from eqmorph.errors import EqmorphError, InputError, OutputError
from eqmorph.wording import Means, Phrase

__all__ = ["PipedWriter"]

_SAMPLES = {"int16": (1, 16), "int32": (1, 32), "float32": (3, 32), "float64": (3, 64)}  # WAVE's format and bits
_EXTENSIBLE_GUID = bytes.fromhex("000000001000800000aa00389b71")
_ENDLESS = 0xFFFFFFFF
_FIRST_TRACK = 1  # of an MP4; covers are none
_REASONS = {
    "No space left": errno.ENOSPC,
    "File too large": errno.EFBIG,
    "quota exceeded": errno.EDQUOT,
    "Input/output error": errno.EIO,
}
#: How it says that something it had encoded isn't in the file. It may end as if all were well.
_LOST = (
    "Error writing trailer",
    "Error closing file",
    "av_interleaved_write_frame()",
    "Error muxing a packet",
    "Slave muxer #0 failed",
)


class PipedWriter:
    """One file that ffmpeg writes, with the few methods that `eqmorph.audio.write.AudioWriter` needs.

    Args:
        temp: where to write.
        final: the name it is going to have, for messages.
        output: container, subtype, and what is asked of the encoder.
        source: the file that the sound is from, if there is one.
        watch: see `eqmorph.audio.ffmpeg.child.Child`.
        hear_encoded: takes what is encoded as it will be decoded, block by block (channels, frames) by another thread,
            where that is possible: then ``has_heard_encoded`` is true once the file is whole.

    Raises:
        EqmorphError: ffmpeg is missing, or the source can't be read.
    """

    def __init__(
        self,
        temp: Path,
        final: Path,
        output: OutputFormat,
        sample_rate: int,
        channels: int,
        source: AudioInfo | None,
        watch: Callable[[float], None],
        hear_encoded: Callable[[Float32], None] | None = None,
    ) -> None:
        self.has_heard_encoded = False
        self._watch = watch
        self._temp, self._final, self._output = temp, final, output
        self._rate, self._channels = sample_rate, channels
        self._mask = source.channel_mask if source is not None else None
        self._program = need_ffmpeg(final)
        self._source = Along.of(source, output)
        self._encoder = _encoder_for(output, self._source, self._program)
        self._frames = 0
        self._has_begun = False
        self._type: np.dtype[np.generic] = np.dtype(np.float32)
        self._covers = tempfile.TemporaryDirectory(prefix="eqmorph-covers-")
        self._echo = self._started_echo(hear_encoded) if hear_encoded is not None else None
        try:
            self._child = self._started()  # it gets ready while the first blocks are made
        except EqmorphError:
            if self._echo is not None:
                self._echo.close()
            raise
        finally:
            if self._echo is not None:
                os.close(self._echo.into)

    def write(self, samples: NDArray[np.generic]) -> None:
        """Append samples (frames, channels), all of one type: integers at the top of their word, or floats."""
        samples = np.ascontiguousarray(samples)
        self._type = samples.dtype
        if not self._has_begun:
            self._has_begun = True
            header = _wav_header(samples.dtype.name, self._rate, self._channels, self._mask)
            self._feed(np.frombuffer(header, np.uint8))
            self._feed(np.zeros((self._encoder.leads, self._channels), samples.dtype))
        self._feed(samples)
        self._frames += len(samples)

    def finish(self) -> tuple[str, ...]:
        """Let ffmpeg finish the file; return notes on what it could not keep.

        Raises:
            OutputError: it fails, or what it wrote isn't all.
        """
        if not self._has_begun:
            self.write(np.zeros((0, self._channels), np.float32))
        self._feed(np.zeros((self._encoder.tail, self._channels), self._type))
        try:
            self._child.finish()
            if lost := [line for line in self._child.said if any(words in line for words in _LOST)]:
                raise ChildError(lost[-1].rpartition(": ")[2])  # the last has the system's reason
            if self._echo is not None:
                self.has_heard_encoded = self._echo.has_heard(self._frames, self._watch)
        except ChildError as error:
            raise self._failure(error) from error
        finally:
            self.give_up()
        notes = Notes(self._output.format)
        try:
            self._source.carry_rest(self._temp, self._output, notes)
            filled = self._check_length()
        except OSError as error:
            raise explain_os_error(error, self._final) from error
        except InputError as error:
            if error.path != self._temp:
                raise
            raise self._failure(ChildError(f"what it wrote {error.message}")) from error
        delay = self._source.note_on_delay(self._output, self._encoder)
        return (*self._source.notes(), *delay, *filled, *notes.lines())

    def encoded_bytes(self) -> int:
        """Return how many bytes the sound takes in the file, once that is whole."""
        return packet_bytes(self._temp, CONTAINERS[self._output.format].family, self._source.place_among_sounds())

    def give_up(self) -> None:
        """End ffmpeg, if it still runs."""
        self._child.kill()
        if self._echo is not None:
            self._echo.close()
        self._covers.cleanup()

    def _started_echo(self, hear: Callable[[Float32], None]) -> Echo | None:
        """Return what hears the result while it is encoded, where that will be what the file holds.

        ``tee`` forgets chapters, and what it does to a film isn't known.
        """
        family = CONTAINERS[self._output.format].family
        is_plain = self._source.is_plain and not self._source.delay_s and not self._encoder.drops
        if not is_plain or not told_by_echo(self._output.subtype, family, self._rate, self._channels):
            return None
        try:
            return Echo(self._program, self._rate, self._channels, hear)
        except (ChildError, OSError):
            return None

    def _started(self) -> Child:
        try:
            command = self._command()
        except OSError as error:
            raise explain_os_error(error, Path(self._covers.name) / "cover") from error
        try:
            into = self._echo.into if self._echo is not None else None
            return Child(command, is_fed=True, other_end=into, progress=self._size, watch=self._watch)
        except ChildError as error:
            raise self._failure(error) from error

    def _feed(self, samples: NDArray[np.generic]) -> None:
        if not samples.size:
            return
        try:
            self._child.write(memoryview(samples.data).cast("B"))
        except ChildError as error:
            self._child.kill()
            raise self._failure(error) from error

    def _size(self) -> int:
        with contextlib.suppress(OSError):
            return self._temp.stat().st_size
        return 0

    def _command(self) -> list[str | bytes]:
        container = CONTAINERS[self._output.format]
        source = self._source
        maps, at = source.maps()
        begins_s = source.delay_s - self._lead_s() + self._forgotten_s()
        shift = ["-itsoffset", f"{begins_s:.6f}"] if begins_s else []
        return [
            *(self._program.path, "-nostdin", "-hide_banner", "-v", "error", "-y"),
            # Of small packets, or few at once, it waits 10 ms for each where it has two inputs.
            *("-protocol_whitelist", "pipe", "-thread_queue_size", "1024", "-max_size", "65536"),
            *("-f", "wav", "-ignore_length", "1", *shift, "-i", "pipe:0"),
            *source.inputs(),
            *maps,
            *self._encoding(at),
            *source.metadata(at),
            *source.attached(Path(self._covers.name)),
            *("-fflags", "+bitexact", f"-flags:a:{at}", "+bitexact", "-threads", "1"),
            *self._into(container, at),
        ]

    def _into(self, container: Container, at: int) -> list[str | bytes]:
        """Return where all of it goes."""
        file = file_argument(self._temp)
        own = {"movie_timescale": str(self._rate)} if container.family == "mov" and self._knows_timescale() else {}
        if self._echo is not None:
            return tee_to(container.muxer, own, file, at)
        return [*(word for name, value in own.items() for word in (f"-{name}", value)), "-f", container.muxer, file]

    def _lead_s(self) -> float:
        """Return how long the silence is that we put in front and that is dropped again, and its time with it."""
        return self._encoder.leads / self._rate if self._encoder.drops else 0.0

    def _forgotten_s(self) -> float:
        """Return by how much the sound would come in too early beside a picture, since ffmpeg forgets a delay."""
        is_beside = self._source.known is not None and self._source.known.has_film
        is_concerned = self._output.subtype == "OPUS" and CONTAINERS[self._output.format].family == "matroska"
        return opus_forgotten_s(self._program) if is_beside and is_concerned else 0.0

    def _knows_timescale(self) -> bool:
        return self._program.release >= (5, 0)

    def _encoding(self, at: int) -> list[str]:
        """Return how the sound, the ``at``-th stream of sound, is encoded."""
        subtype = self._output.subtype
        options = [f"-c:a:{at}", self._encoder.name]
        if told := ffmpeg_options(subtype, self._output.lossy, self._rate, self._channels):
            letter, value = told
            options += [f"-{letter}:a:{at}", value]
        if subtype in ("ALAC_24", "FLAC_24"):
            options += [f"-bits_per_raw_sample:a:{at}", "24"]
        if subtype in ("ALAC_16", "FLAC_16"):
            options += [f"-sample_fmt:a:{at}", "s16p" if subtype == "ALAC_16" else "s16"]
        elif subtype in ("ALAC_24", "FLAC_24"):
            options += [f"-sample_fmt:a:{at}", "s32p" if subtype == "ALAC_24" else "s32"]
        if self._output.format == "MP4" and subtype in ("FLAC_16", "FLAC_24"):
            options += ["-strict", "experimental"]  # as older releases call it
        if self._encoder.drops:
            options += [f"-bsf:a:{at}", f"noise=drop=lt(n\\,{self._encoder.drops})"]
        return options

    def _check_length(self) -> tuple[str, ...]:
        """Compare the length with what was written, where the container says it to the sample; note what is longer."""
        if CONTAINERS[self._output.format].family != "mov":
            return ()  # no other says its length to the sample
        if self.has_heard_encoded and exact_frames(self._temp, _FIRST_TRACK, self._rate) == self._frames:
            return ()  # as ffprobe would say, which takes a while to start
        written = probe(self._temp, "mov")
        found = written.frames if written.is_exact else self._frames
        if found < self._frames:
            raise OutputError(
                f"could not be written completely: {found} of {self._frames} frames are there",
                hint="Is its disk still there? Does ffmpeg work?",
                path=self._final,
            )
        if found == self._frames or not self._encoder.tail:
            return ()
        longer_ms = (found - self._frames) / self._rate * 1000
        return (f"{self._output.subtype} holds whole frames: {longer_ms:.0f} ms of silence fill up the last",)

    def _failure(self, error: ChildError) -> EqmorphError:
        said = str(error)
        number = next((number for words, number in _REASONS.items() if words.lower() in said.lower()), None)
        if number is not None:
            return explain_os_error(OSError(number, ""), self._final)
        another = Phrase("Choose another container with {}, such as flac or wav.", Means.FORMAT)
        if self._output.lossy.bitrate_bps is not None:
            another = Phrase(
                "Choose another bit rate with {}, or another container with {}.", Means.BITRATE, Means.FORMAT
            )
        return OutputError(
            f"ffmpeg can't write it: {said}",
            hint=another,
            path=self._final,
        )


def _encoder_for(output: OutputFormat, source: Along, program: Program) -> Encoder:
    """Return the encoder, which leaves its delay out where the container has no place for it, as said above.

    MP4 has one at the start of a film only, not where the sound comes in later.
    """
    encoder = ENCODERS[output.subtype]
    known = source.known
    if not encoder.drops:
        return encoder
    is_same = known is not None and known.subtype == output.subtype
    from_none = known is not None and not CONTAINERS[known.format].keeps_delay
    has_place = CONTAINERS[output.format].keeps_delay and not source.delay_s
    leaves_out = is_same and not has_place and (from_none or source.delay_s > 0) and program.release >= (5, 1)
    return encoder if leaves_out else encoder._replace(leads=0, drops=0)


def _wav_header(type_name: str, rate: int, channels: int, mask: int | None) -> bytes:
    """Return the header of a WAV that never ends, by which ffmpeg knows the samples and their speakers."""
    tag, bits = _SAMPLES[type_name]
    frame = channels * bits // 8
    layout = struct.pack("<HHIIHH", 0xFFFE, channels, rate, rate * frame, frame, bits)
    layout += struct.pack("<HHIH", 22, bits, mask or 0, tag) + _EXTENSIBLE_GUID
    chunks = b"fmt " + struct.pack("<I", len(layout)) + layout + b"data" + struct.pack("<I", _ENDLESS)
    return b"RIFF" + struct.pack("<I", _ENDLESS) + b"WAVE" + chunks
