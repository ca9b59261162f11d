"""Measure many files: one worker against two, and processes against threads; print Markdown.

python benchmarks/bench_batch.py --rounds 3

Each round runs all, one after the other, as whole processes, so what else the machine does meets them alike.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile as sf

_RATE = 44_100
#: What decides on processes, set to so many files before the command line runs.
_RUN = "import sys, eqmorph.batch.run as r, eqmorph.cli as c; r._FEW = int(sys.argv[1]); sys.exit(c.run(sys.argv[2:]))"
_THREADS, _PROCESSES = 10_000, 0
_EQS = {"adaptive": ("--target", "warm:0.5"), "bands, `--level keep`": ("--bands", "LS 120 +3", "--level", "keep")}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        long, short = _make(folder / "long", 64, 10.0), _make(folder / "short", 40, 1.0)
        print("| 64 files of 10 s | done by | `--jobs 1`, s | `--jobs 2`, s | faster (median of pairs) |")
        print("|---|---|---|---|---|")
        for eq, words in _EQS.items():
            for few, by in ((_PROCESSES, "processes"), (_THREADS, "threads")):
                one, two = _paired(rounds, [(long, few, (*words, "--jobs", jobs)) for jobs in "12"])
                print(f"| {eq} | {by} | {_told(one)} | {_told(two)} | {_ratio(one, two):.2f} |", flush=True)
        print("\n| 40 files of 1 s, `--jobs 2` | threads, s | processes, s | longer (median of pairs) |")
        print("|---|---|---|---|")
        for eq, words in _EQS.items():
            asked = [(short, few, (*words, "--jobs", "2")) for few in (_THREADS, _PROCESSES)]
            threads, processes = _paired(rounds, asked)
            print(f"| {eq} | {_told(threads)} | {_told(processes)} | {_ratio(processes, threads):.2f} |", flush=True)


def _make(folder: Path, count: int, seconds: float) -> Path:
    folder.mkdir()
    rng = np.random.default_rng(1)
    for number in range(count):
        sf.write(folder / f"{number:02}.wav", rng.normal(0, 0.1, (int(seconds * _RATE), 2)), _RATE, subtype="PCM_16")
    return folder


def _paired(rounds: int, asked: list[tuple[Path, int, tuple[str, ...]]]) -> list[list[float]]:
    return [list(times) for times in zip(*([_seconds(*one) for one in asked] for _ in range(rounds)), strict=True)]


def _seconds(source: Path, few: int, words: tuple[str, ...]) -> float:
    output = source.parent / "out"
    shutil.rmtree(output, ignore_errors=True)
    command = [sys.executable, "-c", _RUN, str(few), "apply", str(source), str(output), *words, "-q"]
    began = time.monotonic()
    subprocess.run(command, check=True)
    return time.monotonic() - began


def _told(times: list[float]) -> str:
    return f"{statistics.median(times):.1f} ({min(times):.1f} to {max(times):.1f})"


def _ratio(one: list[float], other: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


if __name__ == "__main__":
    main()
