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
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eqmorph.errors import InputError
from eqmorph.train.junk import junk_reason, split_words
from eqmorph.words import base_form, fold, plain, stems

__all__ = ["AUDEALIZE_HZ", "Corpus", "Dropped", "Setting", "WordCurve", "file_sha256", "load_corpus", "read_audealize",
           "read_safe", "read_socialfx"]  # fmt: skip

Float64 = NDArray[np.float64]

AUDEALIZE_HZ = (
    20, 50, 83, 120, 161, 208, 259, 318, 383, 455, 537, 628, 729, 843, 971, 1114, 1273, 1452, 1652, 1875, 2126, 2406,
    2719, 3070, 3462, 3901, 4392, 4941, 5556, 6244, 7014, 7875, 8839, 9917, 11124, 12474, 13984, 15675, 17566, 19682,
)  # fmt: skip
_DB_PER_UNIT = 5.0
_SAFE_COLUMNS, _SAFE_PARAMS = 25, slice(5, 18)
_SAFE_CHANNELS, _COUNT = (3, 4), re.compile(r"\d{1,2}")
_PARAM_NAMES = (
    "low shelf gain", "low shelf frequency", "bell 1 gain", "bell 1 frequency", "bell 1 Q", "bell 2 gain",
    "bell 2 frequency", "bell 2 Q", "bell 3 gain", "bell 3 frequency", "bell 3 Q", "high shelf gain",
    "high shelf frequency",
)  # fmt: skip
_GAINS, _FREQS, _QS = (-12.01, 12.01), (20, 20_000), (0.0999, 10.01)
_PARAM_RANGES = (_GAINS, _FREQS, *3 * (_GAINS, _FREQS, _QS), _GAINS, _FREQS)
_LANGUAGES = {"English": "en", "Español": "es", "Spanish": "es"}


@dataclass(frozen=True, slots=True)
class Setting:
    """One person's equalizer setting for one or several words; ``params`` are SAFE's 13 numbers, gains in dB."""

    words: tuple[str, ...]
    params: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class WordCurve:
    """What a crowd did for a word: ``curve_db`` at `AUDEALIZE_HZ`, mean of ``people``; ``agreement`` 0..1."""

    word: str
    language: str
    curve_db: tuple[float, ...]
    people: int
    agreement: float


@dataclass(frozen=True, slots=True)
class Dropped:
    """A row that was left out: which file, which row, which descriptor and why."""

    file: str
    row: int
    descriptor: str
    reason: str


