"""ID3v2 tags lose the stale frames and keep every other byte."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from mutagen import id3

from eqmorph.audio.metadata.id3 import frames_of, with_frames
from tests.audio.tagged_files import carry, id3_bytes, write_audio


@pytest.mark.parametrize("version", [2, 3, 4])
def test_an_id3_tag_with_nothing_to_drop_is_the_same_bytes(tmp_path: Path, version: int) -> None:
    if version == 2:
        frame = b"TT2" + (6).to_bytes(3, "big") + b"\0Title" + b"XYZ" + (2).to_bytes(3, "big") + b"\1\2"
        tag = b"ID3\2\0\0" + bytes([0, 0, 0, len(frame)]) + frame
    else:
        tag = id3_bytes(id3.TIT2(1, "Größe"), id3.PRIV("x", bytes(300)), version=version)
    source = write_audio(tmp_path / "source", "MP3")
    source.write_bytes(tag + source.read_bytes())
    plain = write_audio(tmp_path / "plain", "MP3").read_bytes()
    output, notes = carry(tmp_path, source, "MP3", "MP3")
    assert notes == ()
    assert output.read_bytes() == tag + plain


def test_an_unsynchronised_tag_loses_only_the_stale_frame(tmp_path: Path) -> None:
    def frame(ident: bytes, content: bytes) -> bytes:
        return ident + struct.pack(">IH", len(content), 0) + content

    stale = frame(b"TXXX", b"\1" + "replaygain_album_gain\0-3 dB".encode("utf-16"))
    frames = frame(b"PRIV", b"o\0\xff\xe0\xff\x00") + stale + frame(b"TIT2", b"\1" + "Ü".encode("utf-16"))
    body = frames.replace(b"\xff", b"\xff\x00")
    tag = b"ID3\3\0\x80" + bytes([0, 0, len(body) >> 7, len(body) & 0x7F]) + body
    source = write_audio(tmp_path / "source", "MP3")
    source.write_bytes(tag + source.read_bytes())
    assert "TXXX:replaygain_album_gain" in id3.ID3(source)
    output, notes = carry(tmp_path, source, "MP3", "MP3")
    read = id3.ID3(output)
    assert {key: read[key] for key in read} == {"TIT2": "Ü", "PRIV:o:ÿàÿ\x00": read.getall("PRIV")[0]}
    assert read.getall("PRIV")[0].data == b"\xff\xe0\xff\x00"
    assert "REPLAYGAIN_ALBUM_GAIN" in notes[0]


def frame24(ident: bytes, content: bytes) -> bytes:
    """A frame with the size as a plain number, as some writers of v2.4 have it and all of v2.3."""
    return ident + struct.pack(">IH", len(content), 0) + content


GAIN = frame24(b"TXXX", b"\0replaygain_track_gain\0-3 dB")


@pytest.mark.parametrize(("version", "flags"), [(4, 0), (3, 0), (3, 0x40), (4, 0x40)])
def test_frames_are_told_apart_in_what_other_writers_made(tmp_path: Path, version: int, flags: int) -> None:
    """Sizes in plain numbers where v2.4 wants 7 bits a byte, and an extended header announced but not there."""
    frames = frame24(b"PRIV", b"x\0" + b"y" * 304) + GAIN + frame24(b"TIT2", b"\0Title")
    body = frames + bytes(50)
    tag = b"ID3" + bytes([version, 0, flags, 0, 0, len(body) >> 7, len(body) & 0x7F]) + body
    source = write_audio(tmp_path / "source", "MP3")
    source.write_bytes(tag + source.read_bytes())
    output, notes = carry(tmp_path, source, "MP3", "MP3")
    assert "REPLAYGAIN_TRACK_GAIN" in notes[0]
    assert output.read_bytes()[10 : len(tag)] == frames.replace(GAIN, b"") + bytes(50 + len(GAIN))


def test_a_frame_that_is_cut_off_stays_after_those_that_are_added() -> None:
    cut_off = b"TALB" + struct.pack(">IH", 20, 0) + b"\0Alb"
    frames = frame24(b"TIT2", b"\0Title") + cut_off
    added = frame24(b"TPE1", b"\0one")
    tag = with_frames(b"ID3\3\0\0\0\0\0" + bytes([len(frames)]) + frames, added)
    assert [frame.ident for frame in frames_of(tag)] == ["TIT2", "TPE1"]
    assert tag.endswith(added + cut_off)


def test_a_stale_frame_after_one_of_an_odd_name_is_found(tmp_path: Path) -> None:
    odd = frame24(b"rgxd", b"\0\1")
    frames = odd + GAIN + frame24(b"TIT2", b"\0Title")
    source = write_audio(tmp_path / "source", "MP3")
    tag = b"ID3\3\0\0\0\0" + bytes([len(frames) >> 7, len(frames) & 0x7F]) + frames
    source.write_bytes(tag + source.read_bytes())
    output, notes = carry(tmp_path, source, "MP3", "MP3")
    assert "REPLAYGAIN_TRACK_GAIN" in notes[0]
    assert output.read_bytes()[10 : len(tag)] == frames.replace(GAIN, b"") + bytes(len(GAIN))
