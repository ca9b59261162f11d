"""Carry everything but the audio from a source file to its processed copy: tags, pictures, chunks.

Within one family of formats (WAV, WAVEX and RF64; W64; AIFF and AIFC; CAF; FLAC; Ogg; MP3) metadata goes over byte for
byte and in order. Between families the fields and pictures are translated to what the output's format has for them,
and an ID3 tag moves unchanged between the formats that can hold one (MP3, WAV, AIFF). What has no place in the output
is named in the notes that are returned: nothing is lost silently. Results that ffmpeg writes are none of this module's
concern: `eqmorph.audio.ffmpeg.mux` takes along what is beside their sound.

Some metadata is about the samples, and those have changed:

- ReplayGain and R128 gains, RVA2, Sound Check and MP3Gain values, encoder delays (iTunSMPB), peak envelopes (levl,
  ovvw) and checksums (MD5) are left out, with a note. A missing measurement is made again, a wrong one is believed: a
  player would turn the new audio down by what the old one needed.
- The loudness fields of a version 2 bext chunk are set to 0x7FFF, which means "not measured" in EBU Tech 3285.
- Dolby (dbmd), iXML and ADM metadata stay as they are, with a note where they state a loudness: their levels are
  somebody's decisions as often as measurements.
- The name and settings of the encoder (Vorbis ENCODER, ID3 TSSE) are left out of FLAC, Ogg and MP3, where the new
  encoder puts its own, and stay in PCM files, where they tell where the audio came from.
"""

from __future__ import annotations

from pathlib import Path

from eqmorph.audio.chunks.carry import channel_count, converted_pieces, same_family_pieces
from eqmorph.audio.chunks.tags import read_chunk_tags, tag_pieces
from eqmorph.audio.chunks.walk import UINT32_MAX, Container, reading, walk, writing
from eqmorph.audio.chunks.write import NewChunk, add_chunks
from eqmorph.audio.ffmpeg.containers import CONTAINERS
from eqmorph.audio.metadata.fields import NO_TAGS, Tags
from eqmorph.audio.metadata.notes import Notes, Why
from eqmorph.audio.metadata.stale import drop_stale_tags
from eqmorph.errors import InputError, OutputError

__all__ = ["carry_metadata"]

_FAMILIES = {
    "WAV": "RIFF",
    "WAVEX": "RIFF",
    "RF64": "RIFF",
    "W64": "W64",
    "AIFF": "AIFF",
    "CAF": "CAF",
    "FLAC": "FLAC",
    "OGG": "OGG",
    "MP3": "MP3",
}
_CHUNKED = ("RIFF", "W64", "AIFF", "CAF")
_HOLDING_ID3 = ("RIFF", "AIFF", "MP3")
_ENCODED = ("FLAC", "OGG", "MP3")


def carry_metadata(source: Path, output: Path, *, source_format: str, output_format: str) -> tuple[str, ...]:
    """Carry all metadata of ``source`` to ``output``, which holds the new audio and nothing else.

    Formats are libsndfile's major names; file names don't matter. Returns what could not be kept, one sentence for each
    cause, and nothing if all was kept. Raises InputError if ``source`` can't be read or has more metadata than
    `eqmorph.audio.metadata.limits` allows, and OutputError if ``output`` can't be written or its format can't hold the
    result.
    """
    notes = Notes(output_format)
    try:
        _carry(source, output, source_format, output_format, notes)
    except InputError as error:
        error.path = error.path or source  # what refuses a tag for its size knows no file
        raise
    return notes.lines()


def _carry(source: Path, output: Path, source_format: str, output_format: str, notes: Notes) -> None:
    family, output_family = _FAMILIES.get(source_format, ""), _FAMILIES.get(output_format, "")
    _refuse_oversized(output, output_family)
    if family in _CHUNKED:
        _carry_from_chunks(source, output, output_family, notes)
    elif family == output_family == "FLAC":
        from eqmorph.audio.metadata.xiph import copy_flac_blocks

        copy_flac_blocks(source, output, notes)
    elif family == output_family == "OGG":
        from eqmorph.audio.metadata.xiph import copy_ogg_comments

        copy_ogg_comments(source, output, notes)
    elif family == output_family == "MP3":
        from eqmorph.audio.metadata.mp3 import copy_mp3_tags

        copy_mp3_tags(source, output, notes)
    elif source_format in CONTAINERS:
        from eqmorph.audio.ffmpeg.tags import container_tags

        _write_tags(container_tags(source, source_format, notes), source, output, output_family, [], notes)
    else:
        _write_tags(_read_tags(source, family, notes), source, output, output_family, [], notes)