@dataclass(frozen=True)
class Corpus:
    """All that was read: settings, crowd curves, what was dropped, and the files by SHA-256."""

    settings: tuple[Setting, ...] = ()
    curves: tuple[WordCurve, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    sha256: dict[str, str] = field(default_factory=dict)

    def drop_summary(self) -> dict[str, int]:
        """How many rows were dropped for each reason, most frequent first."""
        return dict(Counter(d.reason for d in self.dropped).most_common())

    def dropped_rows(self, reason: str) -> dict[str, list[int]]:
        """Which rows of which file were dropped for a reason."""
        rows: dict[str, list[int]] = {}
        for d in self.dropped:
            if d.reason == reason:
                rows.setdefault(d.file, []).append(d.row)
        return rows

    def __add__(self, other: Corpus) -> Corpus:
        return Corpus(
            self.settings + other.settings,
            self.curves + other.curves,
            self.dropped + other.dropped,
            {**self.sha256, **other.sha256},
        )


def load_corpus(*, safe: Path | None = None, audealize: Path | None = None, socialfx: Path | None = None) -> Corpus:
    """Everything given, words folded alike over all files. SAFE's lone words are judged with the crowd's at hand."""
    crowd = Corpus()
    if audealize is not None:
        crowd += read_audealize(audealize)
    if socialfx is not None:
        crowd += read_socialfx(socialfx)
    if safe is None:
        return crowd
    return read_safe(safe, known={c.word for c in crowd.curves}) + crowd


def read_safe(path: Path, *, known: Iterable[str] = ()) -> Corpus:
    """SAFE-DB's equaliser CSV. ``known`` are words other data vouch for, so that a single row may use them."""
    rows = [(number, row[1], _safe_params(path, number, row)) for number, row in _csv_rows(path)]
    dropped: list[Dropped] = []
    kept: list[tuple[int, str, list[str], tuple[float, ...]]] = []
    for number, descriptor, params in rows:
        words = split_words(descriptor)
        reason = _out_of_range(params) or junk_reason(words)
        if reason is not None:
            dropped.append(Dropped(path.name, number, _shown(descriptor), reason))
        else:
            kept.append((number, descriptor, words, params))
    vocabulary = _safe_vocabulary([words for _, _, words, _ in kept], set(known))
    settings: list[Setting] = []
    for number, descriptor, words, params in kept:
        folded = [fold(word, vocabulary) for word in words]
        if None in folded:
            dropped.append(Dropped(path.name, number, _shown(descriptor), "used once, unknown elsewhere"))
        else:
            settings.append(Setting(tuple(dict.fromkeys(w for w in folded if w)), params))
    return Corpus(tuple(settings), (), tuple(sorted(dropped, key=lambda d: d.row)), {path.name: file_sha256(path)})


def read_audealize(path: Path) -> Corpus:
    """Audealize's ``eqdescriptors.json``: words with mean curves; forms of one word are merged by people."""
    try:
        entries = json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise InputError(f"no JSON: {error}", hint=_WHERE, path=path) from None
    if not isinstance(entries, list) or not entries:
        raise InputError("no list of words", hint=_WHERE, path=path)
    answers = [_audealize_entry(path, number, entry) for number, entry in enumerate(entries, start=1)]
    return _crowd(path, answers)


def read_socialfx(path: Path) -> Corpus:
    """SocialFX's equalization data as published (parquet): one row a person's free-text word and 40 gains."""
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
        raise InputError(f"no readable parquet file: {error}", hint=_WHERE, path=path) from None
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
    answers = []
    for number, row in enumerate(table.select(wanted).to_pylist(), start=1):
        entry = {"word": row[word_column], "settings": row[curve_column], "num": 1, "agreement": 0.0}
        entry["lang"] = row[language] if language else "English"
        answers.append(_audealize_entry(path, number, entry))
    return _crowd(path, answers)


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


_WHERE = "Get the file from its publisher, unchanged; docs/training.md says where."


def _shown(descriptor: str) -> str:
    """A descriptor as it may be printed: it is free text by strangers, so only its start, printable."""
    return "".join(c for c in descriptor.strip() if c.isprintable())[:40]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(error.strerror or str(error), hint=_WHERE, path=path) from None
    except UnicodeDecodeError:
        raise InputError("is no UTF-8 text", hint=_WHERE, path=path) from None


def _csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    rows = csv.reader(io.StringIO(_text(path), newline=""))
    number = 0
    try:
        for number, row in enumerate(rows, start=1):
            if not row:
                continue
            if len(row) != _SAFE_COLUMNS:
                raise InputError(f"row {number}: {len(row)} columns instead of {_SAFE_COLUMNS}", hint=_WHERE, path=path)
            yield number, row[: _SAFE_PARAMS.stop]  # what follows is personal
    except csv.Error as error:
        raise InputError(f"row {number + 1}: {error}", hint=_WHERE, path=path) from None
    if not number:
        raise InputError("is empty", hint=_WHERE, path=path)


def _safe_params(path: Path, number: int, row: list[str]) -> tuple[float, ...]:
    """The 13 parameters of a row. No message repeats a cell: in a file whose columns are shifted it may be personal."""
    for column in _SAFE_CHANNELS:
        if not _COUNT.fullmatch(row[column].strip()):
            reason = f"row {number}, column {column + 1}: expected a number of channels"
            raise InputError(reason, hint=_WHERE, path=path)
    values = []
    for column, name in enumerate(_PARAM_NAMES, start=_SAFE_PARAMS.start):
        try:
            values.append(float(row[column]))
        except ValueError:
            reason = f"row {number}, column {column + 1}: expected a number for {name}"
            raise InputError(reason, hint=_WHERE, path=path) from None
    return tuple(values)


def _out_of_range(params: tuple[float, ...]) -> str | None:
    """Which of a row's parameters lies outside what an equalizer can be set to, if one does."""
    for name, value, (low, high) in zip(_PARAM_NAMES, params, _PARAM_RANGES, strict=True):
        if not low <= value <= high:  # as NaN does
            return f"{name} out of range"
    return None


def _safe_vocabulary(descriptors: list[list[str]], known: set[str]) -> set[str]:
    """Words that the crowd knows or that two rows or more use, in any of their forms."""
    uses = Counter(fold(w, known) or base_form(w) for words in descriptors for w in set(words))
    # A form ("brighter") counts for its base ("bright") where the base is used too.
    folded: Counter[str] = Counter()
    for word, count in uses.items():
        folded[_base(word, uses)] += count
    return known | {word for word, count in folded.items() if count >= 2}


def _base(word: str, used: Collection[str]) -> str:
    """The shortest form of a word in use: "brighter" is "bright" where that is used too."""
    form = base_form(word)
    return next((stem for stem in stems(form)[1:] if stem in used), form)


def _audealize_entry(path: Path, number: int, entry: Any) -> WordCurve:
    def refuse(reason: str) -> InputError:
        return InputError(f"row {number}: {reason}", hint=_WHERE, path=path)

    if not isinstance(entry, dict):
        raise refuse("is no entry")
    word, settings = entry.get("word"), entry.get("settings")
    language = _LANGUAGES.get(str(entry.get("lang", "English")))
    if not isinstance(word, str) or not word.strip():
        raise refuse("has no word")
    if language is None:
        raise refuse(f"expected a language: {', '.join(_LANGUAGES)}")
    if not isinstance(settings, list) or len(settings) != len(AUDEALIZE_HZ):
        raise refuse(f"expected {len(AUDEALIZE_HZ)} settings")
    people, agreement = entry.get("num", 1), entry.get("agreement", 0.0)
    numbers = [*settings, people, agreement]
    if not all(isinstance(v, (int, float)) and not isinstance(v, bool) and math.isfinite(v) for v in numbers):
        raise refuse("expected numbers for settings, num and agreement")
    curve = tuple(float(v) * _DB_PER_UNIT for v in settings)
    return WordCurve(word, language, curve, int(people), float(agreement))


def _crowd(path: Path, answers: list[WordCurve]) -> Corpus:
    """Answers merged to one curve a word, junk out."""
    dropped: list[Dropped] = []
    good: list[tuple[str, WordCurve]] = []
    for number, answer in enumerate(answers, start=1):
        reason = junk_reason(split_words(answer.word))
        if reason is None:
            good.append((plain(answer.word), answer))
        else:
            dropped.append(Dropped(path.name, number, _shown(answer.word), reason))
    vocabulary = {word for word, _ in good}
    groups: dict[str, list[WordCurve]] = defaultdict(list)
    spelled: dict[str, str] = {}
    for word, answer in good:
        base = _base(word, vocabulary)
        groups[base].append(answer)
        if word == base:
            spelled[base] = answer.word.strip().lower()
    curves = tuple(_merged(spelled.get(base, base), group) for base, group in groups.items())
    return Corpus((), curves, tuple(dropped), {path.name: file_sha256(path)})


def _merged(word: str, group: list[WordCurve]) -> WordCurve:
    weights = np.array([c.people for c in group], dtype=float)
    curve = np.average([c.curve_db for c in group], axis=0, weights=weights)
    agreement = float(np.average([c.agreement for c in group], weights=weights))
    return WordCurve(word, group[0].language, tuple(map(float, curve)), int(weights.sum()), agreement)
