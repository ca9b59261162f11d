"""kill -9 in the middle of an adaptive batch with trajectories and a report, then --resume: as if nothing had happened.

A few moments here; `benchmarks/prove_resume.py` takes as many as one has time for.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.faults import runs
from tests.faults.runs import REPORT, Result, clear, differences, finished, killed_at, make_inputs, result_of
from tests.support import posix_only

pytestmark = posix_only

WORDS = (*runs.WORDS, "--timeout", "60s")  # so that processes do so few files
FILES = 8


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_inputs(tmp_path_factory.mktemp("killed"), FILES)


@pytest.fixture(scope="module")
def whole(place: Path) -> Result:
    """Return what a run gives that nobody kills."""
    finished(place, *WORDS)
    result = result_of(place)
    clear(place)
    assert len(result[0]) == 2 * FILES  # each file and its trajectory
    assert len(result[1]) == FILES
    return result


def test_a_killed_run_is_resumed_to_the_same_bytes(place: Path, whole: Result) -> None:
    clear(place)
    assert killed_at(place, 0.3, 1, *WORDS)
    assert killed_at(place, 0.7, 2, *WORDS, "--resume")
    finished(place, *WORDS, "--resume")
    assert differences(result_of(place), whole) == []


def test_what_was_done_and_not_told_is_told(place: Path, whole: Result) -> None:
    """Killed between a file's name and its line in the report, as at every moment some file may be."""
    clear(place)
    finished(place, *WORDS)
    lines = (place / REPORT).read_text(encoding="utf-8").splitlines(keepends=True)
    (place / REPORT).write_text("".join(lines[:-3]) + lines[-3][:500], encoding="utf-8")
    out, _ = finished(place, *WORDS, "--resume")
    assert "3 done, 5 skipped" in out
    assert differences(result_of(place), whole) == []
    told = [json.loads(line)["output"] for line in (place / REPORT).read_text(encoding="utf-8").splitlines()]
    assert len(told) == FILES - 3 + FILES  # no torn line, and none lost


def test_a_report_of_later_runs_makes_nothing_again(place: Path, whole: Result) -> None:
    """What an earlier run did without any report isn't told of, and needn't be."""
    clear(place)
    silent = [word for word in WORDS if word not in ("--report", REPORT)]
    finished(place, *silent)
    (place / "out" / "01.wav").unlink()
    out, _ = finished(place, *WORDS, "--resume")
    assert "1 done, 7 skipped" in out
    out, _ = finished(place, *WORDS, "--resume")
    assert "8 skipped" in out
    assert differences((result_of(place)[0], []), (whole[0], [])) == []
