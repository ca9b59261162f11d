"""What recipes learn from: a corpus as arrays, and the split that all recipes share."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.errors import InputError, UsageError
from eqmorph.model.settings import curves_of, from_safe, on_grid, rms
from eqmorph.train.corpus import AUDEALIZE_HZ, Corpus
from eqmorph.train.fitted import fitted_settings

__all__ = ["FOLDS", "LEAST_SETTINGS", "Fold", "TrainingSet", "check_enough", "folds", "training_set", "word_means"]


FOLDS = 5
LEAST_SETTINGS = 40  # fewer teach nothing
_COMPARED = 2  # words that are parted
_LEAST_HELD_OUT = 2  # of each of them in each fold, or there are no clusters to measure
_UNHEARD_DB = 0.1
_LEAST_ASKED = 2  # people whose mean is a crowd's curve


@dataclass(frozen=True)
class TrainingSet:
    """Settings with one label each ("" where people gave several words or the word is rare), and the crowd's curves.

    ``settings`` (n, 15), ``curves`` (n, 64), ``labels`` (n,); ``crowd`` (c, 64) curves of ``crowd_words`` (c,).
    ``fitted`` are settings that nobody saved: five bands fitted to the crowd's answers, for want of others.
    """

    settings: Float64
    curves: Float64
    labels: NDArray[np.str_]
    words: tuple[tuple[str, ...], ...]
    crowd: Float64
    crowd_words: NDArray[np.str_]
    crowd_people: NDArray[np.int64]
    fitted: bool = False

    @property
    def classes(self) -> list[str]:
        """The labels in use, most frequent first."""
        return [label for label, _ in Counter(self.labels.tolist()).most_common() if label]

    @property
    def sha256(self) -> str:
        """A hash of all of it: the same data, the same hash."""
        words = json.dumps([self.labels.tolist(), self.words, self.crowd_words.tolist()])
        digest = hashlib.sha256(words.encode())
        for array in (self.settings, self.curves, self.crowd, self.crowd_people):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def take(self, rows: NDArray[np.intp]) -> TrainingSet:
        """Return the set with only these settings."""
        return replace(
            self,
            settings=self.settings[rows],
            curves=self.curves[rows],
            labels=self.labels[rows],
            words=tuple(self.words[i] for i in rows),
        )

    def without_crowd(self) -> TrainingSet:
        """Return the set as if the crowd's curves had never been seen."""
        none = np.zeros(0, dtype=int)
        return replace(
            self, crowd=self.crowd[none], crowd_words=self.crowd_words[none], crowd_people=self.crowd_people[none]
        )


@dataclass(frozen=True)
class Fold:
    """One split: rows to train on, rows held out."""

    train: TrainingSet
    test: TrainingSet


def training_set(corpus: Corpus, *, rows_for_a_label: int = FOLDS) -> TrainingSet:
    """Return a corpus as arrays, without settings that change nothing or come twice, rare words unlabeled.

    Where nobody saved settings, they are fitted to the crowd's answers.

    Raises:
        InputError: there are neither.
    """
    unique = list(dict.fromkeys((s.words, s.params) for s in corpus.settings))
    if unique:
        used, settings = [w for w, _ in unique], from_safe([params for _, params in unique])
    elif corpus.curves:
        used, settings = fitted_settings(corpus)
    else:
        raise InputError("nothing to learn from", hint="Give a file of settings or answers, or have settings made up.")
    curves = curves_of(settings)
    heard = rms(curves) >= _UNHEARD_DB
    words = tuple(w for w, h in zip(used, heard, strict=True) if h)
    alone = Counter(w[0] for w in words if len(w) == 1)
    labels = [w[0] if len(w) == 1 and alone[w[0]] >= rows_for_a_label else "" for w in words]
    asked = [c for c in corpus.curves if c.people >= _LEAST_ASKED] or corpus.curves
    crowd = [on_grid(c.curve_db, AUDEALIZE_HZ) for c in asked]
    return TrainingSet(
        settings[heard],
        curves[heard],
        np.array(labels, dtype=np.str_),
        words,
        np.reshape(crowd, (len(crowd), curves.shape[1])),
        np.array([c.word for c in asked], dtype=np.str_),
        np.array([c.people for c in asked], dtype=np.int64),
        fitted=not unique,
    )


def folds(data: TrainingSet, *, count: int = FOLDS, seed: int = 0) -> list[Fold]:
    """Return ``count`` stratified splits: every label, and the unlabeled rows, dealt out evenly in a seeded order."""
    rng = np.random.default_rng(seed)
    fold_of = np.empty(len(data.labels), dtype=int)
    start = 0
    for label in sorted(set(data.labels.tolist())):
        rows = rng.permutation(np.flatnonzero(data.labels == label))
        fold_of[rows] = (start + np.arange(len(rows))) % count
        start += len(rows)
    return [
        Fold(data.take(np.flatnonzero(fold_of != k)), data.take(np.flatnonzero(fold_of == k))) for k in range(count)
    ]


def check_enough(data: TrainingSet, *, count: int = FOLDS, hint: str = "Give more data, or fewer folds.") -> None:
    """Raise a UsageError where ``count`` folds would be too small to train on or to measure."""
    rows = len(data.settings)
    if rows < LEAST_SETTINGS:
        raise UsageError(f"{rows} settings are too few to evaluate: it takes {LEAST_SETTINGS}", hint=hint)
    least = _LEAST_HELD_OUT * count
    for word in data.classes[:_COMPARED]:
        own = int((data.labels == word).sum())
        if own < least:
            raise UsageError(
                f"{own} settings of {word!r} are too few for {count} folds: "
                f"each of the two most frequent words needs {least}",
                hint=hint,
            )


def word_means(data: TrainingSet) -> dict[str, tuple[Float64, int]]:
    """Return for each word its settings' mean curve, each brought to unit rms first (64,), and their number.

    Settings that were fitted to the crowd's answers say no more than those, and count as none.
    """
    if data.fitted:
        return {}
    rows: dict[str, list[Float64]] = {}
    for words, curve in zip(data.words, data.curves / rms(data.curves)[:, None], strict=True):
        for word in words:
            rows.setdefault(word, []).append(curve)
    return {word: (np.mean(curves, axis=0), len(curves)) for word, curves in rows.items()}