def _refuse_oversized(output: Path, family: str) -> None:
    """Refuse a WAV or AIFF file beyond its 32-bit sizes.

    RF64 is recognized by its first bytes, as libsndfile may write RIFF in its place.
    """
    if family not in ("RIFF", "AIFF"):
        return
    with writing(output):
        if output.stat().st_size - 8 < UINT32_MAX:
            return
        with output.open("rb") as handle:
            is_64_bit = handle.read(4) == b"RF64"
    if not is_64_bit:
        raise OutputError(
            "is larger than the 4 GiB that its format can hold",
            hint="Write RF64, W64, CAF or FLAC instead.",
            path=output,
        )


def _carry_from_chunks(source: Path, output: Path, family: str, notes: Notes) -> None:
    with reading(source), source.open("rb") as origin:
        container = walk(origin)
        if container is None or not (container.extras or container.cut_off):
            return
        written = _walk_output(output) if family in _CHUNKED else None
        if written is not None and written[0].layout is container.layout:
            same_channels = channel_count(origin, container) == written[1]
            pieces = same_family_pieces(origin, container, notes, same_channels=same_channels)
            if pieces:
                add_chunks(output, pieces, source)
            return
        pieces = converted_pieces(origin, container, written[0] if written else None, notes)
        tags = read_chunk_tags(origin, container, notes)
    _write_tags(tags, source, output, family, pieces, notes)


def _walk_output(output: Path) -> tuple[Container, int]:
    """Return the chunks of the output, and its channel count where that is needed."""
    with writing(output), output.open("rb") as handle:
        container = walk(handle)
        if container is None:
            raise OutputError("is not in the format that was stated", path=output)
        return container, channel_count(handle, container)


def _read_tags(source: Path, family: str, notes: Notes) -> Tags:
    if family in ("FLAC", "OGG"):
        from eqmorph.audio.metadata.xiph import read_flac_tags, read_ogg_tags

        return read_flac_tags(source, notes) if family == "FLAC" else read_ogg_tags(source, notes)
    if family == "MP3":
        from eqmorph.audio.metadata.mp3 import read_mp3_tags

        return read_mp3_tags(source, notes)
    return NO_TAGS


def _write_tags(tags: Tags, source: Path, output: Path, family: str, pieces: list[NewChunk], notes: Notes) -> None:
    """Write ``tags`` the way the output's format has them, and the chunks that it takes."""
    tags = drop_stale_tags(tags, notes, new_encoder=family in _ENCODED)
    id3 = b""
    notes.add(Why.HAS_NO_PLACE, *tags.unsupported)
    if family not in _HOLDING_ID3:
        notes.add(Why.HAS_NO_PLACE, *tags.only_in_id3)
    elif tags:
        from eqmorph.audio.metadata.id3_fields import id3_for

        id3 = id3_for(tags, notes)
    if family in _CHUNKED:
        new = tag_pieces(tags, id3, _walk_output(output)[0].layout, notes) if tags else []
        if pieces or new:
            add_chunks(output, [*pieces, *new], source)
    elif family == "MP3":
        from eqmorph.audio.metadata.mp3 import write_mp3_tags

        write_mp3_tags(output, id3)
    elif family == "FLAC" and tags:
        from eqmorph.audio.metadata.xiph import write_flac_tags

        write_flac_tags(tags, output, notes)
    elif family == "OGG" and tags:
        from eqmorph.audio.metadata.xiph import write_ogg_tags

        write_ogg_tags(tags, output)
    elif tags:
        notes.add(Why.HAS_NO_PLACE, *(name for name, _ in tags.fields), *(["pictures"] if tags.pictures else []))
