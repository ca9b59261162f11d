"""What following costs: ``apply --follow`` against the same words without, as whole processes in turn on one machine.

    python benchmarks/bench_follow.py [--rounds 7] [--minutes 30]

Three minutes of 16-bit stereo whose sections differ, by sections and by windows of 4 s. What counts are the ratios
within each round, of which the median is taken; then peak memory on a file that is longer, and the decision alone.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_apply import RATE, run

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

TARGET = "warm:0.7"
WAYS = {"static": [], "--follow": ["--follow"], "--follow 4": ["--follow", "4"]}
SECTIONS = ((20, -3.0), (30, 0.5), (25, -2.0), (35, 1.0), (30, -2.5), (40, 0.0))  # seconds, tilt in dB an octave
DECISIONS = 15


def write_song(path: Path, repeats: int) -> None:
    """Write three minutes in sections, so many times; in a process of its own, as `run` counts memory from here."""
    subprocess.run([sys.executable, __file__, "--write", str(path), str(repeats)], check=True)


def _write_song(path: str, repeats: int) -> None:
    import numpy as np
    import soundfile

    rng = np.random.default_rng(1)
    parts = []
    for seconds, tilt_db in SECTIONS:
        frames = seconds * RATE
        hertz = np.maximum(np.fft.rfftfreq(frames, 1 / RATE), 20)
        spectrum = np.fft.rfft(rng.standard_normal((2, frames)).astype(np.float32))
        part = np.fft.irfft(spectrum * (hertz / 1000) ** (-0.5 + tilt_db / 6.02), frames)
        parts.append(0.5 * part / np.abs(part).max())
    song = np.concatenate(parts, axis=1)
    song *= 0.7 + 0.3 * np.sin(2 * np.pi * np.arange(song.shape[1]) / RATE / 7)
    samples = (song.T * 32767).astype(np.int16)
    with soundfile.SoundFile(path, "w", RATE, 2, subtype="PCM_16") as file:
        for _ in range(repeats):
            file.write(samples)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--minutes", type=int, default=30, help="how long the longer file is")
    parser.add_argument("--write", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.write:
        _write_song(arguments.write[0], int(arguments.write[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), arguments.rounds, arguments.minutes)


def measure(folder: Path, rounds: int, minutes: int) -> None:
    song, long, out = folder / "song.wav", folder / "long.wav", folder / "out.wav"
    write_song(song, 1)
    write_song(long, max(1, minutes // 3))
    words = ["-f", "-q", "--target", TARGET]

    def command(source: Path, way: str) -> list[str]:
        return [sys.executable, "-m", "eqmorph", "apply", str(source), str(out), *words, *WAYS[way]]

    times: dict[str, list[float]] = {way: [] for way in WAYS}
    peaks: dict[str, float] = dict.fromkeys(WAYS, 0.0)
    for number in range(rounds + 1):
        for way in WAYS:
            took, peak = run(command(song, way))
            if number:  # the first round warms caches
                times[way].append(took)
                peaks[way] = max(peaks[way], peak)
    long_runs = {way: run(command(long, way)) for way in WAYS}
    # Last: from here on this process is large, and so would its children's peaks seem.
    decisions = {way: (decision_ms(song, way), decision_ms(long, way)) for way in WAYS}
    print(f"{rounds} rounds, medians; 3 minutes of 16-bit stereo at {RATE} Hz, {TARGET}\n")
    longer = f"{minutes} minutes"
    print(f"| | seconds | against static | peak MiB | decision, ms | {longer}: seconds | peak MiB | decision, ms |")
    print("|---|---|---|---|---|---|---|---|")
    for way, walls in times.items():
        ratio = statistics.median(wall / static for wall, static in zip(walls, times["static"], strict=True))
        (long_s, long_peak), (short_ms, long_ms) = long_runs[way], decisions[way]
        short = f"{statistics.median(walls):.3f} | {ratio:.2f} | {peaks[way]:.0f} | {short_ms:.0f}"
        print(f"| {way} | {short} | {long_s:.1f} | {long_peak:.0f} | {long_ms:.0f} |")


def decision_ms(song: Path, way: str) -> float:
    """Return what the decision alone takes, the song being heard: CPU time, median."""
    from eqmorph.analysis import listen_to_file, load_ear
    from eqmorph.request import EqRequest

    follow = {"static": None, "--follow": "sections", "--follow 4": 4.0}[way]
    eq = EqRequest(words=TARGET, follow=follow).resolve(load_ear())
    spectra = listen_to_file(song)
    times = []
    for _ in range(DECISIONS):
        started = time.process_time()
        eq.decide(spectra.sample_rate, spectra)
        times.append(1000 * (time.process_time() - started))
    return statistics.median(times)


if __name__ == "__main__":
    main()
