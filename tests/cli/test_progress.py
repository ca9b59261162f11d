"""How finding files is told where it takes a while."""

from __future__ import annotations

import sys
import time

import pytest

from eqmorph.cli.progress import FoundLine

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_on_a_terminal_it_is_one_line_that_goes(
    clock: list[float], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    line = FoundLine(quiet=False)
    line.tell(500)
    assert capsys.readouterr().err == "", "few are found at once"
    for count in (1000, 1500, 90_000):
        clock[0] += 0.6 if count == 1000 else 0.06
        line.tell(count)
    line.tell(None)
    assert capsys.readouterr().err == "\r1000 files found\r90000 files found\r\x1b[K"


def test_in_a_log_it_is_a_line_every_so_often_and_in_a_pipe_nothing(clock: list[float], capsys: Capture) -> None:
    line, silent = FoundLine(quiet=True, every_s=30.0), FoundLine(quiet=False)
    for count in (500, 1000, 1500):
        clock[0] += 20.0
        line.tell(count)
        silent.tell(count)
    line.tell(None)
    assert capsys.readouterr().err == "progress: 1000 files found\n"
