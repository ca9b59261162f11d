"""Whether an Ogg file's pages are all there and unharmed. Decoders skip a bad page without a word, and what follows
moves forward; each page's checksum and number tell."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

__all__ = ["ogg_damage"]

_HEADER = struct.Struct("<4sBBqIIIB")  # capture, version, flags, position, stream, number, checksum, segments
_END_OF_STREAM = 4
_REVERSED_BITS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def ogg_damage(path: Path) -> str:
    """What is wrong, in words: empty if the file is whole, or no Ogg file at all."""
    with path.open("rb") as file:
        if file.read(4) != b"OggS":
            return ""
        file.seek(0)
        return _first_damage(file)


def _first_damage(file: BinaryIO) -> str:
    numbers: dict[int, int] = {}
    ended: set[int] = set()
    while head := file.read(_HEADER.size):
        where = f"at byte {file.tell() - len(head)}"
        if len(head) < _HEADER.size:
            return "is truncated: its end is missing"
        capture, _, flags, _, stream, number, checksum, segments = _HEADER.unpack(head)
        if capture != b"OggS":
            # What stands behind the last page (a tag some tool put there) is no audio.
            return "" if ended >= set(numbers) else f"is damaged {where}: no page begins there"
        table = file.read(segments)
        body = file.read(sum(table))
        if len(table) < segments or len(body) < sum(table):
            return "is truncated: its end is missing"
        if checksum != _checksum(head[:22] + bytes(4) + head[26:] + table + body):
            return f"is damaged {where}: a page's checksum is wrong"
        if number != numbers.get(stream, number - 1) + 1:
            return f"is damaged {where}: pages are missing"
        numbers[stream] = number
        if flags & _END_OF_STREAM:
            ended.add(stream)
    return "" if ended >= set(numbers) else "is truncated: its end is missing"


def _checksum(page: bytes) -> int:
    """Ogg's CRC has zlib's polynomial with all bits the other way round, and begins and ends with zero."""
    crc = zlib.crc32(page.translate(_REVERSED_BITS), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(crc.to_bytes(4, "little").translate(_REVERSED_BITS), "big")
