"""Check that a file holds all the audio that its container promises.

libsndfile quietly shortens what is cut off, so the promise is read here.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from eqmorph.audio.chunks.walk import read_at, walk
from eqmorph.audio.ogg import ogg_damage
from eqmorph.audio.old_containers import stated_end

__all__ = ["missing_audio_bytes"]

_NO_PROMISE = 1 << 31  # programs that write to a pipe state a size of about 2 or 4 GiB, or 8 EiB in 64 bits


def missing_audio_bytes(path: Path) -> int:
    """Return how many bytes of its audio a file lacks: 0 if it is complete, 1 if the number can't be known.

    A container that makes no promise is complete: one written to a pipe, or a bare stream of frames such as MP3.
    """
    with path.open("rb") as handle:
        container = walk(handle)
        if container is not None:
            return container.missing_audio if container.missing_audio < 1 << 62 else 0
        magic = read_at(handle, 0, 4)
        if magic in (b".snd", b"dns."):
            return _missing_from_au(handle, ">" if magic == b".snd" else "<")
        if magic == b"OggS":
            return int(bool(ogg_damage(path)))
        size = handle.seek(0, 2)
        return max(0, stated_end(handle, size) - size)


def _missing_from_au(handle: BinaryIO, byte_order: str) -> int:
    header = read_at(handle, 4, 8)
    start, size = struct.unpack(byte_order + "II", header) if header else (0, 0)
    return 0 if size >= _NO_PROMISE - (1 << 12) else max(0, start + size - handle.seek(0, 2))
