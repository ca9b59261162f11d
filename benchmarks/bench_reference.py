"""How near `eqmorph apply --reference` brings songs to others, against matchering, as whole processes in turn.

    python benchmarks/bench_reference.py FOLDER... [--pairs 30] [--seed 0] [--matchering PYTHON] [--json]

Of all music in the folders (20 s to 7 minutes) pairs are drawn: a song and a reference. Both programs render the song,
eqmorph with `--max-gain 12`, and what they wrote is measured by third-octaves from 100 Hz to 10 kHz: the mean distance
to the reference in dB, level removed. matchering needs an environment of its own: name its interpreter. It writes
floats and leaves its limiter out, so that it is measured at its best. What measures knows nothing of eqmorph's ear.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

SUFFIXES = {".wav", ".flac", ".ogg", ".mp3", ".opus"}
MATCHERING = (
    "import sys, matchering as m; "
    "m.process(sys.argv[1], sys.argv[2], [m.Result(sys.argv[3], 'FLOAT', use_limiter=False)])"
)
MEASURE = """
import sys
import numpy as np
import soundfile

FRAME = 16384
total = 0.0
with soundfile.SoundFile(sys.argv[1]) as file:
    rate = file.samplerate
    window = np.hanning(FRAME)
    for block in file.blocks(FRAME, overlap=FRAME // 2, dtype="float32", always_2d=True):
        if len(block) == FRAME:
            total = total + np.abs(np.fft.rfft(block.mean(axis=1) * window)) ** 2
hertz = np.fft.rfftfreq(FRAME, 1 / rate)
for third in range(-10, 11):
    middle = 1000 * 10 ** (third / 10)
    within = (hertz >= middle * 10**-0.05) & (hertz < middle * 10**0.05)
    print(10 * np.log10(max(float(total[within].sum()), 1e-20)))
"""
SHORTEST_S, LONGEST_S = 20.0, 420.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--pairs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--max-gain", type=float, default=12.0)
    parser.add_argument("--matchering", help="a Python interpreter that has matchering")
    parser.add_argument("--json", action="store_true")
    how = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            row
            for song, reference in drawn(how.folders, how.pairs, how.seed)
            if (row := compared(song, reference, Path(folder), how.max_gain, how.matchering)) is not None
        ]
    if how.json:
        print(json.dumps({"pairs": rows, "summary": summary(rows)}, indent=2))
    else:
        show(summary(rows), len(rows))


def drawn(folders: list[Path], pairs: int, seed: int) -> list[tuple[Path, Path]]:
    """Draw pairs of different pieces."""
    import numpy as np
    import soundfile

    music = []
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES):
        try:
            seconds = soundfile.info(path).duration
        except (OSError, soundfile.LibsndfileError):
            continue
        if SHORTEST_S <= seconds <= LONGEST_S:
            music.append(path)
    random = np.random.default_rng(seed)
    found = [random.choice(len(music), 2, replace=False) for _ in range(pairs)]
    return [(music[song], music[reference]) for song, reference in found]


def compared(
    song: Path, reference: Path, folder: Path, max_gain: float, matchering: str | None
) -> dict[str, Any] | None:
    """Render a song toward a reference by all programs; None if they are as good as the same."""
    target = thirds(reference)
    before = distance(thirds(song), target)
    if before < 0.5:
        return None
    out = folder / "out.wav"
    commands = {
        "eqmorph": [
            *(sys.executable, "-m", "eqmorph", "apply", str(song), str(out), "-f", "-q"),
            *("--reference", str(reference), "--max-gain", str(max_gain)),
        ]
    }
    if matchering:
        commands["matchering"] = [matchering, "-c", MATCHERING, str(song), str(reference), str(out)]
    row: dict[str, Any] = {"song": song.name, "reference": reference.name, "before_db": before}
    for name, command in commands.items():
        out.unlink(missing_ok=True)
        seconds, peak = run(command)
        row[name] = {"after_db": distance(thirds(out), target), "seconds": seconds, "peak_mib": peak}
    print(row, file=sys.stderr, flush=True)
    return row


def thirds(path: Path) -> list[float]:
    """Return the level of each third-octave; in a process of its own, so that this one stays small."""
    done = subprocess.run([sys.executable, "-c", MEASURE, str(path)], check=True, capture_output=True, text=True)
    return [float(line) for line in done.stdout.split()]


def distance(one: list[float], other: list[float]) -> float:
    apart = [a - b for a, b in zip(one, other, strict=True)]
    level = statistics.fmean(apart)
    return statistics.fmean(abs(value - level) for value in apart)


def run(command: list[str]) -> tuple[float, float]:
    """Wall time in seconds and peak memory in MiB of one process."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"failed: {' '.join(command)}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    before = statistics.fmean(row["before_db"] for row in rows)
    found: dict[str, Any] = {"before_db": before}
    for name in ("eqmorph", "matchering"):
        ours = [row[name] for row in rows if name in row]
        if ours:
            falls = [1 - row[name]["after_db"] / row["before_db"] for row in rows]
            after = statistics.fmean(one["after_db"] for one in ours)
            found[name] = {
                "after_db": after,
                "mean_distance_falls": 1 - after / before,
                "falls_by": statistics.fmean(falls),
                "falls_by_median": statistics.median(falls),
                "least": min(falls),
                "worse": sum(fall < 0 for fall in falls),
                "seconds": sum(one["seconds"] for one in ours),
                "peak_mib": max(one["peak_mib"] for one in ours),
            }
    return found


def show(found: dict[str, Any], pairs: int) -> None:
    print(f"{pairs} pairs, {found['before_db']:.2f} dB apart before\n")
    print("| | distance after | mean distance falls by | each pair's, mean | median | least | seconds | peak MiB |")
    print("|---|---|---|---|---|---|---|---|")
    for name in ("eqmorph", "matchering"):
        if (one := found.get(name)) is not None:
            cells = [
                f"{one['after_db']:.2f} dB",
                *(f"{100 * one[key]:.0f} %" for key in ("mean_distance_falls", "falls_by", "falls_by_median", "least")),
                f"{one['seconds']:.0f}",
                f"{one['peak_mib']:.0f}",
            ]
            print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
