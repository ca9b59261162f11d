"""What linear phase costs: ``apply --phase linear`` against minimum phase, as whole processes in turn on one machine.

    python benchmarks/bench_phase.py [--rounds 5]

Three minutes of 16-bit stereo, through EQs that need a short filter and a long one. What counts are the ratios within
each round, of which the median is taken.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench_apply import RATE, run

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

SECONDS = 180
EQS = {
    "five ordinary bands": "LS 120 +3; PK 300 -2 Q1; PK 1000 +2 Q1; PK 4000 +1 Q1; HS 8k -3",
    "a high-pass at 20 Hz": "HP 20 24dB; HS 8k -3",
    "a bell at 30 Hz, Q 10": "PK 30 -6 Q10; HS 8k -3",
    "a whole notch at 1 kHz, Q 5": "NT 1k Q5; HS 8k -3",
    "a whole notch at 50 Hz, Q 30": "NT 50 Q30; HS 8k -3",
}


def _write_noise(path: str) -> None:
    import numpy as np
    import soundfile

    noise = np.random.default_rng(1).standard_normal((SECONDS * RATE, 2)) * 3000
    soundfile.write(path, noise.astype(np.int16), RATE, subtype="PCM_16")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.write:
        _write_noise(arguments.write)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), arguments.rounds)


def measure(folder: Path, rounds: int) -> None:
    source, out = folder / "noise.wav", folder / "out.wav"
    subprocess.run([sys.executable, __file__, "--write", str(source)], check=True)
    print(f"{rounds} rounds, medians; {SECONDS} s of 16-bit stereo at {RATE} Hz\n")
    print("| EQ | level | minimum, s | linear, s | ratio | linear, peak MiB |\n|---|---|---|---|---|---|")
    for name, bands in EQS.items():
        for level in ("keep", "match"):
            common = [sys.executable, "-m", "eqmorph", "apply", str(source), str(out), "-f", "-q", "--level", level]
            times: dict[str, list[float]] = {"minimum": [], "linear": []}
            peak = 0.0
            for number in range(rounds + 1):
                for phase, walls in times.items():
                    took, peak = run([*common, "--bands", bands, "--phase", phase])
                    if number:  # the first round warms caches
                        walls.append(took)
            ratio = statistics.median(b / a for a, b in zip(times["minimum"], times["linear"], strict=True))
            seconds = " | ".join(f"{statistics.median(walls):.2f}" for walls in times.values())
            print(f"| {name} | {level} | {seconds} | {ratio:.2f} | {peak:.0f} |")


if __name__ == "__main__":
    main()
