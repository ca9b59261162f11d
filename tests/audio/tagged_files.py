"""Files with tags and chunks, made by libsndfile, by mutagen and by hand, and what tests look for in them."""

from __future__ import annotations

import base64
import io
import struct
from pathlib import Path
from typing import Any

import mutagen
import numpy as np
import soundfile
from mutagen import flac, id3, oggopus, oggvorbis

from eqmorph.audio.chunks.walk import W64_TAIL, read_chunk, walk
from eqmorph.audio.metadata.carry import carry_metadata

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
ID3_KINDS, VORBIS_KINDS = ("MP3", "AIFF", "WAV"), ("FLAC", "VORBIS", "OPUS")


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
    """Put chunks into a RIFF or RF64 file by hand, before its data or after."""
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
