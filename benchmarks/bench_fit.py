"""Time ``eqmorph.Bands.fit`` on several kinds of curves and say how near it comes; print a Markdown table.

    python benchmarks/bench_fit.py [--curves FILE] [--number 200]

The curves are seeded, so errors are the same everywhere and only times depend on the machine: each is the best of
three, since neighbors on the machine only ever add to it. With a file of Audealize's word curves
(``eqdescriptors.json``, looked for in ``../shared/data``) those are fitted too, each without its mean and stretched to
a range of 12 dB.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path

# One thread, as the command line sets it: read when numpy is first imported.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from eqmorph.bands import Band, Bands, erb_grid  # noqa: E402

Float = NDArray[np.float64]
Curve = tuple[Float, Float]  # dB, Hz

RATE = 48_000
TRIES = 3
WORD_CURVES = Path(__file__).parents[2] / "shared" / "data" / "eqdescriptors.json"
WORD_RANGE_DB = 12.0
WORD_FREQS_HZ = erb_grid(20, 19_682, 40)  # where the words' curves are given, to a percent


def five_bands(rng: np.random.Generator, number: int) -> Iterator[Curve]:
    """Curves of EQs that five bands can meet exactly."""
    freqs_hz = erb_grid(20, 20_000, 100)
    for _ in range(number):
        low, high = np.exp(rng.uniform(np.log([40, 3000]), np.log([300, 14_000])))
        gains_db = rng.uniform(-12, 12, 5)
        bells = [
            Band("bell", float(np.exp(rng.uniform(np.log(100), np.log(8000)))), gain, float(rng.uniform(0.4, 4)))
            for gain in gains_db[1:4]
        ]
        shelves = [Band("low_shelf", low, gains_db[0]), Band("high_shelf", high, gains_db[4])]
        yield Bands([*shelves, *bells]).response_db(freqs_hz, RATE), freqs_hz


def through_points(rng: np.random.Generator, number: int, points: int) -> Iterator[Curve]:
    """Random curves through so many points, 4 dB rms."""
    freqs_hz = np.geomspace(20, 20_000, 100)
    places = np.geomspace(20, 20_000, points)
    for _ in range(number):
        yield np.interp(np.log(freqs_hz), np.log(places), rng.normal(0, 4, points)), freqs_hz


def words(path: Path) -> Iterator[Curve]:
    for entry in json.loads(path.read_text(encoding="utf-8")):
        curve = np.array(entry["settings"])
        yield (curve - curve.mean()) * WORD_RANGE_DB / np.ptp(curve), WORD_FREQS_HZ


def measure(name: str, curves: list[Curve]) -> str:
    """A line of the table: times in ms, and the distance from the curve in dB rms over an ERB grid."""
    Bands.fit(*curves[0], sample_rate=RATE)
    times_ms, errors_db = [], []
    for curve_db, freqs_hz in curves:
        took_s = []
        for _ in range(TRIES):
            started = time.perf_counter()
            bands = Bands.fit(curve_db, freqs_hz, sample_rate=RATE)
            took_s.append(time.perf_counter() - started)
        times_ms.append(1000 * min(took_s))
        grid = erb_grid(float(freqs_hz[0]), min(20_000.0, float(freqs_hz[-1])), 400)
        wanted = np.interp(np.log(grid), np.log(freqs_hz), curve_db)
        errors_db.append(float(np.sqrt(np.mean((bands.response_db(grid, RATE) - wanted) ** 2))))
    times = f"{np.median(times_ms):.1f} | {np.percentile(times_ms, 95):.1f}"
    return f"| {name} | {len(curves)} | {times} | {np.mean(errors_db):.2f} | {np.percentile(errors_db, 90):.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--curves", type=Path, default=WORD_CURVES, metavar="FILE", help="Audealize's eqdescriptors.json"
    )
    parser.add_argument("--number", type=int, default=200, help="random curves of each kind")
    arguments = parser.parse_args()
    rng = np.random.default_rng(1)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}\n")
    print("| curves | number | median ms | p95 ms | mean error, dB rms | p90 error |\n|---|---|---|---|---|---|")
    print(measure("five-band EQs, ±12 dB", list(five_bands(rng, arguments.number))))
    print(measure("through 9 random points", list(through_points(rng, arguments.number, 9))))
    print(measure("through 31 random points", list(through_points(rng, arguments.number, 31))))
    if arguments.curves.is_file():
        print(measure("Audealize's words, 12 dB range", list(words(arguments.curves))))


if __name__ == "__main__":
    main()
