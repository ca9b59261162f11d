"""M4A, Matroska and films on the command line; bit rates and qualities; what is said where ffmpeg is missing."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from tests.audio.ffmpeg.container_files import fake_ffmpeg, film, made, music, needs_ffmpeg, told, wav
from tests.support import EQMORPH, environment, posix_only, shown, wait_until


def test_a_folder_with_all_of_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    made(folder / "song.m4a", "-c:a", "aac")
    made(folder / "tune.mka", "-c:a", "flac")
    (folder / "film").mkdir()
    film(folder / "film" / "a.mp4")
    (folder / "made.wav").unlink()
    out = tmp_path / "out"
    said = shown(capsys, "apply", folder, out, "--preset", "air", "-v")
    assert "3 files: 3 done" in said
    assert sorted(path.name for path in out.rglob("*.m*")) == ["a.mp4", "song.m4a", "tune.mka"]
    assert "3 skipped" in shown(capsys, "apply", folder, out, "--preset", "air", "--resume")


def test_another_bit_rate_is_another_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--resume`` does again what was done at another one."""
    (tmp_path / "in").mkdir()
    wav(tmp_path / "in" / "a.wav", music(rate=48_000), rate=48_000)
    arguments = ("apply", tmp_path / "in", tmp_path / "out", "--preset", "air", "--format", "mp3", "--resume")
    sizes = []
    for rate in ("64k", "256k"):
        assert "1 done" in shown(capsys, *arguments, "--bitrate", rate) or sf.info(tmp_path / "out" / "a.mp3")
        sizes.append((tmp_path / "out" / "a.mp3").stat().st_size)
    assert sizes[1] > 3 * sizes[0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--format", "flac", "--bitrate", "192k"), "FLAC PCM_16 loses nothing: it has no --bitrate"),
        (("--format", "ogg", "--bitrate", "192k"), "Use --quality"),
        (("--bitrate", "fast"), "'fast' is not a bit rate"),
        (
            ("--format", "mp3", "--bitrate", "192k", "--quality", "5"),
            "--bitrate and --quality say the same thing twice",
        ),
        (("--format", "mp3", "--quality", "11"), "11"),
    ],
)
def test_what_cannot_be_set_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], said: str
) -> None:
    sf.write(tmp_path / "a.wav", music(9000).T, 44_100, "PCM_16")
    (tmp_path / "out").mkdir()
    code = 1 if "format" in options[0] and "quality" not in options[-2] and "fast" not in options else 2
    assert said in shown(
        capsys, "apply", tmp_path / "a.wav", f"{tmp_path}/out/", "--preset", "air", *options, code=code
    )
    assert [path for path in (tmp_path / "out").iterdir() if not path.name.startswith(".eqmorph-journal")] == []


@needs_ffmpeg
def test_a_bit_rate_of_aac(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = wav(tmp_path / "a.wav", music(200_000))
    shown(capsys, "apply", source, tmp_path / "a.m4a", "--preset", "air", "--bitrate", "96k")
    assert int(told(tmp_path / "a.m4a")["streams"][0]["bit_rate"]) == pytest.approx(96_000, rel=0.1)


@pytest.mark.parametrize(
    ("name", "rate", "said"),
    [
        ("a.mp3", "500k", "kb/s instead of 500: MP3 goes no higher"),
        ("a.mp3", "320k", ""),
        pytest.param("a.m4a", "256k", "kb/s instead of 256: AAC takes no more for this sound", marks=needs_ffmpeg),
        pytest.param("a.m4a", "64k", "", marks=needs_ffmpeg),
    ],
)
def test_another_bit_rate_than_was_asked_for_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, rate: str, said: str
) -> None:
    """Short sounds are mostly an encoder's first and last frames, and say nothing of it."""
    for seconds in (4, 2):
        turns = 440 * np.arange(seconds * 44_100) / 44_100
        source = wav(tmp_path / f"{seconds}.wav", 0.2 * np.sin(2 * np.pi * np.stack([turns, turns])))
        found = shown(capsys, "apply", source, tmp_path / f"{seconds}{name}", "--preset", "air", "--bitrate", rate)
        assert ("kb/s instead of" in found) == (bool(said) and seconds > 3)
        if seconds > 3:
            assert said in " ".join(found.split())


def test_the_version_names_ffmpeg(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = fake_ffmpeg(tmp_path, monkeypatch, "run()")
    for arguments in (("--version", "-v"), ("-v", "--version"), ("-V", "-v")):
        said = shown(capsys, *arguments)
        assert f"({fake})" in said
        assert "ffmpeg " in said
    assert "ffmpeg" not in shown(capsys, "--version")
    monkeypatch.setenv("EQMORPH_FFMPEG", str(tmp_path / "nothing"))
    assert "ffmpeg: not installed" in shown(capsys, "--version", "-v")


def test_without_ffmpeg_a_folder_says_what_to_do_and_the_rest_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    wav(tmp_path / "in" / "b.wav", music(9000))
    (tmp_path / "in" / "a.m4a").write_bytes(b"\0\0\0\x20ftypM4A \0\0\0\0" + bytes(100))
    monkeypatch.setenv("EQMORPH_FFMPEG", str(tmp_path / "nothing"))
    said = shown(capsys, "apply", tmp_path / "in", tmp_path / "out", "--preset", "air", code=1)
    assert "a.m4a: needs ffmpeg" in said
    assert "Install ffmpeg" in said
    assert (tmp_path / "out" / "b.wav").exists()


def test_they_are_analyzed_ranked_compared_and_referred_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    song, tune = made(tmp_path / "song.m4a", "-c:a", "aac"), made(tmp_path / "tune.mka", "-c:a", "flac")
    assert "warm" in shown(capsys, "analyze", song, tune)
    assert "song.m4a" in shown(capsys, "rank", song, tune, "--by", "warm", "--no-cache")
    shown(capsys, "apply", song, tmp_path / "out.m4a", "--reference", tune)
    shown(capsys, "compare", song, "--target", "warm", "--render", tmp_path / "versions")
    assert list((tmp_path / "versions").iterdir())


@posix_only
def test_ctrl_c_ends_ffmpeg_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = made(tmp_path / "a.m4a", "-c:a", "aac")
    mark = tmp_path / "pid"
    fake_ffmpeg(
        tmp_path / "bin",
        monkeypatch,
        f"if not is_encoder: run()\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\ntime.sleep(120)",
    )
    out = tmp_path / "out"
    out.mkdir()
    command = [*EQMORPH, "apply", str(source), str(out / "a.m4a"), "--preset", "air"]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True) as run:
        wait_until(lambda: mark.exists() and mark.read_text())
        time.sleep(0.2)
        run.send_signal(signal.SIGINT)
        assert run.wait(timeout=30) == 130
    assert list(out.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)
