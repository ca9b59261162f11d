"""Drop the metadata that no longer holds once the audio has changed.

A missing measurement is made again; a wrong one is believed. So ReplayGain and R128 gains, stored peaks, Sound Check
values and the loudness fields of bext are dropped, and the encoder's own fields where a new encoder takes over.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import replace

from eqmorph.audio.metadata.ape import ape_items, drop_items
from eqmorph.audio.metadata.fields import Field, Tags, describes_old_audio, names_encoder
from eqmorph.audio.metadata.id3 import OLD_AUDIO_FRAMES, Frame, drop_frames, frames_of, is_encoder_frame, old_audio_name
from eqmorph.audio.metadata.notes import Notes, Why

__all__ = [
    "drop_stale_ape",
    "drop_stale_fields",
    "drop_stale_id3",
    "drop_stale_tags",
    "reset_bext_loudness",
    "states_loudness",
]

_BEXT_VERSION_AT = 346
_BEXT_LOUDNESS = slice(412, 422)  # five 16-bit numbers, from version 2 on
_UNKNOWN_LOUDNESS = 0x7FFF  # "not measured" in EBU Tech 3285


def _spoken(name: str) -> str:
    """Return the one name of the same thing in all kinds of tags."""
    return name.upper().removeprefix("COMMENT:")


def drop_stale_fields(fields: Iterable[Field], notes: Notes, *, new_encoder: bool) -> tuple[Field, ...]:
    """Return the fields that still hold, and note those that don't."""
    kept = []
    for name, value in fields:
        if describes_old_audio(name):
            notes.add(Why.OLD_AUDIO, _spoken(name))
        elif new_encoder and names_encoder(name):
            continue  # the new encoder puts its own, and nobody misses the old one's
        else:
            kept.append((name, value))
    return tuple(kept)


def drop_stale_id3(tag: bytes, notes: Notes, *, new_encoder: bool) -> bytes:
    """Return an ID3v2 tag without the frames that no longer hold; the very same bytes if all do."""

    def is_stale(frame: Frame) -> bool:
        return bool(old_audio_name(frame)) or (new_encoder and is_encoder_frame(frame))

    for frame in frames_of(tag):
        if name := old_audio_name(frame):
            notes.add(Why.OLD_AUDIO, _spoken(name))
    return drop_frames(tag, is_stale)


def drop_stale_ape(tag: bytes, notes: Notes) -> bytes:
    """Return an APEv2 tag without the gains measured on the old audio; the very same bytes if it has none."""
    notes.add(Why.OLD_AUDIO, *(item.key for item in ape_items(tag) if describes_old_audio(item.key)))
    return drop_items(tag, lambda item: describes_old_audio(item.key))


def drop_stale_tags(tags: Tags, notes: Notes, *, new_encoder: bool) -> Tags:
    """Return ``tags`` without what no longer holds, in the fields as well as in the ID3 tag they came from."""
    return replace(
        tags,
        fields=drop_stale_fields(tags.fields, notes, new_encoder=new_encoder),
        outside_id3=drop_stale_fields(tags.outside_id3, notes, new_encoder=new_encoder),
        only_in_id3=tuple(name for name in tags.only_in_id3 if name.removeprefix("ID3 ") not in OLD_AUDIO_FRAMES),
        id3=drop_stale_id3(tags.id3, notes, new_encoder=new_encoder),
    )


def reset_bext_loudness(payload: bytes, byte_order: str, notes: Notes) -> bytes:
    """Return a broadcast extension with its measured loudness set to unknown; the same bytes if it states none."""
    version = payload[_BEXT_VERSION_AT : _BEXT_VERSION_AT + 2]
    stated = payload[_BEXT_LOUDNESS]
    unknown = struct.pack(f"{byte_order}5H", *[_UNKNOWN_LOUDNESS] * 5)
    if len(stated) < 10 or struct.unpack(byte_order + "H", version)[0] < 2 or stated == unknown or not any(stated):
        return payload
    notes.add(Why.LOUDNESS_RESET, "bext")
    return payload[: _BEXT_LOUDNESS.start] + unknown + payload[_BEXT_LOUDNESS.stop :]


def states_loudness(key: bytes, payload: bytes) -> bool:
    """Tell whether a chunk that is kept as it is says how loud the audio was: Dolby, iXML or ADM metadata can."""
    return key == b"dbmd" or (key in (b"iXML", b"axml") and b"loudness" in payload.lower())
