"""Time listening to a file against reading, filtering and writing it, in one process on one core.

    python benchmarks/bench_analyze.py [--rounds 7] [--hours 3]

Both go over the same 3 minutes of stereo in turn, so that what counts, the ratio, holds on a noisy machine. Then the
whole command is timed, and its memory measured on a file of some hours.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from bench_apply import BANDS, RATE, run, write_music  # noqa: E402

SECONDS = 180


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--hours", type=float, default=0.0, help="also measure memory on a file this long")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        song = Path(folder) / "song.wav"
        write_music(song, SECONDS, 1)
        whole_command(song, arguments.rounds)
        if arguments.hours:  # first: a child's peak memory counts from what its parent has
            long_file(Path(folder), arguments.hours)
        in_process(song, arguments.rounds)


def in_process(song: Path, rounds: int) -> None:
    """Reading, filtering and writing; listening to blocks that are read; and reading and listening."""
    import soundfile

    from eqmorph.analysis import listen, load_ear, trajectory
    from eqmorph.audio.read import AudioReader
    from eqmorph.bands import Bands
    from eqmorph.render import Renderer

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    ear, bands = load_ear(), Bands.parse(BANDS)
    with AudioReader(song) as reader:
        info, blocks = reader.info, list(reader.blocks())

    def filtered() -> None:
        renderer = Renderer(bands, RATE)
        with AudioReader(song) as reader, soundfile.SoundFile(song.with_name("out.wav"), "w", RATE, 2, "PCM_16") as out:
            for block in reader.blocks():
                out.write(renderer.process(block).T)

    def listened(window_s: float = 2.0) -> None:
        ear.hear(listen(blocks, RATE, window_s=window_s))

    def analyzed() -> None:
        with AudioReader(song) as reader:
            spectra = listen(reader.blocks(), RATE)
        trajectory(ear, spectra, info)

    def in_seconds() -> None:
        spectra = listen(blocks, RATE, window_s=1.0, hop_s=1.0)
        ear.space.encode(ear.window_curves(spectra))

    contenders: dict[str, Callable[[], None]] = {
        "reading, filtering, writing": filtered,
        "listening to what is read anyway": listened,
        "reading, listening, trajectory": analyzed,
        "windows of 1 s, each encoded": in_seconds,
    }
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, contender in contenders.items():
            started = time.perf_counter()
            contender()
            if number:  # the first round warms caches
                times[name].append(time.perf_counter() - started)
    base = times["reading, filtering, writing"]
    print(f"{rounds} rounds in one process on one core, medians; 3 minutes of 16-bit stereo at 44.1 kHz\n")
    print("| | seconds | to filtering |\n|---|---|---|")
    for name, took in times.items():
        ratio = statistics.median(mine / theirs for mine, theirs in zip(took, base, strict=True))
        print(f"| {name} | {statistics.median(took):.3f} | {ratio:.2f} |")
    print(f"\n{SECONDS / statistics.median(times['windows of 1 s, each encoded']):.0f} windows of 1 s a second")


def whole_command(song: Path, rounds: int) -> None:
    command = [sys.executable, "-m", "eqmorph", "analyze", str(song)]
    took, peak = zip(*(run(command) for _ in range(rounds)), strict=True)
    print(f"eqmorph analyze, whole process: {statistics.median(took):.2f} s, peak {max(peak):.0f} MiB\n")


def long_file(folder: Path, hours: float) -> None:
    """Time, memory and the trajectory's size for a very long file."""
    song, out = folder / "long.wav", folder / "trajectories"
    write_music(song, 60, 4, repeats=int(hours * 60))
    took, peak = run([sys.executable, "-m", "eqmorph", "analyze", str(song), "--out", str(out)])
    size = (out / "long.wav.trajectory.json").stat().st_size / 1e6
    print(f"{hours:g} hours: {took:.0f} s, peak {peak:.0f} MiB, trajectory {size:.1f} MB\n")


if __name__ == "__main__":
    main()
