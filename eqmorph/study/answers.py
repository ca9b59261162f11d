"""Answers to a study: CSV files as its page saves them. Whatever else is in them is named, and never believed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eqmorph.errors import EqmorphError, InputError, show_path
from eqmorph.study.plan import Study, Trial, TrialKind

__all__ = ["Answer", "read_all", "read_answers"]

_COLUMNS = ("study", "session", "participant", "trial", "kind", "a", "b", "x", "answer")
_ALLOWED: dict[TrialKind, tuple[str, ...]] = {"preference": ("a", "b", "same"), "abx": ("a", "b")}
_SESSION, _PARTICIPANT = re.compile(r"[0-9a-f]{16}"), re.compile(r"[A-Za-z0-9_-]{0,32}")
_MOST_BYTES = 8 << 20
_LONGEST_QUOTE = 40
_SAVED_BY = "Give the file as the page saved it."


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, its codes turned into versions.

    ``a`` and ``b`` are in the order of the key, not of the page. ``won`` is the version that was preferred or taken for
    X; None for no difference. ``x`` is the version that X was.
    """

    who: str
    session: str
    trial: str
    kind: TrialKind
    a: str
    b: str
    won: str | None
    x: str | None = None


def read_all(paths: Sequence[Path], study: Study) -> tuple[list[Answer], list[EqmorphError]]:
    """Read files of answers; return what they hold, and an error for each that is bad and so counts for nothing."""
    answers: list[Answer] = []
    errors: list[EqmorphError] = []
    file_of: dict[tuple[str, str], Path] = {}
    for path in paths:
        try:
            found = read_answers(path, study)
            for answer in found:
                earlier = file_of.get((answer.session, answer.trial))
                if earlier is not None:
                    raise InputError(
                        f"holds answers that are in {show_path(earlier)} as well: session {answer.session}",
                        hint="Give each participant's file once, the fuller one if it was saved twice.",
                        path=path,
                    )
        except EqmorphError as error:
            errors.append(error)
            continue
        file_of |= {(answer.session, answer.trial): path for answer in found}
        answers += found
    return answers, errors


def read_answers(path: Path, study: Study) -> list[Answer]:
    """Read one file of answers to a study.

    Raises:
        InputError: it is not such a file, or one of its answers can't be.
    """
    rows = _rows(path)
    trials = {trial.name: trial for trial in study.trials}
    version_of = study.version_of
    answers: list[Answer] = []
    seen: set[tuple[str, str]] = set()
    for line, row in rows:
        _check_study(path, row, study)
        answer = _answer(path, line, row, trials, version_of)
        if (answer.session, answer.trial) in seen:
            raise _bad(path, line, f"trial {answer.trial} is answered twice", "Remove the row that is too many.")
        seen.add((answer.session, answer.trial))
        answers.append(answer)
    if not answers:
        raise InputError("holds no answers", hint="Leave it out: nothing was answered.", path=path)
    return answers


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number and the fields of each row."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"can't be read: {error.strerror or error}", hint="Check its name.", path=path) from error
    if len(data) > _MOST_BYTES:
        raise InputError("is too large for answers to a study", hint=_SAVED_BY, path=path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("is not text in UTF-8", hint=_SAVED_BY, path=path) from None
    head, _, _ = text.partition("\n")
    delimiter = ";" if head.count(";") > head.count(",") else ","  # as spreadsheets save it in much of Europe
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise InputError(
                f"has no column{'s' * (len(missing) > 1)} {', '.join(missing)}: these are no answers to a study",
                hint=_SAVED_BY,
                path=path,
            )
        for row in reader:
            if None in row or None in row.values():
                raise _bad(path, reader.line_num, "has too many or too few fields", _SAVED_BY)
            yield reader.line_num, row
    except csv.Error as error:
        raise _bad(path, reader.line_num, f"is not CSV ({error})", _SAVED_BY) from None


def _check_study(path: Path, row: dict[str, str], study: Study) -> None:
    if row["study"] != study.code:
        raise InputError(
            f"answers another study: {_quoted(row['study'])}, not {study.code}",
            hint="Name the folder of that study; one that was made again is another.",
            path=path,
        )


def _answer(path: Path, line: int, row: dict[str, str], trials: dict[str, Trial], version_of: dict[str, str]) -> Answer:
    for name, form in (("session", _SESSION), ("participant", _PARTICIPANT)):
        if not form.fullmatch(row[name]):
            raise _bad(path, line, f"{_quoted(row[name])} is no {name} that the page writes", _SAVED_BY)
    trial = trials.get(row["trial"])
    if trial is None or trial.kind != row["kind"] or {row["a"], row["b"]} != {trial.a, trial.b}:
        raise _bad(path, line, f"trial {_quoted(row['trial'])} is not one of this study as it stands here", _SAVED_BY)
    if row["x"] not in ((trial.a, trial.b) if trial.kind == "abx" else ("",)):
        raise _bad(path, line, f"{_quoted(row['x'])} can't be X in this trial", _SAVED_BY)
    if row["answer"] not in _ALLOWED[trial.kind]:
        allowed = ", ".join(_ALLOWED[trial.kind])
        raise _bad(path, line, f"{_quoted(row['answer'])} is no answer: it is one of {allowed}", _SAVED_BY)
    won = None if row["answer"] == "same" else version_of[row[row["answer"]]]
    return Answer(
        who=row["participant"] or row["session"],
        session=row["session"],
        trial=trial.name,
        kind=trial.kind,
        a=version_of[trial.a],
        b=version_of[trial.b],
        won=won,
        x=version_of[row["x"]] if trial.kind == "abx" else None,
    )


def _bad(path: Path, line: int, what: str, hint: str) -> InputError:
    return InputError(f"line {line}: {what}", hint=hint, path=path)


def _quoted(text: str) -> str:
    """Quote a cell, shortened: it may hold anything."""
    return repr(text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…")
