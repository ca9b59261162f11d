"""The tags around the frames of an MP3 file: ID3v2 before them; Lyrics3, APEv2 and ID3v1 after them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

from eqmorph.audio.chunks.walk import read_at, reading, writing
from eqmorph.audio.chunks.write import resize_range
from eqmorph.audio.metadata.ape import ape_content, ape_size
from eqmorph.audio.metadata.fields import Field, Picture, Tags, merged
from eqmorph.audio.metadata.id3 import HEADER_BYTES, tag_size
from eqmorph.audio.metadata.limits import MAX_BYTES, check_bytes, check_items
from eqmorph.audio.metadata.notes import Notes, Why
from eqmorph.audio.metadata.stale import drop_stale_ape, drop_stale_id3

__all__ = ["copy_mp3_tags", "leading_id3", "read_mp3_tags", "write_mp3_tags"]

_ID3V1_BYTES, _ENHANCED_BYTES = 128, 227


def leading_id3(handle: BinaryIO) -> tuple[list[bytes], bool]:
    """Return the ID3v2 tags that a file begins with, and whether one more is damaged or cut off."""
    tags: list[bytes] = []
    at = 0
    while True:
        handle.seek(at)
        head = handle.read(HEADER_BYTES)
        size = tag_size(head)
        tag = read_at(handle, at, size)
        if not tag:
            return tags, head[:3] == b"ID3"
        tags.append(tag)
        at += size
        check_items(len(tags))
        check_bytes(at)


def _trailing_tags(handle: BinaryIO, floor: int) -> list[bytes]:
    """Return the tags that a file ends with, in file order; none reaches before ``floor``."""
    end = handle.seek(0, io.SEEK_END)
    held = floor
    tags: list[bytes] = []
    while size := _trailer_size(handle, floor, end, is_last=not tags):
        held += size
        end -= size
        check_bytes(held)
        tags.append(read_at(handle, end, size))
        check_items(len(tags))
    return tags[::-1]


def _trailer_size(handle: BinaryIO, floor: int, end: int, *, is_last: bool) -> int:
    """Return the size in bytes of the tag that ends at ``end``; 0 if none does."""
    start = max(floor, end - _ENHANCED_BYTES)
    tail = read_at(handle, start, max(0, end - start))
    size = ape_size(tail)
    if is_last and len(tail) >= _ID3V1_BYTES and tail[-_ID3V1_BYTES:].startswith(b"TAG"):
        size = _ID3V1_BYTES
    elif len(tail) == _ENHANCED_BYTES and tail.startswith(b"TAG+"):
        size = _ENHANCED_BYTES
    elif tail[-9:] == b"LYRICS200" and tail[-15:-9].isdigit():
        size = int(tail[-15:-9]) + 15
    elif tail[-10:-7] == b"3DI":
        size = tag_size(b"ID3" + tail[-7:])
    return size if size <= min(end - floor, MAX_BYTES) else 0


def _all_tags(source: Path, notes: Notes) -> tuple[list[bytes], list[bytes]]:
    """Return the tags before and after the audio."""
    with reading(source), source.open("rb") as handle:
        leading, cut_off = leading_id3(handle)
        if cut_off:
            notes.add(Why.DAMAGED, "the ID3 tag")
            return leading, []
        return leading, _trailing_tags(handle, sum(map(len, leading)))


def copy_mp3_tags(source: Path, output: Path, notes: Notes) -> None:
    """Carry the tags of one MP3 file to another, in their versions, places and order."""
    leading, trailing = _all_tags(source, notes)
    leading = [drop_stale_id3(tag, notes, new_encoder=True) for tag in leading]
    write_mp3_tags(output, b"".join(leading), b"".join(_drop_stale_trailer(tag, notes) for tag in trailing))


def _drop_stale_trailer(tag: bytes, notes: Notes) -> bytes:
    if ape_size(tag):
        return drop_stale_ape(tag, notes)
    return drop_stale_id3(tag, notes, new_encoder=True) if tag_size(tag) else tag


def read_mp3_tags(source: Path, notes: Notes) -> Tags:
    """Return what the tags say: the first ID3v2 tag, then what the others add."""
    leading, trailing = _all_tags(source, notes)
    if not leading and not trailing:
        return Tags()
    from eqmorph.audio.metadata.id3_fields import tags_with_id3
    from eqmorph.audio.metadata.id3_read import fields_of_id3, fields_of_id3v1

    others: list[list[Field]] = []
    pictures: list[Picture] = []
    unsupported: list[str] = []
    for tag in [*leading[1:], *reversed(trailing)]:
        if ape_size(tag) or tag_size(tag):
            fields, more, names = ape_content(tag) if ape_size(tag) else fields_of_id3(tag)
            others.append(fields)
            pictures += more
            unsupported += names
        elif len(tag) == _ID3V1_BYTES:
            others.append(fields_of_id3v1(tag))
        check_items(sum(map(len, others)) + len(pictures))
    return tags_with_id3(leading[0] if leading else b"", merged(*others), pictures, unsupported)


def write_mp3_tags(output: Path, leading: bytes, trailing: bytes = b"") -> None:
    """Put tags before and after the audio of ``output``, in place of those that its writer may have put there."""
    if not leading and not trailing:
        return
    with writing(output), output.open("r+b") as handle:
        old_leading = sum(map(len, leading_id3(handle)[0]))
        old_trailing = sum(map(len, _trailing_tags(handle, old_leading)))
        handle.truncate(handle.seek(0, io.SEEK_END) - old_trailing)
        resize_range(handle, 0, old_leading, len(leading))
        handle.write(leading)
        handle.seek(0, io.SEEK_END)
        handle.write(trailing)
