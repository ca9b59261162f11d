"""Chunks go over byte for byte within their family, and between WAV and W64."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from mutagen import aiff, id3, wave

from eqmorph.audio.chunks.walk import W64_TAIL
from eqmorph.audio.metadata.carry import carry_metadata
from tests.audio.tagged_files import (
    AUDIO,
    RATE,
    RIFFS,
    WAV_CHUNKS,
    add_aiff,
    add_caf,
    add_riff,
    add_w64,
    bext,
    caf_chunk,
    carry,
    chunk,
    extras,
    id3_bytes,
    info_list,
    w64_chunk,
    write_audio,
)


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


def test_libsndfile_reads_chunks_after_the_samples(tmp_path: Path) -> None:
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


def test_a_cut_off_chunk_is_left_out_and_noted(tmp_path: Path) -> None:
    source = add_riff(write_audio(tmp_path / "source", "WAV"), chunk(b"cue ", b"1234"), chunk(b"bext", bext()))
    source.write_bytes(source.read_bytes()[:-300])
    output, notes = carry(tmp_path, source, "WAV", "WAV")
    assert extras(output) == [(b"cue ", b"1234")]
    assert len(notes) == 1
    assert "bext" in notes[0]
