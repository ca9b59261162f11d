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
import struct
import tempfile
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eqmorph.audio.atomic import explain_os_error
from eqmorph.audio.ffmpeg.child import Child, ChildError, file_argument, output_of
from eqmorph.audio.ffmpeg.containers import CONTAINERS, DEMUXERS, ENCODERS, Encoder
from eqmorph.audio.ffmpeg.mp4 import carry_user_data
from eqmorph.audio.ffmpeg.opus_delay import opus_forgotten_s
from eqmorph.audio.ffmpeg.probe import ONLY_FILES, Probe, Stream, probe, raw_probe
from eqmorph.audio.ffmpeg.program import Program, need_ffmpeg
from eqmorph.audio.ffmpeg.tags import taken_picture
from eqmorph.audio.formats import OutputFormat
from eqmorph.audio.lossy import ffmpeg_options
from eqmorph.audio.metadata.fields import canonical, describes_old_audio, names_encoder
from eqmorph.audio.metadata.notes import Notes, Why
from eqmorph.audio.read import AudioInfo
from eqmorph.errors import EqmorphError, InputError, OutputError, printable
from eqmorph.wording import Means, Phrase

__all__ = ["PipedWriter"]

#: How ffmpeg calls what libsndfile reads, to take tags and covers from there.
_OTHER_DEMUXERS = {
    **{"WAV": "wav", "WAVEX": "wav", "RF64": "wav", "W64": "w64", "AIFF": "aiff", "CAF": "caf", "FLAC": "flac"},
    **{"OGG": "ogg", "MP3": "mp3"},
}
_SAMPLES = {"int16": (1, 16), "int32": (1, 32), "float32": (3, 32), "float64": (3, 64)}  # WAVE's format and bits
_EXTENSIBLE_GUID = bytes.fromhex("000000001000800000aa00389b71")
_ENDLESS = 0xFFFFFFFF
_REASONS = {"No space left": errno.ENOSPC, "File too large": errno.EFBIG, "quota exceeded": errno.EDQUOT}
#: What the container itself says under the name of a tag, which is no loss.
_OF_THE_FILE = frozenset(
    {
        *(
            "MAJOR_BRAND",
            "MINOR_VERSION",
            "COMPATIBLE_BRANDS",
            "CREATION_TIME",
            "DURATION",
            "HANDLER_NAME",
            "VENDOR_ID",
        ),
        *("LANGUAGE", "TIMECODE", "GAPLESS_PLAYBACK", "IS_VBR", "DEVICECONFORMANCETEMPLATE", "WMFSDKVERSION"),
        *("WMFSDKNEEDED", "ASFLEAKYBUCKETPAIRS", "ISVBR", "CODING_HISTORY", "TIME_REFERENCE", "UMID"),
    }
)
_BRANDS = ("MAJOR_BRAND", "MINOR_VERSION", "COMPATIBLE_BRANDS")
_MADE_ANEW = ("tmcd", "text")  # tracks of MP4 that are written from the time code and the chapters
_KEEPS_UNKNOWN = ("gpmd", "mett", "mebx")


