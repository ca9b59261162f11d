"""The tags before and after the frames of an MP3 keep their versions, places and order."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutagen import apev2, id3, mp3

from eqmorph.audio.metadata.carry import carry_metadata
from tests.audio.tagged_files import AUDIO, PNG, RATE, carry, rich_mp3, write_audio


@pytest.mark.parametrize("version", [3, 4])
def test_an_id3_tag_goes_over_in_its_version(tmp_path: Path, version: int) -> None:
    source = rich_mp3(tmp_path / "source", version)
    output, notes = carry(tmp_path, source, "MP3", "MP3")
    data = output.read_bytes()
    assert (data[:3], data[3]) == (b"ID3", version)
    assert data[-128:] == source.read_bytes()[-128:]
    before, after = (id3.ID3(path, translate=False, load_v1=False) for path in (source, output))
    gone = {"TSSE", "TXXX:REPLAYGAIN_TRACK_GAIN"}
    assert set(after) == set(before) - gone
    assert all(after[key] == before[key] for key in after)
    assert ("TYER" in after) == (version == 3)
    assert notes == ("REPLAYGAIN_TRACK_GAIN left out: measured on the audio before the change",)
    assert mp3.MP3(output).info.length == pytest.approx(len(AUDIO) / RATE, abs=1e-3)


@pytest.mark.parametrize("head", [b"ID3\0\0\0", b"ID3\4\0\1", b"ID3\3\0\x7f"])
def test_what_only_looks_like_an_id3_tag_is_left_out(tmp_path: Path, head: bytes) -> None:
    source = write_audio(tmp_path / "source", "MP3")
    source.write_bytes(head + b"\0\0\0\x14" + bytes(20) + source.read_bytes())
    output, notes = carry(tmp_path, source, "MP3", "MP3")
    assert output.read_bytes() == write_audio(tmp_path / "plain", "MP3").read_bytes()
    assert notes == ("the ID3 tag left out: cut off or damaged in the source",)


def test_an_mp3_with_only_a_bad_tag_size_still_works(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "MP3")
    source.write_bytes(b"ID3\4\0\0\x7f\x7f\x7f\x7f" + b"TIT2" + source.read_bytes())
    output, notes = carry(tmp_path, source, "MP3", "MP3")
    assert not output.read_bytes().startswith(b"ID3")
    assert "ID3" in notes[0]


def test_tags_after_the_audio_of_an_mp3_stay_after_it(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "MP3")
    ape = apev2.APEv2()
    ape["Title"], ape["Own"], ape["REPLAYGAIN_TRACK_GAIN"], ape["MP3GAIN_UNDO"] = "Größe", "ä", "-7 dB", "+1,+1,N"
    ape["Cover Art (Front)"] = apev2.APEValue(b"f.png\0" + PNG, apev2.BINARY)
    ape.save(source)
    lyrics = b"LYRICSBEGININD0000200" + b"LYR00005abcde"
    lyrics += b"%06dLYRICS200" % len(lyrics)
    frame = b"TIT2\0\0\0\6\0\0\0Title"
    appended = b"ID3\4\0\x10\0\0\0\x10" + frame + b"3DI\4\0\x10\0\0\0\x10"
    rest = appended + lyrics + b"TAG+" + b"A longer title".ljust(223, b"\0") + b"TAG" + b"Title".ljust(125, b"\0")
    source.write_bytes(source.read_bytes() + rest)
    output, notes = carry(tmp_path, source, "MP3", "MP3")
    data = output.read_bytes()
    assert data.endswith(rest)
    output.write_bytes(data[: -len(rest)])
    read = apev2.APEv2(output)
    assert sorted(read) == ["Cover Art (Front)", "Own", "Title"]
    assert (read["Title"], read["Own"], read["Cover Art (Front)"].value) == ("Größe", "ä", b"f.png\0" + PNG)
    assert "REPLAYGAIN_TRACK_GAIN" in notes[0]
    assert "MP3GAIN_UNDO" in notes[0]


def test_carrying_twice_to_an_mp3_adds_nothing(tmp_path: Path) -> None:
    source = rich_mp3(tmp_path / "source", 4)
    output, _ = carry(tmp_path, source, "MP3", "MP3")
    once = output.read_bytes()
    carry_metadata(source, output, source_format="MP3", output_format="MP3")
    assert output.read_bytes() == once
