"""``eqmorph study``: a test is made, and answers are scored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eqmorph.cli import run
from eqmorph.schemas import schema
from eqmorph.study.plan import read_study, study_text
from tests.study.support import RATE, answers_file, plan, rows
from tests.support import make_audio, pretend_terminal, shown

Capture = pytest.CaptureFixture[str]
SESSIONS = [f"{number:016x}" for number in range(8)]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def folder() -> str:
    """Return a folder with the key of a study and answers to it, most of which like the version that adapts."""
    study = plan()
    Path("study").mkdir()
    Path("study/study.json").write_text(study_text(study))
    for number, session in enumerate(SESSIONS):
        answers_file(Path(f"{number}.csv"), rows(study, session, lambda _, n=number: "b" if n else "a"))
    return "study"


def test_make_says_what_it_made(capsys: Capture) -> None:
    make_audio("in/a.wav", frames=2 * RATE)
    make_audio("in/b.wav", frames=2 * RATE, seed=1)
    text = shown(capsys, "study", "make", "in", "--target", "warm", "--seconds", "1", "--out", "study")
    assert text.startswith("study/study.html  ")
    assert "2 sounds at -2" in text
    assert "6 preferences and 6 ABX" in text
    assert "not for participants" in text
    assert read_study(Path("study")).target == "warm"


def test_what_is_said_of_a_study_fits_a_terminal(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_terminal(monkeypatch)
    make_audio("a.wav", frames=2 * RATE)
    amounts = [part for amount in ("0", "0.2", "0.4", "0.6", "0.8", "1") for part in ("--amount", amount)]
    asked = ["a.wav", "--target", "warm", *amounts, "--seconds", "1", "--out", "study"]
    lines = shown(capsys, "study", "make", *asked).splitlines()
    assert len(lines) == 6
    assert max(map(len, lines)) <= 80


def test_make_as_json_and_without_abx(capsys: Capture) -> None:
    make_audio("a.wav", frames=2 * RATE)
    asked = ["a.wav", "--target", "warm", "--amount", "0.5", "--amount", "1", "--abx", "0", "--question", "Which?"]
    data = json.loads(shown(capsys, "study", "make", *asked, "--start", "0.5", "--out", "study", "--json"))
    assert data["versions"] == ["original", "fixed", "adaptive 0.5", "adaptive"]
    assert (data["preferences"], data["abx"]) == (6, 0)
    assert data["sounds"] == [{"file": "a.wav", "start_s": 0.5, "seconds": 1.5}]
    assert data["page_bytes"] == Path("study/study.html").stat().st_size
    assert read_study(Path("study")).question == "Which?"


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (["--seconds", "0"], 2, "0 s is out of range"),
        (["--start", "9"], 2, "a.wav: has less than 0.25 s from 0:09.000 on"),
        (["--target", "wram"], 2, "unknown word 'wram'"),
        (["--out", "there"], 1, "there/study.html: already exists"),
        (["gone.wav"], 1, "gone.wav: doesn't exist"),
    ],
)
def test_make_names_what_it_cannot_use(asked: list[str], code: int, said: str, capsys: Capture) -> None:
    make_audio("a.wav", frames=2 * RATE)
    Path("there").mkdir()
    Path("there/study.html").touch()
    usual = ["a.wav", "--target", "warm", "--out", "study"]
    assert said in shown(capsys, "study", "make", *usual, *asked, code=code)
    assert not Path("study").exists()


def test_score_ranks_the_versions(folder: str, capsys: Capture) -> None:
    text = shown(capsys, "study", "score", *(f"{n}.csv" for n in range(8)), "--study", folder)
    assert "8 participants, 24 preferences, 24 ABX" in text
    lines = text.splitlines()
    ranked = [line.split()[0] for line in lines[4:7]]
    assert ranked == ["adaptive", "fixed", "original"]
    assert lines[4].split()[1:4] == ["14", "of", "16"]
    assert any(line.split()[:3] == ["fixed", "over", "adaptive"] and "1 of 8" in line for line in lines)
    assert any(line.startswith("all ") and "3 of 24" in line and "p 1.000" in line for line in lines)


def test_score_gives_no_interval_to_what_won_everything(folder: str, capsys: Capture) -> None:
    asked = ["study", "score", *(f"{n}.csv" for n in range(1, 8)), "--study", folder]
    lines = shown(capsys, *asked).splitlines()
    assert [line.split()[-1] for line in lines[4:7]] == ["–"] * 3
    assert any(line.startswith("note: ") and line.endswith("no interval is given") for line in lines)
    data = json.loads(shown(capsys, *asked, "--json"))
    assert [(row["strength_low"], row["strength_high"]) for row in data["versions"]] == [(None, None)] * 3


def test_score_as_json_by_the_key_itself(folder: str, capsys: Capture) -> None:
    asked = ["study", "score", *(f"{n}.csv" for n in range(8)), "--study", f"{folder}/study.json", "--json"]
    data = json.loads(shown(capsys, *asked))
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    jsonschema.Draft202012Validator(schema("study-score")).validate(data)
    assert (data["study"], data["target"], data["people"]) == ("5" * 16, "warm", 8)
    assert data["versions"][0]["version"] == "adaptive"
    assert data["versions"][0]["low"] < 14 / 16 < data["versions"][0]["high"]
    assert data["abx_of_all"]["answers"] == 24


def test_bad_files_are_named_and_the_rest_is_scored(folder: str, capsys: Capture) -> None:
    Path("bad.csv").write_text("name,score\nme,10\n")
    assert run(["study", "score", "0.csv", "bad.csv", "1.csv", "0.csv", "--study", folder]) == 1
    captured = capsys.readouterr()
    errors = captured.err.splitlines()
    assert errors[0].startswith("error: bad.csv: has no columns study, session")
    assert errors[1].startswith("error: 0.csv: holds answers that are in 0.csv as well")
    assert "2 participants" in captured.out


def test_without_a_good_file_nothing_is_scored(folder: str, capsys: Capture) -> None:
    assert run(["study", "score", "gone.csv", "--study", folder]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: gone.csv: can't be read")


def test_a_folder_without_a_study_is_a_usage_error(capsys: Capture) -> None:
    assert "there is no study here" in shown(capsys, "study", "score", "0.csv", "--study", ".", code=2)
