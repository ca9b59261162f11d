"""Answers dealt into halves, word by word: one to learn from, the other to judge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from eqmorph._typing import Float64
from eqmorph.model.settings import on_grid
from eqmorph.train.corpus import AUDEALIZE_HZ, Answer

__all__ = ["Judges", "Split", "by_word", "halves", "mean_answer", "on_grids"]

_LEAST_WEIGHT = 0.01  # who contradicted themselves counts a little still


@dataclass(frozen=True)
class Judges:
    """Who did not teach: a word's held-out answers, as curves (n, 64) and as they were collected (n, 40)."""

    answers: tuple[Answer, ...]

    @cached_property
    def curves(self) -> Float64:
        """Their curves (n, 64)."""
        return on_grids(self.answers)

    @cached_property
    def collected(self) -> Float64:
        """Their curves at the points where people were asked (n, 40), at unit variance."""
        return np.array([answer.curve for answer in self.answers])

    @cached_property
    def mean(self) -> Float64:
        """What they judge by: their mean, weighed by consistency (64,)."""
        return mean_answer(self.answers, self.curves)

    def of_sound(self, stimulus: int, *, least: int) -> Judges:
        """Return those who heard one sound, or all where they are fewer than ``least``."""
        heard = tuple(answer for answer in self.answers if answer.stimulus == stimulus)
        return Judges(heard) if len(heard) >= least else self


@dataclass(frozen=True)
class Split:
    """One way to deal out the answers: those to learn from, and for each word those who judge it."""

    taught: tuple[Answer, ...]
    judges: dict[str, Judges]

    @cached_property
    def taught_by_word(self) -> dict[str, tuple[Answer, ...]]:
        """The answers to learn from, by word."""
        return by_word(self.taught)


def by_word(answers: Iterable[Answer]) -> dict[str, tuple[Answer, ...]]:
    """Return answers by their words, in their order."""
    groups: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        groups[answer.word].append(answer)
    return {word: tuple(group) for word, group in groups.items()}


def halves(answers: Iterable[Answer], count: int, *, seed: int = 0) -> list[Split]:
    """Return ``count`` splits; the answers to a word are halved, and which half gets the odd one is up to chance."""
    groups = by_word(answers)
    return [_halved(groups, np.random.default_rng((seed, number))) for number in range(count)]


def _halved(groups: dict[str, tuple[Answer, ...]], rng: np.random.Generator) -> Split:
    taught: list[Answer] = []
    judges: dict[str, Judges] = {}
    for word, group in groups.items():
        order = rng.permutation(len(group))
        half = (len(group) + int(rng.integers(2))) // 2
        taught += [group[i] for i in sorted(order[:half])]
        if half < len(group):
            judges[word] = Judges(tuple(group[i] for i in sorted(order[half:])))
    return Split(tuple(taught), judges)


def on_grids(answers: Iterable[Answer]) -> Float64:
    """Return answers as curves (n, 64) of mean 0."""
    return np.array([on_grid(answer.curve, AUDEALIZE_HZ) for answer in answers])


def mean_answer(answers: Iterable[Answer], curves: Float64) -> Float64:
    """Return the mean (64,) of answers' curves (n, 64), weighed by each person's consistency."""
    weights = np.array([max(answer.consistency, _LEAST_WEIGHT) for answer in answers])
    return np.asarray(np.average(curves, axis=0, weights=weights))
