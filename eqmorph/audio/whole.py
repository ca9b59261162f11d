"""Whether a file holds all the audio that its container promises.

libsndfile quietly shortens what is cut off, so the promise is read here.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from eqmorph.audio.chunks import read_at, walk

__all__ = ["missing_audio_bytes"]

_NO_PROMISE = 1 << 31  # programs that write into a pipe state a size of about 2 or 4 GiB, or 8 EiB in 64 bits
_OGG_HEADER = 27  # bytes of an Ogg page in front of the sizes of its segments
_LAST_PAGE = 65_307  # the largest an Ogg page can be, in bytes
_END_OF_STREAM = 4  # the bit in an Ogg page's header


def missing_audio_bytes(path: Path) -> int:
    """How many bytes of its audio a file lacks; 1 where only that something is missing can be known, 0 if it is whole.

    A container that makes no promise is whole: one written into a pipe, or a bare stream of frames such as MP3.
    """
    with path.open("rb") as handle:
        container = walk(handle)
        if container is not None:
            return container.missing_audio if container.missing_audio < 1 << 62 else 0
        magic = read_at(handle, 0, 4)
        if magic in (b".snd", b"dns."):
            return _missing_from_au(handle, ">" if magic == b".snd" else "<")
        return int(magic == b"OggS" and not _ogg_ends(handle))


def _missing_from_au(handle: BinaryIO, byte_order: str) -> int:
    header = read_at(handle, 4, 8)
    start, size = struct.unpack(byte_order + "II", header) if header else (0, 0)
    return 0 if size >= _NO_PROMISE - (1 << 12) else max(0, start + size - handle.seek(0, 2))


def _ogg_ends(handle: BinaryIO) -> bool:
    """Whether the last page of an Ogg file is whole and says that it is the last."""
    size = handle.seek(0, 2)
    tail = read_at(handle, max(0, size - _LAST_PAGE), min(size, _LAST_PAGE))
    page = tail.rfind(b"OggS")
    if not 0 <= page < len(tail) - _OGG_HEADER:
        return False
    sizes = tail[page + _OGG_HEADER :][: tail[page + _OGG_HEADER - 1]]
    end = page + _OGG_HEADER + tail[page + _OGG_HEADER - 1] + sum(sizes)
    return bool(tail[page + 5] & _END_OF_STREAM) and end <= len(tail)
