"""The texts in chunks are decoded as their writers meant them."""

from __future__ import annotations

import struct
from pathlib import Path

from mutagen import flac

from tests.audio.tagged_files import add_aiff, add_riff, carry, chunk, info_list, write_audio


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
