"""Tags and covers of a file that ffmpeg reads, for a result that it doesn't write."""

from __future__ import annotations

from pathlib import Path

from eqmorph.audio.ffmpeg.child import ChildError, file_argument, output_of
from eqmorph.audio.ffmpeg.containers import CONTAINERS
from eqmorph.audio.ffmpeg.probe import ONLY_FILES, Probe, Stream, probe
from eqmorph.audio.ffmpeg.program import need_ffmpeg
from eqmorph.audio.metadata.fields import Picture, Tags
from eqmorph.audio.metadata.limits import check_bytes, check_items
from eqmorph.audio.metadata.notes import Notes, Why

__all__ = ["container_tags"]

_OF_THE_FILE = frozenset(
    {
        *("MAJOR_BRAND", "MINOR_VERSION", "COMPATIBLE_BRANDS", "CREATION_TIME", "DURATION", "TIMECODE"),
        *("GAPLESS_PLAYBACK", "IS_VBR", "ISVBR", "DEVICECONFORMANCETEMPLATE", "WMFSDKVERSION", "WMFSDKNEEDED"),
    }
)
_MIMES = {"mjpeg": "image/jpeg", "png": "image/png", "bmp": "image/bmp", "gif": "image/gif", "webp": "image/webp"}
_LARGEST_PICTURE = 64 << 20


def container_tags(path: Path, source_format: str, notes: Notes) -> Tags:
    """Return a file's tags and covers; what else it holds besides the sound that is heard goes into the notes.

    Raises:
        InputError: ffmpeg is missing, or the tags are beyond all limits.
    """
    known = probe(path, CONTAINERS[source_format].family)
    check_items(len(known.tags))
    check_bytes(sum(map(len, known.tags.values())))
    fields = tuple((name.upper(), text) for name, text in known.tags.items() if name.upper() not in _OF_THE_FILE)
    covers = [stream for stream in known.streams if stream.is_picture]
    pictures = tuple(picture for stream in covers if (picture := _picture(path, known, stream, notes)) is not None)
    left = ["the picture"] * known.has_film + ["chapters"] * known.has_chapters
    left += ["the other streams of sound"] * (known.other_sounds > 0)
    left += ["subtitles"] * any(stream.kind == "subtitle" for stream in known.streams)
    notes.add(Why.HAS_NO_PLACE, *left)
    return Tags(fields=fields, pictures=pictures)


def _picture(path: Path, known: Probe, stream: Stream, notes: Notes) -> Picture | None:
    program = need_ffmpeg(path)
    command = [program.path, "-nostdin", "-hide_banner", "-v", "error", *ONLY_FILES, "-f", known.demuxer, "-i"]
    taken = ["-map", f"0:{stream.index}", "-c", "copy", "-frames:v", "1", "-f", "image2pipe", "pipe:1"]
    try:
        data = output_of([*command, file_argument(path), *taken], most=_LARGEST_PICTURE)
    except ChildError:
        data = b""
    if not data:
        notes.add(Why.DAMAGED, "cover")
        return None
    return Picture(data, _MIMES.get(stream.codec, ""), description=stream.tags.get("title", ""))
