"""Metadata survives processing: checked with mutagen, with ffprobe where it is there, and against the bytes."""

from __future__ import annotations

import base64
import json
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mutagen
import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutagen import aiff, apev2, flac, id3, mp3, oggopus, oggvorbis, wave

from eqmorph.audio.chunks.walk import W64_TAIL, read_chunk, walk
from eqmorph.audio.metadata.carry import carry_metadata
from eqmorph.errors import EqmorphError, InputError, OutputError

RNG = np.random.default_rng(11)
AUDIO = RNG.uniform(-0.3, 0.3, (4801, 2)).astype(np.float32)
RATE = 48000
SUBTYPES = {
    "WAV": "PCM_16",
    "WAVEX": "PCM_24",
    "RF64": "PCM_24",
    "W64": "PCM_16",
    "AIFF": "PCM_16",
    "CAF": "PCM_16",
    "FLAC": "PCM_16",
    "VORBIS": "VORBIS",
    "OPUS": "OPUS",
    "MP3": "MPEG_LAYER_III",
    "AU": "PCM_16",
}
RIFFS = ("WAV", "WAVEX", "RF64")
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
JPEG = b"\xff\xd8\xff\xe0" + RNG.bytes(70_001) + b"\xff\xd9"

FIELDS = {
    "TITLE": "Größe – 音",
    "ARTIST": "Björk",
    "ALBUM": "Ænima",
    "ALBUMARTIST": "Various",
    "COMPOSER": "Dvořák",
    "GENRE": "Jazz",
    "DATE": "2024-05-01",
    "TRACKNUMBER": "3",
    "TRACKTOTAL": "12",
    "DISCNUMBER": "1",
    "DISCTOTAL": "2",
    "COMMENT": "a comment",
    "COPYRIGHT": "© 2024 me",
    "PUBLISHER": "House",
    "ISRC": "USABC2400001",
    "BPM": "128",
    "LYRICS": "la\nla",
    "LANGUAGE": "eng",
    "ENCODEDBY": "Someone",
    "PRODUCER": "A Producer",
    "PERFORMER": "A Player (cello)",
    "MUSICBRAINZ_TRACKID": "f27ec8db-af05-4f36-916e-3d57f91ecf5e",
    "My Own Field": "free",
}
FRAMES = {
    "TIT2": FIELDS["TITLE"],
    "TPE1": FIELDS["ARTIST"],
    "TALB": FIELDS["ALBUM"],
    "TPE2": FIELDS["ALBUMARTIST"],
    "TCOM": FIELDS["COMPOSER"],
    "TCON": FIELDS["GENRE"],
    "TDRC": FIELDS["DATE"],
    "TRCK": "3/12",
    "TPOS": "1/2",
    "COMM::XXX": FIELDS["COMMENT"],
    "TCOP": FIELDS["COPYRIGHT"],
    "TPUB": FIELDS["PUBLISHER"],
    "TSRC": FIELDS["ISRC"],
    "TBPM": FIELDS["BPM"],
    "USLT::XXX": FIELDS["LYRICS"],
    "TLAN": FIELDS["LANGUAGE"],
    "TENC": FIELDS["ENCODEDBY"],
    "TXXX:My Own Field": "free",
}
INFO = {"INAM": "TITLE", "IART": "ARTIST", "IPRD": "ALBUM", "ICMT": "COMMENT", "IGNR": "GENRE", "ICRD": "DATE"}


# -------------------------------------------------------------------------------------------- files for the tests


def write_audio(path: Path, kind: str, samples: np.ndarray = AUDIO) -> Path:
    container = "OGG" if kind in ("VORBIS", "OPUS") else kind
    soundfile.write(path, samples, RATE, format=container, subtype=SUBTYPES[kind])
    return path


def major(kind: str) -> str:
    return "OGG" if kind in ("VORBIS", "OPUS") else kind


def chunk(ident: bytes, payload: bytes, order: str = "<") -> bytes:
    return struct.pack(order + "4sI", ident, len(payload)) + payload + bytes(len(payload) % 2)


def w64_chunk(ident: bytes, payload: bytes) -> bytes:
    return struct.pack("<16sQ", ident, len(payload) + 24) + payload + bytes(-len(payload) % 8)


def caf_chunk(ident: bytes, payload: bytes) -> bytes:
    return struct.pack(">4sq", ident, len(payload)) + payload


def add_riff(path: Path, *chunks: bytes, before_data: bool = False) -> Path:
    """Put chunks into a RIFF or RF64 file by hand, before its data or behind."""
    data = bytearray(path.read_bytes())
    at = data.index(b"data", 36 if data[:4] == b"RIFF" else 60) if before_data else len(data)
    data[at:at] = b"".join(chunks)
    struct.pack_into("<Q" if data[:4] == b"RF64" else "<I", data, 20 if data[:4] == b"RF64" else 4, len(data) - 8)
    path.write_bytes(data)
    return path


def add_aiff(path: Path, *chunks: bytes) -> Path:
    data = bytearray(path.read_bytes()) + b"".join(chunks)
    struct.pack_into(">I", data, 4, len(data) - 8)
    path.write_bytes(data)
    return path


def add_w64(path: Path, *chunks: bytes) -> Path:
    data = bytearray(path.read_bytes())
    at = data.index(b"data" + W64_TAIL)
    data[at:at] = b"".join(chunks)
    struct.pack_into("<Q", data, 16, len(data))
    path.write_bytes(data)
    return path


def add_caf(path: Path, *chunks: bytes) -> Path:
    path.write_bytes(path.read_bytes() + b"".join(chunks))
    return path


