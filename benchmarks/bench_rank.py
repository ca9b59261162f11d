"""Time `eqmorph rank` over thousands of short sounds, first and again, and a decision on a sound that is known.

    python benchmarks/bench_rank.py [--files 20000] [--sounds FOLDER] [--rounds 3]

The sounds are excerpts of 0.3 s of those below FOLDER, each at a level of its own, so that no two are alike; without
one they are bursts of noise. The cache is a fresh one in a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402
import soundfile as sf  # noqa: E402
from bench_apply import run, write_music  # noqa: E402

RATE, SECONDS, MOST_SOURCES = 44_100, 0.3, 1000
BY = "warm - harsh"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--sounds", type=Path, help="take excerpts of what is below this folder")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["EQMORPH_CACHE"] = str(folder / "cache")
        write_hits(folder / "in", arguments.files, arguments.sounds)
        time.sleep(4)  # files that were written a moment ago are not known by their times
        rank(folder, arguments.rounds)
        plan(folder, 20 * arguments.rounds)


def write_hits(folder: Path, count: int, sounds: Path | None) -> None:
    """Write short files, a thousand to a folder."""
    rng = np.random.default_rng(1)
    sources = list(excerpts(sounds)) if sounds is not None else [(bursts(rng, at), RATE) for at in range(200)]
    for number in range(count):
        samples, rate = sources[number % len(sources)]
        path = folder / f"{number // 1000:03}" / f"{number:06}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        sf.write(path, samples * rng.uniform(0.3, 0.9) / max(np.abs(samples).max(), 1e-6), rate)


def excerpts(folder: Path):
    from eqmorph.batch import find_sources

    for source in find_sources([folder])[:MOST_SOURCES]:
        try:
            with sf.SoundFile(source.path) as file:
                samples = file.read(int(SECONDS * file.samplerate), dtype="float32")
                if len(samples) and np.abs(samples).max() > 1e-3:
                    yield samples, file.samplerate
        except sf.LibsndfileError:
            continue


def bursts(rng: np.random.Generator, at: int) -> np.ndarray:
    frames = int(SECONDS * RATE)
    spectrum = np.fft.rfft(rng.standard_normal(frames)) / (1 + np.arange(frames // 2 + 1) / (20 + 20 * at))
    return np.fft.irfft(spectrum, frames) * np.exp(-np.arange(frames) / (0.05 * RATE))


def rank(folder: Path, rounds: int) -> None:
    command = [sys.executable, "-m", "eqmorph", "rank", str(folder / "in"), "--by", BY, "--top", "3"]
    first, peak = run(command)
    again = [run(command) for _ in range(rounds)]
    size = sum(file.stat().st_size for file in (folder / "cache").iterdir()) / 2**20
    print("| ranking, whole process | seconds | peak MiB |\n|---|---|---|")
    print(f"| first | {first:.1f} | {peak:.0f} |")
    print(
        f"| again, median of {rounds} | {statistics.median(t for t, _ in again):.1f} | {max(p for _, p in again):.0f} |"
    )
    print(f"\nThe cache has {size:.0f} MiB.\n")


def plan(folder: Path, rounds: int) -> None:
    """A decision on 3 minutes in a process that runs already: heard, and known."""
    from eqmorph.heard import heard_in, open_cache
    from eqmorph.request import EqRequest

    song = folder / "song.wav"
    write_music(song, 180, 1)
    time.sleep(4)
    eq = EqRequest("warm:0.7").resolve()
    took = []
    with open_cache() as cache:
        for _ in range(rounds + 1):
            started = time.perf_counter()
            eq.decide(RATE, heard_in(song, cache).spectra)
            took.append(1000 * (time.perf_counter() - started))
    print("| a decision on 3 minutes | ms |\n|---|---|")
    print(f"| heard | {took[0]:.0f} |\n| known: median of {rounds} | {statistics.median(took[1:]):.1f} |")
    print(f"| known: slowest | {max(took[1:]):.1f} |")


if __name__ == "__main__":
    main()
