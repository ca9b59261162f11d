"""FLAC metadata blocks, and Vorbis comments in FLAC and Ogg files (mutagen writes the latter)."""

from __future__ import annotations

import base64
import binascii
import io
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from eqmorph.audio.chunks.walk import read_at, reading, writing
from eqmorph.audio.chunks.write import resize_range
from eqmorph.audio.metadata.fields import Field, Picture, Tags, merged
from eqmorph.audio.metadata.limits import check_bytes, check_items
from eqmorph.audio.metadata.mp3 import leading_id3
from eqmorph.audio.metadata.notes import Notes, Why
from eqmorph.audio.metadata.stale import drop_stale_fields, drop_stale_tags
from eqmorph.audio.ogg import comment_packet
from eqmorph.errors import OutputError

__all__ = [
    "copy_flac_blocks",
    "copy_ogg_comments",
    "read_flac_tags",
    "read_ogg_tags",
    "write_flac_tags",
    "write_ogg_tags",
]

_STREAMINFO, _PADDING, _APPLICATION, _SEEKTABLE, _COMMENT, _CUESHEET, _PICTURE, _INVALID = *range(7), 127
_BLOCK_NAMES = {_APPLICATION: "application block", _CUESHEET: "cuesheet block"}
_MAX_BLOCK_BYTES = (1 << 24) - 1
_PADDING_BYTES = 4096  # so that a tagger need not rewrite the whole file later
_PICTURE_FIELD = "METADATA_BLOCK_PICTURE"


@dataclass(frozen=True)
class _Flac:
    """The metadata of a FLAC file: type and payload of each block, and where the frames begin."""

    blocks: tuple[tuple[int, bytes], ...]
    frames_at: int
    id3: bytes  # a tag before the stream, which should not be there
    is_cut_off: bool


# --------------------------------------------------------------------------------------------- Vorbis comments


@dataclass(frozen=True)
class _Comments:
    """The content of a comment block: ``entries`` are those before the first incomplete one."""

    vendor: bytes
    entries: tuple[bytes, ...]
    is_cut_off: bool


def _parse_comments(payload: bytes) -> _Comments:
    stream = io.BytesIO(payload)
    vendor = _counted(stream) or b""
    count = stream.read(4)
    entries: list[bytes] = []
    wanted = int.from_bytes(count, "little")
    while len(entries) < wanted and (entry := _counted(stream)) is not None:
        entries.append(entry)
        check_items(len(entries))
    return _Comments(vendor, tuple(entries), is_cut_off=len(count) < 4 or len(entries) < wanted)


def _counted(stream: BinaryIO) -> bytes | None:
    head = stream.read(4)
    size = int.from_bytes(head, "little")
    data = stream.read(size) if len(head) == 4 else b""
    return data if len(head) == 4 and len(data) == size else None


def _comment_block(vendor: bytes, entries: Sequence[bytes]) -> bytes:
    counted = b"".join(struct.pack("<I", len(entry)) + entry for entry in entries)
    return struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", len(entries)) + counted


def _field_of_entry(entry: bytes) -> Field:
    name, equals, value = entry.decode("utf-8", "replace").partition("=")
    return (name, value) if equals else ("COMMENT", name)


def _entry_of_field(name: str, value: str) -> tuple[str, str]:
    """Return a field under a name that Vorbis comments allow; another name goes before the text of a comment."""
    allowed = name and all(" " <= character <= "}" and character != "=" for character in name)
    return (name, value) if allowed else ("COMMENT", f"{name}: {value}" if name else value)


def _comments_of_tags(tags: Tags) -> list[Field]:
    return [_entry_of_field(name, value) for name, value in tags.fields]


def _with_pictures(fields: Iterable[Field]) -> tuple[list[Field], list[Picture]]:
    """Return the fields that are not pictures, and the pictures."""
    kept: list[Field] = []
    pictures: list[Picture] = []
    for name, value in fields:
        picture = _embedded_picture(name, value)
        if picture is None:
            kept.append((name, value))
        else:
            pictures.append(picture)
    return kept, pictures


def _embedded_picture(name: str, value: str) -> Picture | None:
    if name.upper() not in (_PICTURE_FIELD, "COVERART"):
        return None
    try:
        data = base64.b64decode(value)
    except (binascii.Error, ValueError):
        return None
    return Picture.from_block(data) if name.upper() == _PICTURE_FIELD else Picture(data)


# --------------------------------------------------------------------------------------------------------- FLAC