def id3_bytes(*frames: Any, version: int = 4) -> bytes:
    import io

    tag = id3.ID3()
    for frame in frames:
        tag.add(frame)
    buffer = io.BytesIO()
    if version == 3:
        tag.update_to_v23()
    tag.save(buffer, v2_version=version, v1=0)
    return buffer.getvalue()


def extras(path: Path) -> list[tuple[bytes, bytes]]:
    """Identifier and payload of all chunks that do not describe the audio, in file order."""
    with path.open("rb") as handle:
        container = walk(handle)
        assert container is not None
        return [(c.ident, read_chunk(handle, c)) for c in container.extras]


def carry(tmp_path: Path, source: Path, source_kind: str, output_kind: str) -> tuple[Path, tuple[str, ...]]:
    """Carry to a new output, and hold that its audio stays what libsndfile wrote."""
    output = write_audio(tmp_path / "output.part", output_kind)
    before = soundfile.read(output, dtype="int32")[0]
    notes = carry_metadata(source, output, source_format=major(source_kind), output_format=major(output_kind))
    np.testing.assert_array_equal(soundfile.read(output, dtype="int32")[0], before)
    assert soundfile.info(output).format == major(output_kind)
    return output, notes


def bext(version: int = 2, loudness: tuple[int, ...] = (-2300, 700, -100, -1800, -2000)) -> bytes:
    text = b"A description".ljust(256, b"\0") + b"Originator".ljust(32, b"\0") + b"Reference".ljust(32, b"\0")
    head = text + b"2024-05-0112:00:00" + struct.pack("<QH", 123_456, version) + bytes(64)
    return head + struct.pack("<5h", *loudness) + bytes(180) + b"A=PCM,F=48000\r\n"


def info_list(**fields: bytes) -> bytes:
    return b"INFO" + b"".join(chunk(name.encode(), value + b"\0") for name, value in fields.items())


# --------------------------------------------------------------------------------------------- nothing to carry


@pytest.mark.parametrize("kind", SUBTYPES)
@pytest.mark.parametrize("source_kind", ["WAV", "FLAC", "MP3", "AU"])
def test_a_file_without_metadata_changes_no_byte_of_the_output(tmp_path: Path, source_kind: str, kind: str) -> None:
    source = write_audio(tmp_path / "source", source_kind)
    output = write_audio(tmp_path / "output.part", kind)
    before = output.read_bytes()
    assert carry_metadata(source, output, source_format=source_kind, output_format=major(kind)) == ()
    assert output.read_bytes() == before


