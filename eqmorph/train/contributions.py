"""SocialFX's equalizer answers as they were collected: a CSV, one line a person's answer to one word.

Its header names 43 columns and its rows have 44: word, language, the number of the sound that was rated, the person's
own consistency (0..1), then 40 gains at `AUDEALIZE_HZ`, each answer at unit variance. Who answered is not in it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from eqmorph.errors import InputError
from eqmorph.train.corpus import AUDEALIZE_HZ, Answer, Corpus, Dropped, WordCurve, shortest_form
from eqmorph.train.junk import junk_reason, split_words
from eqmorph.words import plain

__all__ = ["CSV_LANGUAGES", "crowd_of", "folded_answers", "read_contributions"]

CSV_LANGUAGES = {"English": "en", "Español": "es", "Spanish": "es"}
_DB_PER_UNIT = 5.0
_COLUMNS = 4 + len(AUDEALIZE_HZ)
_MOST_UNITS = 20.0
_FLAT = 1e-3  # of a unit: a curve that differs by less says nothing of its word
_WHERE = "Get the file from its publisher, unchanged; docs/training.md says where."


def read_contributions(path: Path) -> Corpus:
    """Read the answers; a row that is none is left out and counted.

    Raises:
        InputError: it is no such file, or no row of it is an answer.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise InputError(error.strerror or str(error), hint=_WHERE, path=path) from None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", hint=_WHERE, path=path) from None
    answers: list[Answer] = []
    dropped: list[Dropped] = []
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline="")), start=1):
            if number == 1 or not any(cell.strip() for cell in row):
                continue
            found = _answer(row)
            if isinstance(found, str):
                dropped.append(Dropped(path.name, number, _shown(row[0]), found))
            else:
                answers.append(found)
    except csv.Error as error:
        raise InputError(f"not a readable CSV: {error}", hint=_WHERE, path=path) from None
    if not answers:
        reason = f"no row is an answer ({dropped[0].reason})" if dropped else "is empty"
        raise InputError(reason, hint=_WHERE, path=path)
    folded = folded_answers(answers)
    return Corpus((), crowd_of(folded), tuple(dropped), {path.name: hashlib.sha256(content).hexdigest()}, folded)


def folded_answers(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Return answers under the shortest form of their words that anybody was asked about, spelled as most wrote it."""
    answers = list(answers)
    used = {plain(answer.word) for answer in answers}
    bases = [shortest_form(plain(answer.word), used) for answer in answers]
    spelled: dict[str, list[str]] = defaultdict(list)
    for answer, base in zip(answers, bases, strict=True):
        word = answer.word.strip().lower()
        spelled[base].append(word if plain(word) == base else base)
    names = {base: max(sorted(set(words)), key=words.count) for base, words in spelled.items()}
    return tuple(replace(answer, word=names[base]) for answer, base in zip(answers, bases, strict=True))


def crowd_of(answers: Iterable[Answer]) -> tuple[WordCurve, ...]:
    """Return each word's mean, by consistency, as a `WordCurve` in dB; ``agreement`` is the answers' mean direction."""
    groups: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        groups[answer.word].append(answer)
    return tuple(_mean(word, group) for word, group in groups.items())


def _mean(word: str, group: list[Answer]) -> WordCurve:
    languages = [answer.language for answer in group]
    weights = np.array([max(answer.consistency, 0.01) for answer in group])
    mean = np.average([answer.curve for answer in group], axis=0, weights=weights)
    alike = float(np.clip(np.std(mean), 0.0, 1.0))
    curve_db = tuple(float(value) * _DB_PER_UNIT for value in mean)
    return WordCurve(word, max(sorted(set(languages)), key=languages.count), curve_db, len(group), alike)


def _answer(row: list[str]) -> Answer | str:
    """Return a row as an answer, or why it is none."""
    if len(row) != _COLUMNS:
        return f"{len(row)} fields instead of {_COLUMNS}"
    word, language, stimulus, consistency, *gains = (cell.strip() for cell in row)
    junk = junk_reason(split_words(word))
    if junk is not None:
        return junk
    if language not in CSV_LANGUAGES:
        return "a language other than English or Spanish"
    values = [_number(cell) for cell in (consistency, *gains)]
    numbers = [value for value in values if value is not None]
    if len(numbers) < len(values) or not stimulus.isascii() or not stimulus.isdigit():
        return "not a number where one belongs"
    if not 0 <= numbers[0] <= 1 or max(map(abs, numbers[1:])) > _MOST_UNITS:
        return "a number out of range"
    curve = np.array(numbers[1:]) - np.mean(numbers[1:])
    if float(curve.std()) < _FLAT:
        return "all settings the same"
    curve /= curve.std()
    return Answer(word, CSV_LANGUAGES[language], int(stimulus), numbers[0], tuple(map(float, curve)))


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _shown(descriptor: str) -> str:
    """Return the printable start of a descriptor: it is free text by strangers."""
    return "".join(c for c in descriptor.strip() if c.isprintable())[:40]
