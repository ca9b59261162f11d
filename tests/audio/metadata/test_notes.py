"""What has no place in the output is named, each thing once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audio.tagged_files import add_riff, bext, carry, chunk, info_list, rich_flac, rich_mp3, write_audio


@pytest.mark.parametrize("output_kind", ["FLAC", "VORBIS", "MP3", "AIFF", "CAF", "AU"])
def test_chunks_without_a_place_are_named(tmp_path: Path, output_kind: str) -> None:
    chunks = [(b"cue ", b"1234"), (b"smpl", bytes(36)), (b"bext", bext()), (b"LIST", b"adtl")]
    source = add_riff(write_audio(tmp_path / "source", "WAV"), *(chunk(*c) for c in chunks))
    _, notes = carry(tmp_path, source, "WAV", output_kind)
    name = {"VORBIS": "Ogg"}.get(output_kind, output_kind)
    assert notes == (f"{name} has no place for the cue, smpl, bext and LIST adtl chunks",)


def test_frames_and_blocks_without_a_place_are_named(tmp_path: Path) -> None:
    _, notes = carry(tmp_path, rich_mp3(tmp_path / "source.mp3", 4), "MP3", "FLAC")
    assert "FLAC has no place for ID3 POPM, ID3 PRIV and ID3 GEOB" in notes
    _, notes = carry(tmp_path, rich_flac(tmp_path / "source.flac"), "FLAC", "WAV")
    assert "WAV has no place for cuesheet block and application block" in notes


def test_a_format_without_tags_names_them_all(tmp_path: Path) -> None:
    source = add_riff(write_audio(tmp_path / "source", "WAV"), chunk(b"LIST", info_list(INAM=b"x", IART=b"y")))
    _, notes = carry(tmp_path, source, "WAV", "AU")
    assert notes == ("AU has no place for TITLE and ARTIST",)
