"""APEv2 tags as bytes: their items, and the tag without some of them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from eqmorph.audio.metadata.fields import Field, Picture
from eqmorph.audio.metadata.limits import MAX_ITEMS, check_items

__all__ = ["ApeItem", "ape_content", "ape_items", "ape_size", "drop_items"]

_FOOTER = struct.Struct("<8sIIIIQ")  # magic, version, bytes of items and footer, items, flags, reserved
_ENTRY = struct.Struct("<II")  # bytes of the value, flags; the key and its NUL follow
_HAS_HEADER, _IS_HEADER = 1 << 31, 1 << 29
_FIELDS = {"YEAR": "DATE", "DISC": "DISCNUMBER", "TRACK": "TRACKNUMBER"}
_TOTALS = {"DISCNUMBER": "DISCTOTAL", "TRACKNUMBER": "TRACKTOTAL"}


@dataclass(frozen=True)
class ApeItem:
    """One item of an APEv2 tag."""

    key: str
    flags: int
    value: bytes
    raw: bytes  # with key and header

    @property
    def is_text(self) -> bool:
        return not self.flags >> 1 & 3


def ape_size(tail: bytes) -> int:
    """Return the size in bytes of the tag that ``tail`` ends with, by its footer; 0 if there is none."""
    if len(tail) < _FOOTER.size or not tail[-_FOOTER.size :].startswith(b"APETAGEX"):
        return 0
    _magic, _version, size, _count, flags, _reserved = _FOOTER.unpack(tail[-_FOOTER.size :])
    return int(size) + (_FOOTER.size if flags & _HAS_HEADER else 0)


def ape_items(tag: bytes) -> list[ApeItem]:
    """Return the items of a tag up to the first incomplete one."""
    _magic, _version, _size, count, flags, _reserved = _FOOTER.unpack(tag[-_FOOTER.size :])
    at, end = _FOOTER.size if flags & _HAS_HEADER else 0, len(tag) - _FOOTER.size
    items: list[ApeItem] = []
    while len(items) < count and at + _ENTRY.size <= end:
        size, item_flags = _ENTRY.unpack_from(tag, at)
        key_end = tag.find(b"\0", at + _ENTRY.size, end)
        value_end = key_end + 1 + size
        if key_end < 0 or value_end > end:
            break
        key = tag[at + _ENTRY.size : key_end].decode("ascii", "replace")
        items.append(ApeItem(key, item_flags, tag[key_end + 1 : value_end], tag[at:value_end]))
        check_items(len(items))
        at = value_end
    return items


def drop_items(tag: bytes, unwanted: Callable[[ApeItem], bool]) -> bytes:
    """Return ``tag`` without the unwanted items; the very same bytes if it has none."""
    items = ape_items(tag)
    kept = [item.raw for item in items if not unwanted(item)]
    if len(kept) == len(items):
        return tag
    magic, version, _size, _count, flags, reserved = _FOOTER.unpack(tag[-_FOOTER.size :])
    body = b"".join(kept)
    facts = magic, version, len(body) + _FOOTER.size, len(kept)
    header = _FOOTER.pack(*facts, flags | _IS_HEADER, reserved) if flags & _HAS_HEADER else b""
    return header + body + _FOOTER.pack(*facts, flags, reserved)


def ape_content(tag: bytes) -> tuple[list[Field], list[Picture], list[str]]:
    """Return the fields and pictures of a tag, and the names of items that are neither."""
    fields: list[Field] = []
    pictures: list[Picture] = []
    unsupported = []
    for item in ape_items(tag):
        key = item.key.upper()
        if item.is_text:
            for text in item.value.decode("utf-8", "replace").split("\0", MAX_ITEMS):
                fields += _numbered(_FIELDS.get(key, item.key), text)
            check_items(len(fields))
        elif key.startswith("COVER ART"):  # a file name precedes the picture
            pictures.append(Picture(item.value.partition(b"\0")[2], kind=4 if "BACK" in key else 3))
        else:
            unsupported.append(f"APE {item.key}")
    return fields, pictures, unsupported


def _numbered(name: str, text: str) -> list[Field]:
    number, slash, total = text.partition("/")
    if slash and name in _TOTALS:
        return [(name, number), (_TOTALS[name], total)]
    return [(name, text)] if text else []
