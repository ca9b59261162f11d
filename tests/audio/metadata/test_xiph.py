"""FLAC blocks and Vorbis comments go over as they stand, damaged ones apart."""

from __future__ import annotations

import base64
import shutil
import struct
import subprocess
from pathlib import Path
from unittest.mock import Mock

import mutagen
import pytest
from mutagen import flac, id3, oggvorbis

from eqmorph.audio.metadata import xiph
from eqmorph.audio.metadata.fields import Tags
from tests.audio.tagged_files import JPEG, PNG, carry, id3_bytes, rich_flac, rich_ogg, write_audio


def blocks_of(path: Path) -> list[tuple[int, bytes]]:
    """Code and bytes of a FLAC file's blocks, read by hand."""
    data, at, blocks = path.read_bytes(), 4, []
    while True:
        head, size = data[at], int.from_bytes(data[at + 1 : at + 4], "big")
        blocks.append((head & 0x7F, data[at + 4 : at + 4 + size]))
        at += 4 + size
        if head & 0x80:
            return blocks


def test_all_blocks_of_a_flac_go_over_byte_for_byte(tmp_path: Path) -> None:
    source = rich_flac(tmp_path / "source")
    output, notes = carry(tmp_path, source, "FLAC", "FLAC")
    described = (0, 1, 3, 4)
    expected = [b for b in blocks_of(source) if b[0] not in described]
    assert [code for code, _ in expected] == [6, 6, 5, 2]
    assert [b for b in blocks_of(output) if b[0] not in described] == expected
    file = flac.FLAC(output)
    assert list(file.tags) == [("TITLE", "Größe"), ("artist", "one"), ("Artist", "two")]
    plain = flac.FLAC(write_audio(tmp_path / "plain", "FLAC"))
    assert file.tags.vendor == plain.tags.vendor
    assert file.info.md5_signature == plain.info.md5_signature
    assert "REPLAYGAIN_TRACK_GAIN" in " ".join(notes)
    assert "ENCODER" not in " ".join(notes), "nobody can act on that"


def test_a_picture_whose_lengths_lie_does_not_spoil_the_file(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "FLAC")
    file = flac.FLAC(source)
    for description in ("whole", "tail", "lie"):
        picture = flac.Picture()
        picture.data, picture.desc = PNG, description
        file.add_picture(picture)
    file.save()
    block = file.pictures[1].write()
    longer = b"\6" + (len(block) + 4).to_bytes(3, "big") + block + b"tail"
    data = source.read_bytes().replace(b"\6" + len(block).to_bytes(3, "big") + block, longer)
    source.write_bytes(data.replace(struct.pack(">I", 3) + b"lie", b"\0\xff\0\0lie"))
    output, notes = carry(tmp_path, source, "FLAC", "FLAC")
    assert [(p.desc, p.data) for p in flac.FLAC(output).pictures] == [("whole", PNG), ("tail", PNG)]
    assert notes == ("a picture left out: cut off or damaged in the source",)


def test_comments_of_a_flac_survive_even_if_they_are_not_utf8(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "FLAC")
    raw = b"title=\xff\xfe latin"
    block = struct.pack("<I", 0) + struct.pack("<II", 2, len(raw)) + raw + struct.pack("<I", 8) + b"no equal"
    data = source.read_bytes()
    at = 4 + 4 + 34
    size = int.from_bytes(data[at + 1 : at + 4], "big")
    source.write_bytes(data[:at] + b"\x84" + len(block).to_bytes(3, "big") + block + data[at + 4 + size :])
    output, _ = carry(tmp_path, source, "FLAC", "FLAC")
    comments = dict(blocks_of(output))[4]
    assert comments.endswith(block[4:])


@pytest.mark.parametrize("kind", ["FLAC", "VORBIS"])
def test_pictures_of_an_id3_tag_before_a_flac_stream_are_kept_and_its_other_frames_noted(
    tmp_path: Path, kind: str
) -> None:
    source = write_audio(tmp_path / "source", "FLAC")
    own = flac.Picture()
    own.data, own.mime = PNG, "image/png"
    file = flac.FLAC(source)
    file.add_picture(own)
    file.save()
    frames = id3.APIC(0, "image/png", 3, "", PNG), id3.APIC(0, "image/jpeg", 4, "back", JPEG)
    source.write_bytes(id3_bytes(*frames, id3.POPM("a@b", 196, 3)) + source.read_bytes())
    output, notes = carry(tmp_path, source, "FLAC", kind)
    read = mutagen.File(output)
    pictures = (
        read.pictures
        if kind == "FLAC"
        else [flac.Picture(base64.b64decode(block)) for block in read.tags["METADATA_BLOCK_PICTURE"]]
    )
    assert [(picture.data, picture.desc) for picture in pictures] == [(PNG, ""), (JPEG, "back")]
    assert notes == (f"{'FLAC' if kind == 'FLAC' else 'Ogg'} has no place for ID3 POPM",)


