"""What ffmpeg decodes comes through the one reader: the right frames in the right place, and every defect by name."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from eqmorph.audio.ffmpeg import child
from eqmorph.audio.ffmpeg.containers import told_by
from eqmorph.audio.read import AudioReader
from eqmorph.errors import InputError
from tests.audio.ffmpeg.container_files import FRAMES, RATE, decoded, fake_ffmpeg, ffmpeg, film, made, music, offset
from tests.support import wait_until

pytestmark = pytest.mark.usefixtures("_no_child_stays")


@pytest.fixture
def _no_child_stays() -> object:
    before = threading.active_count()
    yield
    wait_until(lambda: threading.active_count() <= before, seconds=5)
    tasks = Path("/proc/self/task")
    if tasks.is_dir():
        children = (tasks / str(os.getpid()) / "children").read_text().split()
        names = [Path(f"/proc/{pid}/comm").read_text().strip() for pid in children]  # a zombie has one as well
        assert [name for name in names if "ffmpeg" in name or "ffprobe" in name] == []


def read(path: Path, *, repair: bool = False) -> tuple[np.ndarray, AudioReader]:
    with AudioReader(path, repair=repair) as reader:
        return np.concatenate(list(reader.blocks()), axis=1), reader


def refusal(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read(path)
    assert caught.value.path == path
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("name", "options", "format_", "subtype"),
    [
        ("a.m4a", ("-c:a", "aac", "-b:a", "256k"), "M4A", "AAC"),
        ("a.mp4", ("-c:a", "aac", "-b:a", "256k"), "MP4", "AAC"),
        ("a.m4a", ("-c:a", "alac"), "M4A", "ALAC_24"),
        ("a.mov", ("-c:a", "pcm_s24le"), "MOV", "PCM_24"),
        ("a.mka", ("-c:a", "flac"), "MKA", "FLAC_24"),
    ],
)
def test_the_frames_are_those_that_were_encoded(
    tmp_path: Path, name: str, options: tuple[str, ...], format_: str, subtype: str
) -> None:
    """Also of AAC: what its encoder puts in front and at the end is left out, to the sample."""
    path = made(tmp_path / name, *options)
    sound, reader = read(path)
    info = reader.info
    assert (info.format, info.subtype, info.sample_rate, info.channels) == (format_, subtype, RATE, 2)
    assert sound.shape == (2, FRAMES)
    assert format_ == "MKA" or info.frames == FRAMES  # Matroska has milliseconds
    assert offset(sound[0], music()[0]) == 0
    assert np.abs(sound - music())[:, 2000:-2000].max() < (0.01 if subtype == "AAC" else 1e-6)


@pytest.mark.parametrize(
    ("name", "codec", "subtype"),
    [
        ("a.mka", "libopus", "OPUS"),
        ("a.webm", "libvorbis", "VORBIS"),
        ("a.wma", "wmav2", "WMAV2"),
        ("a.aac", "aac", "AAC"),
    ],
)
def test_what_ffmpeg_decodes_is_what_is_read(tmp_path: Path, name: str, codec: str, subtype: str) -> None:
    path = made(tmp_path / name, "-c:a", codec, "-b:a", "192k", rate=48_000)
    sound, reader = read(path)
    assert reader.info.subtype == subtype
    assert np.array_equal(sound, decoded(path))


def test_six_channels_keep_their_order_and_speakers(tmp_path: Path) -> None:
    sound = music(channels=6)
    path = made(tmp_path / "a.m4a", "-channel_layout", "5.1", "-c:a", "aac", "-b:a", "640k", sound=sound)
    found, reader = read(path)
    assert reader.info.channel_mask == 0x3F
    places = [int(np.argmax([abs(np.dot(one, other)) for other in sound])) for one in found]
    assert [places[i] for i in (0, 1, 2, 4, 5)] == [
        0,
        1,
        2,
        4,
        5,
    ]  # the fourth is for what this sound has too little of


def test_a_second_reading_begins_again_and_jumps_land(tmp_path: Path) -> None:
    path = made(tmp_path / "a.m4a", "-c:a", "alac")
    with AudioReader(path) as reader:
        first = np.concatenate(list(reader.blocks()), axis=1)
        assert np.array_equal(np.concatenate(list(reader.blocks()), axis=1), first)
        for start in (0, 50_000, 52_000, 1234):  # forth and back
            assert np.array_equal(reader.read_at(start, 500), first[:, start : start + 500])
        assert reader.read_at(FRAMES - 10, 500).shape == (2, 10)
        native = np.concatenate(list(reader.native_blocks(as_floats=False)))
        assert np.array_equal(native.T, np.round(first.astype(np.float64) * 2**31))


def test_of_several_streams_the_default_is_heard(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    sound, reader = read(path)
    assert reader.info.has_film
    assert np.array_equal(sound, decoded(path, "a:1")[:, : sound.shape[1]])
    assert (
        np.abs(np.corrcoef(sound[0, 1024:40_000], music(48_000, rate=48_000, seed=1)[0, : 40_000 - 1024])[0, 1]) > 0.99
    )


def test_a_gap_in_the_sound_of_a_film_is_silence(tmp_path: Path) -> None:
    """Sound that was left out of the middle would otherwise bring all that follows too early."""
    path = film(tmp_path / "a.mkv", subtitles="srt")
    gap = tmp_path / "gap.mkv"
    ffmpeg("-i", path, "-map", "0:v", "-map", "0:a:1", "-c", "copy", "-bsf:a", "noise=drop='between(n,20,29)'", gap)
    sound, whole = read(gap)[0], read(path)[0]
    assert abs(sound.shape[1] - whole.shape[1]) < 100
    assert abs(offset(sound[0, 34_000:], whole[0, 34_000:])) < 100


# --------------------------------------------------------------------------------------------------------- bad input


def test_a_film_without_sound_is_refused(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv", subtitles="srt")
    ffmpeg("-i", path, "-map", "0:v", "-c", "copy", tmp_path / "silent.mkv")
    assert "is a video without sound" in str(refusal(tmp_path / "silent.mkv"))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.m4a", ("-c:a", "aac")),
        ("a.m4a", ("-c:a", "aac", "-movflags", "faststart")),
        ("a.mka", ("-c:a", "aac")),
        ("a.wma", ("-c:a", "wmav2")),
        ("a.aac", ("-c:a", "aac")),
    ],
)
@pytest.mark.parametrize("part", [0.3, 0.7])
def test_a_truncated_file_is_an_error_that_names_it(
    tmp_path: Path, name: str, options: tuple[str, ...], part: float
) -> None:
    path = made(tmp_path / name, *options)
    data = path.read_bytes()
    path.write_bytes(data[: int(part * len(data))])
    said = str(refusal(path))
    assert "truncated" in said or "can't be decoded after" in said


def test_damage_in_the_middle_is_an_error_and_repair_goes_on_behind_it(tmp_path: Path) -> None:
    path = made(tmp_path / "a.m4a", "-c:a", "aac", "-b:a", "256k")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = b"\xa5" * 400
    path.write_bytes(data)
    assert "can't be decoded after 0:0" in str(refusal(path))
    sound, reader = read(path, repair=True)
    assert sound.shape[1] > FRAMES * 0.8
    assert any("not all of it could be decoded" in note for note in reader.notes)


@pytest.mark.parametrize("seed", range(12))
def test_bytes_at_random_end_in_an_error_or_in_sound(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    name = ("a.m4a", "a.mka", "a.wma", "a.aac")[seed % 4]
    path = made(tmp_path / name, sound=music(9000))
    data = bytearray(path.read_bytes())
    for at in rng.integers(8 if name == "a.m4a" else 16, len(data), 40):
        data[at] = rng.integers(256)
    path.write_bytes(data)
    with contextlib.suppress(InputError):
        assert np.isfinite(read(path)[0]).all()


@pytest.mark.parametrize("name", ["-a.m4a", "concat:a.m4a", "http:a.m4a", "a b'\"%03d*?.m4a", "file:a.m4a", "ä\n.m4a"])
def test_names_are_names_whatever_they_look_like(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path / "x.m4a", "-c:a", "aac").rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert read(Path(name))[0].shape == (2, FRAMES)


def test_a_playlist_by_a_sounds_name_opens_nothing(tmp_path: Path) -> None:
    other = made(tmp_path / "x.m4a", "-c:a", "aac")
    path = tmp_path / "a.m4a"
    path.write_text(f"ffconcat version 1.0\nfile '{other}'\n")
    assert "holds text" in str(refusal(path))
    path.write_bytes(b"\0\0\0\x18ftypM4A " + f"#EXTM3U\n{other}\n".encode())
    assert "truncated or damaged" in str(refusal(path))


def test_kinds_are_told_by_the_first_bytes() -> None:
    assert told_by(b"\0\0\0\x20ftypM4A ", ".wav") == "mov"
    assert told_by(b"\x1a\x45\xdf\xa3", "") == "matroska"
    assert told_by(b"\xff\xf1\x50", ".aac") == "adts"
    assert told_by(b"ID3\x04", ".aac") == "adts"
    assert told_by(b"ID3\x04", ".mp3") is None
    assert told_by(b"\xff\xfb\x90", ".mp3") is None  # MPEG audio, layer III
    assert told_by(b"RIFF", ".m4a") is None


# ------------------------------------------------------------------------------------------- an ffmpeg that misbehaves


def test_without_ffmpeg_the_cure_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.m4a"
    path.write_bytes(b"\0\0\0\x20ftypM4A \0\0\0\0" + bytes(100))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("EQMORPH_FFMPEG", raising=False)
    error = refusal(path)
    assert "needs ffmpeg, which isn't installed" in str(error)
    assert "Install ffmpeg" in error.hint
    monkeypatch.setenv("EQMORPH_FFMPEG", "/nowhere/ffmpeg")
    assert "EQMORPH_FFMPEG names none" in str(refusal(path))


@pytest.mark.parametrize("hangs", ["time.sleep(60)", "import subprocess; subprocess.call(['sleep', '60'])"])
def test_one_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hangs: str) -> None:
    path = made(tmp_path / "a.m4a", "-c:a", "aac")
    fake_ffmpeg(tmp_path / "bin", monkeypatch, f"os.write(1, bytes(80000))\n{hangs}")
    monkeypatch.setattr(child, "STALLED_S", 0.4)
    began = time.monotonic()
    assert "nothing came for" in str(refusal(path))
    assert time.monotonic() - began < 20


def test_one_that_dies_half_way_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path / "a.m4a", "-c:a", "aac")
    fake_ffmpeg(tmp_path / "bin", monkeypatch, "os.write(1, bytes(80003))\nos.kill(os.getpid(), 9)")
    assert "can't be decoded after 0:00.2" in str(refusal(path))  # 80,000 bytes are 10,000 frames


def test_one_that_ends_early_without_a_word_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path / "a.m4a", "-c:a", "aac")
    fake_ffmpeg(tmp_path / "bin", monkeypatch, "os.write(1, bytes(80000))")
    assert "is truncated: only 0:00.2" in str(refusal(path))


def test_one_that_never_ends_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path / "a.m4a", "-c:a", "aac")
    fake_ffmpeg(tmp_path / "bin", monkeypatch, "while True: os.write(1, bytes(1 << 16))")
    assert read(path)[0].shape == (2, FRAMES)


def test_one_that_floods_stderr_is_no_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path / "a.m4a", "-c:a", "aac")
    flood = "for _ in range(200): os.write(2, b'x' * 50000)\nos.write(2, b'\\n')\nrun()"
    fake_ffmpeg(tmp_path / "bin", monkeypatch, flood)
    assert read(path)[0].shape == (2, FRAMES)


def test_one_that_sends_nonsense_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path / "a.m4a", "-c:a", "aac")
    fake_ffmpeg(tmp_path / "bin", monkeypatch, "while True: os.write(1, b'\\xff' * (1 << 16))")  # NaN
    assert "is nan: not audio" in str(refusal(path))


def test_a_reading_that_is_given_up_leaves_nothing_running(tmp_path: Path) -> None:
    path = made(tmp_path / "a.m4a", "-c:a", "aac", sound=music(700_000))
    with AudioReader(path) as reader:
        next(reader.blocks())
