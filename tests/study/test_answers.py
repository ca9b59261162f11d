"""Answers are read as the page saves them, and whatever else is in a file is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from eqmorph.errors import InputError
from eqmorph.study.answers import read_all, read_answers
from tests.study.support import HEADER, answers_file, plan, rows

STUDY = plan()
SESSION, OTHER = "0123456789abcdef", "fedcba9876543210"


def test_codes_become_versions(tmp_path: Path) -> None:
    path = answers_file(tmp_path / "a.csv", rows(STUDY, SESSION, lambda _: "b", who="p1"))
    answers = read_answers(path, STUDY)
    assert [(a.a, a.b, a.won) for a in answers[:2]] == [
        ("original", "fixed", "fixed"),
        ("original", "adaptive", "adaptive"),
    ]
    assert answers[3].x == "original"
    assert {answer.who for answer in answers} == {"p1"}


def test_the_order_on_the_page_does_not_matter(tmp_path: Path) -> None:
    trial = STUDY.trials[0]
    row = f"{STUDY.code},{SESSION},,1,{trial.name},preference,{trial.b},{trial.a},,a,1,1"
    (answer,) = read_answers(answers_file(tmp_path / "a.csv", [row]), STUDY)
    assert (answer.a, answer.b, answer.won) == ("original", "fixed", "fixed")
    assert answer.who == SESSION


def test_no_difference_is_nobodys_win(tmp_path: Path) -> None:
    lines = rows(STUDY, SESSION, lambda t: "same" if t.kind == "preference" else "a")
    answers = read_answers(answers_file(tmp_path / "a.csv", lines), STUDY)
    assert {answer.won for answer in answers if answer.kind == "preference"} == {None}


def test_a_spreadsheets_semicolons_and_mark_are_read(tmp_path: Path) -> None:
    lines = [line.replace(",", ";") for line in rows(STUDY, SESSION, lambda _: "a")]
    path = answers_file(tmp_path / "a.csv", lines, header="\ufeff" + HEADER.replace(",", ";"))
    assert len(read_answers(path, STUDY)) == len(STUDY.trials)


def spoiled(column: str, value: str) -> list[str]:
    """Return answers whose second row has another value in one column."""
    lines = rows(STUDY, SESSION, lambda _: "a")
    cells = lines[1].split(",")
    cells[HEADER.split(",").index(column)] = value
    return [lines[0], ",".join(cells), *lines[2:]]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("study", "6" * 16, "answers another study: '6666666666666666', not 5555555555555555"),
        ("session", "=HYPERLINK(1)", "line 3: '=HYPERLINK(1)' is no session"),
        ("participant", "\x1b[31m", "is no participant"),
        ("participant", "x" * 5000, "…' is no participant"),
        ("trial", "nonsense", "line 3: trial 'nonsense' is not one of this study"),
        ("kind", "abx", "is not one of this study"),
        ("a", "d" * 16, "is not one of this study"),
        ("x", "c" * 16, "can't be X in this trial"),
        ("answer", "c", "line 3: 'c' is no answer: it is one of a, b, same"),
        ("answer", "", "'' is no answer"),
    ],
)
def test_what_the_page_does_not_write_is_named_with_its_line(
    column: str, value: str, said: str, tmp_path: Path
) -> None:
    path = answers_file(tmp_path / "a.csv", spoiled(column, value))
    with pytest.raises(InputError) as caught:
        read_answers(path, STUDY)
    assert said in caught.value.message
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 300 + len(str(path))
    assert caught.value.hint
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "has no columns study, session"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (HEADER.replace("answer,", "").encode(), "has no column answer"),
        (HEADER.encode() + b"\n", "holds no answers"),
        (HEADER.encode() + b"\nonly,three,cells\n", "line 2: has too many or too few fields"),
        (HEADER.encode() + b'\n"open', "is not CSV"),
        (b"x" * (9 << 20), "is too large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_holds_no_answers_is_named(text: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text)
    with pytest.raises(InputError, match=said):
        read_answers(path, STUDY)


def test_a_trial_that_is_answered_twice_is_named(tmp_path: Path) -> None:
    lines = rows(STUDY, SESSION, lambda _: "a")
    with pytest.raises(InputError, match="line 8: trial 00000000 is answered twice"):
        read_answers(answers_file(tmp_path / "a.csv", [*lines, lines[0]]), STUDY)


def test_a_bad_file_counts_for_nothing_and_keeps_no_other_back(tmp_path: Path) -> None:
    good = answers_file(tmp_path / "good.csv", rows(STUDY, SESSION, lambda _: "a"))
    copy = answers_file(tmp_path / "copy.csv", rows(STUDY, SESSION, lambda _: "a"))
    other = answers_file(tmp_path / "other.csv", rows(STUDY, OTHER, lambda _: "b"))
    bad = answers_file(tmp_path / "bad.csv", spoiled("answer", "c"))
    answers, errors = read_all([good, copy, bad, other, tmp_path / "gone.csv"], STUDY)
    assert {answer.session for answer in answers} == {SESSION, OTHER}
    assert len(answers) == 2 * len(STUDY.trials)
    assert [Path(str(error.path)).name for error in errors] == ["copy.csv", "bad.csv", "gone.csv"]
    assert "good.csv as well" in errors[0].message
