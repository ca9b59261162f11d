"""Fields find their ID3 frames, and frames their fields."""

from __future__ import annotations

import base64
import io
import time
from pathlib import Path

import pytest
from mutagen import apev2, flac, id3, wave

from eqmorph.audio.metadata.fields import Picture
from eqmorph.audio.metadata.id3_fields import id3_tag
from eqmorph.audio.metadata.limits import MAX_ITEMS
from tests.audio.tagged_files import JPEG, PNG, add_riff, carry, chunk, id3_bytes, info_list, picture_block, write_audio


@pytest.mark.parametrize(
    ("field", "frame", "value"),
    [
        (("DATE", "2024/05/01"), "TDRC", "2024-05-01"),
        (("YEAR", "1999"), "TDRC", "1999"),
        (("DATE", "spring 2024"), "TXXX:DATE", "spring 2024"),
        (("WEBSITE", "http://a.b"), "WOAR:http://a.b", "http://a.b"),
        (("WEBSITE", "http://日本"), "TXXX:WEBSITE", "http://日本"),
        (("DESCRIPTION", "as ffmpeg says it"), "COMM::XXX", "as ffmpeg says it"),
        (("TRACKTOTAL", "9"), "TXXX:TRACKTOTAL", "9"),
        (("MUSICBRAINZ_ALBUMID", "abc"), "TXXX:MusicBrainz Album Id", "abc"),
        (("TOFN", "file.wav"), "TOFN", "file.wav"),
    ],
)
def test_fields_find_their_frames(tmp_path: Path, field: tuple[str, str], frame: str, value: str) -> None:
    source = write_audio(tmp_path / "source", "FLAC")
    file = flac.FLAC(source)
    file.tags.append(field)
    file.save()
    output, notes = carry(tmp_path, source, "FLAC", "MP3")
    tag = id3.ID3(output)
    assert {key: str(tag[key]) for key in tag} == {frame: value}
    assert notes == ()


def test_two_pictures_of_one_description_both_reach_id3(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "FLAC")
    file = flac.FLAC(source)
    for data in (PNG, JPEG):
        file.add_picture(flac.Picture(base64.b64decode(picture_block(data, "image/png", 3))))
    file.save()
    output, _ = carry(tmp_path, source, "FLAC", "MP3")
    assert [picture.data for picture in id3.ID3(output).getall("APIC")] == [PNG, JPEG]


def test_many_pictures_of_one_description_are_told_apart() -> None:
    names = ["a", "a", "a ", "a", "", ""]
    tag = id3.ID3(io.BytesIO(id3_tag([], [Picture(PNG, "image/png", 3, name) for name in names])))
    assert [picture.desc for picture in tag.getall("APIC")] == ["a", "a ", "a  ", "a   ", "", " "]


def test_as_many_pictures_as_a_file_may_hold_take_no_time() -> None:
    started = time.process_time()
    tag = id3_tag([], [Picture(b"x")] * MAX_ITEMS)
    assert time.process_time() - started < 10
    assert len(tag) < 50 * MAX_ITEMS


def test_info_fields_join_an_id3_tag_that_lacks_them(tmp_path: Path) -> None:
    tag = id3_bytes(id3.TIT2(1, "Größe"), id3.POPM("a@b", 196, 3), id3.TSOP(3, "sort"), version=3)
    source = write_audio(tmp_path / "source", "WAV")
    add_riff(source, chunk(b"id3 ", tag), chunk(b"LIST", info_list(INAM=b"Cut off ti", IART=b"Bj\xf6rk", ICRD=b"2024")))
    output, notes = carry(tmp_path, source, "WAV", "MP3")
    assert notes == ()
    assert output.read_bytes()[3] == 3
    read = id3.ID3(output, translate=False)
    assert (str(read["TIT2"]), str(read["TPE1"]), str(read["TYER"])) == ("Größe", "Björk", "2024")
    assert read["POPM:a@b"].rating == 196
    assert "TSOP" not in read or read["TSOP"] == "sort"


def test_sort_names_join_a_v23_tag_that_lacks_them(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "MP3")
    source.write_bytes(id3_bytes(id3.TIT2(1, "Größe"), version=3) + source.read_bytes())
    ape = apev2.APEv2()
    ape["Title"], ape["ARTISTSORT"] = "another", "Cage, John"
    ape.save(source)
    output, _ = carry(tmp_path, source, "MP3", "WAV")
    tag = wave.WAVE(output).tags
    assert (tag.version, tag["TIT2"], tag["TSOP"]) == ((2, 3, 0), "Größe", "Cage, John")


def test_an_id3v1_tag_alone_is_read(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "MP3")
    v1 = b"TAG" + b"T\xeftle".ljust(30, b"\0") + b"Art".ljust(30, b"\0") + bytes(30) + b"1999" + bytes(29) + b"\7\x08"
    source.write_bytes(source.read_bytes() + v1)
    output, notes = carry(tmp_path, source, "MP3", "FLAC")
    assert notes == ()
    read = flac.FLAC(output)
    expected = {"title": ["Tïtle"], "artist": ["Art"], "date": ["1999"], "tracknumber": ["7"], "genre": ["Jazz"]}
    assert dict(read.tags) == expected
