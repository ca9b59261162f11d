"""Time ``eqmorph apply`` on an M4A against ffmpeg alone decoding and encoding it, and print a Markdown table.

    python benchmarks/bench_containers.py [--rounds 7] [--minutes 3]

Both are whole processes. ffmpeg alone decodes the file, encodes it again at the same bit rate, and does nothing in
between; eqmorph also starts Python, equalizes, measures loudness and true peak before and after, and measures what
the encoder made of it. Python's bytecode is kept, as it is where a package is installed. The machine is noisy, so each
round runs both one after the other, each first in turn, and what counts is the median of the ratios of each pair.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench_apply import run, write_music

BANDS = "LS 120 +3; PK 300 -2; PK 1000 -2; PK 3000 +2; HS 8k -3"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--minutes", type=float, default=3.0)
    options = parser.parse_args()
    ffmpeg = os.environ.get("EQMORPH_FFMPEG") or shutil.which("ffmpeg")
    if ffmpeg is None:
        raise SystemExit("ffmpeg is not installed")
    version = subprocess.run([ffmpeg, "-version"], capture_output=True, text=True, check=True).stdout.split()[2]
    print(f"Python {platform.python_version()}, ffmpeg {version}, {os.cpu_count()} cores, {options.rounds} pairs\n")
    with tempfile.TemporaryDirectory(prefix="eqmorph-bench-") as name:
        folder = Path(name)
        # As it is installed: what is compiled once is kept.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
        write_music(folder / "music.wav", options.minutes * 60, seed=1)
        source = folder / "music.m4a"
        coded = ["-c:a", "aac", "-b:a", "256k"]
        subprocess.run([ffmpeg, "-v", "error", "-i", folder / "music.wav", *coded, source], check=True)
        alone = [ffmpeg, "-nostdin", "-v", "error", "-y", "-i", str(source), *coded, str(folder / "alone.m4a")]
        ours = [sys.executable, "-m", "eqmorph", "apply", str(source), str(folder / "ours.m4a"), "-q", "-f"]
        contestants = {
            "ffmpeg alone": alone,
            "eqmorph, level matched": [*ours, "--bands", BANDS],
            "eqmorph, level kept": [*ours, "--bands", BANDS, "--level", "keep"],
        }
        walls: dict[str, list[float]] = {who: [] for who in contestants}
        for command in contestants.values():  # once to warm the disk's cache and Python's
            run(command)
        for number in range(options.rounds):
            order = list(contestants) if number % 2 else list(contestants)[::-1]
            for who in order:
                walls[who].append(run(contestants[who])[0])
    print("| what | median s | ratio to ffmpeg alone (median, lowest to highest) |\n|---|---|---|")
    for who, times in walls.items():
        ratios = sorted(time / floor for time, floor in zip(times, walls["ffmpeg alone"], strict=True))
        middle = statistics.median(ratios)
        print(f"| {who} | {statistics.median(times):.2f} | {middle:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}) |")


if __name__ == "__main__":
    main()
