"""ID3v2 tags as bytes: how long one is, which frames it has, and the tag without some of them.

Tags are carried as they stand, down to the version, the order and the padding. Only if a frame has to go is the tag
put together again, from the bytes of the frames that stay, with padding in place of the others.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass

from eqmorph.audio.metadata.fields import describes_old_audio
from eqmorph.audio.metadata.id3_text import first_string
from eqmorph.audio.metadata.limits import check_items

__all__ = [
    "HEADER_BYTES",
    "OLD_AUDIO_FRAMES",
    "Frame",
    "ParsedTag",
    "complete_tag",
    "cut_off_frame",
    "drop_frames",
    "frames_of",
    "is_encoder_frame",
    "old_audio_name",
    "parse_tag",
    "tag_size",
    "with_frames",
]

HEADER_BYTES = 10

_UNSYNCHRONISED, _EXTENDED, _FOOTER = 0x80, 0x40, 0x10
_FRAME_UNSYNCHRONISED = 0x02  # in v2.4
_UNDEFINED_FLAGS = {2: 0x3F, 3: 0x1F, 4: 0x0F}  # by version
OLD_AUDIO_FRAMES = frozenset({"RVA2", "RVAD", "RVA", "XRVA", "RGAD"})
_ENCODER_FRAMES = frozenset({"TSSE", "TSS"})
_DESCRIBED = {"TXXX": 0, "TXX": 0, "COMM": 3, "COM": 3}  # frame: bytes (a language) before the description
# Some writers put v2.2's identifiers in v2.3.
_FRAME_ID = {3: re.compile(rb"[A-Z0-9]{3}"), 4: re.compile(rb"[A-Z0-9]{4}|[A-Z0-9]{3}[\0 ]")}
_ODD_FRAME_ID = re.compile(rb"[ -~]+")  # what the standard doesn't allow, and some writers have nevertheless
_UNSAFE = re.compile(rb"\xff([\xe0-\xff]|\Z)")  # what unsynchronised data never has


@dataclass(frozen=True)
class Frame:
    """One frame: its identifier, its bytes with the header, and its content unless that is packed or encrypted."""

    ident: str
    raw: bytes
    content: bytes

    @property
    def is_packed(self) -> bool:
        """Whether the content can't be read as it stands: it is compressed or encrypted, and never unpacked."""
        return len(self.raw) > HEADER_BYTES and not self.content

    @property
    def description(self) -> str:
        """What distinguishes frames of the same identifier: the name of a TXXX, the description of a COMM."""
        skipped = _DESCRIBED.get(self.ident)
        if skipped is None or not self.content:
            return ""
        try:
            return first_string(self.content[1 + skipped :], self.content[0])[0]
        except ValueError:
            return ""


@dataclass(frozen=True)
class ParsedTag:
    """A tag taken apart, up to the first byte that can't be told to begin a frame."""

    version: int
    flags: int
    frames: tuple[Frame, ...]
    rest: bytes  # padding, or anything else that is not a frame


def tag_size(head: bytes) -> int:
    """Return the size in bytes of the ID3v2 tag that begins with ``head`` (10 bytes or more); 0 if none does."""
    if len(head) < HEADER_BYTES or head[:3] != b"ID3" or max(head[6:10]) >= 0x80:
        return 0
    if head[3] not in _UNDEFINED_FLAGS or head[5] & _UNDEFINED_FLAGS[head[3]]:
        return 0  # decoders don't know it, and give up
    return HEADER_BYTES + _syncsafe(head[6:10]) + (HEADER_BYTES if head[3] >= 4 and head[5] & _FOOTER else 0)


def complete_tag(data: bytes) -> bytes:
    """Return the ID3v2 tag that ``data`` begins with, without what follows; empty if there is none or it is cut off."""
    size = tag_size(data)
    return data[:size] if len(data) >= size else b""


def frames_of(tag: bytes) -> tuple[Frame, ...]:
    """Return the frames of an ID3v2.2, 2.3 or 2.4 tag, as far as they can be told apart."""
    parsed = parse_tag(tag)
    return parsed.frames if parsed else ()


def old_audio_name(frame: Frame) -> str:
    """Return the name of a frame that measures the samples (ReplayGain, volume, encoder delay); empty for others."""
    if frame.ident in OLD_AUDIO_FRAMES:
        return frame.ident
    return frame.description if describes_old_audio(frame.description) else ""


def is_encoder_frame(frame: Frame) -> bool:
    """Tell whether a frame names the program or the settings that encoded the source."""
    return frame.ident in _ENCODER_FRAMES


def drop_frames(tag: bytes, unwanted: Callable[[Frame], bool]) -> bytes:
    """Return ``tag`` without the unwanted frames; the very same bytes if it has none or can't be parsed."""
    parsed = parse_tag(tag)
    if parsed is None or not any(map(unwanted, parsed.frames)):
        return tag
    frames = b"".join(frame.raw for frame in parsed.frames if not unwanted(frame)) + parsed.rest
    return _assemble(tag, parsed, frames.ljust(len(tag) - HEADER_BYTES, b"\0"))


