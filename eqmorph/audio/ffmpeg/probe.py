"""What is in a file, as ffprobe tells it: its streams, the one that is heard, and what is exactly known of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from eqmorph.audio.ffmpeg.child import ChildError, file_argument, output_of
from eqmorph.audio.ffmpeg.containers import DEMUXERS, subtype_of
from eqmorph.audio.ffmpeg.mp4 import exact_frames
from eqmorph.audio.ffmpeg.program import need_ffmpeg
from eqmorph.errors import InputError

__all__ = ["ONLY_FILES", "Probe", "Stream", "packet_bytes", "probe", "raw_probe"]

#: What is given with every input: only the named file is opened, whatever it holds.
ONLY_FILES = ("-protocol_whitelist", "file,pipe")
_MOST_JSON = 16 << 20
_QUICKTIME, _AUDIO_BRANDS = "qt", ("m4a", "m4b", "m4p")
_LAYOUTS = {
    "mono": 0x4,
    "stereo": 0x3,
    "2.1": 0xB,
    "3.0": 0x7,
    "3.0(back)": 0x103,
    "4.0": 0x107,
    "quad": 0x33,
    "quad(side)": 0x603,
    "3.1": 0xF,
    "5.0": 0x37,
    "5.0(side)": 0x607,
    "4.1": 0x10F,
    "5.1": 0x3F,
    "5.1(side)": 0x60F,
    "6.0": 0x707,
    "6.1": 0x70F,
    "6.1(back)": 0x13F,
    "7.0": 0x637,
    "7.1": 0x63F,
    "7.1(wide)": 0xFF,
    "7.1(wide-side)": 0x6CF,
}


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream: its place in the file, whether it is video, audio, subtitle, data or attachment, and its tags."""

    index: int
    kind: str
    codec: str
    mark: str
    is_default: bool
    is_picture: bool
    tags: Mapping[str, str]
    facts: Mapping[str, Any]

    @property
    def is_film(self) -> bool:
        """Whether it is a moving picture, and no cover."""
        return self.kind == "video" and not self.is_picture


@dataclass(frozen=True, slots=True)
class Probe:
    """A file's container and streams; ``audio`` is the one that is heard: the first that is marked as the default.

    ``frames`` is 0 where the file states no length, and only a guess unless ``is_exact``.
    """

    format: str
    demuxer: str
    streams: tuple[Stream, ...]
    audio: Stream
    sample_rate: int
    channels: int
    channel_mask: int | None
    subtype: str
    frames: int
    is_exact: bool
    bit_rate: int
    starts_s: float
    tags: Mapping[str, str]
    has_chapters: bool

    @property
    def has_film(self) -> bool:
        return any(stream.is_film for stream in self.streams)

    @property
    def other_sounds(self) -> int:
        """How many streams of sound there are besides the one that is heard."""
        return sum(stream.kind == "audio" for stream in self.streams) - 1


def raw_probe(path: Path, demuxer: str) -> tuple[dict[str, Any], tuple[Stream, ...]]:
    """Return what ffprobe says of a file, and its streams.

    Raises:
        InputError: ffmpeg is missing, or can't read it.
    """
    program = need_ffmpeg(path)
    command = [program.probe, "-v", "error", *ONLY_FILES, "-f", demuxer, "-of", "json"]
    command += ["-show_format", "-show_streams", "-show_chapters"]
    try:
        told = json.loads(output_of([*command, file_argument(path)], most=_MOST_JSON).decode("utf-8", "replace"))
    except ChildError as error:
        raise InputError(
            f"is truncated or damaged: ffmpeg can't read it ({error})", hint="Export or fetch it again.", path=path
        ) from error
    except ValueError as error:
        raise InputError("is damaged: ffprobe says nothing of use", hint="Export it again.", path=path) from error
    if not isinstance(told, dict):
        raise InputError("is damaged: ffprobe says nothing of use", hint="Export it again.", path=path)
    streams = told.get("streams")
    return told, tuple(_stream(facts) for facts in streams if isinstance(facts, dict)) if streams else ()


