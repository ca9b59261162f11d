"""``eqmorph status``, ``--metrics`` and ``--progress``: how a run stands, for people, monitors and logs."""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict
from pathlib import Path

import pytest

from eqmorph.batch.state import RunState
from eqmorph.cli import run
from eqmorph.cli.observing import metrics, metrics_observer
from tests.support import make_audio, posix_only, shown

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put each test into a folder with three sounds, one of which is none."""
    monkeypatch.chdir(tmp_path)
    for name in "ab":
        make_audio(f"in/{name}.wav", frames=4410)
    Path("in/c.wav").write_text("no audio")
    return tmp_path


def test_it_says_what_is_done_and_what_failed(capsys: Capture) -> None:
    run(["apply", "in", "out", "--preset", "air", "-q"])
    capsys.readouterr()
    assert run(["status", "out"]) == 1
    told = capsys.readouterr().out
    assert re.search(r"process \d+ on \S+ +ended; 2 of 3 files done, 1 failed, \S+ files a second", told)
    assert f"failed: {Path('in/c.wav').absolute()}: holds text, not audio" in told
    make_audio("in/c.wav", frames=4410)
    shown(capsys, "apply", "in", "out", "--preset", "air", "--resume", "-q")
    told = shown(capsys, "status", "out")
    assert "ended; 1 of 3 files done, 2 skipped" in told
    assert "failed" not in told
    assert json.loads(shown(capsys, "status", "out", "--json"))["runs"][-1]["left"] == 0


@pytest.mark.parametrize(
    ("folder", "why"), [("nowhere", "no folder of this name"), ("in", "no run has written into it")]
)
def test_where_nothing_was_written_it_says_so(capsys: Capture, folder: str, why: str) -> None:
    assert why in shown(capsys, "status", folder, code=2)


def test_metrics_are_what_prometheus_reads() -> None:
    assert run(["apply", "in", "out", "--preset", "air", "-q", "--metrics", "eq.prom"]) == 1
    text = Path("eq.prom").read_text(encoding="utf-8")
    for line in text.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) eqmorph_\w+ .+|eqmorph_\w+(\{state="\w+"\})? [\d.e+-]+', line)
    assert 'eqmorph_files{state="done"} 2\n' in text
    assert 'eqmorph_files{state="failed"} 1\n' in text
    assert "eqmorph_at_work 0\n" in text
    assert run(["apply", "in", "out2", "--preset", "air", "-q", "--metrics", "eq.prom"]) == 1  # kept up to date
    at_work = metrics(RunState("a", "here", 1, begun=5.0, at=6.5, files=9, done=2))
    assert 'eqmorph_files{state="left"} 7\n' in at_work
    assert "eqmorph_at_work 1\n" in at_work


def test_another_file_is_never_taken_for_metrics(capsys: Capture) -> None:
    Path("notes.txt").write_text("mine")
    assert run(["apply", "in", "out", "--preset", "air", "--metrics", "notes.txt"]) == 2
    assert "notes.txt already exists, and holds no metrics" in capsys.readouterr().err
    assert Path("notes.txt").read_text() == "mine"
    assert not Path("out").exists()


def test_metrics_that_can_not_be_written_are_said_once_and_end_nothing(capsys: Capture) -> None:
    observer = metrics_observer(Path("m/eq.prom"))
    Path("m").write_text("a file by now")
    for at in (1.0, 2.0):
        observer.tell(RunState("a", "here", 1, begun=0.0, at=at, files=9))
    told = capsys.readouterr().err
    assert told == f"note: no metrics: {Path('m/eq.prom')}: m is a file, not a folder\n"


@posix_only
def test_a_pipe_is_no_file_of_metrics(capsys: Capture) -> None:
    os.mkfifo("pipe")
    assert run(["apply", "in", "out", "--preset", "air", "--metrics", "pipe"]) == 2
    assert "pipe: is a pipe or a device, not a file" in capsys.readouterr().err


def test_what_a_journal_says_moves_no_cursor(capsys: Capture) -> None:
    Path("out").mkdir()
    state = asdict(RunState("a", "\x1b[2Jhost", 1, 0.0, 1.0, 5))
    facts = [{"run": "a", "state": state}, {"run": "a", "failed": "a\x1b[2J", "error": "b\x1b[2J\nc"}]
    Path("out/.eqmorph-journal.jsonl").write_text("\n".join(map(json.dumps, facts)), encoding="utf-8")
    assert run(["status", "out"]) == 1
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "failed: a\\x1b[2J: b\\x1b[2J\\nc" in told


def test_lines_for_a_log(capsys: Capture) -> None:
    run(["apply", "in", "out", "--preset", "air", "-q", "--progress", "10s"])
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("progress: ")]
    assert lines[-1] == "progress: 3 of 3 files, 1 failed"
