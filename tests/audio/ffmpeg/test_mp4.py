"""Lengths and tags of MP4 read by our own code: exact where the file is, and never beyond what is there."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from eqmorph.audio.ffmpeg.mp4 import atoms, carry_user_data, exact_frames
from eqmorph.audio.metadata.notes import Notes
from tests.audio.ffmpeg.container_files import FRAMES, made


def atom(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def movie(length: int, *edits: tuple[int, int], scale: int = 44_100, movie_scale: int = 1000) -> bytes:
    head = atom(b"mvhd", struct.pack(">IIIII", 0, 0, 0, movie_scale, 0))
    track_head = atom(b"tkhd", struct.pack(">IIIIII", 0, 0, 0, 1, 0, 0))
    media = atom(b"mdia", atom(b"mdhd", struct.pack(">IIIIII", 0, 0, 0, scale, length, 0)))
    table = struct.pack(">II", 0, len(edits)) + b"".join(struct.pack(">IiI", *edit, 0x10000) for edit in edits)
    return atom(b"moov", head, atom(b"trak", track_head, atom(b"edts", atom(b"elst", table)), media))


@pytest.mark.parametrize(
    ("data", "frames"),
    [
        (movie(148_023, (3333, 1024)), 146_999),  # the movie's milliseconds are coarser than the track
        (movie(148_480, (146_999, 1024), movie_scale=44_100), 146_999),  # it leaves out an end as well
        (movie(148_023, (260, -1), (3333, 1024)), 146_999),  # it comes in later
        (movie(148_023, (1000, 1024), (1000, 90_000)), 0),  # two pieces: not ours to tell
        (movie(74_011, (3333, 512), scale=22_050), 146_998),  # HE-AAC counts at half the rate
        (movie(0), 0),
        (movie(0xFFFFFFFF), 0),
        (b"", 0),
        (b"\0\0\0\x08moov", 0),
        (b"\0\0\0\x00moov" + b"\0\0\0\x01trak" + b"\xff" * 8, 0),
    ],
)
def test_lengths(tmp_path: Path, data: bytes, frames: int) -> None:
    (tmp_path / "a").write_bytes(data)
    assert exact_frames(tmp_path / "a", 1, 44_100) == frames


def test_a_file_of_ffmpegs(tmp_path: Path) -> None:
    assert exact_frames(made(tmp_path / "a.m4a", "-c:a", "aac"), 1, 44_100) == FRAMES


@pytest.mark.parametrize("seed", range(50))
def test_any_bytes_end_in_a_number(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    data = bytearray(movie(148_023, (3333, 1024)))
    for at in rng.integers(0, len(data), rng.integers(1, 8)):
        data[at] = rng.integers(256)
    path, other = tmp_path / "a", tmp_path / "b"
    path.write_bytes(data[: rng.integers(len(data) // 2, len(data) + 1)])
    assert exact_frames(path, 1, 44_100) >= 0
    other.write_bytes(movie(100))
    carry_user_data(path, other, Notes("MP4"))
    with other.open("rb") as handle:
        assert [found.kind for found in atoms(handle, 0, other.stat().st_size)] == [b"moov"]
