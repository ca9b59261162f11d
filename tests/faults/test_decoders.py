"""A decoder that crashes, hangs or takes all memory, and a worker that is killed: each costs its file only, or nothing.

As `tests/batch/test_isolated.py` has it of each part; here whole processes of the command line meet a made-up reader.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.faults.runs import REPORT, WORDS, clear, differences, finished, in_the_middle, make_inputs, result_of
from tests.support import make_audio

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is limited, and processes found, as on Linux")

REASONS = {
    "segfault": "its process crashed (SIGSEGV)",
    "hangs": "took more than 3 s and was given up",
    "hungry": "needs more memory than there is for it",
}


def test_bad_decoders_cost_their_files_and_once_they_are_mended_all_is_as_if_they_had_never_been(
    tmp_path: Path,
) -> None:
    make_inputs(tmp_path, 6)
    for seed, name in enumerate(REASONS, start=10):
        make_audio(tmp_path / "in" / f"{name}.wav", frames=9000, seed=seed)
    words = (*WORDS, "--timeout", "3s", "--max-memory", "1GB")
    _, err = finished(tmp_path, *words, code=1, fault="reader")
    _, records = result_of(tmp_path)
    failed = {record["input"]: record["error"] for record in records if record["status"] == "failed"}
    assert failed == {f"in/{name}.wav": f"in/{name}.wav: {reason}" for name, reason in REASONS.items()}
    assert len(err.splitlines()) == 3
    assert sum(record["status"] == "done" for record in records) == 6
    finished(tmp_path, *words, "--resume")
    resumed = result_of(tmp_path)
    clear(tmp_path)
    finished(tmp_path, *words)
    assert differences(resumed, result_of(tmp_path)) == []


def test_a_worker_that_is_killed_from_outside_costs_nothing(tmp_path: Path) -> None:
    make_inputs(tmp_path, 2)
    make_audio(tmp_path / "in" / "waits.wav", frames=9000)
    words = (*WORDS, "--timeout", "60s")
    with in_the_middle(tmp_path, *words) as process:
        (tmp_path / "go").touch()  # whoever tries it again needs not wait
        workers = children_of(process.pid)
        assert 0 < len(workers) <= 2
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
    assert process.returncode == 0, process.communicate()
    files, records = result_of(tmp_path)
    assert len(files) == 6
    assert [record["status"] for record in records] == ["done"] * 3
    assert (tmp_path / REPORT).exists()


def children_of(parent: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(path.parent.name))
    return found