def _read_flac(handle: BinaryIO) -> _Flac | None:
    leading, _ = leading_id3(handle)
    start = sum(map(len, leading))
    if read_at(handle, start, 4) != b"fLaC":
        return None
    blocks: list[tuple[int, bytes]] = []
    held = start
    position, is_last = start + 4, False
    while not is_last:
        head = read_at(handle, position, 4)
        kind, size = head[0] & 0x7F if head else _INVALID, int.from_bytes(head[1:], "big")
        payload = read_at(handle, position + 4, size)
        if kind == _INVALID or len(payload) < size:
            return _Flac(tuple(blocks), position, b"".join(leading[:1]), is_cut_off=True)
        is_last = head[0] >= 0x80
        blocks.append((kind, b"" if kind == _PADDING else payload))
        held += len(blocks[-1][1])
        check_items(len(blocks))
        check_bytes(held)
        position += 4 + size
    return _Flac(tuple(blocks), position, b"".join(leading[:1]), is_cut_off=False)


def _open_flac(source: Path, notes: Notes) -> _Flac | None:
    with reading(source), source.open("rb") as handle:
        flac = _read_flac(handle)
    if flac is not None and flac.is_cut_off:
        notes.add(Why.DAMAGED, "metadata blocks")
    return flac


def _entries(flac: _Flac, notes: Notes) -> list[bytes]:
    entries: list[bytes] = []
    for kind, payload in flac.blocks:
        if kind == _COMMENT:
            entries += _noted(_parse_comments(payload), notes)
            check_items(len(entries))
    return entries


def _noted(comments: _Comments, notes: Notes) -> tuple[bytes, ...]:
    """Return the entries, and note if there are fewer than there should be."""
    if comments.is_cut_off:
        notes.add(Why.DAMAGED, "comments")
    return comments.entries


def _id3_content(flac: _Flac, notes: Notes) -> tuple[list[Field], list[Picture]]:
    """Return what an ID3 tag says that some tool put before the FLAC stream, without pictures of the stream's own."""
    if not flac.id3:
        return [], []
    from eqmorph.audio.metadata.id3_read import fields_of_id3

    fields, pictures, only_in_id3 = fields_of_id3(flac.id3)
    notes.add(Why.HAS_NO_PLACE, *only_in_id3)
    own = {
        picture.data for kind, payload in flac.blocks if kind == _PICTURE and (picture := Picture.from_block(payload))
    }
    return fields, [picture for picture in pictures if picture.data not in own]


def copy_flac_blocks(source: Path, output: Path, notes: Notes) -> None:
    """Carry all blocks but those that describe the stream from one FLAC file to another, byte for byte."""
    flac = _open_flac(source, notes)
    if flac is None:  # FLAC in an Ogg container
        tags = drop_stale_tags(read_ogg_tags(source, notes), notes, new_encoder=True)
        if tags:
            write_flac_tags(tags, output, notes)
        return
    entries = []
    for entry in _entries(flac, notes):
        fields = drop_stale_fields([_field_of_entry(entry)], notes, new_encoder=True)
        entries += [entry] * len(fields)
    own = [_field_of_entry(entry) for entry in entries]
    id3_fields, id3_pictures = _id3_content(flac, notes)
    added = drop_stale_fields(merged(own, id3_fields)[len(own) :], notes, new_encoder=True)
    entries += ["=".join(_entry_of_field(*field)).encode("utf-8", "replace") for field in added]
    described = (_STREAMINFO, _SEEKTABLE, _PADDING, _COMMENT)
    blocks = [block for block in flac.blocks if block[0] not in described]
    blocks = _valid_blocks(blocks, notes) + [(_PICTURE, picture.to_block()) for picture in id3_pictures]
    if entries or blocks:
        _write_flac(output, entries, blocks, notes)


def _valid_blocks(blocks: list[tuple[int, bytes]], notes: Notes) -> list[tuple[int, bytes]]:
    """Drop pictures whose lengths contradict the block's: libFLAC refuses the whole file because of one."""
    valid = []
    for kind, payload in blocks:
        picture = Picture.from_block(payload) if kind == _PICTURE else None
        if picture is not None and len(picture.to_block()) < len(payload):
            valid.append((kind, picture.to_block()))
        elif picture is not None or kind != _PICTURE:
            valid.append((kind, payload))
        else:
            notes.add(Why.DAMAGED, "a picture")
    return valid