def with_frames(tag: bytes, added: bytes) -> bytes:
    """Return ``tag`` with more frames (of its version) after its own; empty if it can't be parsed."""
    parsed = parse_tag(tag)
    if parsed is None:
        return b""
    return _assemble(tag, parsed, b"".join(frame.raw for frame in parsed.frames) + added + parsed.rest)


def _assemble(tag: bytes, parsed: ParsedTag, body: bytes) -> bytes:
    # In v2.4 the flag says how each frame is written, and those stay as they are; before v2.4, parsing has undone it.
    flags = parsed.flags & _UNSYNCHRONISED if parsed.version >= 4 else 0
    return tag[:5] + bytes([flags]) + _to_syncsafe(len(body)) + body


def parse_tag(tag: bytes) -> ParsedTag | None:
    """Return the parts of an ID3v2.2, 2.3 or 2.4 tag; None if it isn't one, is cut off, or is compressed as a whole."""
    size = tag_size(tag)
    if not size or len(tag) < size:
        return None
    version, flags = tag[3], tag[5]
    body = tag[HEADER_BYTES : HEADER_BYTES + _syncsafe(tag[6:10])]
    if version < 4 and flags & _UNSYNCHRONISED:
        body = _resynchronised(body)
    if version == 2 and flags & _EXTENDED:
        return None  # in v2.2 the bit means a compression that was never defined
    if flags & _EXTENDED and len(body) >= 4 and not _FRAME_ID[4].fullmatch(body[:4]):  # some writers only set the flag
        size = struct.unpack(">I", body[:4])[0] + 4 if version == 3 else _syncsafe(body[:4])
        body = body[size:]
    frames, at = [], 0
    while (found := _frame_at(body, at, version, flags)) is not None:
        frames.append(found)
        check_items(len(frames))
        at += len(found.raw)
    return ParsedTag(version, flags, tuple(frames), body[at:])


def cut_off_frame(parsed: ParsedTag) -> Frame | None:
    """Return the frame after the last complete one, as far as it reaches; None if there is nothing of the kind."""
    return _frame_at(parsed.rest, 0, parsed.version, parsed.flags, may_be_cut_off=True)


def _frame_at(body: bytes, at: int, version: int, tag_flags: int, *, may_be_cut_off: bool = False) -> Frame | None:
    ident_size, header = (3, 6) if version == 2 else (4, 10)
    if len(body) < at + header:
        return None
    ident = body[at : at + ident_size]
    end = at + header + _frame_size(body, at, version)
    if _FRAME_ID[ident_size].fullmatch(ident):
        ident = ident.rstrip(b"\0 ")
        is_frame = end <= len(body) or may_be_cut_off
    else:
        is_frame = bool(_ODD_FRAME_ID.fullmatch(ident)) and _frame_or_end_follows(body, end, ident_size)
    if not is_frame:
        return None
    flags = body[at + 9] if version > 2 else 0
    if version == 4 and tag_flags & _UNSYNCHRONISED:
        flags |= _FRAME_UNSYNCHRONISED
    return Frame(ident.decode("ascii"), body[at:end], _content(body[at + header : end], flags, version))


def _frame_or_end_follows(body: bytes, at: int, ident_size: int) -> bool:
    """Tell whether a frame, padding or the end comes at ``at``, so that what is before it may be a frame as well."""
    ident = body[at : at + ident_size]
    return at <= len(body) and (ident[:1] in (b"", b"\0") or bool(_ODD_FRAME_ID.fullmatch(ident)))


def _frame_size(body: bytes, at: int, version: int) -> int:
    """Return the size of a frame's content; some writers put a plain number where v2.4 wants 7 bits a byte."""
    if version == 2:
        return int.from_bytes(body[at + 3 : at + 6], "big")
    stated = body[at + 4 : at + 8]
    plain = int.from_bytes(stated, "big")
    if version == 3 or max(stated) >= 0x80:
        return plain
    size = _syncsafe(stated)
    if size != plain and not _frame_may_begin(body, at + 10 + size) and _frame_may_begin(body, at + 10 + plain):
        return plain
    return size


def _frame_may_begin(body: bytes, at: int) -> bool:
    ident = body[at : at + 4]
    return at == len(body) or (at < len(body) and (not any(ident) or bool(_FRAME_ID[4].fullmatch(ident))))


def _content(data: bytes, flags: int, version: int) -> bytes:
    """Return a frame's content without the bytes that its flags announce; nothing if it is packed or encrypted."""
    if version == 3:
        return b"" if flags & 0xC0 else data[1:] if flags & 0x20 else data
    if version == 4:
        if flags & 0x0C:
            return b""
        data = data[(1 if flags & 0x40 else 0) + (4 if flags & 0x01 else 0) :]
        return _resynchronised(data) if flags & _FRAME_UNSYNCHRONISED else data
    return data


def _resynchronised(data: bytes) -> bytes:
    """Undo the unsynchronisation that a flag announces; some writers only set the flag."""
    return data if _UNSAFE.search(data) else data.replace(b"\xff\x00", b"\xff")


def _syncsafe(data: bytes) -> int:
    size = 0
    for byte in data:
        size = size << 7 | byte & 0x7F
    return size


def _to_syncsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
