"""What measured the old audio doesn't outlive it, and what didn't does."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from mutagen import aiff, id3, wave

from tests.audio.tagged_files import (
    add_caf,
    add_riff,
    bext,
    caf_chunk,
    carry,
    chunk,
    extras,
    id3_bytes,
    info_list,
    write_audio,
)


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


def test_what_measures_the_old_samples_is_left_out_and_noted(tmp_path: Path) -> None:
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


def test_replaygain_in_a_caf_info_chunk_is_left_out(tmp_path: Path) -> None:
    info = struct.pack(">I", 3) + "title\0Größe\0REPLAYGAIN_TRACK_GAIN\0-3 dB\0my key\0value\0".encode()
    source = add_caf(write_audio(tmp_path / "source", "CAF"), caf_chunk(b"info", info))
    output, notes = carry(tmp_path, source, "CAF", "CAF")
    assert extras(output) == [(b"info", struct.pack(">I", 2) + "title\0Größe\0my key\0value\0".encode())]
    assert "REPLAYGAIN_TRACK_GAIN" in notes[0]


def test_a_caf_info_chunk_with_nothing_left_is_left_out(tmp_path: Path) -> None:
    info = struct.pack(">I", 1) + b"REPLAYGAIN_TRACK_GAIN\0-3 dB\0"
    source = add_caf(write_audio(tmp_path / "source", "CAF"), caf_chunk(b"info", info))
    output, _ = carry(tmp_path, source, "CAF", "CAF")
    assert extras(output) == []


def test_the_encoders_name_stays_in_pcm_and_goes_in_codecs(tmp_path: Path) -> None:
    source = add_riff(write_audio(tmp_path / "source", "WAV"), chunk(b"LIST", info_list(INAM=b"x", ISFT=b"A DAW")))
    output, notes = carry(tmp_path, source, "WAV", "AIFF")
    assert aiff.AIFF(output).tags["TSSE"] == "A DAW"
    assert notes == ()
    output, notes = carry(tmp_path, source, "WAV", "MP3")
    assert "TSSE" not in id3.ID3(output)
    assert notes == ()
