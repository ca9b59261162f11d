"""Short files that ffmpeg makes for tests, what it says of files, and ffmpegs that misbehave."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

FFMPEG, FFPROBE = shutil.which("ffmpeg"), shutil.which("ffprobe")
needs_ffmpeg = pytest.mark.skipif(FFMPEG is None or FFPROBE is None, reason="ffmpeg and ffprobe are not installed")
RATE = 44_100
FRAMES = 70_001  # no multiple of any codec's frame


@cache
def music(frames: int = FRAMES, channels: int = 2, *, rate: int = RATE, seed: int = 0) -> np.ndarray[Any, Any]:
    """Return noise without highs, each channel another one, which lossy encoders leave nearly as it is."""
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft(rng.standard_normal((channels, frames)))
    spectrum[:, np.fft.rfftfreq(frames, 1 / rate) > 3000] = 0
    sound = np.fft.irfft(spectrum, frames)
    return np.asarray(0.2 * sound / np.abs(sound).max(), np.float32)


def wav(path: Path, sound: np.ndarray[Any, Any] | None = None, *, rate: int = RATE) -> Path:
    sf.write(path, (music(rate=rate) if sound is None else sound).T, rate, "PCM_24")
    return path


def ffmpeg(*arguments: str | Path) -> None:
    """Run the real ffmpeg, or skip the test where there is none."""
    if FFMPEG is None or FFPROBE is None:
        pytest.skip("ffmpeg and ffprobe are not installed")
    subprocess.run([FFMPEG, "-v", "error", "-y", "-nostdin", *map(str, arguments)], check=True)


def made(path: Path, *options: str | Path, sound: np.ndarray[Any, Any] | None = None, rate: int = RATE) -> Path:
    """Make a file of a sound with ffmpeg; the name says the container, the options the rest."""
    source = wav(path.with_name("made.wav"), sound, rate=rate)
    if sound is None and all(isinstance(option, str) for option in options):
        path.write_bytes(_music_as(path.suffix, options, rate))
    else:
        ffmpeg("-i", source, *options, path)
    return path


@cache
def _music_as(suffix: str, options: tuple[str, ...], rate: int) -> bytes:
    """Return a file of the music: many tests begin with the same."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"made{suffix}")
        ffmpeg("-i", wav(Path(folder, "music.wav"), rate=rate), *options, path)
        return path.read_bytes()


def film(path: Path, *, subtitles: str = "mov_text", late_s: float = 0.28) -> Path:
    """Make a short film: a picture, two streams of sound, the second the default, subtitles, chapters, a time code."""
    path.write_bytes(_film(path.suffix, subtitles, late_s))
    return path


@cache
def _film(suffix: str, subtitles: str, late_s: float) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return _make_film(Path(folder, f"film{suffix}"), subtitles, late_s).read_bytes()


def _make_film(path: Path, subtitles: str, late_s: float) -> Path:
    folder = path.parent
    (folder / "s.srt").write_text("1\n00:00:00,500 --> 00:00:01,500\nHello\n")
    (folder / "c.txt").write_text(
        ";FFMETADATA1\ntitle=Film\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=900\ntitle=One\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=900\nEND=2000\ntitle=Two\n"
    )
    sound = wav(folder / "sound.wav", music(48_000, rate=48_000, seed=1), rate=48_000)
    other = wav(folder / "other.wav", music(96_000, rate=48_000, seed=2), rate=48_000)
    shown = ("-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=2")
    inputs = (
        *shown,
        "-i",
        other,
        "-itsoffset",
        str(late_s),
        "-i",
        sound,
        "-i",
        folder / "s.srt",
        "-i",
        folder / "c.txt",
    )
    streams = ("-map", "0:v", "-map", "1", "-map", "2", "-map", "3", "-map_metadata", "4", "-map_chapters", "4")
    tags = ("-metadata:s:a:0", "language=ger", "-metadata:s:a:1", "language=eng", "-timecode", "01:00:00:00")
    marks = ("-disposition:a:0", "0", "-disposition:a:1", "default")
    picture = ("-c:v", "libx264", "-bf", "2")
    upright = folder / f"upright{path.suffix}"
    ffmpeg(*inputs, *streams, *picture, "-c:a", "aac", "-c:s", subtitles, *tags, *marks, upright)
    kept = ("-map", "0:v", "-map", "0:a", "-map", "0:s", "-c", "copy", "-metadata:s:v:0", "rotate=90")
    ffmpeg("-i", upright, *kept, path)
    return path


def told(path: Path) -> dict[str, Any]:
    """Return what ffprobe says of a file."""
    command = [str(FFPROBE), "-v", "error", "-show_format", "-show_streams", "-show_chapters", "-of", "json", str(path)]
    document: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return document


def digests(path: Path, *specifiers: str) -> list[str]:
    """Return a digest of the packets of each stream."""
    return [
        subprocess.run(
            [str(FFMPEG), "-v", "error", "-i", path, "-map", f"0:{one}", "-c", "copy", "-f", "streamhash", "-"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split("=")[-1]
        for one in specifiers
    ]


def first_times(path: Path) -> list[float]:
    """Return when each stream's first packet that is shown or heard begins, in seconds."""
    return [
        float(stream["start_time"]) for stream in told(path)["streams"] if stream["codec_type"] in ("video", "audio")
    ]


def sound_after_picture_s(path: Path) -> float:
    """Return how much later the first sample is heard than the first picture is shown."""
    command = [str(FFPROBE), "-v", "error", "-of", "json", "-read_intervals", "%+2"]
    command += ["-show_entries", "frame=media_type,pts_time", str(path)]
    frames = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["frames"]
    heard_s, seen_s = (
        float(next(frame["pts_time"] for frame in frames if frame["media_type"] == kind)) for kind in ("audio", "video")
    )
    return heard_s - seen_s


def decoded(path: Path, specifier: str = "a:0") -> np.ndarray[Any, Any]:
    """Return a stream of sound as ffmpeg alone decodes it, (channels, frames)."""
    channels = [s["channels"] for s in told(path)["streams"] if s["codec_type"] == "audio"][int(specifier[-1])]
    command = [str(FFMPEG), "-v", "error", "-i", str(path), "-map", f"0:{specifier}", "-f", "f32le", "-"]
    samples = np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.float32)
    return np.asarray(samples.reshape(-1, channels).T)


def offset(found: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any]) -> int:
    """Return by how many samples a channel lies behind another, by their correlation."""
    size = 1 << 18
    spectrum = np.fft.rfft(found, size) * np.conj(np.fft.rfft(wanted, size))
    at = int(np.argmax(np.fft.irfft(spectrum, size)))
    return at if at < size // 2 else at - size


def fake_ffmpeg(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """Put a program in ffmpeg's place that does what a Python script says, where the real one is asked for more.

    The script sees the arguments as ``args``, the real program as ``real`` and ``run``, which becomes that.
    """
    if FFMPEG is None or FFPROBE is None or os.name == "nt":
        pytest.skip("ffmpeg and ffprobe are not installed, or no program here is a script")
    folder.mkdir(exist_ok=True)
    path = folder / "ffmpeg"
    path.write_text(
        f"#!{sys.executable} -S\nimport os, sys, time\nargs, real = sys.argv[1:], {FFMPEG!r}\n"
        "def run(): os.execv(real, [real, *args])\n"
        "if args == ['-version']: run()\n"
        f"is_encoder = 'pipe:0' in args\n{script}\n"
    )
    path.chmod(0o755)
    (folder / "ffprobe").symlink_to(FFPROBE)
    monkeypatch.setenv("EQMORPH_FFMPEG", str(path))
    return path
