"""Measure what a track of 4 minutes takes, by format: CPU time, bytes in and out; print Markdown.

python benchmarks/bench_tracks.py

Each format is done twice by one process on one core, once one track and once several, and what one more takes is told:
start-up is in neither. The tracks are the demo's little mix over and over, in stereo at 44.1 kHz.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile as sf

from eqmorph.demo import write_demo_sounds

_SECONDS = 240
_MORE = 3  # tracks than one
_FORMATS = {
    "WAV, 16 bit": (".wav", "PCM_16", ()),
    "WAV, 24 bit": (".wav", "PCM_24", ()),
    "FLAC, 16 bit": (".flac", "PCM_16", ()),
    "MP3": (".mp3", None, ()),
    "OGG Vorbis": (".ogg", None, ()),
    "M4A (AAC by ffmpeg)": (".m4a", None, ("ffmpeg",)),
}
_EQS = {"adaptive": ("--target", "warm:0.5"), "bands, `--level keep`": ("--bands", "LS 120 +3", "--level", "keep")}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="formats whose names hold this")
    asked = parser.parse_args()
    rounds = asked.rounds
    print(f"| a track of 4 minutes | MB in | MB out | {' | '.join(f'{eq}: CPU, s' for eq in _EQS)} |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        audio, rate = _piece(folder / "demo")
        for kind, (suffix, subtype, programs) in _FORMATS.items():
            if asked.only not in kind or not all(map(shutil.which, programs)):
                continue
            track = _write(folder / f"track{suffix}", audio, rate, subtype)
            told = []
            for words in _EQS.values():
                pairs = [(_cpu_seconds(track, 1, words), _cpu_seconds(track, 1 + _MORE, words)) for _ in range(rounds)]
                told.append(f"{statistics.median((many - one) / _MORE for one, many in pairs):.2f}")
            written = track.parent / "out" / f"0{suffix}"
            sizes = " | ".join(f"{path.stat().st_size / 1e6:.1f}" for path in (track, written))
            print(f"| {kind} | {sizes} | {' | '.join(told)} |", flush=True)


def _piece(folder: Path) -> tuple[np.ndarray, int]:
    write_demo_sounds(folder)
    audio, rate = sf.read(folder / "little-mix.flac", dtype="float32", always_2d=True)
    times = -(-_SECONDS * rate // len(audio))
    stereo = np.tile(audio if audio.shape[1] == 2 else np.repeat(audio, 2, axis=1), (times, 1))[: _SECONDS * rate]
    return stereo, rate


def _write(path: Path, audio: np.ndarray, rate: int, subtype: str | None) -> Path:
    if path.suffix == ".m4a":
        plain = path.with_suffix(".tmp.wav")
        sf.write(plain, audio, rate, subtype="PCM_16")
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", plain, "-b:a", "192k", path], check=True)
    elif path.suffix in (".wav", ".flac"):
        sf.write(path, audio, rate, subtype=subtype)
    else:
        with sf.SoundFile(path, "w", rate, 2) as file:
            for start in range(0, len(audio), rate):
                file.write(audio[start : start + rate])
    return path


def _cpu_seconds(track: Path, count: int, words: tuple[str, ...]) -> float:
    source, output = track.parent / "in", track.parent / "out"
    for folder in (source, output):
        shutil.rmtree(folder, ignore_errors=True)
    source.mkdir()
    for number in range(count):
        (source / f"{number}{track.suffix}").hardlink_to(track)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "eqmorph", "apply", str(source), str(output), *words, "-q", "--jobs", "1"]
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
