"""What of the file that a sound is from goes along with it: other streams, tags, covers, chapters and times."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from eqmorph.audio.ffmpeg.child import ChildError, file_argument, output_of
from eqmorph.audio.ffmpeg.containers import CONTAINERS, DEMUXERS, Encoder
from eqmorph.audio.ffmpeg.mp4 import carry_user_data
from eqmorph.audio.ffmpeg.probe import ONLY_FILES, Probe, Stream, probe, raw_probe
from eqmorph.audio.ffmpeg.program import need_ffmpeg
from eqmorph.audio.ffmpeg.tags import taken_picture
from eqmorph.audio.formats import OutputFormat
from eqmorph.audio.metadata.fields import canonical, describes_old_audio, names_encoder
from eqmorph.audio.metadata.notes import Notes, Why
from eqmorph.audio.read import AudioInfo
from eqmorph.errors import EqmorphError, printable

__all__ = ["Along"]

#: How ffmpeg calls what libsndfile reads, to take tags and covers from there.
_OTHER_DEMUXERS = {
    **{"WAV": "wav", "WAVEX": "wav", "RF64": "wav", "W64": "w64", "AIFF": "aiff", "CAF": "caf", "FLAC": "flac"},
    **{"OGG": "ogg", "MP3": "mp3"},
}
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


class Along:
    """The file that a sound is from: what of it goes along, and how ffmpeg is told so."""

    def __init__(self, path: Path | None, known: Probe | None, demuxer: str, output: OutputFormat) -> None:
        self.known = known
        self._path, self._demuxer, self._output = path, demuxer, output
        self._streams: tuple[Stream, ...] = known.streams if known is not None else ()
        self._tags: Mapping[str, str] = known.tags if known is not None else {}
        container = CONTAINERS[output.format]
        self._has_chapters = known is not None and known.has_chapters
        self._is_family = known is not None and DEMUXERS[container.family] == known.demuxer
        self._with_film = container.keeps_pictures
        if path is not None and known is None:
            told, self._streams = raw_probe(path, demuxer)
            form = told.get("format")
            self._has_chapters = bool(told.get("chapters"))
            found = form.get("tags") if isinstance(form, dict) else None
            self._tags = {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}
        self._kept = [stream for stream in self._streams if self._keeps(stream)]

    @property
    def is_plain(self) -> bool:
        """Whether nothing goes along but tags and covers."""
        others = [stream for stream in self._kept if not self._is_heard(stream)]
        return not self._has_chapters and all(stream.is_picture for stream in others)

    @classmethod
    def of(cls, source: AudioInfo | None, output: OutputFormat) -> Along:
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


def _spoken(stream: Stream) -> str:
    if stream.is_film:
        return "the picture"
    return {"subtitle": "subtitles", "attachment": "attachments", "video": "covers"}.get(stream.kind, "other data")
