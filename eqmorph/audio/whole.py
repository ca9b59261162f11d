"""Whether a file holds all the audio that its container promises.

libsndfile quietly shortens what is cut off, so the promise is read here.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from eqmorph.audio.chunks import CAF, UINT32_MAX, Chunk, Container, read_at, walk

__all__ = ["missing_audio_bytes"]

# What programs that write into a pipe put where they can't know the size: ffmpeg all ones, sox a little under 2 GiB.
_NO_PROMISE = (range(0x7FFF_F000, 0x8000_0000), range(0xFFFF_FF00, 0x1_0000_0000))
_LAST_PAGE = 65_307  # the largest an Ogg page can be, in bytes
_END_OF_STREAM = 4  # the bit in an Ogg page's header


def missing_audio_bytes(path: Path) -> int:
    """How many bytes of its audio a file lacks; 1 where only that something is missing can be known, 0 if it is whole.

    A container that makes no promise is whole: one written into a pipe, or a bare stream of frames such as MP3.
    """
    with path.open("rb") as handle:
        container = walk(handle)
        if container is not None and container.data is not None:
            promised = _promised(handle, container, container.data)
            return max(0, promised - (path.stat().st_size - container.data.start))
        return int(read_at(handle, 0, 4) == b"OggS" and not _ogg_ends(handle))


def _promised(handle: BinaryIO, container: Container, data: Chunk) -> int:
    """The size of the samples in bytes, as the header states it; 0 where it states none."""
    layout = container.layout
    _, stated = layout.header.unpack(read_at(handle, data.start - layout.header.size, layout.header.size))
    if layout.size_counts_header:
        return int(stated) - layout.header.size
    if layout.family == "RIFF" and stated == UINT32_MAX and container.is_64_bit:
        sizes = read_at(handle, 28, 8) if read_at(handle, 12, 4) == b"ds64" else b""
        return int(struct.unpack("<Q", sizes)[0]) if sizes else 0
    if layout is CAF:
        return max(0, int(stated))
    return 0 if any(stated in span for span in _NO_PROMISE) else int(stated)


def _ogg_ends(handle: BinaryIO) -> bool:
    """Whether the last page of an Ogg file says that it is the last."""
    size = handle.seek(0, 2)
    tail = read_at(handle, max(0, size - _LAST_PAGE), min(size, _LAST_PAGE))
    page = tail.rfind(b"OggS")
    return 0 <= page < len(tail) - 5 and bool(tail[page + 5] & _END_OF_STREAM)
