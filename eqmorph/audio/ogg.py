"""The pages of an Ogg file: what is wrong with them, the serial number that they share, and the comments in them.

Decoders skip a damaged page without a word, and what follows moves forward; each page's checksum and number tell.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import BinaryIO, NamedTuple

from eqmorph.audio.metadata.limits import check_bytes

__all__ = ["comment_packet", "ogg_damage", "settle_serial"]

_HEADER = struct.Struct("<4sBBqIIIB")  # capture, version, flags, position, serial, number, checksum, segments
_SERIAL_AT, _NUMBER_AT, _CHECKSUM_AT, _SEGMENTS_AT = 14, 18, 22, 26
_END_OF_STREAM = 4
# How the first packet of a stream begins, and what its second has before the comments (of FLAC: a block's header).
_COMMENTS_AFTER = {b"\x01vorbis": len(b"\x03vorbis"), b"OpusHead": len(b"OpusTags"), b"\x7fFLAC": 4}
_REVERSED_BITS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class _Page(NamedTuple):
    """One page as it is in the file; at the end of a truncated one its parts are shorter than they should be."""

    head: bytes
    table: bytes  # the size of each segment
    body: bytes

    @property
    def is_complete(self) -> bool:
        return len(self.head) == _HEADER.size and self.head[-1] == len(self.table) and sum(self.table) == len(self.body)

    def checksum(self) -> int:
        """Return the checksum that belongs in the head.

        Ogg's CRC has zlib's polynomial with all bits the other way round, and begins and ends with zero.
        """
        head = self.head[:_CHECKSUM_AT] + bytes(4) + self.head[_SEGMENTS_AT:]
        page = head + self.table + self.body
        crc = zlib.crc32(page.translate(_REVERSED_BITS), 0xFFFFFFFF) ^ 0xFFFFFFFF
        return int.from_bytes(crc.to_bytes(4, "little").translate(_REVERSED_BITS), "big")


def _read_page(file: BinaryIO) -> _Page:
    head = file.read(_HEADER.size)
    table = file.read(head[-1]) if len(head) == _HEADER.size else b""
    return _Page(head, table, file.read(sum(table)))


def ogg_damage(path: Path) -> str:
    """Say in words what is wrong: nothing if the file is complete, or not an Ogg file at all."""
    with path.open("rb") as file:
        if file.read(4) != b"OggS":
            return ""
        file.seek(0)
        return _first_damage(file)


def _first_damage(file: BinaryIO) -> str:
    numbers: dict[int, int] = {}
    ended: set[int] = set()
    where = "at byte 0"
    while (page := _read_page(file)).head:
        if len(page.head) < _HEADER.size:
            return "is truncated: its end is missing"
        capture, _, flags, _, stream, number, checksum, _ = _HEADER.unpack(page.head)
        if capture != b"OggS":
            # What follows the last page (a tag that some tool put there) is not audio.
            return "" if ended >= set(numbers) else f"is damaged {where}: no page begins there"
        if not page.is_complete:
            return "is truncated: its end is missing"
        if checksum != page.checksum():
            return f"is damaged {where}: a page's checksum is wrong"
        if number != numbers.get(stream, number - 1) + 1:
            return f"is damaged {where}: pages are missing"
        numbers[stream] = number
        if flags & _END_OF_STREAM:
            ended.add(stream)
        where = f"at byte {file.tell()}"
    return "" if ended >= set(numbers) else "is truncated: its end is missing"


def settle_serial(path: Path) -> None:
    """Replace the random serial number of a file's only stream by one that follows from its content.

    A constant would not do: streams that are chained to one file must differ in it.
    """
    serial = 0
    with path.open("rb") as file:
        while (page := _read_page(file)).is_complete:
            serial = zlib.crc32(page.body, serial)
    with path.open("rb") as file, path.open("r+b", buffering=0) as written:
        start = 0
        while (page := _read_page(file)).is_complete:
            head = page.head[:_SERIAL_AT] + struct.pack("<I", serial) + page.head[_NUMBER_AT:]
            checksum = page._replace(head=head).checksum()
            written.seek(start + _SERIAL_AT)
            written.write(head[_SERIAL_AT:_CHECKSUM_AT] + struct.pack("<I", checksum))
            start = file.tell()


def comment_packet(path: Path) -> bytes | None:
    """Return the Vorbis comments of the first Vorbis, Opus or FLAC stream.

    Empty if the file has no such stream, None if it ends within the comments. Raises InputError if they are too large.
    """
    stream, prefix = -1, 0
    parts: list[bytes] = []
    held = 0
    with path.open("rb") as file:
        while (page := _read_page(file)).is_complete and page.head.startswith(b"OggS"):
            serial = _HEADER.unpack(page.head)[4]
            if stream < 0:
                mark = next((mark for mark in _COMMENTS_AFTER if page.body.startswith(mark)), b"")
                stream, prefix = (serial, _COMMENTS_AFTER[mark]) if mark else (-1, 0)
            elif serial == stream:
                size, is_last = _packet_end(page.table)
                parts.append(page.body[:size])
                if is_last:
                    return b"".join(parts)[prefix:]
                held += size
                check_bytes(held)
    return None if stream >= 0 else b""


def _packet_end(table: bytes) -> tuple[int, bool]:
    """Return how many bytes of the first packet a page holds, and whether the packet ends there."""
    size = 0
    for segment in table:
        size += segment
        if segment < 255:
            return size, True
    return size, False
