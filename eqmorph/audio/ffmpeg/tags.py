"""Tags and covers of a file that ffmpeg reads, for a result that it doesn't write."""

from __future__ import annotations

from pathlib import Path

from eqmorph.audio.ffmpeg.child import ChildError, file_argument, output_of
from eqmorph.audio.ffmpeg.containers import CONTAINERS
from eqmorph.audio.ffmpeg.probe import ONLY_FILES, Stream, probe
from eqmorph.audio.ffmpeg.program import need_ffmpeg
from eqmorph.audio.metadata.fields import Picture, Tags
from eqmorph.audio.metadata.limits import check_bytes, check_items
from eqmorph.audio.metadata.notes import Notes, Why

__all__ = ["container_tags", "taken_picture"]

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
    pictures = [taken_picture(path, known.demuxer, stream) for stream in covers]
    if None in pictures:
        notes.add(Why.DAMAGED, "cover")
    left = ["the picture"] * known.has_film + ["chapters"] * known.has_chapters
    left += ["the other streams of sound"] * (known.other_sounds > 0)
    left += ["subtitles"] * any(stream.kind == "subtitle" for stream in known.streams)
    notes.add(Why.HAS_NO_PLACE, *left)
    return Tags(fields=fields, pictures=tuple(picture for picture in pictures if picture is not None))


def taken_picture(path: Path, demuxer: str, stream: Stream) -> Picture | None:
    """Return a cover of a file; None if it is damaged.

    Raises:
        InputError: ffmpeg is missing.
    """
    program = need_ffmpeg(path)
    command = [program.path, "-nostdin", "-hide_banner", "-v", "error", *ONLY_FILES, "-f", demuxer, "-i"]
    taken = ["-map", f"0:{stream.index}", "-c", "copy", "-frames:v", "1", "-f", "image2pipe", "pipe:1"]
    try:
        data = output_of([*command, file_argument(path), *taken], most=_LARGEST_PICTURE)
    except ChildError:
        return None
    return Picture(data, _MIMES.get(stream.codec, ""), description=stream.tags.get("title", "")) if data else None
