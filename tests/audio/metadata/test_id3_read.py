"""ID3 frames are read as fields and pictures, and nothing in a tag is unpacked."""

from __future__ import annotations

import struct
import time
import tracemalloc
import zlib

import pytest
from mutagen import id3

from eqmorph.audio.metadata.fields import Field, Picture
from eqmorph.audio.metadata.id3_read import fields_of_id3, fields_of_id3v1
from eqmorph.audio.metadata.limits import MAX_ITEMS
from tests.audio.tagged_files import PNG, id3_bytes

BOMB_BYTES = 8 << 20
BOMB = zlib.compress(b"\3" + b"x" * BOMB_BYTES, 9)
STATED = struct.pack(">I", BOMB_BYTES + 1)


def syncsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def frame(ident: bytes, content: bytes, version: int = 4, flags: int = 0) -> bytes:
    if version == 2:
        return ident + len(content).to_bytes(3, "big") + content
    size = syncsafe(len(content)) if version == 4 else struct.pack(">I", len(content))
    return ident + size + struct.pack(">H", flags) + content


def tag(version: int, *frames: bytes, flags: int = 0) -> bytes:
    body = b"".join(frames)
    return b"ID3" + bytes([version, 0, flags]) + syncsafe(len(body)) + body


PACKED = {3: frame(b"TIT2", STATED + BOMB, 3, 0x80), 4: frame(b"TIT2", syncsafe(BOMB_BYTES + 1) + BOMB, 4, 0x09)}
CHAPTER = b"chapter\0" + bytes(16)
BOMBS = {
    "a compressed frame": (4, PACKED[4]),
    "a compressed frame of v2.3": (3, PACKED[3]),
    "behind a frame of no name": (4, frame(b"abcd", b"x") + PACKED[4]),
    "behind a frame of no name in v2.3": (3, frame(b"abcd", b"x", 3) + PACKED[3]),
    "behind an empty frame": (4, frame(b"TALB", b"") + PACKED[4]),
    "under a name of v2.2": (3, PACKED[3].replace(b"TIT2", b"TT2\0")),
    "without a stated length": (4, frame(b"TIT2", BOMB, 4, 0x08)),
    "behind an empty frame of the same name": (4, frame(b"TIT2", b"") + PACKED[4]),
    "in a group": (4, frame(b"TIT2", b"g" + syncsafe(BOMB_BYTES + 1) + BOMB, 4, 0x49)),
    "encrypted as well": (4, frame(b"TIT2", b"e" + syncsafe(BOMB_BYTES + 1) + BOMB, 4, 0x0D)),
    "in a chapter": (4, frame(b"CHAP", CHAPTER + PACKED[4])),
    "in a table of contents": (4, frame(b"CTOC", b"toc\0\3\0" + PACKED[4])),
    "in a text": (4, frame(b"TXXX", b"\0d\0" + frame(b"TIT2", b"\0x" * 64) * 9 + PACKED[4])),
}


