"""What was read of the data sets: people's settings, a crowd's curves and single answers, and what was left out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from eqmorph.words import base_form, plain, stems

__all__ = ["AUDEALIZE_HZ", "Answer", "Corpus", "Dropped", "Setting", "WordCurve", "merged_by_word", "shortest_form"]


AUDEALIZE_HZ = (
    20, 50, 83, 120, 161, 208, 259, 318, 383, 455, 537, 628, 729, 843, 971, 1114, 1273, 1452, 1652, 1875, 2126, 2406,
    2719, 3070, 3462, 3901, 4392, 4941, 5556, 6244, 7014, 7875, 8839, 9917, 11124, 12474, 13984, 15675, 17566, 19682,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """One person's equalizer setting for one or several words; ``params`` are SAFE's 13 numbers, gains in dB."""

    words: tuple[str, ...]
    params: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class WordCurve:
    """What a crowd did for a word: ``curve_db`` at `AUDEALIZE_HZ`, mean of ``people``; ``agreement`` -1..1."""

    word: str
    language: str
    curve_db: tuple[float, ...]
    people: int
    agreement: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person did for a word: ``curve`` at `AUDEALIZE_HZ`, of unit variance, since its strength is not known.

    ``stimulus`` is the number of the sound that was rated; ``consistency`` 0..1 says how alike this person rated the
    same thing twice.
    """

    word: str
    language: str
    stimulus: int
    consistency: float
    curve: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A row that was left out: which file, which row, which descriptor and why."""

    file: str
    row: int
    descriptor: str
    reason: str


@dataclass(frozen=True)
class Corpus:
    """All that was read: settings, a crowd's curves and its single answers, what was dropped, the files by SHA-256."""

    settings: tuple[Setting, ...] = ()
    curves: tuple[WordCurve, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    sha256: dict[str, str] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()

    def drop_summary(self) -> dict[str, int]:
        """Count the rows dropped for each reason, most frequent first."""
        return dict(Counter(d.reason for d in self.dropped).most_common())

    def dropped_rows(self, reason: str) -> dict[str, list[int]]:
        """Return which rows of which file were dropped for a reason."""
        rows: dict[str, list[int]] = {}
        for d in self.dropped:
            if d.reason == reason:
                rows.setdefault(d.file, []).append(d.row)
        return rows

    def __add__(self, other: Corpus) -> Corpus:
        """Both together; where both know a word in any of its forms, its curves are averaged by people."""
        return Corpus(
            self.settings + other.settings,
            merged_by_word(self.curves + other.curves),
            self.dropped + other.dropped,
            {**self.sha256, **other.sha256},
            self.answers + other.answers,
        )


def shortest_form(word: str, used: Collection[str]) -> str:
    """Return the shortest form of a word in use: "brighter" is "bright" where that is used too."""
    form = base_form(word)
    return next((stem for stem in stems(form)[1:] if stem in used), form)


def merged_by_word(curves: Iterable[WordCurve]) -> tuple[WordCurve, ...]:
    """Return one curve a word, whatever form of it people were asked about."""
    spelled = [(plain(curve.word), curve) for curve in curves]
    vocabulary = {letters for letters, _ in spelled}
    groups: dict[str, list[WordCurve]] = defaultdict(list)
    names: dict[str, str] = {}
    for letters, curve in spelled:
        base = shortest_form(letters, vocabulary)
        groups[base].append(curve)
        if letters == base:
            names[base] = curve.word.strip().lower()
    return tuple(_merged(names.get(base, base), group) for base, group in groups.items())


def _merged(word: str, group: list[WordCurve]) -> WordCurve:
    """Return the mean of ``group`` by people; a curve that is alone stays as it is, to the last digit."""
    if len(group) == 1:
        return replace(group[0], word=word)
    weights = np.array([c.people for c in group], dtype=float)
    curve = np.average([c.curve_db for c in group], axis=0, weights=weights)
    agreement = float(np.average([c.agreement for c in group], weights=weights))
    return WordCurve(word, group[0].language, tuple(map(float, curve)), int(weights.sum()), agreement)
