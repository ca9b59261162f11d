"""Time ``eqmorph apply`` against its peers, as whole processes in turn on one machine, and print a Markdown table.

    python benchmarks/bench_apply.py [--rounds 5] [--hours 3] [--matchering PYTHON]

The peers: a bare script that streams a file through the same pedalboard chain (the floor), ffmpeg and sox with the same
five filters, and matchering (in an environment of its own: name its interpreter). The machine is noisy, so each round
runs all of them one after the other, and what counts are medians and the ratios between them.
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
import time
from pathlib import Path

RATE = 44_100
BANDS = "LS 120 +3; PK 300 -2; PK 1000 -2; PK 3000 +2; HS 8k -3"
FLOOR = """
import sys
import soundfile
from pedalboard import HighShelfFilter, LowShelfFilter, PeakFilter, Pedalboard

board = Pedalboard([
    LowShelfFilter(120, 3, 0.71), PeakFilter(300, -2, 0.71), PeakFilter(1000, -2, 0.71), PeakFilter(3000, 2, 0.71),
    HighShelfFilter(8000, -3, 0.71),
])
with soundfile.SoundFile(sys.argv[1]) as source:
    with soundfile.SoundFile(sys.argv[2], "w", source.samplerate, source.channels, subtype=source.subtype) as target:
        for block in source.blocks(16384, dtype="float32"):
            target.write(board.process(block.T, source.samplerate, reset=False).T)
"""
MATCHERING = "import sys, matchering as m; m.process(sys.argv[1], sys.argv[2], [m.pcm16(sys.argv[3])])"


def write_music(path: Path, seconds: float, seed: int, repeats: int = 1) -> None:
    """Write stereo pink noise under a slow swell: as hard to encode and to meter as dense music.

    In a process of its own: a child's peak memory is counted from what its parent had when it was born.
    """
    command = [sys.executable, __file__, "--write", str(path), str(seconds), str(seed), str(repeats)]
    subprocess.run(command, check=True)


def _write_music(path: str, seconds: float, seed: int, repeats: int) -> None:
    import numpy as np
    import soundfile

    rng = np.random.default_rng(seed)
    frames = int(seconds * RATE)
    spectrum = np.fft.rfft(rng.standard_normal((2, frames)).astype(np.float32))
    pink = np.fft.irfft(spectrum / np.sqrt(np.arange(1, spectrum.shape[1] + 1)), frames)
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * np.arange(frames) / RATE / 7)
    pink *= swell * 0.7 / np.abs(pink).max()
    samples = (pink.T * 32767).astype(np.int16)
    with soundfile.SoundFile(path, "w", RATE, 2, subtype="PCM_16") as file:
        for _ in range(repeats):
            file.write(samples)


def run(command: list[str]) -> tuple[float, float]:
    """Wall time in seconds and peak memory in MiB of one process."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"failed: {' '.join(command)}")
    return took, usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--hours", type=float, default=0.0, help="also measure memory on a file this long")
    parser.add_argument("--matchering", help="a Python interpreter that has matchering")
    parser.add_argument("--write", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.write:
        path, seconds, seed, repeats = arguments.write
        _write_music(path, float(seconds), int(seed), int(repeats))
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), arguments.rounds, arguments.hours, arguments.matchering)


