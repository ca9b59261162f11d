"""The file of a report: whole lines, whoever else writes and whatever was cut off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eqmorph.cli.report_file import ReportFile, told_by
from eqmorph.errors import OutputError, UsageError
from tests.support import largest_file, posix_only


def line(name: str, status: str = "done") -> dict[str, str]:
    return {"input": name, "output": name, "status": status}


@pytest.mark.parametrize("cut", [1, 5, 12, 25])
def test_a_line_that_was_cut_off_is_taken_back(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "r.jsonl"
    whole = json.dumps(line("a")) + "\n"
    path.write_text(whole + whole[:-cut], encoding="utf-8")
    report = ReportFile(path, [], append=True)
    report.add(line("b"))
    report.close()
    assert path.read_text(encoding="utf-8") == whole + json.dumps(line("b")) + "\n"
    assert told_by(path) == {"a", "b"}


def test_a_line_of_somebody_elses_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes", encoding="utf-8")
    report = ReportFile(path, [], append=True)
    report.add(line("b"))
    report.close()
    assert path.read_text(encoding="utf-8").splitlines()[0] == "my notes"
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2


@posix_only
def test_what_a_disk_took_of_a_line_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    report = ReportFile(path, [])
    report.add(line("a"))
    with largest_file(200), pytest.raises(OutputError, match="largest size"):
        report.add(line("b" * 300))
    report.close()
    assert path.read_text(encoding="utf-8") == json.dumps(line("a")) + "\n"


def test_two_that_share_a_report_add_to_it(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    first, second = ReportFile(path, []), ReportFile(path, [], append=True)
    for number in range(20):
        (first, second)[number % 2].add(line(f"{number}"))
    for one in (first, second):
        one.close()
    assert told_by(path) == {str(number) for number in range(20)}


def test_what_is_told_is_what_is_done(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    assert told_by(path) is None
    path.touch()
    assert told_by(path) == set()
    path.write_text(
        "\n".join(map(json.dumps, [line("a"), line("b", "failed"), line("c", "skipped")])), encoding="utf-8"
    )
    assert told_by(path) == {"a"}
    path.write_text("no report", encoding="utf-8")
    assert told_by(path) is None


def test_an_existing_one_is_neither_replaced_nor_added_to_unasked(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="already exists"):
        ReportFile(path, [])
    ReportFile(path, [], overwrite=True).close()
    assert path.read_bytes() == b""
