"""The text chunks of WAV (LIST INFO), W64 (summary list), AIFF (NAME and the like) and CAF (info) as fields."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from eqmorph.audio.metadata.fields import Field, Tags, canonical
from eqmorph.audio.metadata.limits import MAX_ITEMS, check_items

__all__ = [
    "AIFF_TEXT",
    "W64_SUMMARY",
    "aiff_comments",
    "aiff_texts",
    "caf_fields",
    "caf_info",
    "decoded",
    "info_fields",
    "info_list",
    "is_basic",
    "summary_fields",
    "summary_list",
]

W64_SUMMARY = bytes.fromhex("bc945f925a52d21186dc00c04f8edb8a")

_INFO = {
    "INAM": "TITLE",
    "IART": "ARTIST",
    "IPRD": "ALBUM",
    "ICMT": "COMMENT",
    "ICRD": "DATE",
    "IGNR": "GENRE",
    "ICOP": "COPYRIGHT",
    "ITRK": "TRACKNUMBER",
    "ILNG": "LANGUAGE",
    "ITCH": "ENCODEDBY",
    "IMUS": "COMPOSER",
    "IENG": "ENGINEER",
    "ISFT": "ENCODER",
}
_INFO_READ = {**_INFO, "IPRT": "TRACKNUMBER", "IWRI": "LYRICIST", "IPUB": "PUBLISHER", "IMED": "MEDIA", "IBPM": "BPM"}
_INFO_READ |= {"ISRC": "SOURCE", "ISBJ": "SUBJECT", "IKEY": "KEYWORDS"}  # this ISRC names a person, not a recording

AIFF_TEXT = {b"NAME": "TITLE", b"AUTH": "ARTIST", b"(c) ": "COPYRIGHT", b"ANNO": "COMMENT"}

_CAF = {
    "comments": "COMMENT",
    "track number": "TRACKNUMBER",
    "year": "DATE",
    "recorded date": "RECORDEDDATE",
    "tempo": "BPM",
    "key signature": "KEY",
    "encoding application": "ENCODER",
    "album artist": "ALBUMARTIST",
}
_CAF_OF_FIELD = {field: key for key, field in _CAF.items()}


def decoded(data: bytes, legacy: str = "cp1252") -> str:
    """Decode text up to its NUL: as UTF-8 if it is valid, else in the code page that old writers used."""
    text = data.split(b"\0", 1)[0]
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode(legacy, "replace")


def info_fields(payload: bytes, byte_order: str) -> list[Field]:
    """Return the fields of a LIST INFO chunk, whose payload begins with ``INFO``."""
    fields, at = [], 4
    while at + 8 <= len(payload):
        ident, size = struct.unpack_from(byte_order + "4sI", payload, at)
        name = ident.decode("latin-1")
        value = decoded(payload[at + 8 : at + 8 + size])
        fields += _with_total(_INFO_READ.get(name, name), value)
        check_items(len(fields))
        at += 8 + size + size % 2
    return fields


def _with_total(name: str, value: str) -> list[Field]:
    number, _, total = value.partition("/")
    if name == "TRACKNUMBER" and total:
        return [(name, number), ("TRACKTOTAL", total)]
    return [(name, value)] if value else []


def _track(tags: Tags) -> str:
    number, total = tags.first("TRACKNUMBER"), tags.first("TRACKTOTAL")
    return f"{number}/{total}" if number and total and "/" not in number else number


def is_basic(name: str) -> bool:
    """Tell whether INFO has a name for a field."""
    return canonical(name) in _INFO.values() or canonical(name) == "TRACKTOTAL"


def _basic_texts(tags: Tags) -> list[tuple[bytes, str]]:
    """Return the FourCC and the text of each field that INFO has a name for."""
    texts = ((ident, _track(tags) if field == "TRACKNUMBER" else tags.joined(field)) for ident, field in _INFO.items())
    return [(ident.encode("ascii"), text.replace("\0", " ")) for ident, text in texts if text]


def info_list(tags: Tags, byte_order: str) -> bytes:
    """Return the payload of a LIST INFO chunk with the basic fields; empty if there are none."""
    parts = []
    for ident, text in _basic_texts(tags):
        value = text.encode("utf-8", "replace") + b"\0"
        parts += [struct.pack(byte_order + "4sI", ident, len(value)), value, bytes(len(value) % 2)]
    return b"INFO" + b"".join(parts) if parts else b""


def summary_fields(payload: bytes) -> list[Field]:
    """Return the fields of a W64 summary list: INFO's names, with texts in UTF-16."""
    fields, at = [], 4
    while at + 8 <= len(payload):
        ident, size = struct.unpack_from("<4sI", payload, at)
        name = ident.decode("latin-1")
        value = payload[at + 8 : at + 8 + size].decode("utf-16-le", "replace").split("\0", 1)[0]
        fields += _with_total(_INFO_READ.get(name, name), value)
        check_items(len(fields))
        at += 8 + size
    return fields


def summary_list(tags: Tags) -> bytes:
    """Return the payload of a W64 summary list with the basic fields; empty if there are none."""
    texts = [(ident, (text + "\0").encode("utf-16-le", "replace")) for ident, text in _basic_texts(tags)]
    parts = [struct.pack("<4sI", ident, len(text)) + text for ident, text in texts]
    return struct.pack("<I", len(parts)) + b"".join(parts) if parts else b""


def aiff_texts(tags: Tags) -> list[tuple[bytes, bytes]]:
    """Return identifier and payload of the AIFF text chunks for title, artist, copyright and comments."""
    return [
        (ident, value.encode("utf-8", "replace"))
        for ident, field in AIFF_TEXT.items()
        for value in (
            [tags.joined(field)] if ident != b"ANNO" else [v for k, v in tags.fields if canonical(k) == field]
        )
        if value
    ]


def aiff_comments(payload: bytes) -> list[Field]:
    """Return the texts of an AIFF COMT chunk."""
    fields, at = [], 2
    while at + 8 <= len(payload):
        size = int.from_bytes(payload[at + 6 : at + 8], "big")
        text = decoded(payload[at + 8 : at + 8 + size], "mac_roman")
        fields += [("COMMENT", text)] if text else []
        check_items(len(fields))
        at += 8 + size + size % 2
    return fields


def caf_fields(payload: bytes) -> list[Field]:
    """Return the fields of a CAF info chunk."""
    parts = payload[4:].split(b"\0", 2 * MAX_ITEMS + 2)
    check_items((len(parts) - 1) // 2)
    texts = [text.decode("utf-8", "replace") for text in parts]
    pairs = zip(texts[::2], texts[1::2], strict=False)
    return [(_CAF.get(key.lower(), key), value) for key, value in pairs if key]


def caf_info(fields: Iterable[Field]) -> bytes:
    """Return the payload of a CAF info chunk; empty if there are no fields with a name."""
    texts: dict[str, list[str]] = {}
    for name, value in fields:
        if name:
            texts.setdefault(_CAF_OF_FIELD.get(canonical(name), name.lower()), []).append(value.replace("\0", " "))
    parts = [f"{key}\0{'; '.join(values)}\0".encode("utf-8", "replace") for key, values in texts.items()]
    return struct.pack(">I", len(parts)) + b"".join(parts) if parts else b""