def test_an_id3_tag_before_a_flac_stream_is_not_lost(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "FLAC")
    file = flac.FLAC(source)
    file.tags.append(("TITLE", "of the FLAC"))
    file.save()
    tag = id3_bytes(id3.TIT2(3, "of the ID3"), id3.TPE1(3, "Björk"))
    source.write_bytes(tag + source.read_bytes())
    output, _ = carry(tmp_path, source, "FLAC", "FLAC")
    assert dict(flac.FLAC(output).tags) == {"title": ["of the FLAC"], "artist": ["Björk"]}


def test_a_picture_too_large_for_flac_is_noted(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "MP3")
    tag = id3_bytes(id3.TIT2(3, "x"), id3.APIC(0, "image/png", 3, "", bytes(1 << 24)))
    source.write_bytes(tag + source.read_bytes())
    output, notes = carry(tmp_path, source, "MP3", "FLAC")
    assert flac.FLAC(output).tags["title"] == ["x"]
    assert len(notes) == 1
    assert "FLAC" in notes[0]


@pytest.mark.parametrize(
    ("source_kind", "output_kind"), [(a, b) for a in ("VORBIS", "OPUS") for b in ("VORBIS", "OPUS")]
)
def test_comments_and_pictures_of_an_ogg_go_over(tmp_path: Path, source_kind: str, output_kind: str) -> None:
    source = rich_ogg(tmp_path / "source", source_kind)
    output, notes = carry(tmp_path, source, source_kind, output_kind)
    read = mutagen.File(output)
    plain = mutagen.File(write_audio(tmp_path / "plain", output_kind))
    kept = [field for field in mutagen.File(source).tags if field[0] not in ("R128_TRACK_GAIN", "ENCODER")]
    assert [field for field in read.tags if field[0] != "ENCODER"] == kept
    assert len(kept) == 5
    assert read.tags.vendor == plain.tags.vendor
    assert read.tags.get("encoder") == plain.tags.get("encoder")
    assert "R128_TRACK_GAIN" in notes[0]


def test_a_legacy_cover_in_comments_becomes_a_picture(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "VORBIS")
    file = oggvorbis.OggVorbis(source)
    file.tags.append(("COVERART", base64.b64encode(PNG).decode()))
    file.save()
    output, _ = carry(tmp_path, source, "VORBIS", "FLAC")
    read = flac.FLAC(output)
    assert [picture.data for picture in read.pictures] == [PNG]
    assert "coverart" not in read.tags


def test_names_vorbis_does_not_allow_go_into_a_comment(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "MP3")
    source.write_bytes(id3_bytes(id3.TXXX(3, "Länge=1", ["value"])) + source.read_bytes())
    for kind in ("FLAC", "VORBIS"):
        output, notes = carry(tmp_path, source, "MP3", kind)
        assert mutagen.File(output).tags["COMMENT"] == ["Länge=1: value"]
        assert notes == ()


def test_comments_that_are_cut_off_are_noted(tmp_path: Path) -> None:
    entry = struct.pack("<I", 7) + b"TITLE=x"
    block = struct.pack("<II", 0, 3) + entry + b"\xff\xff\xff\x7f" + b"rest"
    data = write_audio(tmp_path / "source", "FLAC").read_bytes()
    (tmp_path / "source").write_bytes(data[:42] + b"\4" + len(block).to_bytes(3, "big") + block + data[42:])
    for kind in ("FLAC", "VORBIS", "WAV"):
        output, notes = carry(tmp_path, tmp_path / "source", "FLAC", kind)
        assert notes == ("comments left out: cut off or damaged in the source",)
        assert mutagen.File(output).tags is not None


def test_ogg_gets_comments_of_any_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without mutagen's writing, which takes half a minute for so much."""
    fields = ("COMMENT", "a" * (33 << 20)), ("TITLE", "Größe")
    ogg = Mock(tags=[])
    monkeypatch.setattr(xiph, "_open_ogg", Mock(return_value=ogg))
    xiph.write_ogg_tags(Tags(fields), tmp_path / "output.ogg")
    assert ogg.tags == list(fields)
    ogg.save.assert_called_once()


FFMPEG = shutil.which("ffmpeg")


@pytest.mark.skipif(FFMPEG is None, reason="ffmpeg is not on the PATH")
def test_flac_in_an_ogg_container_is_read(tmp_path: Path) -> None:
    wav, source = write_audio(tmp_path / "a.wav", "WAV"), tmp_path / "a.oga"
    made = [str(FFMPEG), "-v", "error", "-i", str(wav), "-c:a", "flac", "-metadata", "title=Größe", str(source)]
    subprocess.run(made, check=True)
    for kind in ("FLAC", "MP3"):
        output, _ = carry(tmp_path, source, "FLAC", kind)
        assert str(mutagen.File(output).tags["TIT2" if kind == "MP3" else "title"]) in ("Größe", "['Größe']")
