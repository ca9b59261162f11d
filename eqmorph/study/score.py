"""What the answers to a study say: how often each version was preferred, in what order, and whether it can be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from eqmorph._typing import Float64
from eqmorph.study.answers import Answer
from eqmorph.study.rank import binomial_p, lend, strengths, wilson

__all__ = ["AbxScore", "PairScore", "Score", "VersionScore", "score_answers"]

_RESAMPLES = 2000
_FEW_PEOPLE = 6  # with fewer, answers are drawn instead: of so few people hardly any draw differs


@dataclass(frozen=True, slots=True)
class VersionScore:
    """How one version did.

    Attributes:
        version: its name.
        answers: how many comparisons it was in.
        wins: how many it won, a draw being half of one.
        win_rate, low, high: the share, and its 95 % interval.
        strength, strength_low, strength_high: its log-strength (Bradley-Terry) against the mean of all, and the 95 %
            interval; None without answers. There is no interval either where strengths have no bound, since some
            version won or lost everything: that mean then has none as well.
    """

    version: str
    answers: int
    wins: float
    win_rate: float | None
    low: float
    high: float
    strength: float | None = None
    strength_low: float | None = None
    strength_high: float | None = None


@dataclass(frozen=True, slots=True)
class PairScore:
    """How two versions did against each other; ``low`` and ``high`` are of the first one's share."""

    a: str
    b: str
    answers: int
    wins_a: float
    draws: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AbxScore:
    """How often X was told right, of two versions or (no names) of all; ``p`` is the chance of that by guessing."""

    a: str
    b: str
    answers: int
    right: int
    p: float


@dataclass(frozen=True, slots=True)
class Score:
    """All that is told of a study's answers. ``versions`` are ranked, the most preferred first."""

    people: int
    sessions: int
    versions: tuple[VersionScore, ...]
    pairs: tuple[PairScore, ...]
    abx: tuple[AbxScore, ...]
    drawn: str
    notes: tuple[str, ...]

    @property
    def abx_of_all(self) -> AbxScore:
        """All ABX answers together."""
        right, answers = sum(one.right for one in self.abx), sum(one.answers for one in self.abx)
        return AbxScore("", "", answers, right, binomial_p(right, answers))


def score_answers(answers: Sequence[Answer], versions: Sequence[str], *, seed: int = 0) -> Score:
    """Score answers to a study of these versions.

    Intervals of strengths are by bootstrap: people are drawn with all their answers, since those of one are alike.
    """
    liked = [answer for answer in answers if answer.kind == "preference"]
    place = {name: at for at, name in enumerate(versions)}
    each = np.array([_wins(answer, place) for answer in liked]).reshape(-1, len(place), len(place))
    total = each.sum(axis=0) if len(each) else np.zeros((len(place), len(place)))
    people = list(dict.fromkeys(answer.who for answer in liked))
    ranked, notes = _strengths(each, [people.index(answer.who) for answer in liked], total, versions, seed)
    rows = []
    for at, name in enumerate(versions):
        wins, met = float(total[at].sum()), round(float(total[at].sum() + total[:, at].sum()))
        strength = ranked.get(name, (None, None, None))
        rows.append(VersionScore(name, met, wins, wins / met if met else None, *wilson(wins, met), *strength))
    rows.sort(key=lambda row: (row.strength is None, -(row.strength or 0.0)))
    everybody = {answer.who for answer in answers}
    return Score(
        people=len(everybody),
        sessions=len({answer.session for answer in answers}),
        versions=tuple(rows),
        pairs=tuple(_pairs(liked, versions)),
        abx=tuple(_abx(answers, versions)),
        drawn="people" if len(people) >= _FEW_PEOPLE else "answers",
        notes=tuple(notes),
    )


def _wins(answer: Answer, place: dict[str, int]) -> Float64:
    won = np.zeros((len(place), len(place)))
    a, b = place[answer.a], place[answer.b]
    share = 0.5 if answer.won is None else float(answer.won == answer.a)
    won[a, b], won[b, a] = share, 1 - share
    return won


def _strengths(
    each: Float64, who: Sequence[int], total: Float64, versions: Sequence[str], seed: int
) -> tuple[dict[str, tuple[float, float | None, float | None]], list[str]]:
    """Return log-strength and interval of each version that was compared, and what to say of them."""
    notes: list[str] = []
    compared = np.flatnonzero(total.sum(axis=0) + total.sum(axis=1))
    if len(compared) < 2:
        return {}, notes
    within = np.ix_(compared, compared)
    lent, is_lent = lend(total[within])
    if is_lent:
        notes.append(
            "some version won or lost everything against the others, which leaves strengths without a bound: "
            "each is lent half a win against each, and no interval is given"
        )
    people = max(who) + 1
    groups = np.array([each[np.array(who) == one].sum(axis=0) for one in range(people)])
    if people < _FEW_PEOPLE:
        groups = each
        notes.append(f"{people} participant{'s' * (people != 1)}: intervals hold for them, not for others")
    best = strengths(lent)
    if is_lent:
        return {versions[int(at)]: (float(best[i]), None, None) for i, at in enumerate(compared)}, notes
    chance = np.random.default_rng(seed)
    draws = chance.multinomial(len(groups), np.full(len(groups), 1 / len(groups)), size=_RESAMPLES)
    resampled = np.einsum("rg,gij->rij", draws, groups[:, within[0], within[1]])
    spread = strengths(lend(resampled)[0])
    low, high = np.quantile(spread, [0.025, 0.975], axis=0)
    return {versions[int(at)]: (float(best[i]), float(low[i]), float(high[i])) for i, at in enumerate(compared)}, notes


def _pairs(liked: Sequence[Answer], versions: Sequence[str]) -> list[PairScore]:
    pairs = []
    for a, b in combinations(versions, 2):
        met = [answer for answer in liked if {answer.a, answer.b} == {a, b}]
        if met:
            draws = sum(answer.won is None for answer in met)
            wins = sum(answer.won == a for answer in met) + draws / 2
            pairs.append(PairScore(a, b, len(met), wins, draws, *wilson(wins, len(met))))
    return pairs


def _abx(answers: Sequence[Answer], versions: Sequence[str]) -> list[AbxScore]:
    scores = []
    for a, b in combinations(versions, 2):
        met = [answer for answer in answers if answer.kind == "abx" and {answer.a, answer.b} == {a, b}]
        if met:
            right = sum(answer.won == answer.x for answer in met)
            scores.append(AbxScore(a, b, len(met), right, binomial_p(right, len(met))))
    return scores
