"""Measure many files: one worker against two, processes against threads, and Dask against neither; print Markdown.

python benchmarks/bench_batch.py --rounds 3
python benchmarks/bench_batch.py --short 20000 --names 1000000
python benchmarks/bench_batch.py --rounds 1 --dask 500

Each round runs all, one after the other, as whole processes, so what else the machine does meets them alike.
``--short`` does so many files of a second, and ``--names`` says of so many what would be done with each; both count the
seconds of all cores, which a busy machine changes less than those of the clock.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
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
    parser.add_argument("--short", type=int, metavar="FILES", help="do so many files of a second instead")
    parser.add_argument("--names", type=int, metavar="FILES", help="plan so many files instead")
    parser.add_argument("--dask", type=int, metavar="FILES", help="so many files of 30 s, by a cluster and without")
    asked = parser.parse_args()
    if asked.short or asked.names:
        _measure_many(asked.short or 0, asked.names or 0)
        return
    rounds = asked.rounds
    if asked.dask:
        _measure_dask(rounds, asked.dask)
        return
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


def _measure_many(short: int, names: int) -> None:
    print("| what | files | core s | of each, ms | clock, s | peak of the largest process, MiB |")
    print("|---|---|---|---|---|---|")
    bands = ("--bands", "LS 120 +3", "--level", "keep")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if short:
            files = _linked(folder / "short", short, 1.0)
            for eq, words in (("bands, `--level keep`", bands), ("adaptive", _EQS["adaptive"])):
                _say_many(eq, short, files, *words)
                _say_many(f"{eq}, `--resume` when all is done", short, files, *words, "--resume")
                _say_many(f"{eq}, `--skip-existing`", short, files, *words, "--skip-existing")
                shutil.rmtree(folder / "out")
        if names:
            _say_many("`--dry-run`, bands", names, _linked(folder / "names", names, 0.1), *bands, "--dry-run")


def _say_many(what: str, count: int, source: Path, *words: str) -> None:
    command = [sys.executable, "-m", "eqmorph", "apply", str(source), str(source.parent / "out"), *words]
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)  # with those that it has waited for
    process.returncode = os.waitstatus_to_exitcode(status)
    clock_s, core_s = time.monotonic() - began, used.ru_utime + used.ru_stime
    if process.returncode:
        raise SystemExit(f"{command} failed")
    told = f"{core_s:.1f} | {1000 * core_s / count:.2f} | {clock_s:.1f} | {used.ru_maxrss / 1024:.0f}"
    print(f"| {what} | {count:,} | {told} |", flush=True)


def _linked(folder: Path, count: int, seconds: float) -> Path:
    """Make so many files of noise, a thousand a folder: most are other names of one, of which a disk allows some."""
    rng = np.random.default_rng(1)
    one = folder / "one.wav"
    for number in range(count):
        here = folder / f"{number // 1000:04}"
        if number % 1000 == 0:
            here.mkdir(parents=True)
        if number % 50_000 == 0:
            one.unlink(missing_ok=True)
            sf.write(one, rng.normal(0, 0.1, (int(seconds * _RATE), 2)), _RATE, subtype="PCM_16")
        os.link(one, here / f"{number:07}.wav")
    one.unlink()
    return folder


def _measure_dask(rounds: int, files: int) -> None:
    """Adaptive, two at once: processes of one run, a cluster on this machine, and a scheduler with two workers."""
    print(f"| {files} files of 30 s, adaptive | wall, s | CPU, s | wall, against `--jobs 2` | CPU, against it |")
    print("|---|---|---|---|---|")
    ways = {"`--jobs 2`": ["--jobs", "2"], "`--scheduler local:2`": ["--scheduler", "local:2"]}
    with tempfile.TemporaryDirectory() as name, _Dask() as dask:
        ways["`dask scheduler`, two `dask worker`"] = ["--scheduler", dask.address]
        source = _make(Path(name) / "in", files, 30.0)
        taken: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
        for number in range(rounds):
            for way in sorted(ways, reverse=bool(number % 2)):
                before = _cpu_seconds(dask.processes)
                wall = _seconds(source, _PROCESSES, ("--target", "warm:0.5", *ways[way]))
                taken[way].append((wall, _cpu_seconds(dask.processes) - before))
    first = taken["`--jobs 2`"]
    for way, pairs in taken.items():
        walls, cpus = ([pair[n] for pair in pairs] for n in (0, 1))
        against = (f"{_ratio([p[n] for p in pairs], [p[n] for p in first]):.2f}" for n in (0, 1))
        print(f"| {way} | {_told(walls)} | {_told(cpus)} | {' | '.join(against)} |", flush=True)


def _cpu_seconds(processes: list[subprocess.Popen[str]]) -> float:
    """Return what all processes that ended, and those that go on, with theirs, have taken so far."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    ticks = 0
    for process in processes:
        fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return ended.ru_utime + ended.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


class _Dask:
    """`dask scheduler` and two workers, as people start them."""

    def __enter__(self) -> _Dask:
        self.processes: list[subprocess.Popen[str]] = []
        self.address = self._started("scheduler", "--port", "0", "--host", "127.0.0.1", says="Scheduler at:")
        for _ in range(2):
            self._started("worker", self.address, "--no-nanny", "--nthreads", "1", says="Starting established")
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()

    def _started(self, *command: str, says: str) -> str:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *command, "--no-dashboard"],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        self.processes.append(process)
        assert process.stderr is not None
        told = next(line for line in process.stderr if says in line)
        threading.Thread(target=process.stderr.read, daemon=True).start()
        return told.split()[-1]


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
