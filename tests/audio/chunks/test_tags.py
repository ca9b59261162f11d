"""Tags of other formats become chunks, and chunks tags."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from mutagen import id3

from tests.audio.tagged_files import (
    FIELDS,
    VORBIS_KINDS,
    add_riff,
    carry,
    chunk,
    extras,
    full_source,
    id3_bytes,
    write_audio,
)

INFO = {"INAM": "TITLE", "IART": "ARTIST", "IPRD": "ALBUM", "ICMT": "COMMENT", "IGNR": "GENRE", "ICRD": "DATE"}


@pytest.mark.parametrize("source_kind", ["MP3", *VORBIS_KINDS])
def test_a_wav_gets_info_as_well_as_id3(tmp_path: Path, source_kind: str) -> None:
    output, _ = carry(tmp_path, full_source(tmp_path / "source", source_kind), source_kind, "WAV")
    assert [name for name, _ in extras(output)] == [b"LIST", b"id3 "]
    info = dict(extras(output))[b"LIST"]
    for name, field in INFO.items():
        value = FIELDS[field].encode() + b"\0"
        assert struct.pack("<4sI", name.encode(), len(value)) + value in info
    assert struct.pack("<4sI", b"ITRK", 5) + b"3/12\0" in info


def test_an_aiff_gets_text_chunks_as_well_as_id3(tmp_path: Path) -> None:
    output, _ = carry(tmp_path, full_source(tmp_path / "source", "FLAC"), "FLAC", "AIFF")
    texts = dict(extras(output))
    assert texts.pop(b"ID3 ")
    expected = {b"NAME": "TITLE", b"AUTH": "ARTIST", b"(c) ": "COPYRIGHT", b"ANNO": "COMMENT"}
    assert texts == {name: FIELDS[field].encode() for name, field in expected.items()}


def test_caf_and_w64_take_texts_and_name_the_rest(tmp_path: Path) -> None:
    source = full_source(tmp_path / "source", "FLAC")
    output, notes = carry(tmp_path, source, "FLAC", "CAF")
    assert notes == ("CAF has no place for pictures",)
    info = dict(extras(output))[b"info"].split(b"\0")
    assert "Größe – 音".encode() in info
    assert b"my own field" in info
    output, notes = carry(tmp_path, source, "FLAC", "W64")
    assert "Größe – 音".encode("utf-16-le") in extras(output)[0][1]
    assert len(notes) == 1
    assert all(name in notes[0] for name in ("pictures", "ISRC", "My Own Field"))
    assert "TITLE" not in notes[0]


def test_a_cut_off_id3_chunk_is_noted(tmp_path: Path) -> None:
    tag = id3_bytes(id3.TIT2(3, "Title"))
    source = add_riff(write_audio(tmp_path / "source", "WAV"), chunk(b"id3 ", tag[:-4]))
    _, notes = carry(tmp_path, source, "WAV", "FLAC")
    assert notes == ("the ID3 tag left out: cut off or damaged in the source",)
