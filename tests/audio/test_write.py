"""Writing: rounded to the nearest step, never wrapped, clipping counted, and complete or not at all."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from numpy.typing import NDArray

from eqmorph.audio import alac
from eqmorph.audio.formats import OutputFormat
from eqmorph.audio.write import AudioWriter
from eqmorph.errors import OutputError
from tests.support import largest_file, noise_block

INTEGERS = [
    ("WAV", "PCM_U8", 8),
    ("AIFF", "PCM_S8", 8),
    ("WAV", "PCM_16", 16),
    ("FLAC", "PCM_16", 16),
    ("WAV", "PCM_24", 24),
    ("FLAC", "PCM_24", 24),
    ("AIFF", "PCM_32", 32),
    ("CAF", "ALAC_16", 16),
    ("CAF", "ALAC_24", 24),
]
ENCODED = [
    ("WAV", "PCM_16"),
    ("RF64", "PCM_16"),
    ("W64", "PCM_16"),
    ("AIFF", "PCM_16"),
    ("CAF", "PCM_16"),
    ("CAF", "ALAC_16"),
    ("AU", "PCM_16"),
    ("FLAC", "PCM_16"),
    ("OGG", "VORBIS"),
    ("OGG", "OPUS"),
    ("MP3", "MPEG_LAYER_III"),
]
LOSSY = [("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III")]


def written(
    path: Path, container: str, subtype: str, blocks: list[NDArray[np.float32]], *, rate: int = 48_000
) -> AudioWriter:
    """Write blocks (channels, frames) and close the file."""
    with AudioWriter(path, path, OutputFormat(container, subtype), rate, len(blocks[0])) as writer:
        for block in blocks:
            writer.write(block.copy())
    return writer


def integers_in(path: Path, bits: int) -> NDArray[np.int64]:
    """The samples of a file, (frames, channels), in steps of their own size."""
    return sf.read(path, dtype="int32", always_2d=True)[0].astype(np.int64) >> (32 - bits)


# --------------------------------------------------------------------------------------------- rounding, clipping


@pytest.mark.parametrize(("container", "subtype", "bits"), INTEGERS)
def test_samples_are_rounded_to_the_nearest_step(tmp_path: Path, container: str, subtype: str, bits: int) -> None:
    loudest = 0.1 if subtype == "ALAC_24" else 0.99  # libsndfile's encoder fails on the noisiest
    block = np.random.default_rng(0).uniform(-loudest, loudest, (2, 5000)).astype(np.float32)
    written(tmp_path / "a.x", container, subtype, [block])
    exact = block.T.astype(np.float64) * 2.0 ** (bits - 1)
    assert np.abs(integers_in(tmp_path / "a.x", bits) - exact).max() <= 0.5


@pytest.mark.parametrize(("container", "subtype", "bits"), INTEGERS)
def test_every_integer_that_was_read_is_written_again(tmp_path: Path, container: str, subtype: str, bits: int) -> None:
    steps = 2**bits if bits <= 16 else 60_000
    step = 2 ** max(0, bits - 24)  # a float32 has 24 bits
    values = np.linspace(-(2 ** (bits - 1)), 2 ** (bits - 1) - step, steps).astype(np.int64) // step * step
    block = (values / 2.0 ** (bits - 1)).astype(np.float32)[None]
    writer = written(tmp_path / "a.x", container, subtype, [block])
    assert np.array_equal(integers_in(tmp_path / "a.x", bits)[:, 0], values)
    assert writer.clipped_samples == 0


@pytest.mark.parametrize(("container", "subtype", "bits"), INTEGERS)
def test_what_is_too_loud_is_clipped_counted_and_never_wrapped(
    tmp_path: Path, container: str, subtype: str, bits: int
) -> None:
    block = np.array([[0.5, 1.0, 1.5, 1e5, -1.0, -1.5, 0.0, 0.0]], np.float32)
    writer = written(tmp_path / "a.x", container, subtype, [block])
    highest = 2 ** (bits - 1) - 1
    expected = [highest // 2 + 1, highest, highest, highest, -highest - 1, -highest - 1, 0, 0]
    assert integers_in(tmp_path / "a.x", bits)[:, 0].tolist() == expected
    assert writer.clipped_samples == 4


@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE"])
def test_floats_hold_what_is_too_loud(tmp_path: Path, subtype: str) -> None:
    block = 30 * noise_block(5000)
    writer = written(tmp_path / "a.wav", "WAV", subtype, [block])
    assert np.array_equal(sf.read(tmp_path / "a.wav", dtype="float32")[0], block.T)
    assert writer.clipped_samples == 0


@pytest.mark.parametrize(("container", "subtype"), LOSSY)
def test_what_an_encoder_of_music_has_no_numbers_for_never_reaches_it(
    tmp_path: Path, container: str, subtype: str
) -> None:
    path = tmp_path / "a.x"
    block = noise_block(5000)
    block[1, 17] = -900.0
    written(path, container, subtype, [block])
    block[1, 17] = -2e5  # where LAME ends the process
    with pytest.raises(OutputError, match=r"reach \+106 dBFS.* more than \+60") as caught:
        written(path, container, subtype, [block])
    assert caught.value.path == path
    assert "keep" in caught.value.hint


def test_native_samples_pass_with_every_bit(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).integers(-(2**31), 2**31, (5000, 2)).astype(np.int32)
    with AudioWriter(tmp_path / "a.x", tmp_path / "a.x", OutputFormat("AIFF", "PCM_32"), 44_100, 2) as writer:
        writer.write_native(samples)
    assert np.array_equal(sf.read(tmp_path / "a.x", dtype="int32")[0], samples)


@pytest.mark.parametrize(("container", "subtype"), ENCODED)
@pytest.mark.parametrize("frames", [1, 441, 40_001])
def test_length_is_kept_to_the_sample(tmp_path: Path, container: str, subtype: str, frames: int) -> None:
    written(tmp_path / "a.x", container, subtype, [noise_block(frames)])
    assert sf.info(tmp_path / "a.x").frames == frames
    assert len(sf.read(tmp_path / "a.x")[0]) == frames


@pytest.mark.parametrize("subtype", ["PCM_S8", "ULAW"])
def test_an_odd_number_of_bytes_does_not_lengthen_an_aiff(tmp_path: Path, subtype: str) -> None:
    written(tmp_path / "a.x", "AIFF", subtype, [noise_block(1001, 1)])
    data = (tmp_path / "a.x").read_bytes()
    common = data.index(b"COMM") + 8
    assert int.from_bytes(data[common + 2 : common + 6], "big") == 1001
    assert sf.info(tmp_path / "a.x").frames == 1001


# ---------------------------------------------------------------------------------------------------- encoders


@pytest.mark.parametrize(
    ("container", "subtype", "lowest_kbps"),
    [("MP3", "MPEG_LAYER_III", 170), ("OGG", "VORBIS", 150), ("OGG", "OPUS", 128)],
)
def test_lossy_formats_are_written_at_a_sensible_quality(
    tmp_path: Path, container: str, subtype: str, lowest_kbps: float
) -> None:
    seconds, rate = 4, 48_000
    rng = np.random.default_rng(0)
    spectrum = rng.standard_normal((2, seconds * rate // 2 + 1)) / np.sqrt(np.arange(1, seconds * rate // 2 + 2))
    spectrum[:, : 30 * seconds] = 0  # below 30 Hz
    pink = np.fft.irfft(spectrum * np.exp(2j * np.pi * rng.random(spectrum.shape)), seconds * rate)
    pink = (0.2 * pink / np.abs(pink).max()).astype(np.float32)
    written(tmp_path / "a.x", container, subtype, [pink])
    kbps = (tmp_path / "a.x").stat().st_size * 8 / seconds / 1000
    assert lowest_kbps < kbps < 400
    again = sf.read(tmp_path / "a.x")[0].T
    assert [np.corrcoef(a, b)[0, 1] > 0.9 for a, b in zip(again, pink, strict=True)] == [True, True]


@pytest.mark.parametrize(
    ("container", "subtype", "rate", "channels"),
    [("MP3", "MPEG_LAYER_III", 96_000, 2), ("MP3", "MPEG_LAYER_III", 48_000, 6), ("OGG", "OPUS", 44_100, 2)],
)
def test_what_a_format_cannot_hold_is_said(
    tmp_path: Path, container: str, subtype: str, rate: int, channels: int
) -> None:
    with pytest.raises(OutputError, match=f"can't hold {channels} channels at {rate} Hz") as caught:
        AudioWriter(tmp_path / "t", tmp_path / "a.x", OutputFormat(container, subtype), rate, channels)
    assert caught.value.path == tmp_path / "a.x"
    assert "container with format" in caught.value.hint


# --------------------------------------------------------------------------------------------------- full disks


@pytest.mark.parametrize(("container", "subtype"), ENCODED)
@pytest.mark.parametrize("room", [0.0, 0.5, 0.99, -2])
def test_a_file_that_does_not_fit_is_an_error_wherever_the_room_ends(
    tmp_path: Path, container: str, subtype: str, room: float
) -> None:
    blocks = [noise_block(16_384) for _ in range(4)]
    path = tmp_path / "a.x"
    written(path, container, subtype, blocks)
    size = path.stat().st_size
    path.unlink()
    if subtype.startswith("ALAC") and room in (0.5, 0.99):
        pytest.skip("libsndfile crashes when its own temporary file can't be written")
    with largest_file(size - 2 if room < 0 else int(size * room)), pytest.raises(OutputError) as caught:
        written(path, container, subtype, blocks)
    assert "largest size allowed" in str(caught.value)
    assert caught.value.path == path
    assert caught.value.hint


def test_alac_is_not_begun_where_the_folder_it_is_collected_in_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        free = 1000

    monkeypatch.setattr(alac.shutil, "disk_usage", lambda _: Full)
    with pytest.raises(OutputError, match="the disk is full"):
        written(tmp_path / "a.x", "CAF", "ALAC_16", [noise_block(1000)])


def test_noise_that_the_alac_encoder_would_spoil_is_an_error(tmp_path: Path) -> None:
    block = np.random.default_rng(0).uniform(-1, 1, (2, 10_000)).astype(np.float32)
    written(tmp_path / "a.caf", "CAF", "ALAC_16", [block])
    with pytest.raises(OutputError, match="the ALAC encoder fails on this sound") as caught:
        written(tmp_path / "b.caf", "CAF", "ALAC_24", [block])
    assert "container with format" in caught.value.hint


def test_a_full_disk_is_called_so(tmp_path: Path) -> None:
    """On a real disk, and a small one."""
    if (
        os.name == "nt"
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", tmp_path], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("no right to mount a small disk")
    try:
        with pytest.raises(OutputError, match="the disk is full") as caught:
            written(tmp_path / "a.wav", "WAV", "PCM_16", [noise_block(16_384) for _ in range(4)])
        assert "Free some space" in caught.value.hint
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_closing_leaves_syncing_to_whoever_gives_the_file_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flush(file: sf.SoundFile) -> None:
        assert file.mode == "r", "synced"

    monkeypatch.setattr(sf.SoundFile, "flush", flush)
    with AudioWriter(tmp_path / "x", tmp_path / "x.wav", OutputFormat("WAV", "PCM_16"), 48_000, 1) as writer:
        writer.write(noise_block(1000, 1))
    assert sf.info(tmp_path / "x").frames == 1000