def probe(path: Path, family: str) -> Probe:
    """Look into a file of a family (see `eqmorph.audio.ffmpeg.containers`); once, while it stays the same.

    Raises:
        InputError: ffmpeg is missing, or the file can't be read or has no sound.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise InputError(f"can't be read: {error.strerror or error}", hint="Was it moved?", path=path) from error
    return _probed(path, family, (status.st_size, status.st_mtime_ns, status.st_ino, status.st_dev))


@lru_cache(maxsize=32)  # files that are worked on side by side are looked into by reader, writer and tags in turn
def _probed(path: Path, family: str, _stamp: tuple[int, ...]) -> Probe:
    demuxer = DEMUXERS[family]
    told, streams = raw_probe(path, demuxer)
    sounds = [stream for stream in streams if stream.kind == "audio"]
    if not sounds:
        what = "is a video without sound" if any(stream.is_film for stream in streams) else "holds no sound"
        raise InputError(what, hint="Leave it out; there is nothing to equalize or to hear.", path=path)
    heard = next((stream for stream in sounds if stream.is_default), sounds[0])
    facts = heard.facts
    form = told.get("format", {})
    tags = _tags(form)
    rate, channels = _number(facts, "sample_rate"), _number(facts, "channels")
    bits = _number(facts, "bits_per_raw_sample") or _number(facts, "bits_per_sample")
    if not rate or not channels:
        raise InputError(f"holds sound that ffmpeg can't decode ({heard.codec})", hint="Convert it first.", path=path)
    frames, is_exact = _length(path, family, heard, form, rate, alone=len(streams) == 1)
    return Probe(
        format=_format(family, path, tags, streams),
        demuxer=demuxer,
        streams=streams,
        audio=heard,
        sample_rate=rate,
        channels=channels,
        channel_mask=_LAYOUTS.get(str(facts.get("channel_layout", ""))) if channels > 2 else None,
        subtype=subtype_of(heard.codec, bits),
        frames=frames,
        is_exact=is_exact,
        bit_rate=_number(facts, "bit_rate"),
        starts_s=_seconds(form.get("start_time")),
        tags=tags,
        has_chapters=bool(told.get("chapters")),
    )


def packet_bytes(path: Path, family: str, sound: int) -> int:
    """Return how many bytes the packets of a file's ``sound``-th stream of sound take, without those of the container.

    Raises:
        InputError: ffmpeg is missing, or can't read it.
    """
    program = need_ffmpeg(path)
    command = [program.probe, "-v", "error", *ONLY_FILES, "-f", DEMUXERS[family], "-select_streams", f"a:{sound}"]
    command += ["-show_entries", "packet=size", "-of", "csv=print_section=0"]
    try:
        sizes = output_of([*command, file_argument(path)]).split()
    except ChildError as error:
        raise InputError(f"can't be read by ffmpeg: {error}", path=path) from error
    return sum(int(size) for size in (line.strip(b",") for line in sizes) if size.isdigit())


def _format(family: str, path: Path, tags: Mapping[str, str], streams: tuple[Stream, ...]) -> str:
    has_film = any(stream.is_film for stream in streams)
    if family == "mov":
        brand = tags.get("major_brand", "").strip().lower()
        if brand == _QUICKTIME:
            return "MOV"
        return "M4A" if brand in _AUDIO_BRANDS and not has_film else "MP4"
    if family == "matroska":
        with path.open("rb") as handle:
            if b"webm" in handle.read(64):
                return "WEBM"
        return "MKV" if has_film else "MKA"
    return "WMA" if family == "asf" else "ADTS"


def _length(
    path: Path, family: str, heard: Stream, form: Mapping[str, Any], rate: int, *, alone: bool
) -> tuple[int, bool]:
    """Return how many frames the sound has, and whether that is exact; 0 where nothing is stated."""
    if family == "mov":
        frames = exact_frames(path, int(str(heard.facts.get("id", "0")), 0), rate)
        if frames:
            return frames, True
        return round(_seconds(heard.facts.get("duration")) * rate), False
    if family == "matroska":
        stated = next((text for name, text in heard.tags.items() if name.upper() == "DURATION"), "")
        seconds = _clock(stated) - max(0.0, _seconds(heard.facts.get("start_time")))
        return round(max(0.0, seconds or (_seconds(form.get("duration")) if alone else 0.0)) * rate), False
    if family == "asf":
        return round((_seconds(heard.facts.get("duration")) if alone else 0.0) * rate), False
    return 0, False  # what ffprobe says of ADTS is a guess by the first frames


def _stream(facts: Mapping[str, Any]) -> Stream:
    marks = facts.get("disposition")
    marks = marks if isinstance(marks, dict) else {}
    return Stream(
        index=_number(facts, "index"),
        kind=str(facts.get("codec_type", "")),
        codec=str(facts.get("codec_name", "")),
        mark=str(facts.get("codec_tag_string", "")),
        is_default=bool(marks.get("default")),
        is_picture=bool(marks.get("attached_pic")),
        tags=_tags(facts),
        facts=facts,
    )


def _tags(facts: Mapping[str, Any]) -> dict[str, str]:
    tags = facts.get("tags")
    return {str(name): str(text) for name, text in tags.items()} if isinstance(tags, dict) else {}


def _number(facts: Mapping[str, Any], name: str) -> int:
    try:
        return max(0, int(facts.get(name, 0)))
    except (TypeError, ValueError):
        return 0


def _seconds(value: object) -> float:
    try:
        seconds = float(str(value))
    except ValueError:
        return 0.0
    return seconds if abs(seconds) < 1e9 else 0.0  # not: a NaN compares as false


def _clock(text: str) -> float:
    """Return a length such as ``00:03:20.356000000`` in seconds; 0 if it is none."""
    hours, _, rest = text.partition(":")
    minutes, _, seconds = rest.partition(":")
    return max(0.0, _seconds(hours) * 3600 + _seconds(minutes) * 60 + _seconds(seconds)) if seconds else 0.0
