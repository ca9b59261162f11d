"""``eqmorph report`` and ``apply --html``: a page in one go, and nothing overwritten that nobody named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eqmorph.cli import run
from tests.report.support import inside
from tests.support import make_audio

Capture = pytest.CaptureFixture[str]
WORDS = ["--target", "warm:0.7"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for seed, name in enumerate("ab"):
        make_audio(tmp_path / "in" / f"{name}.wav", seed=seed)
    return tmp_path


def test_a_report_becomes_a_page_and_how_to_open_it_is_said(folder: Path, capsys: Capture) -> None:
    assert run(["apply", "in", "out", *WORDS, "--report", "out/report.jsonl", "-q"]) == 0
    assert run(["report", "out"]) == 0
    said = capsys.readouterr().out
    page = folder / "out" / "report.html"
    assert f"Open it: {page.as_uri()}" in said
    assert "2 files: 2 done" in said
    assert {row["n"] for row in inside(page)[0]["rows"]} == {"a.wav", "b.wav"}
    assert run(["report", "out/report.jsonl", "-o", "x/page.html", "--title", "Mine", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["page"] == str(Path("x/page.html"))
    assert "<h1>Mine</h1>" in Path("x/page.html").read_text()
    assert {detail["a"]["src"] for detail in inside(Path("x/page.html"))[1]} == {"../in/a.wav", "../in/b.wav"}


def test_sounds_of_some_files_are_put_inside(folder: Path, capsys: Capture) -> None:
    assert run(["apply", "in", "out", *WORDS, "--report", "out/report.jsonl", "-q"]) == 0
    assert run(["report", "out", "--embed-only", "a.wav"]) == 2
    assert "--embed-only requires --embed" in capsys.readouterr().err
    assert run(["report", "out", "--embed", "flac", "--embed-only", "a.wav"]) == 0
    assert "2 sounds inside" in capsys.readouterr().out
    _, details = inside(folder / "out" / "report.html")
    assert {one["out"] for one in details if one["b"]["src"].startswith("data:")} == {"out/a.wav"}


def test_a_page_is_overwritten_only_on_demand(folder: Path, capsys: Capture) -> None:
    run(["apply", "in", "out", *WORDS, "-q"])
    assert run(["report", "out"]) == 0
    mine = folder / "out" / "report.html"
    mine.write_text("mine")
    assert run(["report", "out"]) == 1
    assert "--force" in capsys.readouterr().err
    assert mine.read_text() == "mine"
    assert run(["report", "out", "--force"]) == 0
    assert mine.read_text() != "mine"


@pytest.mark.parametrize("name", ["in", "missing", "missing.jsonl", "in/a.wav"])
def test_what_is_no_report_is_a_usage_error(name: str, capsys: Capture) -> None:
    assert run(["report", name]) == 2
    said = capsys.readouterr().err
    assert name in said
    assert "eqmorph apply --report FILE" in said
    assert not list(Path().rglob("*.html"))


def test_apply_writes_it_in_one_go(folder: Path, capsys: Capture) -> None:
    (folder / "in" / "bad.wav").write_text("no audio")
    assert run(["apply", "in", "out", *WORDS, "--html", "page.html"]) == 1
    assert (folder / "page.html").as_uri() in capsys.readouterr().out
    data, details = inside(folder / "page.html")
    assert sorted(row["s"] for row in data["rows"]) == ["done", "done", "failed"]
    for row, detail in zip(data["rows"], details, strict=True):
        assert row["s"] == "failed" or {"spectrum", "eq", "said"} <= set(detail)


def test_bands_are_listened_to_for_the_page_alone(folder: Path) -> None:
    assert run(["apply", "in/a.wav", "out.wav", "--bands", "PK 1000 +6", "--html", "page.html", "-q"]) == 0
    _, (detail,) = inside(folder / "page.html")
    assert "spectrum" in detail
    assert max(detail["eq"]) == pytest.approx(600, abs=2)


def test_a_run_that_goes_on_replaces_its_own_page_and_nothing_else(folder: Path, capsys: Capture) -> None:
    assert run(["apply", "in", "out", *WORDS, "--html", "page.html", "-q"]) == 0
    assert run(["apply", "in", "out", *WORDS, "--html", "page.html", "--resume", "-q"]) == 0
    _, details = inside(folder / "page.html")
    assert all("eq" in detail for detail in details)
    (folder / "page.html").write_text("mine")
    assert run(["apply", "in", "out", *WORDS, "--html", "page.html", "--resume", "-q"]) == 2
    assert (folder / "page.html").read_text() == "mine"
    assert "--force" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["in", "out", *WORDS, "--html", "in/a.wav"], "one of the inputs"),
        (["in", "out", *WORDS, "--html", "out/b.wav"], "one of the inputs or outputs"),
        (["in", "out", *WORDS, "--html", "r.jsonl", "--report", "r.jsonl"], "or the report"),
        (["in/a.wav", "-", *WORDS, "--html", "page.html"], "--html requires"),
        (["in", "out", *WORDS, "--html", "taken.html"], "already exists"),
    ],
)
def test_a_page_that_cannot_be_is_refused_before_anything_is_done(
    arguments: list[str], said: str, folder: Path, capsys: Capture
) -> None:
    (folder / "taken.html").write_text("mine")
    before = (folder / "in" / "a.wav").read_bytes()
    assert run(["apply", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert not (folder / "out").exists()
    assert (folder / "in" / "a.wav").read_bytes() == before


def test_a_dry_run_writes_none(folder: Path) -> None:
    assert run(["apply", "in", "out", *WORDS, "--html", "page.html", "--dry-run", "-q"]) == 0
    assert not (folder / "page.html").exists()


def test_reports_of_parts_are_joined_and_what_is_missing_is_named(folder: Path, capsys: Capture) -> None:
    for number in (1, 2, 3):
        part = ["--shard", f"{number}/3", "--report", f"part-{number}.jsonl", "-q"]
        assert run(["apply", "in", "out", "--preset", "air", *part]) == 0
    parts = [f"part-{number}.jsonl" for number in (1, 2, 3)]
    assert run(["report", "merge", *parts, "-o", "all.jsonl", "--inputs", "in"]) == 0
    assert capsys.readouterr().out == "all.jsonl  2 files: 2 done, from 3 reports\n"
    lines = [json.loads(line) for line in Path("all.jsonl").read_text().splitlines()]
    assert [line.get("shard") for line in lines[:3]] == ["1/3", "2/3", "3/3"]
    assert sorted(line["output"] for line in lines[3:]) == [str(Path("out/a.wav")), str(Path("out/b.wav"))]
    assert run(["report", "all.jsonl"]) == 0, "it is a report as any other"
    make_audio(folder / "in" / "c.wav", seed=9)
    assert run(["report", "merge", *parts[1:], "-o", "all.jsonl", "--inputs", "in", "--force"]) == 1
    said = capsys.readouterr().out
    assert "missing: part 1/3" in said
    assert f"missing: {Path('in/c.wav')}" in said


def test_joined_reports_go_to_stdout_or_into_a_file_that_is_not_there(folder: Path, capsys: Capture) -> None:
    assert run(["apply", "in", "out", "--preset", "air", "--report", "a.jsonl", "-q"]) == 0
    assert run(["report", "merge", "a.jsonl"]) == 0
    said = capsys.readouterr()
    assert said.out == (folder / "a.jsonl").read_text()
    assert "2 files: 2 done, from 1 report" in said.err
    (folder / "mine.txt").write_text("mine")
    assert run(["report", "merge", "a.jsonl", "-o", "mine.txt"]) == 1
    assert "--force" in capsys.readouterr().err
    assert (folder / "mine.txt").read_text() == "mine"
    assert run(["report", "merge", "a.jsonl", "-o", "./a.jsonl", "--force"]) == 2
    assert run(["report", "merge", "a.jsonl", "--json"]) == 2
    assert run(["report", "merge", "gone.jsonl", "-o", "x"]) == 2


def test_a_folder_called_merge_still_becomes_a_page(folder: Path, capsys: Capture) -> None:
    assert run(["report", "merge"]) == 2, "reports are missing"
    capsys.readouterr()
    assert run(["apply", "in", "merge", "--preset", "air", "-q"]) == 0
    assert run(["report", "merge"]) == 0
    assert (folder / "merge" / "report.html").exists()