def read_flac_tags(source: Path, notes: Notes) -> Tags:
    """Return what the comments and pictures of a FLAC file say, and note its other blocks."""
    flac = _open_flac(source, notes)
    if flac is None:
        return read_ogg_tags(source, notes)  # FLAC in an Ogg container
    notes.add(Why.HAS_NO_PLACE, *(_BLOCK_NAMES[kind] for kind, _ in flac.blocks if kind in _BLOCK_NAMES))
    id3_fields, id3_pictures = _id3_content(flac, notes)
    fields, pictures = _with_pictures(merged(map(_field_of_entry, _entries(flac, notes)), id3_fields))
    blocks = [Picture.from_block(payload) for kind, payload in flac.blocks if kind == _PICTURE]
    if None in blocks:
        notes.add(Why.DAMAGED, "a picture")
    return Tags(tuple(fields), (*filter(None, blocks), *pictures, *id3_pictures))


def write_flac_tags(tags: Tags, output: Path, notes: Notes) -> None:
    """Write ``tags`` as comments and pictures into a FLAC file."""
    entries = ["=".join(field).encode("utf-8", "replace") for field in _comments_of_tags(tags)]
    _write_flac(output, entries, [(_PICTURE, picture.to_block()) for picture in tags.pictures], notes)


def _write_flac(output: Path, entries: list[bytes], blocks: list[tuple[int, bytes]], notes: Notes) -> None:
    with writing(output), output.open("r+b") as handle:
        flac = _read_flac(handle)
        if flac is None or flac.is_cut_off:
            raise OutputError("is not a FLAC file that tags could be added to", path=output)
        vendors = [_parse_comments(payload).vendor for kind, payload in flac.blocks if kind == _COMMENT]
        kept = [block for block in flac.blocks if block[0] in (_STREAMINFO, _SEEKTABLE)]
        comments = (_COMMENT, _comment_block(vendors[0] if vendors else b"", entries))
        fitting = [block for block in [*kept, comments, *blocks] if len(block[1]) <= _MAX_BLOCK_BYTES]
        if len(fitting) < len(kept) + 1 + len(blocks):
            notes.add(Why.TOO_LARGE, "tags or pictures")
        head = (
            b"fLaC" + b"".join(_framed(*block) for block in fitting) + _framed(_PADDING | 0x80, bytes(_PADDING_BYTES))
        )
        resize_range(handle, 0, flac.frames_at, len(head))
        handle.write(head)


def _framed(kind: int, payload: bytes) -> bytes:
    return bytes([kind]) + len(payload).to_bytes(3, "big") + payload


# ---------------------------------------------------------------------------------------------------------- Ogg


def _open_ogg(path: Path) -> Any:
    """Open the file with mutagen; None if it holds no Vorbis, Opus or FLAC stream. Raises MutagenError."""
    from mutagen import oggflac, oggopus, oggvorbis

    with path.open("rb") as handle:
        head = handle.read(4096)
    for mark, kind in (
        (b"OpusHead", oggopus.OggOpus),
        (b"\x01vorbis", oggvorbis.OggVorbis),
        (b"\x7fFLAC", oggflac.OggFLAC),
    ):
        if mark in head:
            return kind(path)
    return None


def _ogg_fields(source: Path, notes: Notes) -> list[Field]:
    with reading(source):
        packet = comment_packet(source)
    if packet is None:
        notes.add(Why.DAMAGED, "the tags")
    return [_field_of_entry(entry) for entry in _noted(_parse_comments(packet), notes)] if packet else []


def read_ogg_tags(source: Path, notes: Notes) -> Tags:
    """Return what the comments of an Ogg file say, including pictures."""
    fields, pictures = _with_pictures(_ogg_fields(source, notes))
    return Tags(tuple(fields), tuple(pictures))


def copy_ogg_comments(source: Path, output: Path, notes: Notes) -> None:
    """Carry the comments of one Ogg file to another as they stand, including pictures."""
    fields = drop_stale_fields(_ogg_fields(source, notes), notes, new_encoder=True)
    _write_ogg(output, [_entry_of_field(*field) for field in fields])


def write_ogg_tags(tags: Tags, output: Path) -> None:
    """Write ``tags`` as comments into an Ogg file, with pictures as FLAC blocks in base64."""
    pictures = [(_PICTURE_FIELD, base64.b64encode(p.to_block()).decode("ascii")) for p in tags.pictures]
    _write_ogg(output, [*_comments_of_tags(tags), *pictures])


def _write_ogg(output: Path, fields: list[Field]) -> None:
    if not fields:
        return
    from mutagen import MutagenError

    with writing(output):
        try:
            audio = _open_ogg(output)
            if audio is None:
                raise OutputError("is not an Ogg file that tags could be added to", path=output)
            audio.tags.extend(fields)
            audio.save()  # the time this takes grows with the square of the size: some 20 s for 32 MiB
        except MutagenError as error:
            raise OutputError(f"its tags can't be written: {error}", path=output) from error
