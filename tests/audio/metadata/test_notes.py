"""What has no place in the output is named, each thing once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from mutagen import apev2, id3

from eqmorph.audio.metadata.notes import Notes, Why
from tests.audio.tagged_files import (
    add_caf,
    add_riff,
    bext,
    caf_chunk,
    carry,
    chunk,
    id3_bytes,
    info_list,
    rich_flac,
    rich_mp3,
    write_audio,
)


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


ESCAPE = "\x1b]0;title\x07"
SHOWN = r"\x1b]0;title\x07"


def by_id3(path: Path) -> tuple[str, Path]:
    tag = id3_bytes(id3.TXXX(3, f"REPLAYGAIN_{ESCAPE}", ["-3 dB"]))
    path.write_bytes(tag + write_audio(path, "MP3").read_bytes())
    return "MP3", path


def by_ape(path: Path) -> tuple[str, Path]:
    write_audio(path, "MP3")
    tag = apev2.APEv2()
    tag["REPLAYGAIN_XXXXXXXXXXXXXX"] = "-3 dB"
    tag.save(path)
    path.write_bytes(path.read_bytes().replace(b"XXXXXXXXXXXXXX", ESCAPE.encode().ljust(14, b"X")))
    return "MP3", path


def by_comment(path: Path) -> tuple[str, Path]:
    name = f"REPLAYGAIN_{ESCAPE}".encode()
    entry = name + b"=-3 dB"
    block = bytes(4) + b"\1\0\0\0" + len(entry).to_bytes(4, "little") + entry
    data = write_audio(path, "FLAC").read_bytes()
    path.write_bytes(data[:42] + b"\4" + len(block).to_bytes(3, "big") + block + data[42:])
    return "FLAC", path


def by_caf(path: Path) -> tuple[str, Path]:
    info = bytes(4) + f"replaygain_{ESCAPE}\0-3 dB\0".encode()
    return "CAF", add_caf(write_audio(path, "CAF"), caf_chunk(b"info", info))


@pytest.mark.parametrize("make", [by_id3, by_ape, by_comment, by_caf])
def test_no_name_in_a_file_reaches_the_terminal_as_it_is(
    tmp_path: Path, make: Callable[[Path], tuple[str, Path]]
) -> None:
    kind, source = make(tmp_path / "source")
    for output_kind in (kind, "AU"):
        _, notes = carry(tmp_path, source, kind, output_kind)
        assert SHOWN.lower() in " ".join(notes).lower()
        assert all(note.isprintable() for note in notes)


def test_a_note_stays_short_whatever_a_file_calls_its_tags() -> None:
    notes = Notes("WAV")
    notes.add(Why.HAS_NO_PLACE, "x" * 10_000, "\x1b" * 10_000, *map(str, range(1000)))
    [line] = notes.lines()
    assert line.startswith(f"WAV has no place for {'x' * 59}…, ")
    assert line.endswith("14, 15, 16 and 983 more")
    assert len(line) < 300