def measure(folder: Path, rounds: int, hours: float, matchering: str | None) -> None:
    song, out, floor = folder / "song.wav", folder / "out.wav", folder / "floor.py"
    write_music(song, 180, 1)
    floor.write_text(FLOOR)
    to_out = [sys.executable, "-m", "eqmorph", "apply", str(song), str(out), "-f", "-q"]
    apply = [*to_out, "--bands", BANDS]
    equalizers = [
        "bass=g=3:f=120:w=0.71:t=q", "equalizer=f=300:g=-2:w=0.71:t=q", "equalizer=f=1000:g=-2:w=0.71:t=q",
        "equalizer=f=3000:g=2:w=0.71:t=q", "treble=g=-3:f=8000:w=0.71:t=q",
    ]  # fmt: skip
    contenders = {
        "pedalboard script (the floor)": [sys.executable, str(floor), str(song), str(out)],
        "eqmorph apply --level keep": [*apply, "--level", "keep"],
        "eqmorph apply, defaults": apply,
        "eqmorph apply, defaults, --jobs 1": [*apply, "--jobs", "1"],
        "eqmorph apply --target warm:0.7 (adaptive, defaults)": [*to_out, "--target", "warm:0.7"],
        "python -c 'import click'": [sys.executable, "-c", "import click"],
        "eqmorph --help": [sys.executable, "-m", "eqmorph", "--help"],
    }
    if shutil.which("ffmpeg"):
        ffmpeg = ["ffmpeg", "-y", "-v", "error", "-nostdin", "-i", str(song), "-af", ",".join(equalizers)]
        contenders["ffmpeg, 5 biquads"] = [*ffmpeg, str(out)]
        contenders["ffmpeg, 5 biquads, -threads 1"] = [*ffmpeg, "-threads", "1", "-filter_threads", "1", str(out)]
    if shutil.which("sox"):
        bells = "equalizer 300 0.71q -2 equalizer 1000 0.71q -2 equalizer 3000 0.71q +2"
        effects = f"bass +3 120 0.71q {bells} treble -3 8000 0.71q".split()
        contenders["sox, 5 biquads"] = ["sox", str(song), str(out), *effects]
    if matchering:
        write_music(folder / "reference.wav", 180, 2)
        contenders["matchering"] = [
            matchering, "-c", MATCHERING, str(song), str(folder / "reference.wav"), str(out),
        ]  # fmt: skip
    times: dict[str, list[float]] = {name: [] for name in contenders}
    memory: dict[str, float] = dict.fromkeys(contenders, 0.0)
    for number in range(rounds + 1):
        for name, command in contenders.items():
            took, peak = run(command)
            if number:  # the first round warms caches
                times[name].append(took)
                memory[name] = max(memory[name], peak)
    middle = {name: statistics.median(values) for name, values in times.items()}
    base = middle["pedalboard script (the floor)"]
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, ")
    print(f"{rounds} rounds, medians; a 3-minute 16-bit stereo WAV at 44.1 kHz\n")
    print("| command | seconds | to the floor | peak MiB |\n|---|---|---|---|")
    for name, seconds in middle.items():
        print(f"| {name} | {seconds:.3f} | {seconds / base:.2f} | {memory[name]:.0f} |")
    throughput(folder)
    if hours:
        long_file(folder, hours)


def throughput(folder: Path) -> None:
    """64 files of 30 s by one worker and by two, three times in turn."""
    many = folder / "many"
    many.mkdir()
    write_music(many / "00.wav", 30, 3)
    for number in range(1, 64):
        shutil.copy(many / "00.wav", many / f"{number:02}.wav")
    command = [sys.executable, "-m", "eqmorph", "apply", str(many), str(folder / "done"), "--bands", BANDS, "-f", "-q"]
    pairs = [[run([*command, "--jobs", jobs])[0] for jobs in ("1", "2")] for _ in range(3)]
    one, two = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(one / two for one, two in pairs)
    print(f"\n64 files of 30 s: --jobs 1 {one:.1f} s, --jobs 2 {two:.1f} s: {ratio:.2f} times the throughput")


def long_file(folder: Path, hours: float) -> None:
    """Peak memory on a very long file."""
    song = folder / "long.wav"
    write_music(song, 60, 4, repeats=int(hours * 60))
    command = [sys.executable, "-m", "eqmorph", "apply", str(song), str(folder / "long-out.wav")]
    took, peak = run([*command, "--bands", BANDS, "-q"])
    print(f"\n{hours:g} hours: {took:.0f} s, peak {peak:.0f} MiB")


if __name__ == "__main__":
    main()