class PipedWriter:
    """One file that ffmpeg writes, with the few methods that `eqmorph.audio.write.AudioWriter` needs.

    Args:
        temp: where to write.
        final: the name it is going to have, for messages.
        output: container, subtype, and what is asked of the encoder.
        source: the file that the sound is from, if there is one.
        watch: see `eqmorph.audio.ffmpeg.child.Child`.

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
    ) -> None:
        self._watch = watch
        self._temp, self._final, self._output = temp, final, output
        self._rate, self._channels = sample_rate, channels
        self._mask = source.channel_mask if source is not None else None
        self._program = need_ffmpeg(final)
        self._source = _Source.of(source, output)
        self._encoder = _encoder_for(output, self._source, self._program)
        self._frames = 0
        self._has_begun = False
        self._type: np.dtype[np.generic] = np.dtype(np.float32)
        self._covers = tempfile.TemporaryDirectory(prefix="eqmorph-covers-")
        self._child = self._started()  # it gets ready while the first blocks are made

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

    def give_up(self) -> None:
        """End ffmpeg, if it still runs."""
        self._child.kill()
        self._covers.cleanup()

    def _started(self) -> Child:
        try:
            command = self._command()
        except OSError as error:
            raise explain_os_error(error, Path(self._covers.name) / "cover") from error
        try:
            return Child(command, is_fed=True, progress=self._size, watch=self._watch)
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
            *(["-movie_timescale", str(self._rate)] if container.family == "mov" and self._knows_timescale() else []),
            *("-f", container.muxer, file_argument(self._temp)),
        ]

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
        if told := ffmpeg_options(subtype, self._output.lossy, self._channels):
            letter, value = told
            options += [f"-{letter}:a:{at}", value]
        if subtype in ("ALAC_24", "FLAC_24"):
            options += [f"-bits_per_raw_sample:a:{at}", "24"]
        if subtype in ("ALAC_16", "FLAC_16"):
            options += [f"-sample_fmt:a:{at}", "s16p" if subtype == "ALAC_16" else "s16"]
        elif subtype in ("ALAC_24", "FLAC_24"):
            options += [f"-sample_fmt:a:{at}", "s32p" if subtype == "ALAC_24" else "s32"]
        if self._encoder.drops:
            options += [f"-bsf:a:{at}", f"noise=drop=lt(n\\,{self._encoder.drops})"]
        return options

    def _check_length(self) -> tuple[str, ...]:
        """Compare the length with what was written, where the container says it to the sample; note what is longer."""
        if CONTAINERS[self._output.format].family != "mov":
            return ()  # no other says its length to the sample
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
        return OutputError(
            f"ffmpeg can't write it: {said}",
            hint=Phrase("Choose another container with {}, such as flac or wav.", Means.FORMAT),
            path=self._final,
        )


class _Source:
    """The file that a sound is from: what of it goes along, and how ffmpeg is told so."""

    def __init__(self, path: Path | None, known: Probe | None, demuxer: str, output: OutputFormat) -> None:
        self.known = known
        self._path, self._demuxer, self._output = path, demuxer, output
        self._streams: tuple[Stream, ...] = known.streams if known is not None else ()
        self._tags: Mapping[str, str] = known.tags if known is not None else {}
        container = CONTAINERS[output.format]
        self._is_family = known is not None and DEMUXERS[container.family] == known.demuxer
        self._with_film = container.keeps_pictures
        if path is not None and known is None:
            told, self._streams = raw_probe(path, demuxer)
            form = told.get("format")
            found = form.get("tags") if isinstance(form, dict) else None
            self._tags = {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}
        self._kept = [stream for stream in self._streams if self._keeps(stream)]

    @classmethod
    def of(cls, source: AudioInfo | None, output: OutputFormat) -> _Source:
        if source is not None and source.format in CONTAINERS:
            known = probe(source.path, CONTAINERS[source.format].family)
            return cls(source.path, known, known.demuxer, output)
        if source is not None and source.format in _OTHER_DEMUXERS:
            try:
                return cls(source.path, None, _OTHER_DEMUXERS[source.format], output)
            except EqmorphError:  # what ffmpeg can't read of it, it can't take along
                pass
        return cls(None, None, "", output)

    @cached_property
    def delay_s(self) -> float:
        """When the sound begins, after the first of all streams. It is that of the first sample that is heard."""
        if self.known is None or not self._is_family or len(self._kept) < 2:
            return 0.0
        return max(0.0, self._first_heard_s(self.known) - self.known.starts_s)

    def _first_heard_s(self, known: Probe) -> float:
        """Return when the first decoded sample is heard: a stream may begin with packets that are only decoded."""
        if self._path is None:
            return 0.0
        program = need_ffmpeg(self._path)
        command = [program.probe, "-v", "error", *ONLY_FILES, "-f", known.demuxer, "-of", "csv=p=0"]
        command += ["-select_streams", str(known.audio.index), "-show_entries", "frame=pts_time"]
        try:
            told = output_of([*command, "-read_intervals", "%+#8", file_argument(self._path)])
        except ChildError:
            told = b""
        first = next((line for line in told.decode("ascii", "replace").split() if line), "")
        try:
            return float(first.strip(","))
        except ValueError:
            return known.starts_s

    def inputs(self) -> list[str | bytes]:
        if self._path is None:
            return []
        return [*ONLY_FILES, "-f", self._demuxer, "-i", file_argument(self._path)]

    def _is_heard(self, stream: Stream) -> bool:
        return self.known is not None and stream.index == self.known.audio.index

    def _keeps(self, stream: Stream) -> bool:
        """Tell whether a stream goes along."""
        if stream.is_picture:  # of Matroska, an attachment
            return CONTAINERS[self._output.format].family in ("mov", "asf")
        if not self._is_family:
            return False
        if stream.kind == "data":
            return self._with_film and stream.mark in _KEEPS_UNKNOWN
        return self._with_film or stream.kind in ("audio", "attachment")

    def place_among_sounds(self) -> int:
        """Return the place of the equalized stream among those of sound in the result."""
        sounds = [stream for stream in self._kept if stream.kind == "audio"]
        return next((at for at, stream in enumerate(sounds) if self._is_heard(stream)), 0)

    def maps(self) -> tuple[list[str], int]:
        """Return which streams the result has, in order, and the place of the equalized one among those of sound."""
        maps: list[str] = []
        if not any(self._is_heard(stream) for stream in self._kept):
            maps += ["-map", "0:0"]
        for stream in self._kept:
            maps += ["-map", "0:0" if self._is_heard(stream) else f"1:{stream.index}"]
        return [*maps, "-c", "copy", "-copy_unknown"], self.place_among_sounds()

    def metadata(self, at: int) -> list[str]:
        """Return what is taken along of tags, chapters, languages and marks."""
        if self._path is None:
            return []
        # Ogg has its tags in the stream; elsewhere those of the stream are its own.
        whole = "1:s:0" if self._demuxer == "ogg" else "1:g"
        options = ["-map_metadata:g", whole, "-map_chapters", "1"]
        for name in self._tags:
            if describes_old_audio(name) or names_encoder(name) or name.upper() in _BRANDS:
                options += ["-metadata:g", f"{name}="]
        first = 0 if any(self._is_heard(stream) for stream in self._kept) else 1
        for place, stream in enumerate(
            self._kept, first
        ):  # once told of one stream, ffmpeg takes along no other's by itself
            options += [f"-map_metadata:s:{place}", f"1:s:{stream.index}"]
        if self.known is not None and self._is_family:
            heard = self.known.audio
            for name in heard.tags:
                if names_encoder(name) or describes_old_audio(name) or name.upper() == "DURATION":
                    options += [f"-metadata:s:a:{at}", f"{name}="]
            marks = heard.facts.get("disposition")
            given = [name for name, is_set in marks.items() if is_set] if isinstance(marks, dict) else []
            options += [f"-disposition:a:{at}", "+".join(given) or "0"]
        pictures = [stream for stream in self._kept if stream.kind == "video"]
        for place, stream in enumerate(pictures):
            if stream.is_picture:
                options += [f"-disposition:v:{place}", "attached_pic"]
        return options

    def attached(self, folder: Path) -> list[str | bytes]:
        """Return which covers are attached, as Matroska has them: ffmpeg would make moving pictures of them.

        It takes attachments from files alone, which are put into ``folder``.
        """
        if self._path is None or self._output.format not in ("MKA", "MKV"):
            return []
        options: list[str | bytes] = []
        at = sum(stream.kind == "attachment" for stream in self._kept)
        for place, stream in enumerate(stream for stream in self._streams if stream.is_picture):
            picture = taken_picture(self._path, self._demuxer, stream)
            if picture is None:
                continue
            name = stream.tags.get("filename") or f"cover{place or ''}.{picture.mime.partition('/')[2] or 'image'}"
            file = folder / str(place)
            file.write_bytes(picture.data)
            options += ["-attach", file_argument(file)]
            options += [f"-metadata:s:t:{at}", f"mimetype={picture.mime or 'application/octet-stream'}"]
            options += [f"-metadata:s:t:{at}", f"filename={printable(name)}"]
            at += 1
        return options

    def carry_rest(self, temp: Path, output: OutputFormat, notes: Notes) -> None:
        """Take along what ffmpeg doesn't know of, and note what has no place in the result."""
        for name in self._tags:
            if describes_old_audio(name):
                notes.add(Why.OLD_AUDIO, name)
        family = CONTAINERS[output.format].family
        if self._path is not None and self._demuxer == "mov" and family == "mov":
            carry_user_data(self._path, temp, notes)
            return
        if not self._tags:
            return
        told, streams = raw_probe(temp, DEMUXERS[family])
        form = told.get("format")
        found = form.get("tags") if isinstance(form, dict) else None
        names = {canonical(str(name)) for name in found} if isinstance(found, dict) else set()
        names |= {canonical(name) for stream in streams for name in stream.tags}
        names |= {name.replace("_", " ") for name in names}  # as Matroska has to write it
        notes.add(
            Why.HAS_NO_PLACE,
            *(
                name
                for name in self._tags
                if canonical(name).replace("_", " ") not in names
                and not describes_old_audio(name)
                and not names_encoder(name)
                and name.upper() not in _OF_THE_FILE
            ),
        )

    def notes(self) -> tuple[str, ...]:
        """Say which of several streams was equalized, and which stayed behind."""
        if self.known is None:
            return ()
        told: list[str] = []
        copied = sum(stream.kind == "audio" for stream in self._kept) - 1
        if self.known.other_sounds:
            heard = self.known.audio
            language = heard.tags.get("language", "und")
            which = f"stream {heard.index}" + (f", {language}" if language != "und" else "")
            rest = "the others were copied" if copied > 0 else "the others were left out"
            told.append(f"{self.known.other_sounds + 1} streams of sound: {which} was equalized, {rest}")
        left = [stream for stream in self._streams if stream not in self._kept and not self._is_heard(stream)]
        if self._output.format in ("MKA", "MKV"):
            left = [stream for stream in left if not stream.is_picture]
        names = [_spoken(stream) for stream in left if stream.kind != "audio" and stream.mark not in _MADE_ANEW]
        if names:
            told.append(f"{self._output.format} has no place for {', '.join(dict.fromkeys(names))}")
        if self.known.has_chapters and CONTAINERS[self._output.format].family == "adts":
            told.append(f"{self._output.format} has no place for chapters")
        return tuple(told)

    def note_on_delay(self, output: OutputFormat, encoder: Encoder) -> tuple[str, ...]:
        """Say where a result begins later than its source, since its container can't say that the encoder does."""
        delayed = output.subtype in ("AAC", "AC3", "EAC3", "MPEG_LAYER_III", "MPEG_LAYER_II")
        if CONTAINERS[output.format].keeps_delay or not delayed or encoder.drops:
            return ()
        return (
            f"{output.format} can't say what the {output.subtype} encoder puts in front: it begins some 20 ms later",
        )


def _encoder_for(output: OutputFormat, source: _Source, program: Program) -> Encoder:
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


def _spoken(stream: Stream) -> str:
    if stream.is_film:
        return "the picture"
    return {"subtitle": "subtitles", "attachment": "attachments", "video": "covers"}.get(stream.kind, "other data")


def _wav_header(type_name: str, rate: int, channels: int, mask: int | None) -> bytes:
    """Return the header of a WAV that never ends, by which ffmpeg knows the samples and their speakers."""
    tag, bits = _SAMPLES[type_name]
    frame = channels * bits // 8
    layout = struct.pack("<HHIIHH", 0xFFFE, channels, rate, rate * frame, frame, bits)
    layout += struct.pack("<HHIH", 22, bits, mask or 0, tag) + _EXTENSIBLE_GUID
    chunks = b"fmt " + struct.pack("<I", len(layout)) + layout + b"data" + struct.pack("<I", _ENDLESS)
    return b"RIFF" + struct.pack("<I", _ENDLESS) + b"WAVE" + chunks
