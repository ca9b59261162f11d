"""What is known of a folder is found: by its report, or by its journal and trajectories."""

from __future__ import annotations

from pathlib import Path

import pytest

from eqmorph.cli import run
from eqmorph.errors import InputError
from eqmorph.report import find_report
from eqmorph.report.find import report_of_run
from eqmorph.report.places import find_file, href
from tests.report.support import line, processed, written


def test_a_folder_without_anything_says_what_is_missing_and_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no report, and no journal") as raised:
        find_report(tmp_path)
    assert "to_record" in raised.value.hint
    (tmp_path / "other.jsonl").write_text('{"some": "lines"}\n')
    with pytest.raises(InputError, match="no report"):
        find_report(tmp_path)
    with pytest.raises(InputError, match="tells of no file"):
        find_report(tmp_path / "other.jsonl")


def test_a_folder_tells_by_the_report_in_it(tmp_path: Path) -> None:
    report = processed(tmp_path)
    moved = tmp_path / "out" / "any name.jsonl"
    report.rename(moved)
    found = find_report(tmp_path / "out")
    assert found.name == "out"
    assert found.read == (moved,)
    assert sorted(record["status"] for record in found.records) == ["done", "done", "done", "failed"]
    assert found.notes == ()


def test_without_a_report_the_journal_and_the_trajectories_tell(tmp_path: Path) -> None:
    report = processed(tmp_path)
    found = find_report(tmp_path / "out")
    by_name = {Path(record["output"]).name: record for record in found.records}
    told = {Path(record["output"]).name: record for record in find_report(report).records}
    assert set(by_name) == {"a.wav", "b.wav", "c.wav"}  # and no trajectory among them
    for name, record in by_name.items():
        assert record["bands"] == told[name]["bands"]
        assert record["decision"] == told[name]["decision"]
        assert record["sample_rate"] == 44_100
        assert Path(record["input"]).is_file()
    assert any("loudness" in note for note in found.notes)


def test_the_journal_tells_of_what_the_report_does_not(tmp_path: Path) -> None:
    report = processed(tmp_path)
    lines = [one for one in report.read_text().splitlines(keepends=True) if '/a.wav"' in one]
    (tmp_path / "out" / "report.jsonl").write_text("".join(lines))
    found = find_report(tmp_path / "out")
    assert len(found.records) == 3
    assert sum("loudness_in_lufs" in record for record in found.records) == 1
    assert "2 files" in found.notes[0]


def test_a_folder_that_moved_with_its_sources_is_still_understood(tmp_path: Path) -> None:
    processed(tmp_path / "here")
    (tmp_path / "here").rename(tmp_path / "there")
    found = find_report(tmp_path / "there" / "report.jsonl")
    for record in found.records:
        place = find_file(record["input"], found.near)
        assert place is not None
        assert place.samefile(tmp_path / "there" / "in" / Path(record["input"]).name)


def test_a_run_that_was_resumed_tells_of_what_it_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    report = processed(Path())
    skipped = [{**line("a.wav"), "status": "skipped", "bands": None, "decision": None}]
    by_journal = report_of_run(skipped, Path("out"))
    assert by_journal.records[0]["decision"]["words"][0]["word"] == "warm"
    assert by_journal.records[0]["input"] == "in/a.wav"
    assert "an earlier run" in by_journal.notes[0]
    by_report = report_of_run(skipped, Path("out"), report)
    assert by_report.records[0]["loudness_in_lufs"] is not None
    assert by_report.notes == ()
    unknown = [{**skipped[0], "output": "out/other.wav"}]
    assert report_of_run(unknown, Path("out")).records == unknown


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("a b.wav", "a%20b.wav"),
        ("a#b?c%20.wav", "a%23b%3Fc%2520.wav"),
        ("ü.wav", "%C3%BC.wav"),
        ('"<x>&.wav', "%22%3Cx%3E%26.wav"),
        ("data:x.wav", "data%3Ax.wav"),
        ("in/a.wav", "in/a.wav"),
        ("../a.wav", "../a.wav"),
    ],
)
def test_addresses_are_relative_and_escaped(name: str, address: str, tmp_path: Path) -> None:
    assert href(tmp_path / "page" / name, tmp_path / "page" / "report.html") == address


def test_a_name_that_no_system_can_have_is_nowhere(tmp_path: Path) -> None:
    assert find_file("a\0b.wav", [tmp_path]) is None
    assert find_file("x" * 5000, [tmp_path]) is None


def test_a_report_of_a_dry_run_and_of_skipped_files_is_one_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    processed(tmp_path, sounds=1)
    run(["apply", f"{tmp_path}/in/a.wav", f"{tmp_path}/new/", "--target", "warm", "--dry-run", "--json"])
    report = tmp_path / "dry.json"
    report.write_text(capsys.readouterr().out)
    assert [record["status"] for record in find_report(report).records] == ["planned"]
    other = written(tmp_path / "skipped.jsonl", [{**line("a.wav"), "status": "skipped", "reason": "already exists"}])
    assert [record["status"] for record in find_report(other).records] == ["skipped"]