@pytest.mark.parametrize(("version", "frames"), BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize("flags", [0, 0x80], ids=["", "unsynchronised"])
def test_what_is_compressed_stays_compressed(version: int, frames: bytes, flags: int) -> None:
    data = tag(version, frames, frame(b"TPE1", b"\3one", version), flags=flags)
    assert len(data) < 12_000
    tracemalloc.start()
    try:
        fields, pictures, left_out = fields_of_id3(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20 * len(data)
    assert "TITLE" not in dict(fields)
    assert pictures == []
    assert left_out or "d" in dict(fields), "nothing is lost silently"


NUMBERS = "".join(f"{number}\0" for number in range(8_000)).encode()


@pytest.mark.parametrize(
    "frames",
    [
        [frame(b"TIT2", b"\3a")] * 16_000,
        [frame(b"TIT2", b"\3" + b"a\0" * 8_000), frame(b"TIT2", b"\3" + NUMBERS)],
        [frame(b"APIC", b"\0a\0\3\0d")] * 16_000,
    ],
    ids=["frames", "texts", "pictures"],
)
def test_a_tag_of_many_parts_takes_no_time(frames: list[bytes]) -> None:
    started = time.process_time()
    fields_of_id3(tag(4, *frames))
    assert time.process_time() - started < 3  # by mutagen, the pictures alone take many minutes


@pytest.mark.parametrize("version", [3, 4])
def test_every_kind_of_frame_becomes_fields(version: int) -> None:
    data = id3_bytes(
        id3.TIT2(1, ["Größe", "two"]),
        id3.TXXX(3, "MusicBrainz Album Id", ["abc"]),
        id3.TXXX(0, "", ["unnamed"]),
        id3.COMM(1, "eng", "", ["plain"]),
        id3.COMM(2 if version == 4 else 1, "eng", "described", ["音"]),
        id3.USLT(1, "eng", "", "la\nla"),
        id3.WXXX(0, "shop", "http://a.b"),
        id3.WOAR("http://c.d"),
        id3.UFID("http://musicbrainz.org", b"1-2"),
        id3.UFID("other", b"3"),
        id3.TRCK(0, "3/12"),
        id3.TCON(0, "(17)"),
        id3.TDRC(0, "2024-05-01T10:20"),
        id3.TIPL(3, [["producer", "P"], ["cook", "C"]]),
        id3.APIC(1, "image/png", 4, "Bïld", PNG),
        id3.POPM("a@b", 196, 3),
        version=version,
    )
    fields, pictures, left_out = fields_of_id3(data)
    texts = [("TITLE", "Größe/two")] if version == 3 else [("TITLE", "Größe"), ("TITLE", "two")]
    assert sorted(fields) == sorted(
        [
            *texts,
            ("MUSICBRAINZ_ALBUMID", "abc"),
            ("TXXX", "unnamed"),
            ("COMMENT", "plain"),
            ("COMMENT:described", "音"),
            ("LYRICS", "la\nla"),
            ("URL:shop", "http://a.b"),
            ("WEBSITE", "http://c.d"),
            ("MUSICBRAINZ_TRACKID", "1-2"),
            ("UFID:other", "3"),
            ("TRACKNUMBER", "3"),
            ("TRACKTOTAL", "12"),
            ("GENRE", "Rock"),
            ("DATE", "2024-05-01 10:20" + ":00" * (version == 3)),
            ("PRODUCER", "P"),
            ("PERFORMER", "C (cook)"),
        ]
    )
    assert pictures == [Picture(PNG, "image/png", 4, "Bïld")]
    assert left_out == ["ID3 POPM"]


@pytest.mark.parametrize("encoding", [0, 1, 3])
def test_nul_bytes_after_a_text_are_not_counted(encoding: int) -> None:
    text = "Title".encode("utf-16" if encoding == 1 else "ascii")
    data = tag(4, frame(b"TIT2", bytes([encoding]) + text + bytes(40_000)))
    assert fields_of_id3(data) == ([("TITLE", "Title")], [], [])


@pytest.mark.parametrize("encoding", [0, 1])
def test_a_frame_of_countless_texts_is_left_out_alone(encoding: int) -> None:
    texts = ("a\0" * (MAX_ITEMS + 1)).encode("utf-16-le" if encoding else "ascii")
    data = tag(4, frame(b"TIT2", bytes([encoding]) + texts), frame(b"TPE1", b"\3one"))
    assert fields_of_id3(data) == ([("ARTIST", "one")], [], ["ID3 TIT2"])


def test_equal_values_stay_so_that_lists_line_up() -> None:
    frames = [
        frame(b"TXXX", b"\3LABEL\0X\0X\0Y"),
        frame(b"TXXX", b"\3CATALOGNUMBER\0001\0002\0003"),
        frame(b"TPE1", b"\3A\0B\0A"),
        frame(b"COMM", b"\3eng\0same"),
        frame(b"COMM", b"\3deu\0same"),
        frame(b"USLT", b"\3eng\0la"),
        frame(b"USLT", b"\3deu\0la"),
    ]
    fields, _, _ = fields_of_id3(tag(4, *frames))
    assert fields == [
        *(("LABEL", value) for value in "XXY"),
        *(("CATALOGNUMBER", value) for value in "123"),
        *(("ARTIST", value) for value in "ABA"),
        *[("COMMENT", "same")] * 2,
        *[("LYRICS", "la")] * 2,
    ]


def test_a_frame_that_is_there_twice_is_read_once() -> None:
    frames = [frame(b"TPE1", b"\3A\0A"), frame(b"APIC", b"\0image/png\0\3\0" + PNG)]
    assert fields_of_id3(tag(4, *frames, *frames)) == ([("ARTIST", "A")] * 2, [Picture(PNG, "image/png")], [])


def test_genres_are_named() -> None:
    data = tag(3, frame(b"TCON", b"\0(17)(RX)Own", 3))
    assert fields_of_id3(data)[0] == [("GENRE", "Rock"), ("GENRE", "Remix"), ("GENRE", "Own")]


def test_frames_of_v22_are_read_under_their_later_names() -> None:
    data = tag(
        2,
        frame(b"TT2", b"\0Title", 2),
        frame(b"TXX", b"\0own\0value", 2),
        frame(b"TYE", b"\x001999", 2),
        frame(b"PIC", b"\0PNG\3\0" + PNG, 2),
        frame(b"CRM", b"x", 2),
    )
    fields = [("TITLE", "Title"), ("own", "value"), ("DATE", "1999")]
    assert fields_of_id3(data) == (fields, [Picture(PNG, "image/png")], ["ID3 CRM"])


@pytest.mark.parametrize("name", [b"TT2\0", b"TIT2"])
def test_a_name_of_v22_in_a_later_tag_is_understood(name: bytes) -> None:
    assert fields_of_id3(tag(3, frame(name, b"\0Title", 3)))[0] == [("TITLE", "Title")]


@pytest.mark.parametrize(
    ("year", "day", "time_", "date"),
    [
        ("1999", "", "", "1999"),
        ("1999", "0105", "", "1999-05-01"),
        ("1999", "0105", "1230", "1999-05-01 12:30:00"),
        ("about 1999", "0105", "", "about 1999"),
    ],
)
def test_the_date_of_v23_is_put_together(year: str, day: str, time_: str, date: str) -> None:
    texts = {b"TYER": year, b"TDAT": day, b"TIME": time_}
    data = tag(3, *(frame(ident, b"\0" + text.encode(), 3) for ident, text in texts.items()))
    assert fields_of_id3(data)[0] == [("DATE", date)]


@pytest.mark.parametrize("version", [3, 4])
def test_the_year_of_the_original_gives_way_to_its_date(version: int) -> None:
    year, date = frame(b"TORY", b"\x001999", version), frame(b"TDOR", b"\x001999-05-01", version)
    assert fields_of_id3(tag(version, year))[0] == [("ORIGINALDATE", "1999")]
    for frames in ([year, date], [date, year]):
        assert fields_of_id3(tag(version, *frames))[0] == [("ORIGINALDATE", "1999-05-01")]


def test_a_date_under_its_own_name_does_not_hide_the_year_of_v23() -> None:
    names = {b"DATE": b"TYER", b"ORIGINALDATE": b"TORY"}
    for name, ident in names.items():
        data = tag(3, frame(b"TXXX", b"\0" + name + b"\0spring", 3), frame(ident, b"\x001999", 3))
        assert fields_of_id3(data)[0] == [(name.decode(), "spring"), (name.decode(), "1999")]


@pytest.mark.parametrize("body", [b"\0PNG\3back\0", b"\0image/png\0\3back\0"])
def test_a_picture_under_its_name_of_v22_may_have_either_layout(body: bytes) -> None:
    data = tag(3, frame(b"PIC\0", body + PNG, 3))
    assert fields_of_id3(data) == ([], [Picture(PNG, "image/png", 3, "back")], [])


@pytest.mark.parametrize(
    ("people", "fields"),
    [
        (b"mixer\0M\0cook\0C\0x", [("MIXER", "M"), ("PERFORMER", "C (cook)"), ("PERFORMER", "x")]),
        (b"\0P\0mixer\0\0cook\0C", [("PERFORMER", "P"), ("PERFORMER", "C (cook)")]),
        (b"mixer", []),
        (b"x\0", [("PERFORMER", "x")]),
    ],
)
@pytest.mark.parametrize("ident", [b"IPLS", b"TIPL", b"TMCL"])
def test_a_role_without_a_person_is_not_put_in_brackets(ident: bytes, people: bytes, fields: list[Field]) -> None:
    assert fields_of_id3(tag(4, frame(ident, b"\0" + people)))[0] == fields


@pytest.mark.parametrize(
    ("content", "flags", "tag_flags"),
    [
        (b"\1\xff\x00\xfeA\0", 0x02, 0),
        (b"\1\xff\x00\xfeA\0", 0, 0x80),
        (b"\1\xff\xfeA\0", 0x02, 0),
        (b"\1\xff\xfeA\0", 0, 0x80),
        (b"g\1\xff\xfeA\0", 0x40, 0),
        (b"\0\0\0\5\1\xff\xfeA\0", 0x01, 0),
        (b"g\0\0\0\5\1\xff\x00\xfeA\0", 0x43, 0),
    ],
)
def test_what_the_flags_of_v24_announce_is_undone(content: bytes, flags: int, tag_flags: int) -> None:
    """Also where unsynchronisation is announced and was not done."""
    assert fields_of_id3(tag(4, frame(b"TIT2", content, 4, flags), flags=tag_flags)) == ([("TITLE", "A")], [], [])


@pytest.mark.parametrize(
    ("frames", "fields", "left_out"),
    [
        (frame(b"TIT2", b"\x09x"), [], ["ID3 TIT2"]),
        (frame(b"APIC", b"\0a\0"), [], ["ID3 APIC"]),
        (frame(b"TCON", b"\0" + b"9" * 5000), [], ["ID3 TCON"]),
        (frame(b"TIT2", b"\3a") + b"garbage", [("TITLE", "a")], ["damaged ID3 frames"]),
        (frame(b"TIT2", b"\3a") + bytes(99), [("TITLE", "a")], []),
        (frame(b"TDRC", b"\3spring 2024"), [("DATE", "spring 2024")], []),
    ],
)
def test_damaged_frames_are_named(frames: bytes, fields: list[Field], left_out: list[str]) -> None:
    assert fields_of_id3(tag(4, frames)) == (fields, [], left_out)


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("odd", [[b"rgad"], [b"Xyz1"], [b"Txyz"], [b"a b!", b"rgad"]])
def test_a_frame_of_an_odd_name_hides_none_after_it(odd: list[bytes], version: int) -> None:
    frames = [frame(ident, b"\0\1content", version) for ident in odd]
    data = tag(version, *frames, frame(b"TIT2", b"\0Title", version), *frames, bytes(9))
    assert fields_of_id3(data) == ([("TITLE", "Title")], [], [f"ID3 {ident.decode()}" for ident in odd])


def test_a_frame_of_an_odd_name_hides_none_after_it_in_v22() -> None:
    data = tag(2, frame(b"xyz", b"\1\2", 2), frame(b"TT2", b"\0Title", 2))
    assert fields_of_id3(data) == ([("TITLE", "Title")], [], ["ID3 xyz"])


@pytest.mark.parametrize("after", [b"\x80\1\2\3", b"TIT\xff" + bytes(20)])
def test_what_only_looks_like_a_frame_is_damage(after: bytes) -> None:
    data = tag(4, frame(b"TIT2", b"\3a"), frame(b"rgad", b"xx") + after)
    assert fields_of_id3(data) == ([("TITLE", "a")], [], ["damaged ID3 frames"])


def test_anything_after_a_nul_byte_is_padding() -> None:
    data = tag(3, frame(b"TIT2", b"\0a", 3), bytes(20) + b"left over from an older tag")
    assert fields_of_id3(data) == ([("TITLE", "a")], [], [])


def test_a_name_of_v22_with_a_blank_after_it_is_understood() -> None:
    assert fields_of_id3(tag(3, frame(b"COM ", b"\0eng\0said", 3)))[0] == [("COMMENT", "said")]


@pytest.mark.parametrize("version", [2, 3, 4])
def test_a_last_frame_that_is_cut_off_is_read_as_far_as_it_reaches(version: int) -> None:
    whole = frame(b"TP1" if version == 2 else b"TPE1", b"\0one", version)
    cut_off = frame(b"TT2" if version == 2 else b"TIT2", b"\0A long title", version)[:-5]
    assert fields_of_id3(tag(version, whole, cut_off)) == (
        [("ARTIST", "one"), ("TITLE", "A long ")],
        [],
        ["damaged ID3 frames"],
    )


def test_what_is_not_a_tag_is_named_as_one() -> None:
    assert fields_of_id3(b"ID3\2\0\x40\0\0\0\0") == ([], [], ["ID3 tag"])
    assert fields_of_id3(b"") == ([], [], ["ID3 tag"])


def test_an_id3v1_tag_has_seven_fields() -> None:
    texts = (b"T\xeftle", 30), (b"Art ", 30), (b"Alb", 30), (b"1999", 4), (b"said", 28)
    data = b"TAG" + b"".join(text.ljust(size, b"\0") for text, size in texts) + b"\0\7\x08"
    assert dict(fields_of_id3v1(data)) == {
        "TITLE": "Tïtle",
        "ARTIST": "Art",
        "ALBUM": "Alb",
        "DATE": "1999",
        "COMMENT:ID3v1 Comment": "said",
        "TRACKNUMBER": "7",
        "GENRE": "Jazz",
    }
    assert fields_of_id3v1(b"TAG" + bytes(94) + b"c" * 30 + b"\xff") == [("COMMENT:ID3v1 Comment", "c" * 30)]