def test_wav_to_wav_loads_no_tag_library(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "WAV")
    add_riff(source, chunk(b"cue ", b"1234"), chunk(b"LIST", info_list(INAM=b"x")), chunk(b"id3 ", id3_bytes()))
    output = write_audio(tmp_path / "output.part", "WAV")
    code = (
        "import sys; from pathlib import Path; from eqmorph.audio.metadata.carry import carry_metadata\n"
        "carry_metadata(Path(sys.argv[1]), Path(sys.argv[2]), source_format='WAV', output_format='WAV')\n"
        "print([m for m in ('mutagen', 'numpy', 'soundfile') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code, source, output], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
    assert len(extras(output)) == 3


# --------------------------------------------------------------------------------------- chunks, in their family

WAV_CHUNKS = [
    (b"bext", bext(1, (0, 0, 0, 0, 0))),
    (b"iXML", "<BWFXML><NOTE>Ü</NOTE></BWFXML>".encode()),
    (b"cue ", struct.pack("<I", 1) + struct.pack("<II4sIII", 1, 100, b"data", 0, 0, 100)),
    (b"smpl", bytes(36) + b"x"),
    (b"inst", b"1234567"),
    (b"acid", bytes(24)),
    (b"LIST", info_list(INAM=b"t\xfctel", ISFT=b"a DAW", IXYZ=b"odd one")),
    (b"LIST", b"adtl" + chunk(b"labl", b"\1\0\0\0here\0")),
    (b"id3 ", id3_bytes(id3.TIT2(3, "Titel"), id3.POPM(email="a@b", rating=196, count=3))),
    (b"axml", b"<x/>"),
    (b"chna", bytes(44)),
    (b"vnd1", b"unknown to all"),
    (b"LIST", b"\1\2"),
]


@pytest.mark.parametrize("before_data", [True, False])
@pytest.mark.parametrize(("source_kind", "output_kind"), [(a, b) for a in RIFFS for b in RIFFS])
def test_all_chunks_of_a_wav_go_over_byte_for_byte(
    tmp_path: Path, source_kind: str, output_kind: str, before_data: bool
) -> None:
    source = write_audio(tmp_path / "source", source_kind)
    filler = [chunk(b"JUNK", bytes(28)), chunk(b"PAD ", b"x"), chunk(b"FLLR", bytes(9)), chunk(b"PEAK", bytes(24))]
    add_riff(source, filler[0], *(chunk(*c) for c in WAV_CHUNKS), *filler[1:], before_data=before_data)
    output, notes = carry(tmp_path, source, source_kind, output_kind)
    assert notes == ()
    assert extras(output) == WAV_CHUNKS
    mutagen_tag = wave.WAVE(output).tags if output_kind != "RF64" else None
    assert mutagen_tag is None or mutagen_tag["TIT2"] == "Titel"


def test_libsndfile_and_ffprobe_read_what_is_behind_the_samples(tmp_path: Path) -> None:
    source = add_riff(write_audio(tmp_path / "source", "WAV"), chunk(b"LIST", info_list(INAM=b"A title")))
    output, _ = carry(tmp_path, source, "WAV", "WAV")
    with soundfile.SoundFile(output) as file:
        assert file.title == "A title"


def test_float_wav_keeps_its_own_peak_chunk_only(tmp_path: Path) -> None:
    source, output = tmp_path / "source", tmp_path / "output.part"
    soundfile.write(source, AUDIO, RATE, format="WAV", subtype="FLOAT")
    soundfile.write(output, AUDIO / 2, RATE, format="WAV", subtype="FLOAT")
    own = output.read_bytes()
    add_riff(source, chunk(b"cue ", b"1234"))
    assert carry_metadata(source, output, source_format="WAV", output_format="WAV") == ()
    assert output.read_bytes()[8 : len(own)] == own[8:]
    assert output.read_bytes().count(b"PEAK") == output.read_bytes().count(b"fact") == 1


def test_carrying_twice_adds_nothing(tmp_path: Path) -> None:
    source = add_riff(write_audio(tmp_path / "source", "WAV"), *(chunk(*c) for c in WAV_CHUNKS))
    output, _ = carry(tmp_path, source, "WAV", "WAV")
    once = output.read_bytes()
    carry_metadata(source, output, source_format="WAV", output_format="WAV")
    assert output.read_bytes() == once


def test_measured_loudness_in_bext_becomes_unknown(tmp_path: Path) -> None:
    source = add_riff(write_audio(tmp_path / "source", "WAV"), chunk(b"bext", bext()))
    output, notes = carry(tmp_path, source, "WAV", "RF64")
    [(_, carried)] = extras(output)
    assert carried == bext(2, (0x7FFF,) * 5)
    assert len(notes) == 1
    assert "bext" in notes[0]
    assert "loudness" in notes[0]


@pytest.mark.parametrize("payload", [bext(1), bext(2, (0x7FFF,) * 5), bext()[:400], b"", bext(2, (0,) * 5)])
def test_bext_without_measurements_stays_as_it_is(tmp_path: Path, payload: bytes) -> None:
    source = add_riff(write_audio(tmp_path / "source", "WAV"), chunk(b"bext", payload))
    output, notes = carry(tmp_path, source, "WAV", "WAV")
    assert extras(output) == [(b"bext", payload)]
    assert notes == ()


def test_what_measures_the_old_samples_is_left_out_and_told(tmp_path: Path) -> None:
    tag = id3_bytes(
        id3.TIT2(3, "Titel"),
        id3.TXXX(3, "replaygain_track_gain", ["-7.5 dB"]),
        id3.RVA2("x", 1, 2.0, 0.5),
        id3.COMM(1, "eng", "iTunNORM", [" 00000A"]),
    )
    chunks = [(b"levl", bytes(120)), (b"MD5 ", bytes(16)), (b"id3 ", tag), (b"iXML", b"<LOUDNESS>-23</LOUDNESS>")]
    source = add_riff(write_audio(tmp_path / "source", "WAV"), *(chunk(*c) for c in chunks))
    output, notes = carry(tmp_path, source, "WAV", "WAV")
    assert [name for name, _ in extras(output)] == [b"id3 ", b"iXML"]
    assert list(wave.WAVE(output).tags) == ["TIT2"]
    told = " ".join(notes)
    assert all(name in told for name in ("levl", "MD5", "REPLAYGAIN_TRACK_GAIN", "RVA2", "ITUNNORM", "iXML"))


@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT"])
def test_all_chunks_of_an_aiff_go_over_byte_for_byte(tmp_path: Path, subtype: str) -> None:
    chunks = [
        (b"NAME", b"a name"),
        (b"AUTH", b"odd"),
        (b"(c) ", b"2024"),
        (b"ANNO", b"first"),
        (b"ANNO", b"second"),
        (b"COMT", struct.pack(">HIHH", 1, 0, 0, 3) + b"abc\0"),
        (b"MARK", struct.pack(">HHI", 1, 1, 100) + b"\4here\0"),
        (b"INST", bytes(20)),
        (b"APPL", b"VST data!"),
        (b"basc", bytes(84)),
        (b"CHAN", bytes(12)),
        (b"ID3 ", id3_bytes(id3.TIT2(3, "Titel"))),
    ]
    source = tmp_path / "source"
    soundfile.write(source, AUDIO, RATE, format="AIFF", subtype=subtype)
    add_aiff(source, *(chunk(*c, ">") for c in chunks), chunk(b"FLLR", b"x", ">"))
    output, notes = carry(tmp_path, source, "AIFF", "AIFF")
    assert notes == ()
    assert extras(output) == chunks
    assert aiff.AIFF(output).tags["TIT2"] == "Titel"


def test_all_chunks_of_a_caf_go_over_byte_for_byte(tmp_path: Path) -> None:
    chunks = [
        (b"info", struct.pack(">I", 2) + b"title\0Titel\0artist\0Someone\0"),
        (b"strg", struct.pack(">IIq", 1, 1, 0) + b"text\0"),
        (b"mark", bytes(8)),
        (b"regn", bytes(9)),
        (b"inst", bytes(24)),
        (b"midi", b"MThd"),
        (b"umid", bytes(64)),
        (b"uuid", bytes(range(30))),
        (b"chan", struct.pack(">III", 101 << 16 | 2, 0, 0)),
    ]
    source = write_audio(tmp_path / "source", "CAF")
    add_caf(source, *(caf_chunk(*c) for c in chunks), caf_chunk(b"free", b"x"), caf_chunk(b"ovvw", bytes(8)))
    output, notes = carry(tmp_path, source, "CAF", "CAF")
    assert extras(output) == chunks
    assert len(notes) == 1
    assert "ovvw" in notes[0]


def test_a_caf_channel_layout_is_kept_for_as_many_channels_only(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "CAF", np.repeat(AUDIO, 3, axis=1))
    add_caf(source, caf_chunk(b"chan", bytes(12)), caf_chunk(b"midi", b"MThd"))
    output, notes = carry(tmp_path, source, "CAF", "CAF")
    assert extras(output) == [(b"midi", b"MThd")]
    assert notes == ("chan left out: made for another number of channels",)


def test_the_channel_layout_of_a_stereo_caf_needs_no_note(tmp_path: Path) -> None:
    for channels, expected in ((2, ()), (3, ("FLAC has no place for the chan chunk",))):
        samples = np.repeat(AUDIO[:, :1], channels, axis=1)
        source = add_caf(write_audio(tmp_path / "source", "CAF", samples), caf_chunk(b"chan", bytes(12)))
        assert carry(tmp_path, source, "CAF", "FLAC")[1] == expected


def test_replaygain_in_a_caf_info_chunk_is_left_out(tmp_path: Path) -> None:
    info = struct.pack(">I", 3) + "title\0Größe\0REPLAYGAIN_TRACK_GAIN\0-3 dB\0my key\0value\0".encode()
    source = add_caf(write_audio(tmp_path / "source", "CAF"), caf_chunk(b"info", info))
    output, notes = carry(tmp_path, source, "CAF", "CAF")
    assert extras(output) == [(b"info", struct.pack(">I", 2) + "title\0Größe\0my key\0value\0".encode())]
    assert "REPLAYGAIN_TRACK_GAIN" in notes[0]


def test_all_chunks_of_a_w64_go_over_byte_for_byte(tmp_path: Path) -> None:
    chunks = [
        (b"bext" + W64_TAIL, bext(1)),
        (bytes.fromhex("bc945f925a52d21186dc00c04f8edb8a"), struct.pack("<I", 0)),
        (bytes(range(100, 116)), b"a vendor's own"),
    ]
    source = write_audio(tmp_path / "source", "W64")
    add_w64(source, *(w64_chunk(*c) for c in chunks), w64_chunk(b"junk" + W64_TAIL, b"x"))
    output, notes = carry(tmp_path, source, "W64", "W64")
    assert notes == ()
    assert extras(output) == chunks


def test_chunks_pass_from_wav_to_w64_and_back(tmp_path: Path) -> None:
    chunks = [(b"bext", bext(1)), (b"iXML", b"<x/>"), (b"cue ", bytes(28)), (b"vend", b"odd")]
    source = write_audio(tmp_path / "source", "WAV")
    add_riff(source, *(chunk(*c) for c in chunks), chunk(b"LIST", info_list(INAM=b"Gr\xc3\xb6\xc3\x9fe", ITRK=b"3/12")))
    middle, notes = carry(tmp_path, source, "WAV", "W64")
    assert notes == ()
    middle = middle.rename(tmp_path / "middle")
    output, notes = carry(tmp_path, middle, "W64", "WAV")
    assert notes == ()
    assert extras(output)[:4] == chunks
    assert extras(output)[4] == (b"LIST", info_list(INAM=b"Gr\xc3\xb6\xc3\x9fe", ITRK=b"3/12"))
    assert wave.WAVE(output).tags["TRCK"] == "3/12"


@pytest.mark.parametrize("output_kind", ["WAV", "W64"])
def test_big_endian_chunks_are_not_taken_for_little_endian(tmp_path: Path, output_kind: str) -> None:
    source = tmp_path / "source"
    soundfile.write(source, AUDIO, RATE, format="WAV", subtype="PCM_16", endian="BIG")
    data = source.read_bytes()
    assert data[:4] == b"RIFX"
    info = b"INFO" + chunk(b"INAM", b"A title\0", ">")
    data += chunk(b"LIST", info, ">") + chunk(b"cue ", struct.pack(">I", 0), ">")
    source.write_bytes(data[:4] + struct.pack(">I", len(data) - 8) + data[8:])
    output, notes = carry(tmp_path, source, "WAV", output_kind)
    assert len(extras(output)) == (2 if output_kind == "WAV" else 1)
    assert "A title".encode("utf-16-le" if output_kind == "W64" else "ascii") in extras(output)[0][1]
    assert notes == (f"{output_kind} has no place for the cue chunk",)


def test_a_cut_off_chunk_is_left_and_told(tmp_path: Path) -> None:
    source = add_riff(write_audio(tmp_path / "source", "WAV"), chunk(b"cue ", b"1234"), chunk(b"bext", bext()))
    source.write_bytes(source.read_bytes()[:-300])
    output, notes = carry(tmp_path, source, "WAV", "WAV")
    assert extras(output) == [(b"cue ", b"1234")]
    assert len(notes) == 1
    assert "bext" in notes[0]


# --------------------------------------------------------------------------------------------- FLAC, Ogg and MP3


def rich_flac(path: Path) -> Path:
    write_audio(path, "FLAC")
    file = flac.FLAC(path)
    file.add_tags() if file.tags is None else None
    file.tags.extend([("TITLE", "Größe"), ("artist", "one"), ("Artist", "two"), ("REPLAYGAIN_TRACK_GAIN", "-7 dB")])
    file.tags.append(("Encoder", "old one"))
    for data, mime, kind in ((PNG, "image/png", 3), (JPEG, "image/jpeg", 4)):
        picture = flac.Picture()
        picture.data, picture.mime, picture.type, picture.desc, picture.width = data, mime, kind, "Bïld", 7
        file.add_picture(picture)
    sheet = flac.CueSheet(None)
    sheet.media_catalog_number = b"1234567890123"
    track = flac.CueSheetTrack(170, 0)
    track.isrc, track.type, track.pre_emphasis = b"", 0, False
    sheet.tracks.append(track)
    file.metadata_blocks.append(sheet)
    application = flac.MetadataBlock(b"appldata of any kind")
    application.code = 2
    file.metadata_blocks.append(application)
    file.save()
    return path


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


def test_comments_of_a_flac_survive_that_are_no_utf8(tmp_path: Path) -> None:
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


def picture_block(data: bytes, mime: str, kind: int) -> str:
    picture = flac.Picture()
    picture.data, picture.mime, picture.type, picture.desc = data, mime, kind, "Bïld"
    return base64.b64encode(picture.write()).decode()


def rich_ogg(path: Path, kind: str) -> Path:
    write_audio(path, kind)
    file = (oggopus.OggOpus if kind == "OPUS" else oggvorbis.OggVorbis)(path)
    file.tags.extend([("TITLE", "Größe"), ("ARTIST", "one"), ("ARTIST", "two"), ("R128_TRACK_GAIN", "-512")])
    file.tags.append(("METADATA_BLOCK_PICTURE", picture_block(JPEG, "image/jpeg", 3)))
    file.tags.append(("METADATA_BLOCK_PICTURE", picture_block(PNG, "image/png", 4)))
    file.save()
    return path


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


def rich_mp3(path: Path, version: int) -> Path:
    write_audio(path, "MP3")
    tag = id3.ID3()
    tag.add(id3.TIT2(1, "Größe"))
    tag.add(id3.TSSE(0, "old encoder"))
    tag.add(id3.TXXX(1, "REPLAYGAIN_TRACK_GAIN", ["-7 dB"]))
    tag.add(id3.POPM("a@b", 196, 3))
    tag.add(id3.GEOB(0, "application/x", "f", "Serato Markers", RNG.bytes(200)))
    tag.add(id3.APIC(1, "image/jpeg", 3, "Bïld", JPEG))
    tag.add(id3.APIC(1, "image/png", 4, "back", PNG))
    tag.add(id3.TDRC(0, "2024-05-01"))
    tag.add(id3.PRIV("owner", b"\xff\x00\xff\xe0"))
    if version == 3:
        tag.update_to_v23()
    tag.save(path, v2_version=version, v1=2)
    return path


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
    assert notes == ("REPLAYGAIN_TRACK_GAIN left out: measured on the audio as it was before the change",)
    assert mp3.MP3(output).info.length == pytest.approx(len(AUDIO) / RATE, abs=1e-3)


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


@pytest.mark.parametrize("head", [b"ID3\0\0\0", b"ID3\4\0\1", b"ID3\3\0\x7f"])
def test_what_only_looks_like_an_id3_tag_is_left_out(tmp_path: Path, head: bytes) -> None:
    source = write_audio(tmp_path / "source", "MP3")
    source.write_bytes(head + b"\0\0\0\x14" + bytes(20) + source.read_bytes())
    output, notes = carry(tmp_path, source, "MP3", "MP3")
    assert output.read_bytes() == write_audio(tmp_path / "plain", "MP3").read_bytes()
    assert notes == ("the ID3 tag left out: cut off or damaged in the source",)


def test_carrying_twice_to_an_mp3_adds_nothing(tmp_path: Path) -> None:
    source = rich_mp3(tmp_path / "source", 4)
    output, _ = carry(tmp_path, source, "MP3", "MP3")
    once = output.read_bytes()
    carry_metadata(source, output, source_format="MP3", output_format="MP3")
    assert output.read_bytes() == once


def test_what_stands_behind_an_mp3_stays_behind_it(tmp_path: Path) -> None:
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


def test_an_mp3_with_only_a_bad_tag_size_still_works(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "MP3")
    source.write_bytes(b"ID3\4\0\0\x7f\x7f\x7f\x7f" + b"TIT2" + source.read_bytes())
    output, notes = carry(tmp_path, source, "MP3", "MP3")
    assert not output.read_bytes().startswith(b"ID3")
    assert "ID3" in notes[0]


# ------------------------------------------------------------------------------------------- between the families


def full_source(path: Path, kind: str) -> Path:
    """A file of the kind with all of FIELDS and a front cover, by mutagen."""
    write_audio(path, kind)
    if kind in ("FLAC", "VORBIS", "OPUS"):
        file = mutagen.File(path)
        file.tags.extend(FIELDS.items())
        if kind == "FLAC":
            picture = flac.Picture(base64.b64decode(picture_block(PNG, "image/png", 3)))
            file.add_picture(picture)
        else:
            file.tags.append(("METADATA_BLOCK_PICTURE", picture_block(PNG, "image/png", 3)))
        file.save()
        return path
    frames: list[Any] = [
        getattr(id3, key)(3, value) for key, value in FRAMES.items() if key[0] == "T" and ":" not in key
    ]
    frames += [
        id3.COMM(3, "XXX", "", [FIELDS["COMMENT"]]),
        id3.USLT(3, "XXX", "", FIELDS["LYRICS"]),
        id3.TXXX(3, "My Own Field", ["free"]),
        id3.TIPL(3, [["producer", "A Producer"]]),
        id3.TMCL(3, [["cello", "A Player"]]),
        id3.UFID("http://musicbrainz.org", FIELDS["MUSICBRAINZ_TRACKID"].encode()),
        id3.APIC(3, "image/png", 3, "Bïld", PNG),
    ]
    tag = id3_bytes(*frames)
    if kind == "MP3":
        path.write_bytes(tag + path.read_bytes())
    elif kind == "AIFF":
        add_aiff(path, chunk(b"ID3 ", tag, ">"))
    else:
        add_riff(path, chunk(b"id3 ", tag))
    return path


def id3_of(path: Path, kind: str) -> Any:
    reader: dict[str, Callable[[Path], Any]] = {
        "MP3": lambda p: id3.ID3(p),
        "AIFF": lambda p: aiff.AIFF(p).tags,
        "WAV": lambda p: wave.WAVE(p).tags,
    }
    return reader[kind](path)


ID3_KINDS, VORBIS_KINDS = ("MP3", "AIFF", "WAV"), ("FLAC", "VORBIS", "OPUS")


@pytest.mark.parametrize("output_kind", ID3_KINDS)
@pytest.mark.parametrize("source_kind", [*ID3_KINDS, *VORBIS_KINDS])
def test_every_field_reaches_id3(tmp_path: Path, source_kind: str, output_kind: str) -> None:
    output, notes = carry(tmp_path, full_source(tmp_path / "source", source_kind), source_kind, output_kind)
    assert notes == (() if source_kind != "VORBIS" else notes)
    tag = id3_of(output, output_kind)
    assert {key: str(tag[key]) for key in FRAMES} == FRAMES
    assert [frame.desc for frame in tag.getall("TXXX")] == ["My Own Field"]
    assert tag["TIPL"].people == [["producer", "A Producer"]]
    assert tag["TMCL"].people == [["cello", "A Player"]]
    assert tag["UFID:http://musicbrainz.org"].data.decode() == FIELDS["MUSICBRAINZ_TRACKID"]
    [picture] = tag.getall("APIC")
    assert (picture.data, picture.mime, picture.type, picture.desc) == (PNG, "image/png", 3, "Bïld")


@pytest.mark.parametrize("output_kind", VORBIS_KINDS)
@pytest.mark.parametrize("source_kind", [*ID3_KINDS, *VORBIS_KINDS])
def test_every_field_reaches_vorbis_comments(tmp_path: Path, source_kind: str, output_kind: str) -> None:
    output, notes = carry(tmp_path, full_source(tmp_path / "source", source_kind), source_kind, output_kind)
    assert [note for note in notes if "ENCODER" not in note] == []
    file = mutagen.File(output)
    assert {name: file.tags[name] for name in FIELDS} == {name: [value] for name, value in FIELDS.items()}
    if output_kind == "FLAC":
        [picture] = file.pictures
    else:
        picture = flac.Picture(base64.b64decode(file.tags["METADATA_BLOCK_PICTURE"][0]))
    assert (picture.data, picture.mime, picture.type, picture.desc) == (PNG, "image/png", 3, "Bïld")


@pytest.mark.parametrize("source_kind", ["MP3", *VORBIS_KINDS])
def test_a_wav_gets_info_beside_id3(tmp_path: Path, source_kind: str) -> None:
    output, _ = carry(tmp_path, full_source(tmp_path / "source", source_kind), source_kind, "WAV")
    assert [name for name, _ in extras(output)] == [b"LIST", b"id3 "]
    info = dict(extras(output))[b"LIST"]
    for name, field in INFO.items():
        value = FIELDS[field].encode() + b"\0"
        assert struct.pack("<4sI", name.encode(), len(value)) + value in info
    assert struct.pack("<4sI", b"ITRK", 5) + b"3/12\0" in info


def test_an_aiff_gets_text_chunks_beside_id3(tmp_path: Path) -> None:
    output, _ = carry(tmp_path, full_source(tmp_path / "source", "FLAC"), "FLAC", "AIFF")
    texts = dict(extras(output))
    assert texts.pop(b"ID3 ")
    expected = {b"NAME": "TITLE", b"AUTH": "ARTIST", b"(c) ": "COPYRIGHT", b"ANNO": "COMMENT"}
    assert texts == {name: FIELDS[field].encode() for name, field in expected.items()}


def test_an_id3_tag_moves_unchanged_between_its_hosts(tmp_path: Path) -> None:
    tag = id3_bytes(id3.TIT2(1, "Größe"), id3.POPM("a@b", 196, 3), id3.PRIV("x", b"y"), version=3)
    source = write_audio(tmp_path / "source", "MP3")
    source.write_bytes(tag + source.read_bytes())
    for kind, ident in (("WAV", b"id3 "), ("AIFF", b"ID3 ")):
        output, notes = carry(tmp_path, source, "MP3", kind)
        assert dict(extras(output))[ident] == tag
        assert notes == ()
    wav = add_riff(write_audio(tmp_path / "wav", "WAV"), chunk(b"id3 ", tag + b"\0trailing"))
    output, notes = carry(tmp_path, wav, "WAV", "MP3")
    assert output.read_bytes() == tag + write_audio(tmp_path / "plain", "MP3").read_bytes()


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


def test_a_legacy_cover_in_comments_becomes_a_picture(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "VORBIS")
    file = oggvorbis.OggVorbis(source)
    file.tags.append(("COVERART", base64.b64encode(PNG).decode()))
    file.save()
    output, _ = carry(tmp_path, source, "VORBIS", "FLAC")
    read = flac.FLAC(output)
    assert [picture.data for picture in read.pictures] == [PNG]
    assert "coverart" not in read.tags


def test_an_id3_tag_before_a_flac_stream_is_not_lost(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "FLAC")
    file = flac.FLAC(source)
    file.tags.append(("TITLE", "of the FLAC"))
    file.save()
    tag = id3_bytes(id3.TIT2(3, "of the ID3"), id3.TPE1(3, "Björk"))
    source.write_bytes(tag + source.read_bytes())
    output, _ = carry(tmp_path, source, "FLAC", "FLAC")
    assert dict(flac.FLAC(output).tags) == {"title": ["of the FLAC"], "artist": ["Björk"]}


def test_a_cut_off_id3_chunk_is_told(tmp_path: Path) -> None:
    tag = id3_bytes(id3.TIT2(3, "Title"))
    source = add_riff(write_audio(tmp_path / "source", "WAV"), chunk(b"id3 ", tag[:-4]))
    _, notes = carry(tmp_path, source, "WAV", "FLAC")
    assert notes == ("the ID3 tag left out: cut off or damaged in the source",)


def test_an_id3v1_tag_alone_is_read(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "MP3")
    v1 = b"TAG" + b"T\xeftle".ljust(30, b"\0") + b"Art".ljust(30, b"\0") + bytes(30) + b"1999" + bytes(29) + b"\7\x08"
    source.write_bytes(source.read_bytes() + v1)
    output, notes = carry(tmp_path, source, "MP3", "FLAC")
    assert notes == ()
    read = flac.FLAC(output)
    expected = {"title": ["Tïtle"], "artist": ["Art"], "date": ["1999"], "tracknumber": ["7"], "genre": ["Jazz"]}
    assert dict(read.tags) == expected


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


def test_legacy_texts_are_decoded(tmp_path: Path) -> None:
    source = add_riff(
        write_audio(tmp_path / "source", "WAV"), chunk(b"LIST", info_list(INAM=b"Gr\xf6\xdfe", IXYZ=b"v"))
    )
    output, _ = carry(tmp_path, source, "WAV", "FLAC")
    assert dict(flac.FLAC(output).tags) == {"title": ["Größe"], "ixyz": ["v"]}
    source = add_aiff(
        write_audio(tmp_path / "source.aiff", "AIFF"),
        chunk(b"NAME", b"Gr\x9a\xa7e", ">"),
        chunk(b"COMT", struct.pack(">HIHH", 1, 0, 0, 3) + b"abc\0", ">"),
    )
    output, _ = carry(tmp_path, source, "AIFF", "FLAC")
    assert dict(flac.FLAC(output).tags) == {"title": ["Größe"], "comment": ["abc"]}


def test_names_vorbis_does_not_allow_go_into_a_comment(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "MP3")
    source.write_bytes(id3_bytes(id3.TXXX(3, "Länge=1", ["value"])) + source.read_bytes())
    for kind in ("FLAC", "VORBIS"):
        output, notes = carry(tmp_path, source, "MP3", kind)
        assert mutagen.File(output).tags["COMMENT"] == ["Länge=1: value"]
        assert notes == ()


def test_two_pictures_of_one_description_both_reach_id3(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "FLAC")
    file = flac.FLAC(source)
    for data in (PNG, JPEG):
        file.add_picture(flac.Picture(base64.b64decode(picture_block(data, "image/png", 3))))
    file.save()
    output, _ = carry(tmp_path, source, "FLAC", "MP3")
    assert [picture.data for picture in id3.ID3(output).getall("APIC")] == [PNG, JPEG]


def test_a_picture_too_large_for_flac_is_told(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "source", "MP3")
    tag = id3_bytes(id3.TIT2(3, "x"), id3.APIC(0, "image/png", 3, "", bytes(1 << 24)))
    source.write_bytes(tag + source.read_bytes())
    output, notes = carry(tmp_path, source, "MP3", "FLAC")
    assert flac.FLAC(output).tags["title"] == ["x"]
    assert len(notes) == 1
    assert "FLAC" in notes[0]


def test_the_encoders_name_stays_in_pcm_and_goes_in_codecs(tmp_path: Path) -> None:
    source = add_riff(write_audio(tmp_path / "source", "WAV"), chunk(b"LIST", info_list(INAM=b"x", ISFT=b"A DAW")))
    output, notes = carry(tmp_path, source, "WAV", "AIFF")
    assert aiff.AIFF(output).tags["TSSE"] == "A DAW"
    assert notes == ()
    output, notes = carry(tmp_path, source, "WAV", "MP3")
    assert "TSSE" not in id3.ID3(output)
    assert notes == ()


# ------------------------------------------------------------------------------------------------------- the notes


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


# -------------------------------------------------------------------------------------------------- outside truth

FFPROBE = shutil.which("ffprobe")


def probed(path: Path) -> dict[str, str]:
    command = [str(FFPROBE), "-v", "error", "-of", "json", "-show_format", "-show_streams", str(path)]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert run.stderr == ""
    found = json.loads(run.stdout)
    tags = found["format"].get("tags", {})
    for stream in found["streams"]:
        tags |= {"picture": stream["codec_name"]} if stream["codec_type"] == "video" else stream.get("tags", {})
    return {name.lower(): value for name, value in tags.items()}


@pytest.mark.skipif(FFPROBE is None, reason="ffprobe is not on the PATH")
@pytest.mark.parametrize("output_kind", ["WAV", "RF64", "AIFF", "CAF", "W64", "MP3", "FLAC", "VORBIS", "OPUS"])
def test_ffprobe_reads_the_tags(tmp_path: Path, output_kind: str) -> None:
    output, _ = carry(tmp_path, full_source(tmp_path / "source", "FLAC"), "FLAC", output_kind)
    tags = probed(output)
    assert (tags["title"], tags["artist"]) == (FIELDS["TITLE"], FIELDS["ARTIST"])
    assert tags.get("comment", tags.get("comments")) == FIELDS["COMMENT"]
    if output_kind not in ("AIFF", "CAF"):
        assert tags["album"] == FIELDS["ALBUM"]
    if output_kind in ("MP3", "FLAC", "VORBIS", "OPUS"):
        assert tags["picture"] == "png"


FFMPEG = shutil.which("ffmpeg")


@pytest.mark.skipif(FFMPEG is None, reason="ffmpeg is not on the PATH")
def test_flac_in_an_ogg_container_is_read(tmp_path: Path) -> None:
    wav, source = write_audio(tmp_path / "a.wav", "WAV"), tmp_path / "a.oga"
    made = [str(FFMPEG), "-v", "error", "-i", str(wav), "-c:a", "flac", "-metadata", "title=Größe", str(source)]
    subprocess.run(made, check=True)
    for kind in ("FLAC", "MP3"):
        output, _ = carry(tmp_path, source, "FLAC", kind)
        assert str(mutagen.File(output).tags["TIT2" if kind == "MP3" else "title"]) in ("Größe", "['Größe']")


# ------------------------------------------------------------------------------------------------ errors, damage


def test_a_missing_source_is_an_input_error(tmp_path: Path) -> None:
    output = write_audio(tmp_path / "output.part", "WAV")
    for source_format in ("WAV", "FLAC", "OGG", "MP3"):
        with pytest.raises(InputError):
            carry_metadata(tmp_path / "none", output, source_format=source_format, output_format="WAV")


def test_a_missing_output_is_an_output_error(tmp_path: Path) -> None:
    source = add_riff(write_audio(tmp_path / "source", "WAV"), chunk(b"LIST", info_list(INAM=b"x")))
    for output_format in ("WAV", "FLAC", "OGG", "MP3", "CAF"):
        with pytest.raises(OutputError):
            carry_metadata(source, tmp_path / "none", source_format="WAV", output_format=output_format)


@pytest.mark.parametrize(("output_kind", "magic"), [("WAV", b"RIFF"), ("AIFF", b"FORM"), ("RF64", b"RIFF")])
def test_a_output_beyond_its_sizes_is_refused(tmp_path: Path, output_kind: str, magic: bytes) -> None:
    source = write_audio(tmp_path / "source", "WAV")
    output = tmp_path / "output.part"
    with output.open("wb") as handle:
        handle.write(magic + b"\xff\xff\xff\xffWAVE")
        handle.truncate((4 << 30) + 8)
    with pytest.raises(OutputError, match="4 GiB") as raised:
        carry_metadata(source, output, source_format="WAV", output_format=output_kind)
    assert "RF64" in raised.value.hint


class Files(dict[str, bytes]):
    """Bytes by format, which a failing property need not print."""

    def __repr__(self) -> str:
        return f"<{', '.join(self)}>"


def source_bytes(tmp_path: Path) -> Files:
    path = tmp_path / "source"
    makers: dict[str, Callable[[], Path]] = {
        "WAV": lambda: add_riff(write_audio(path, "WAV"), *(chunk(*c) for c in WAV_CHUNKS)),
        "AIFF": lambda: full_source(path, "AIFF"),
        "FLAC": lambda: rich_flac(path),
        "OGG": lambda: rich_ogg(path, "OPUS"),
        "MP3": lambda: rich_mp3(path, 4),
    }
    return Files({kind: make().read_bytes() for kind, make in makers.items()})


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return source_bytes(tmp_path_factory.mktemp("sources"))


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Files:
    path = tmp_path_factory.mktemp("outputs") / "output"
    kinds = {"WAV": "WAV", "FLAC": "FLAC", "OGG": "OPUS", "MP3": "MP3", "AIFF": "AIFF", "W64": "W64"}
    return Files({name: write_audio(path, kind, AUDIO[:600]).read_bytes() for name, kind in kinds.items()})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_source_never_does_worse_than_an_error(
    tmp_path: Path, sources: Files, outputs: Files, data: st.DataObject
) -> None:
    source_format = data.draw(st.sampled_from(sorted(sources)))
    output_format = data.draw(st.sampled_from(sorted(outputs)))
    damaged = bytearray(sources[source_format])
    del damaged[data.draw(st.integers(0, 2 * len(damaged))) :]
    reach = st.one_of(st.integers(0, 400), st.integers(0, len(sources[source_format]) - 1))
    for position in data.draw(st.lists(reach, max_size=12)):
        if position < len(damaged):
            damaged[position] = data.draw(st.integers(0, 255))
    source, output = tmp_path / "damaged", tmp_path / "output.part"
    source.write_bytes(damaged)
    output.write_bytes(outputs[output_format])
    try:
        carry_metadata(source, output, source_format=source_format, output_format=output_format)
    except EqmorphError:
        return
    assert soundfile.info(output).frames == soundfile.info(_restored(tmp_path, outputs[output_format])).frames


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(
        [
            ("WAV", b"RIFF\xff\xff\xff\xffWAVE"),
            ("AIFF", b"FORM\0\0\1\0AIFF"),
            ("CAF", b"caff\0\1\0\0"),
            ("FLAC", b"fLaC"),
            ("OGG", b"OggS\0\2" + bytes(20) + b"\1\x13OpusHead"),
            ("MP3", b"ID3\4\0\0\0\0\1\0TIT2"),
            ("AU", b""),
        ]
    ),
    st.sampled_from(["WAV", "FLAC", "OGG", "MP3"]),
    st.binary(max_size=400),
)
def test_any_bytes_as_a_source_end_in_notes_or_an_error(
    tmp_path: Path, outputs: Files, source: tuple[str, bytes], output_format: str, rest: bytes
) -> None:
    path, output = tmp_path / "random", tmp_path / "output.part"
    path.write_bytes(source[1] + rest)
    output.write_bytes(outputs[output_format])
    try:
        notes = carry_metadata(path, output, source_format=source[0], output_format=output_format)
    except EqmorphError:
        return
    assert all(isinstance(note, str) for note in notes)
    assert soundfile.info(output).frames == soundfile.info(_restored(tmp_path, outputs[output_format])).frames


def _restored(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "restored.part"
    path.write_bytes(data)
    return path
