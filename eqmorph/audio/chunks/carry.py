"""Choose the chunks of a source that go to its output: as they are, or without what no longer holds."""

from __future__ import annotations

from typing import BinaryIO

from eqmorph.audio.chunks.tags import TAG_KEYS
from eqmorph.audio.chunks.text import W64_SUMMARY, caf_fields, caf_info
from eqmorph.audio.chunks.walk import W64_TAIL, Chunk, Container, read_at, read_chunk
from eqmorph.audio.chunks.write import NewChunk
from eqmorph.audio.metadata.fields import describes_old_audio
from eqmorph.audio.metadata.limits import check_bytes
from eqmorph.audio.metadata.notes import Notes, Why
from eqmorph.audio.metadata.stale import drop_stale_fields, drop_stale_id3, reset_bext_loudness, states_loudness

__all__ = ["channel_count", "converted_pieces", "same_family_pieces"]

_ABOUT_OLD_AUDIO = (b"levl", b"MD5 ", b"ovvw")  # peak envelopes and checksums of the samples
_CHANNEL_MAPS = (b"chan", b"CHAN")
_CHANNELS_AT = {"CAF": (b"desc", 24, 4), "AIFF": (b"COMM", 0, 2)}  # chunk, position and size of the channel count
_W64_NAMES = {
    W64_SUMMARY: "summary list",
    bytes.fromhex("6c6973742f91cf11a5d628db04c10000"): "list",
    bytes.fromhex("5662f7ab2d39d21186c700c04f8edb8a"): "marker",
}


def channel_count(handle: BinaryIO, container: Container) -> int:
    """Return the channels of a CAF or AIFF file; 0 for others, whose channel maps are not chunks of their own."""
    key, position, size = _CHANNELS_AT.get(container.layout.family, (b"", 0, 0))
    chunk = container.find(key)
    return int.from_bytes(read_at(handle, chunk.start + position, size), "big") if chunk else 0


def same_family_pieces(origin: BinaryIO, source: Container, notes: Notes, *, same_channels: bool) -> list[NewChunk]:
    """Return the chunks for an output that frames and fills them as the source does, in the source's order."""
    kept = []
    for chunk in _lasting_chunks(source, notes):
        if chunk.key in _CHANNEL_MAPS and not same_channels:
            notes.add(Why.OTHER_CHANNELS, _spoken(chunk.key))
        else:
            kept.append((chunk.ident, chunk))
    return _pieces(origin, source, kept, notes)


def converted_pieces(origin: BinaryIO, source: Container, output: Container | None, notes: Notes) -> list[NewChunk]:
    """Return the chunks, tags aside, that an output of another family takes, and note those that it does not take.

    W64 has a GUID for each FourCC, so all but lists pass between WAV and W64. The channel map of a mono or stereo file
    says nothing, and gets no note.
    """
    trivial = _CHANNEL_MAPS if channel_count(origin, source) <= 2 else ()
    kept: list[tuple[bytes, Chunk]] = []
    are_related = output is not None and {source.layout.family, output.layout.family} == {"RIFF", "W64"}
    for chunk in _lasting_chunks(source, notes):
        if chunk.key in TAG_KEYS[source.layout.family] or chunk.key in trivial:
            continue
        if are_related and len(chunk.key) == 4 and source.layout.byte_order == "<":
            ident = chunk.key if source.layout.family == "W64" else chunk.key + W64_TAIL
            kept.append((ident, chunk))
        else:
            notes.add(Why.CHUNK_HAS_NO_PLACE, _spoken(chunk.key))
    return _pieces(origin, source, kept, notes)


def _pieces(origin: BinaryIO, source: Container, kept: list[tuple[bytes, Chunk]], notes: Notes) -> list[NewChunk]:
    """Return chunks under their new identifiers, without what no longer holds; only those that change are loaded."""
    pieces: list[NewChunk] = []
    held = 0
    for ident, chunk in kept:
        body = _lasting_body(origin, source, chunk, notes)
        if body == b"":
            continue  # nothing of it holds, and libsndfile takes a CAF file with an empty info chunk for damaged
        pieces.append(NewChunk(ident, body))
        held += len(body) if isinstance(body, bytes) else 0
        check_bytes(held)
    return pieces


def _lasting_chunks(source: Container, notes: Notes) -> list[Chunk]:
    """Return the chunks that are complete and do not measure the samples, and note the rest."""
    if source.cut_off and source.cut_off not in source.layout.audio | source.layout.filler:
        notes.add(Why.DAMAGED, _spoken(source.cut_off.removesuffix(W64_TAIL)))
    lasting = []
    for chunk in source.extras:
        if chunk.key in _ABOUT_OLD_AUDIO:
            notes.add(Why.OLD_AUDIO, _spoken(chunk.key))
        else:
            lasting.append(chunk)
    return lasting


def _lasting_body(origin: BinaryIO, source: Container, chunk: Chunk, notes: Notes) -> bytes | Chunk:
    """Return the payload without what no longer holds; the chunk itself, to be copied, if all of it does."""
    key = chunk.key
    if key not in (b"bext", b"id3 ", b"ID3 ", b"info", b"iXML", b"axml", b"dbmd"):
        return chunk
    payload = read_chunk(origin, chunk)
    lasting = payload
    if key == b"bext":
        lasting = reset_bext_loudness(payload, source.layout.byte_order, notes)
    elif key.lower() == b"id3 ":
        lasting = drop_stale_id3(payload, notes, new_encoder=False)
    elif key == b"info":
        fields = caf_fields(payload)
        if any(describes_old_audio(name) for name, _ in fields):
            lasting = caf_info(drop_stale_fields(fields, notes, new_encoder=False))
    elif states_loudness(key, payload):
        notes.add(Why.STATES_OLD_LOUDNESS, _spoken(key))
    return chunk if lasting == payload else lasting


def _spoken(key: bytes) -> str:
    """Return a chunk's name as people say it."""
    name = _W64_NAMES.get(key) or key.decode("latin-1").strip()
    return name if name.isprintable() else key.hex()
