"""Tags apart from any file format: named text fields, pictures, and what the names mean.

Fields have the names of Vorbis comments, the one vocabulary that has a name for everything and room for new ones.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "NO_TAGS",
    "Field",
    "Picture",
    "Tags",
    "canonical",
    "describes_old_audio",
    "merged",
    "names_encoder",
]

Field = tuple[str, str]  # name, value

_SYNONYMS = {
    "ALBUM ARTIST": "ALBUMARTIST",
    "ALBUM_ARTIST": "ALBUMARTIST",
    "COMMENTS": "COMMENT",
    "DESCRIPTION": "COMMENT",  # what ffmpeg calls a comment in FLAC and Ogg
    "DISC": "DISCNUMBER",
    "ENCODED BY": "ENCODEDBY",
    "ENCODED-BY": "ENCODEDBY",
    "ENCODED_BY": "ENCODEDBY",
    "INITIALKEY": "KEY",
    "LABEL": "PUBLISHER",
    "ORGANIZATION": "PUBLISHER",
    "TEMPO": "BPM",
    "TOTALDISCS": "DISCTOTAL",
    "TOTALTRACKS": "TRACKTOTAL",
    "TRACK": "TRACKNUMBER",
    "USLT": "LYRICS",
    "UNSYNCED LYRICS": "LYRICS",
    "UNSYNCEDLYRICS": "LYRICS",
}
_ENCODER_NAMES = frozenset({"ENCODER", "ENCODER_OPTIONS", "ENCODER SETTINGS", "ENCODERSETTINGS", "ENCODING"})
_OLD_AUDIO_NAMES = frozenset({"ITUNNORM", "ITUNSMPB", "COMMENT:ITUNNORM", "COMMENT:ITUNSMPB"})
_OLD_AUDIO_PREFIXES = ("REPLAYGAIN_", "R128_", "MP3GAIN_")


def canonical(name: str) -> str:
    """Return the one name of a field that is spelled in many ways; an unknown name in capitals."""
    return _SYNONYMS.get(name.upper(), name.upper())


def describes_old_audio(name: str) -> bool:
    """Tell whether a field measures the samples (loudness, peak, encoder delay) and is wrong once they change."""
    return name.upper() in _OLD_AUDIO_NAMES or name.upper().startswith(_OLD_AUDIO_PREFIXES)


def names_encoder(name: str) -> bool:
    """Tell whether a field names the program or the settings that encoded the source."""
    return name.upper() in _ENCODER_NAMES


@dataclass(frozen=True)
class Picture:
    """An attached picture; ``kind`` is the number FLAC and ID3 share (3: front cover). Zero sizes mean unknown."""

    data: bytes
    mime: str = ""
    kind: int = 3
    description: str = ""
    width_px: int = 0
    height_px: int = 0
    depth_bits: int = 0
    colors: int = 0

    def to_block(self) -> bytes:
        """Return the payload of a FLAC PICTURE block, which is also what METADATA_BLOCK_PICTURE holds."""
        mime, description = self.mime.encode("latin-1", "replace"), self.description.encode("utf-8", "replace")
        return b"".join(
            [
                struct.pack(">II", self.kind, len(mime)),
                mime,
                struct.pack(">I", len(description)),
                description,
                struct.pack(">4I", self.width_px, self.height_px, self.depth_bits, self.colors),
                struct.pack(">I", len(self.data)),
                self.data,
            ]
        )

    @classmethod
    def from_block(cls, block: bytes) -> Picture | None:
        """Return the picture in a FLAC PICTURE block; None if the block is incomplete."""
        try:
            kind, size = struct.unpack_from(">II", block)
            mime, at = block[8 : 8 + size], 8 + size
            (size,) = struct.unpack_from(">I", block, at)
            description, at = block[at + 4 : at + 4 + size], at + 4 + size
            width, height, depth, colors, size = struct.unpack_from(">5I", block, at)
        except struct.error:
            return None
        data = block[at + 20 : at + 20 + size]
        if len(data) != size:
            return None
        text = description.decode("utf-8", "replace")
        return cls(data, mime.decode("latin-1"), kind, text, width, height, depth, colors)


@dataclass(frozen=True)
class Tags:
    """What a file's tags say.

    ``id3`` is an ID3v2 tag as it stands in the file, which outputs with ID3 get unchanged; its content is in ``fields``
    and ``pictures`` as well. ``only_in_id3`` names what only that tag can express, ``unsupported`` what no other format
    than the source's can.
    """

    fields: tuple[Field, ...] = ()
    pictures: tuple[Picture, ...] = ()
    only_in_id3: tuple[str, ...] = ()
    unsupported: tuple[str, ...] = ()
    id3: bytes = b""
    outside_id3: tuple[Field, ...] = ()  # what the file's other tags add to ``id3``

    def __bool__(self) -> bool:
        return bool(self.fields or self.pictures or self.id3)

    def first(self, name: str) -> str:
        """Return the first value of a field; empty if there is none."""
        return next((value for key, value in self.fields if canonical(key) == name), "")

    def joined(self, name: str) -> str:
        """Return all values of a field, each once, in one text; empty if there is none."""
        return "; ".join(dict.fromkeys(value for key, value in self.fields if canonical(key) == name))


NO_TAGS = Tags()


def merged(*sources: Iterable[Field]) -> tuple[Field, ...]:
    """Return the fields of the first source, then those of each other whose names have not occurred before."""
    result: list[Field] = []
    taken: set[str] = set()
    for fields in sources:
        added = [(name, value) for name, value in fields if canonical(name) not in taken]
        taken.update(canonical(name) for name, _ in added)
        result += added
    return tuple(result)
