"""The public data sets as their publishers lay them out, read into `Corpus`.

* SAFE-DB (semanticaudio.co.uk): a CSV without header, 25 columns: entry, descriptor, (IP address), two channel counts,
  13 equalizer parameters, then genre, instrument, place, experience, age and the like. Only the descriptor and the
  parameters are ever kept; everything personal is dropped while the line is read.
* Audealize: a JSON list of words, each with a mean 40-band curve (5 dB a unit).
* SocialFX as published: a parquet file, one row a person's answer, with the same 40 bands (columns ``text`` and
  ``param_values``; ids and what else was noted about people are not read). pyarrow is needed for this one alone, and
  imported only there.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from eqmorph.errors import InputError
from eqmorph.train.contributions import folded_answers, read_contributions
from eqmorph.train.corpus import (
    AUDEALIZE_HZ,
    Answer,
    Corpus,
    Dropped,
    Setting,
    WordCurve,
    merged_by_word,
    shortest_form,
)
from eqmorph.train.junk import junk_reason, split_words
from eqmorph.words import base_form, fold, plain

__all__ = ["file_sha256", "load_corpus", "read_audealize", "read_safe", "read_socialfx"]


_DB_PER_UNIT = 5.0
_MOST_UNITS = 20.0  # +-100 dB: nobody set an equalizer so, it is another unit
_MOST_PEOPLE = 1_000_000
_UNKNOWN_CONSISTENCY = 0.5
_SAME_UNITS = 1e-3  # a curve whose settings differ by less says nothing of its word
_SAFE_COLUMNS, _SAFE_PARAMS = 25, slice(5, 18)
_SAFE_CHANNELS, _COUNT = (3, 4), re.compile(r"[0-9]{1,2}")
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?|[-+]?(nan|inf|infinity)", re.IGNORECASE)
_PARAM_NAMES = (
    "low shelf gain", "low shelf frequency", "bell 1 gain", "bell 1 frequency", "bell 1 Q", "bell 2 gain",
    "bell 2 frequency", "bell 2 Q", "bell 3 gain", "bell 3 frequency", "bell 3 Q", "high shelf gain",
    "high shelf frequency",
)  # fmt: skip
_GAINS, _FREQS, _QS = (-12.01, 12.01), (20, 20_000), (0.0999, 10.01)
_PARAM_RANGES = (_GAINS, _FREQS, *3 * (_GAINS, _FREQS, _QS), _GAINS, _FREQS)
_LANGUAGES = {"English": "en", "Español": "es", "Spanish": "es"}


def load_corpus(
    *,
    safe: Path | None = None,
    audealize: Path | None = None,
    socialfx: Path | None = None,
    contributions: Path | None = None,
) -> Corpus:
    """Load everything given, words folded alike over all files; the crowd's words vouch for SAFE's lone ones.

    SocialFX's answers, as a CSV or as parquet, and Audealize's means are of the same people: a word is taken from the
    first of these files that has it.
    """
    crowd = read_contributions(contributions) if contributions is not None else Corpus()
    if socialfx is not None:
        crowd += _of_other_words(read_socialfx(socialfx), crowd)
    if audealize is not None:
        crowd += _of_other_words(read_audealize(audealize), crowd)
    if safe is None:
        return crowd
    return read_safe(safe, known={c.word for c in crowd.curves}) + crowd


def _of_other_words(more: Corpus, known: Corpus) -> Corpus:
    """Return what ``more`` has of words that the crowd of ``known`` was not asked about, in any form."""
    asked = {plain(curve.word) for curve in known.curves}
    return replace(
        more,
        curves=tuple(c for c in more.curves if fold(c.word, asked) is None),
        answers=tuple(a for a in more.answers if fold(a.word, asked) is None),
    )


def read_safe(path: Path, *, known: Iterable[str] = ()) -> Corpus:
    """Read SAFE-DB's equalizer CSV; ``known`` are words other data vouch for, so that a single row may use them.

    A row that is none is left out and counted.

    Raises:
        InputError: it is no such file, or no row of it is a setting.
    """
    dropped: list[Dropped] = []
    kept: list[tuple[int, str, list[str], tuple[float, ...]]] = []
    for number, row in _csv_rows(path):
        params = row if isinstance(row, str) else _safe_params(row)
        if isinstance(params, str):  # no word is named: where columns are shifted, it may be anything
            dropped.append(Dropped(path.name, number, "", params))
            continue
        words = split_words(row[1])
        reason = _out_of_range(params) or junk_reason(words)
        if reason is not None:
            dropped.append(Dropped(path.name, number, _shown(row[1]), reason))
        else:
            kept.append((number, row[1], words, params))
    vocabulary = _safe_vocabulary([words for _, _, words, _ in kept], set(known))
    settings: list[Setting] = []
    for number, descriptor, words, params in kept:
        folded = [fold(word, vocabulary) for word in words]
        if None in folded:
            dropped.append(Dropped(path.name, number, _shown(descriptor), "used once, unknown elsewhere"))
        else:
            settings.append(Setting(tuple(dict.fromkeys(w for w in folded if w)), params))
    dropped.sort(key=lambda d: d.row)
    if not settings:
        raise _no_row(path, dropped)
    return Corpus(tuple(settings), (), tuple(dropped), {path.name: file_sha256(path)})


def read_audealize(path: Path) -> Corpus:
    """Read Audealize's ``eqdescriptors.json``: words with mean curves; forms of one word are merged by people.

    An entry that is none is left out and counted.

    Raises:
        InputError: it is no such file, or no entry of it is a word with its curve.
    """
    try:
        entries = json.loads(_text(path))
    except RecursionError:
        raise InputError("not a list of words: too deeply nested", hint=_WHERE, path=path) from None
    except ValueError as error:  # no JSON, or a number of thousands of digits
        raise InputError(f"not valid JSON: {error}", hint=_WHERE, path=path) from None
    if not isinstance(entries, list) or not entries:
        raise InputError("not a list of words", hint=_WHERE, path=path)
    curves, about = _sorted_out(path, entries)
    return Corpus(curves=merged_by_word(curves)) + about


def read_socialfx(path: Path) -> Corpus:
    """Read SocialFX's equalization data (parquet): one row a person's free-text word and 40 gains.

    A row that is none is left out and counted.

    Raises:
        InputError: it is no such file, pyarrow is missing, or no row of it is an answer.
    """
    try:
        import pyarrow.lib
        import pyarrow.parquet as parquet
    except ImportError:
        raise InputError(
            "reading parquet needs pyarrow", hint="Install it with: pip install pyarrow", path=path
        ) from None
    try:
        table = parquet.read_table(path)
    except (OSError, pyarrow.lib.ArrowException) as error:
        raise InputError(f"not a readable parquet file: {error}", hint=_WHERE, path=path) from None
    columns = {name.lower(): name for name in table.column_names}
    word_column = next(
        (columns[c] for c in ("text", "word", "descriptor", "descriptors", "label") if c in columns), None
    )
    curve_column = next((columns[c] for c in ("param_values", "settings", "params", "curve") if c in columns), None)
    if word_column is None or curve_column is None:
        raise InputError(
            f"no column of words or of settings among {', '.join(table.column_names)}",
            hint="Expected a text or word column and param_values or settings with 40 numbers.",
            path=path,
        )
    language = columns.get("lang") or columns.get("language")
    wanted = [word_column, curve_column, *([language] if language else [])]  # nobody's name or place is even read
    entries = [
        {
            "word": row[word_column],
            "settings": row[curve_column],
            "num": 1,
            "agreement": 0.0,
            "lang": row[language] if language else "English",
        }
        for row in table.select(wanted).to_pylist()
    ]
    curves, about = _sorted_out(path, entries)
    answers = folded_answers(_answer(curve) for curve in curves)
    return Corpus(curves=merged_by_word(curves), answers=answers) + about


def _answer(curve: WordCurve) -> Answer:
    """Return one person's row as an answer; which sound it was about and how consistent the person was isn't read."""
    shape = np.array(curve.curve_db) - np.mean(curve.curve_db)
    return Answer(curve.word, curve.language, 0, _UNKNOWN_CONSISTENCY, tuple(map(float, shape / shape.std())))


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


_WHERE = "Get the file from its publisher, unchanged; docs/training.md says where."


def _shown(descriptor: str) -> str:
    """Return the printable start of a descriptor: it is free text by strangers."""
    return "".join(c for c in descriptor.strip() if c.isprintable())[:40]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(error.strerror or str(error), hint=_WHERE, path=path) from None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", hint=_WHERE, path=path) from None


def _csv_rows(path: Path) -> Iterator[tuple[int, list[str] | str]]:
    """Yield the rows that hold anything, by number: what is kept of each, or why it is none."""
    rows = csv.reader(io.StringIO(_text(path), newline=""))
    is_empty = True
    for number in itertools.count(1):
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            yield number, str(error)
            is_empty = False
            continue
        if not any(cell.strip() for cell in row):
            continue
        is_empty = False
        if len(row) != _SAFE_COLUMNS:
            yield number, f"{len(row)} columns instead of {_SAFE_COLUMNS}"
        else:
            yield number, row[: _SAFE_PARAMS.stop]  # what follows is personal
    if is_empty:
        raise InputError("is empty", hint=_WHERE, path=path)


def _safe_params(row: list[str]) -> tuple[float, ...] | str:
    """Parse the 13 parameters of a row, or say why it has none.

    No reason repeats a cell, which may be personal where columns are shifted.
    """
    for column in _SAFE_CHANNELS:
        if not _COUNT.fullmatch(row[column].strip()):
            return f"column {column + 1}: expected a number of channels"
    values = []
    for column, name in enumerate(_PARAM_NAMES, start=_SAFE_PARAMS.start):
        cell = row[column].strip()
        if not _NUMBER.fullmatch(cell):  # float() takes 1_000 and the digits of every script
            return f"column {column + 1}: expected a number for {name}"
        values.append(float(cell))
    return tuple(values)


def _out_of_range(params: tuple[float, ...]) -> str | None:
    """Return which of a row's parameters an equalizer can't be set to, if any."""
    for name, value, (low, high) in zip(_PARAM_NAMES, params, _PARAM_RANGES, strict=True):
        if not low <= value <= high:  # as NaN does
            return f"{name} out of range"
    return None


def _safe_vocabulary(descriptors: list[list[str]], known: set[str]) -> set[str]:
    """Return the words that the crowd knows or that two rows or more use, in any of their forms."""
    uses = Counter(fold(w, known) or base_form(w) for words in descriptors for w in set(words))
    # A form ("brighter") counts for its base ("bright") where the base is used too.
    folded: Counter[str] = Counter()
    for word, count in uses.items():
        folded[shortest_form(word, uses)] += count
    return known | {word for word, count in folded.items() if count >= 2}


def _audealize_entry(entry: object) -> WordCurve | str:
    """Return an entry as a word with its curve, or why it is none."""
    if not isinstance(entry, dict):
        return "is not an entry"
    word = entry.get("word")
    if not isinstance(word, str) or not word.strip():
        return "has no word"
    language, settings = _LANGUAGES.get(str(entry.get("lang", "English"))), entry.get("settings")
    if language is None:
        return f"expected a language: {', '.join(_LANGUAGES)}"
    if not isinstance(settings, list) or len(settings) != len(AUDEALIZE_HZ):
        return f"expected {len(AUDEALIZE_HZ)} settings"
    if not all(_is_between(v, -_MOST_UNITS, _MOST_UNITS) for v in settings):
        return f"expected numbers for settings, from {-_MOST_UNITS:g} to {_MOST_UNITS:g}"
    people, agreement = entry.get("num", 1), entry.get("agreement", 0.0)
    if not _is_between(people, 1, _MOST_PEOPLE) or people != int(people):
        return f"expected a whole number of people for num, from 1 to {_MOST_PEOPLE}"
    if not _is_between(agreement, -1, 1):
        return "expected a number for agreement, from -1 to 1"
    reason = junk_reason(split_words(word))
    if reason is None and np.ptp(settings) < _SAME_UNITS:
        reason = "all settings the same"
    curve = tuple(float(v) * _DB_PER_UNIT for v in settings)
    return reason or WordCurve(word, language, curve, int(people), float(agreement))


def _is_between(value: object, low: float, high: float) -> bool:
    """Tell whether a value is a number in a range; NaN is in none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high


def _sorted_out(path: Path, entries: Iterable[object]) -> tuple[list[WordCurve], Corpus]:
    """Return entries that are words with their curves, and a corpus of nothing but what was left out.

    Raises:
        InputError: all of them are left out.
    """
    dropped: list[Dropped] = []
    good: list[WordCurve] = []
    for number, entry in enumerate(entries, start=1):
        found = _audealize_entry(entry)
        if isinstance(found, str):
            word = entry.get("word") if isinstance(entry, dict) else None
            dropped.append(Dropped(path.name, number, _shown(word) if isinstance(word, str) else "", found))
        else:
            good.append(found)
    if not good:
        raise _no_row(path, dropped)
    return good, Corpus(dropped=tuple(dropped), sha256={path.name: file_sha256(path)})


def _no_row(path: Path, dropped: Sequence[Dropped]) -> InputError:
    """Return the error for a file of which nothing is left, with the first reason."""
    reason = f"no row can be used; row {dropped[0].row}: {dropped[0].reason}" if dropped else "is empty"
    return InputError(reason, hint=_WHERE, path=path)
