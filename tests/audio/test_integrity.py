"""How much of its audio a file lacks, by what its container states."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from eqmorph.audio.integrity import missing_audio_bytes
from eqmorph.audio.read import AudioReader
from eqmorph.errors import InputError
from tests.support import make_audio

MAKING_PROMISES = ["WAV", "WAVEX", "RF64", "W64", "AIFF", "CAF", "AU"]
OLD = [
    *(("VOC", subtype, 2) for subtype in ("PCM_16", "ULAW")),
    *(("NIST", subtype, 2) for subtype in ("PCM_16", "PCM_24", "ALAW")),
    *(("SVX", subtype, 1) for subtype in ("PCM_S8", "PCM_16")),
    *(("AVR", subtype, channels) for subtype in ("PCM_U8", "PCM_16") for channels in (1, 2)),
    *(("MAT5", subtype, 2) for subtype in ("PCM_U8", "PCM_16", "DOUBLE")),
    *(("MAT4", subtype, 2) for subtype in ("PCM_16", "FLOAT", "DOUBLE")),
    *(("MPC2K", "PCM_16", channels) for channels in (1, 2)),
    ("WVE", "ALAW", 1),
]
STATING_NOTHING = [
    *(("PAF", subtype, 2) for subtype in ("PCM_16", "PCM_24", "PCM_S8")),
    *(("IRCAM", subtype, 2) for subtype in ("PCM_16", "ULAW", "FLOAT")),
    *(("PVF", subtype, 2) for subtype in ("PCM_S8", "PCM_16", "PCM_32")),
]
MAKING_NONE = [("FLAC", "PCM_16"), ("MP3", "MPEG_LAYER_III")]


def cut(path: Path, by: int) -> Path:
    path.write_bytes(path.read_bytes()[:-by])
    return path


@pytest.mark.parametrize("container", MAKING_PROMISES)
@pytest.mark.parametrize("by", [1, 100, 12_345])
def test_what_is_cut_off_is_counted_to_the_byte(tmp_path: Path, container: str, by: int) -> None:
    path = make_audio(tmp_path / "a.x", container)
    assert missing_audio_bytes(path) == 0
    assert missing_audio_bytes(cut(path, by)) == by


@pytest.mark.parametrize(("container", "subtype", "channels"), OLD)
@pytest.mark.parametrize("frames", [1000, 40_000])
def test_what_is_cut_off_of_old_containers_is_counted_too(
    tmp_path: Path, container: str, subtype: str, channels: int, frames: int
) -> None:
    path = make_audio(tmp_path / "a.x", container, subtype, channels=channels, frames=frames)
    assert missing_audio_bytes(path) == 0
    assert missing_audio_bytes(cut(path, 600)) in range(590, 601)


@pytest.mark.parametrize(("container", "subtype", "channels"), STATING_NOTHING)
def test_where_no_length_is_stated_a_last_frame_that_is_cut_in_two_is_noticed_and_the_rest_is_told(
    tmp_path: Path, container: str, subtype: str, channels: int
) -> None:
    path = make_audio(tmp_path / "a.x", container, subtype, channels=channels, frames=3000)
    assert missing_audio_bytes(path) == 0
    assert missing_audio_bytes(cut(path, 1)) == 1
    with pytest.raises(InputError, match="truncated"):
        AudioReader(path)
    with AudioReader(make_audio(path, container, subtype, channels=channels, frames=4410)) as reader:
        assert reader.notes == ["its header states no length: 0:00.100 was found"]


@pytest.mark.parametrize(("container", "subtype", "channels"), [*OLD, *STATING_NOTHING])
def test_headers_of_old_containers_that_lie_do_no_harm(
    tmp_path: Path, rng: np.random.Generator, container: str, subtype: str, channels: int
) -> None:
    path = make_audio(tmp_path / "a.x", container, subtype, channels=channels, frames=1000)
    data = path.read_bytes()
    for _ in range(100):
        mutant = bytearray(data[: rng.integers(10, len(data))])
        for at in rng.integers(8, len(mutant), 3):
            mutant[at : at + 4] = rng.bytes(4)
        path.write_bytes(mutant)
        assert missing_audio_bytes(path) >= 0


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
@pytest.mark.parametrize("by", [1, 500])
def test_of_ogg_only_that_its_end_is_missing(tmp_path: Path, subtype: str, by: int) -> None:
    path = make_audio(tmp_path / "a.ogg", "OGG", subtype, rate=48_000, frames=50_000)
    assert missing_audio_bytes(path) == 0
    assert missing_audio_bytes(cut(path, by)) == 1


def test_ogg_cut_between_two_pages_lacks_its_end_too(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.ogg", "OGG", "VORBIS", frames=50_000)
    data = path.read_bytes()
    path.write_bytes(data[: data.rfind(b"OggS")])
    assert missing_audio_bytes(path) == 1


@pytest.mark.parametrize(("container", "subtype"), MAKING_NONE)
def test_a_stream_of_frames_promises_nothing(tmp_path: Path, container: str, subtype: str) -> None:
    path = make_audio(tmp_path / "a.x", container, subtype)
    assert missing_audio_bytes(cut(path, 1000)) == 0


@pytest.mark.parametrize("content", [b"", b"O", b"OggS", b".snd", b"RIFF", b"fLaC"])
def test_crumbs_do_not_make_it_fail(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.x"
    path.write_bytes(content)
    assert missing_audio_bytes(path) in (0, 1)


@pytest.mark.parametrize(
    ("container", "position", "stated"),
    [
        ("WAV", 40, struct.pack("<I", 0xFFFF_FFFF)),  # ffmpeg
        ("WAV", 40, struct.pack("<I", 0x7FFF_F024)),  # sox
        ("AIFF", 42, struct.pack(">I", 0x7F00_0008)),  # sox
        ("AU", 8, struct.pack(">I", 0xFFFF_FFFF)),  # ffmpeg and sox
        ("W64", None, struct.pack("<Q", (1 << 63) - 1)),  # ffmpeg
    ],
)
def test_sizes_that_programs_write_to_a_pipe_are_not_a_promise(
    tmp_path: Path, container: str, position: int | None, stated: bytes
) -> None:
    path = make_audio(tmp_path / "a.x", container)
    data = bytearray(path.read_bytes())
    start = data.find(b"data") + 16 if position is None else position
    data[start : start + len(stated)] = stated
    path.write_bytes(data)
    assert missing_audio_bytes(path) == 0
