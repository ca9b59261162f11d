"""A batch as a user starts it, as a process of its own, and what of it must be the same whatever befell it."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support import EQMORPH, environment, make_audio, wait_until

__all__ = [
    "REPORT",
    "WORDS",
    "Result",
    "clear",
    "differences",
    "finished",
    "in_the_middle",
    "killed_at",
    "make_inputs",
    "result_of",
    "started",
]

REPORT = "report.jsonl"
#: An adaptive batch with trajectories, which words into a folder have, and a report.
WORDS = ("apply", "in", "out", "--target", "warm:0.7 + airy:0.3", "--report", REPORT, "--jobs", "2")
_BEFALLS = Path(__file__).parent / "befalls"
Result = tuple[dict[str, bytes], list[dict[str, Any]]]


def make_inputs(folder: Path, files: int = 18, *, frames: int = 9000) -> Path:
    """Make sounds of different lengths, enough of them for processes to do them, in two folders."""
    for number in range(files):
        name = folder / "in" / ("sub" * (number % 3 == 0)) / f"{number:02}.wav"
        make_audio(name, frames=frames + 700 * (number % 5), seed=number)
    return folder


@contextmanager
def started(folder: Path, *words: str, fault: str = "", **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Start the command line in a folder; end it at the end.

    ``fault`` is what is to befall it, and what it starts: see `tests/faults/befalls`.
    """
    more = {"PYTHONUNBUFFERED": "1"}
    if fault:
        more |= {"FAULT": fault, "PYTHONPATH": os.pathsep.join([str(_BEFALLS), *sys.path])}
    process = subprocess.Popen(
        [*EQMORPH, *words],
        cwd=folder,
        **{
            "env": environment() | more,
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "text": True,
            # What runs tests in the background ignores Ctrl-C, and children would inherit that.
            "preexec_fn": None if os.name == "nt" else lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            **options,
        },
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def finished(folder: Path, *words: str, code: int = 0, **options: Any) -> tuple[str, str]:
    """Run the command line to its end; return what it printed, and its errors."""
    with started(folder, *words, **options) as process:
        out, err = process.communicate(timeout=120)
    assert process.returncode == code, f"{process.returncode}: {out}{err}"
    assert "Traceback" not in (err or ""), err
    return out or "", err or ""


@contextmanager
def in_the_middle(
    folder: Path, *words: str, waiting: Sequence[str] = ("waits.wav",), fault: str = "reader", **options: Any
) -> Iterator[subprocess.Popen[str]]:
    """Start a run, and yield when it is reading the files that wait, which it goes on with at the end."""
    with started(folder, *words, fault=fault, **options) as process:
        wait_until(lambda: process.poll() is not None or all((folder / f"reached {name}").exists() for name in waiting))
        assert process.poll() is None, process.communicate()
        yield process
        (folder / "go").touch()
        process.wait(timeout=60)


def killed_at(folder: Path, moment: float, seed: int, *words: str) -> bool:
    """Start a run and kill it, without a word, at a moment; tell whether it was still at work.

    Below 1 the moment is a share of the files: when so many of them have their names, and up to 30 ms after that. From
    1 on it is seconds since the start, less 1.
    """
    rng = random.Random(seed)
    with started(folder, *words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        if moment < 1:
            wanted = moment * sum(1 for _ in (folder / "in").rglob("*.wav")) * 2
            while process.poll() is None and len(_named(folder / "out")) < wanted:
                time.sleep(0.0005)
            time.sleep(rng.random() * 0.03)
        else:
            time.sleep(moment - 1)
        is_at_work = process.poll() is None
        process.kill()
        process.wait()
    return is_at_work


def _named(folder: Path) -> list[str]:
    found: list[str] = []
    for _, folders, files in os.walk(folder):
        folders.sort()
        found += [name for name in files if not name.startswith(".")]
    return found


def result_of(folder: Path, out: str = "out", report: str = REPORT) -> Result:
    """Return all files of an output folder, and what its report says of each: all but when, how long, and which run.

    Fails if there is anything temporary in the folder, or a line in the report that is not whole.
    """
    files = {}
    for path in sorted((folder / out).rglob("*")):
        name = path.relative_to(folder / out).as_posix()
        assert not (path.name.startswith(".eqmorph-") and path.suffix == ".part"), name
        if path.is_file() and not path.name.startswith(".eqmorph-"):
            files[name] = path.read_bytes()
    latest: dict[str, dict[str, Any]] = {}
    if (folder / report).exists():
        for line in (folder / report).read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            for name in ("seconds", "run"):
                record.pop(name, None)
            if record["status"] != "skipped":  # that it was done before is no news of it
                latest[record["output"]] = record
    return files, [latest[name] for name in sorted(latest)]


def clear(folder: Path, *names: str) -> None:
    """Remove files and folders of former runs."""
    for name in names or ("out", REPORT):
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def differences(result: Result, other: Result) -> Sequence[str]:
    """Name what of two results differs."""
    (files, records), (others, more) = result, other
    found = [name for name in sorted({*files, *others}) if files.get(name) != others.get(name)]
    return found + [
        f"report of {record['output']}" for record in [*records, *more] if record not in records or record not in more
    ]
