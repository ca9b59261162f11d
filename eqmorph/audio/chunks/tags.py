"""Read tags from the chunks of WAV, W64, AIFF and CAF files, and make chunks of tags."""

from __future__ import annotations

from typing import BinaryIO

from eqmorph.audio.chunks.text import (
    AIFF_TEXT,
    W64_SUMMARY,
    aiff_comments,
    aiff_texts,
    caf_fields,
    caf_info,
    decoded,
    info_fields,
    info_list,
    is_basic,
    summary_fields,
    summary_list,
)
from eqmorph.audio.chunks.walk import Chunk, Container, Layout, read_chunk
from eqmorph.audio.chunks.write import NewChunk
from eqmorph.audio.metadata.fields import Field, Tags
from eqmorph.audio.metadata.id3 import complete_tag
from eqmorph.audio.metadata.limits import check_bytes, check_items
from eqmorph.audio.metadata.notes import Notes, Why

__all__ = ["TAG_KEYS", "read_chunk_tags", "tag_pieces"]

TAG_KEYS = {
    "RIFF": frozenset({b"id3 ", b"ID3 ", b"LIST INFO"}),
    "W64": frozenset({W64_SUMMARY}),
    "AIFF": frozenset({b"ID3 ", b"COMT", *AIFF_TEXT}),
    "CAF": frozenset({b"info"}),
}


def read_chunk_tags(origin: BinaryIO, source: Container, notes: Notes) -> Tags:
    """Return what the tag chunks of ``source`` say; a field of the ID3 tag wins over its namesakes in other chunks."""
    texts: list[Field] = []
    tag = b""
    held = 0
    for chunk in source.extras:
        if chunk.key.lower() == b"id3 " and not tag:
            tag = complete_tag(read_chunk(origin, chunk))
            if not tag:
                notes.add(Why.DAMAGED, "the ID3 tag")
        elif chunk.key in TAG_KEYS[source.layout.family]:
            held += chunk.size
            check_bytes(held)
            texts += _texts(origin, source.layout, chunk)
            check_items(len(texts))
    if not tag:
        return Tags(fields=tuple(texts))
    from eqmorph.audio.metadata.id3_fields import tags_with_id3

    return tags_with_id3(tag, texts)


def _texts(origin: BinaryIO, layout: Layout, chunk: Chunk) -> list[Field]:
    payload = read_chunk(origin, chunk)
    if chunk.key == b"LIST INFO":
        return info_fields(payload, layout.byte_order)
    if chunk.key == W64_SUMMARY:
        return summary_fields(payload)
    if chunk.key == b"COMT":
        return aiff_comments(payload)
    if chunk.key == b"info":
        return caf_fields(payload)
    text = decoded(payload, "mac_roman")
    return [(AIFF_TEXT[chunk.key], text)] if chunk.key in AIFF_TEXT and text else []


def tag_pieces(tags: Tags, id3: bytes, layout: Layout, notes: Notes) -> list[NewChunk]:
    """Return the chunks that hold ``tags`` in a container of ``layout``; ``id3`` holds the same as an ID3 tag."""
    if layout.family == "RIFF":
        texts = info_list(tags, layout.byte_order)
        return [NewChunk(b"LIST", texts)] * bool(texts) + [NewChunk(b"id3 ", id3)]
    if layout.family == "AIFF":
        return [NewChunk(ident, text) for ident, text in aiff_texts(tags)] + [NewChunk(b"ID3 ", id3)]
    if tags.pictures:
        notes.add(Why.HAS_NO_PLACE, "pictures")
    if layout.family == "CAF":
        texts = caf_info(tags.fields)
        return [NewChunk(b"info", texts)] * bool(texts)
    notes.add(Why.HAS_NO_PLACE, *(name for name, _ in tags.fields if not is_basic(name)))
    texts = summary_list(tags)
    return [NewChunk(W64_SUMMARY, texts)] * bool(texts)
