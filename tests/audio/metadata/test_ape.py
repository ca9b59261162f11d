"""APEv2 tags are read."""

from __future__ import annotations

from pathlib import Path

from mutagen import apev2, flac

from tests.audio.tagged_files import PNG, carry, write_audio


def test_an_apev2_tag_alone_is_read(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "MP3")
    ape = apev2.APEv2()
    ape["Title"], ape["Year"], ape["Track"], ape["Artist"] = "Größe", "2001", "3/9", ["one", "two"]
    ape["Cover Art (Front)"] = apev2.APEValue(b"f.png\0" + PNG, apev2.BINARY)
    ape["Odd Thing"] = apev2.APEValue(b"\1\2", apev2.BINARY)
    ape.save(source)
    output, notes = carry(tmp_path, source, "MP3", "FLAC")
    read = flac.FLAC(output)
    assert dict(read.tags) == {
        "title": ["Größe"],
        "date": ["2001"],
        "tracknumber": ["3"],
        "tracktotal": ["9"],
        "artist": ["one", "two"],
    }
    assert read.pictures[0].data == PNG
    assert notes == ("FLAC has no place for APE Odd Thing",)
