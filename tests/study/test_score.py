"""Answers become win rates, a ranking and a test of whether X is told."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.study.answers import Answer
from eqmorph.study.plan import TrialKind
from eqmorph.study.rank import binomial_p, wilson
from eqmorph.study.score import score_answers

VERSIONS = ("original", "fixed", "adaptive")


def answer(
    a: str, b: str, won: str | None, *, who: str = "p", kind: TrialKind = "preference", x: str | None = None
) -> Answer:
    return Answer(who, who, f"{a}{b}", kind, a, b, won, x)


def people(count: int, rng: np.random.Generator) -> list[Answer]:
    """Return the answers of people who like adaptive best, and the original least, by and large."""
    true = dict(zip(VERSIONS, (-0.8, 0.0, 0.8), strict=True))
    return [
        answer(a, b, a if rng.random() < 1 / (1 + np.exp(true[b] - true[a])) else b, who=f"p{number}")
        for number in range(count)
        for a, b in (("original", "fixed"), ("original", "adaptive"), ("fixed", "adaptive"))
        for _ in range(4)
    ]


def test_win_rates_count_a_draw_as_half() -> None:
    score = score_answers([answer("original", "fixed", "fixed"), answer("original", "fixed", None)], VERSIONS)
    fixed = next(row for row in score.versions if row.version == "fixed")
    assert (fixed.wins, fixed.answers, fixed.win_rate) == (1.5, 2, 0.75)
    assert (fixed.low, fixed.high) == wilson(1.5, 2)
    (pair,) = score.pairs
    assert (pair.a, pair.b, pair.wins_a, pair.draws) == ("original", "fixed", 0.5, 1)


def test_versions_are_ranked_and_intervals_hold_the_truth(rng: np.random.Generator) -> None:
    score = score_answers(people(60, rng), VERSIONS)
    assert [row.version for row in score.versions] == ["adaptive", "fixed", "original"]
    assert score.drawn == "people"
    assert score.notes == ()
    for row, true in zip(score.versions, (0.8, 0.0, -0.8), strict=True):
        assert row.strength_low is not None
        assert row.strength_high is not None
        assert row.strength is not None
        assert row.strength_low < row.strength < row.strength_high
        assert row.strength_low < true < row.strength_high
        assert row.strength_high - row.strength_low < 0.6


def test_people_who_agree_with_themselves_widen_the_interval(rng: np.random.Generator) -> None:
    """Ten answers of one person are not those of ten people."""
    one_each = [answer("fixed", "adaptive", rng.choice(["fixed", "adaptive"]), who=f"p{i}") for i in range(80)]
    ten_each = [
        answer("fixed", "adaptive", won, who=f"p{i}")
        for i, won in enumerate(["fixed", "adaptive"] * 4)
        for _ in range(10)
    ]

    def width(answers: list[Answer]) -> float:
        row = score_answers(answers, VERSIONS).versions[0]
        assert row.strength_low is not None
        assert row.strength_high is not None
        return row.strength_high - row.strength_low

    assert width(ten_each) > 2 * width(one_each)


def test_a_version_that_won_everything_has_a_strength_and_a_note() -> None:
    answers = [answer("fixed", "adaptive", "adaptive", who=f"p{i}") for i in range(8)]
    score = score_answers(answers, VERSIONS)
    assert [row.version for row in score.versions] == ["adaptive", "fixed", "original"]
    assert score.versions[0].strength == pytest.approx(np.log(8.5 / 0.5) / 2, abs=1e-6)
    assert any("without a bound" in note for note in score.notes)


def test_strengths_without_a_bound_have_no_interval() -> None:
    """However many answers: what they would be bounded by is what was lent."""
    pairs = [("original", "fixed", "fixed"), ("original", "fixed", "original")]
    answers = [answer(a, b, won, who=f"p{i}") for i in range(30) for a, b, won in pairs]
    answers += [answer(a, "adaptive", "adaptive", who=f"p{i}") for i in range(30) for a in ("original", "fixed")]
    score = score_answers(answers, VERSIONS)
    assert score.versions[0].version == "adaptive"
    assert [(row.strength_low, row.strength_high) for row in score.versions] == [(None, None)] * 3
    assert any(note.endswith("no interval is given") for note in score.notes)
    less = score_answers([*answers, answer("fixed", "adaptive", "fixed", who="p0")], VERSIONS)
    assert all(row.strength_low is not None for row in less.versions)


def test_what_nobody_was_asked_about_has_no_strength() -> None:
    score = score_answers([answer("fixed", "adaptive", "adaptive")], VERSIONS)
    (original,) = (row for row in score.versions if row.version == "original")
    assert (original.answers, original.win_rate, original.strength) == (0, None, None)
    assert score.versions[-1] is original


def test_few_people_are_said_to_be_few() -> None:
    score = score_answers([answer("fixed", "adaptive", "adaptive"), answer("fixed", "adaptive", "fixed")], VERSIONS)
    assert score.drawn == "answers"
    assert any(note.startswith("1 participant:") for note in score.notes)


def test_x_is_told_by_more_than_chance_or_not() -> None:
    answers = [
        answer("fixed", "adaptive", "fixed" if number else "adaptive", kind="abx", x="fixed") for number in range(10)
    ]
    score = score_answers(answers, VERSIONS)
    (pair,) = score.abx
    assert (pair.a, pair.b, pair.right, pair.answers) == ("fixed", "adaptive", 9, 10)
    assert pair.p == binomial_p(9, 10)
    assert score.abx_of_all.p == pair.p
    assert score.pairs == ()


def test_the_same_seed_gives_the_same_score(rng: np.random.Generator) -> None:
    answers = people(8, rng)
    assert score_answers(answers, VERSIONS) == score_answers(answers, VERSIONS)
    assert score_answers(answers, VERSIONS, seed=1) != score_answers(answers, VERSIONS)
