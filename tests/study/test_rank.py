"""The statistics are those of the books: known values, and what theory says of large samples."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eqmorph.study.rank import LENT, binomial_p, lend, strengths, wilson


@pytest.mark.parametrize(
    ("wins", "answers", "low", "high"),
    [  # from R's prop.test(..., correct = FALSE)
        (8, 10, 0.4901625, 0.9433178),
        (0, 10, 0.0, 0.2775328),
        (15, 148, 0.0623810, 0.1605380),
        (50, 100, 0.4038315, 0.5961685),
    ],
)
def test_wilsons_interval_has_the_known_values(wins: int, answers: int, low: float, high: float) -> None:
    assert wilson(wins, answers) == pytest.approx((low, high), abs=2e-4)


def test_wilsons_interval_covers_the_truth_in_95_of_100(rng: np.random.Generator) -> None:
    wins = rng.binomial(30, 0.7, size=4000)
    covered = [low <= 0.7 <= high for low, high in (wilson(count, 30) for count in wins)]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.02)


def test_no_answers_say_nothing() -> None:
    assert wilson(0, 0) == (0, 1)


def test_guessing_is_exact() -> None:
    assert binomial_p(9, 10) == 11 / 1024
    assert binomial_p(0, 7) == 1
    assert binomial_p(16, 16) == 2**-16
    assert binomial_p(600, 1000) == pytest.approx(1.364e-10, rel=1e-3)


def test_of_two_the_strength_is_the_log_odds() -> None:
    first, second = strengths([[0, 30], [10, 0]])
    assert first - second == pytest.approx(math.log(3), abs=1e-6)
    assert first + second == pytest.approx(0, abs=1e-9)


def test_at_the_estimate_expected_wins_are_the_wins(rng: np.random.Generator) -> None:
    """The likelihood equations of the model, which have one solution."""
    wins = rng.integers(1, 20, (5, 5)) * (1 - np.eye(5))
    found = strengths(wins)
    chance = 1 / (1 + np.exp(found[None, :] - found[:, None]))
    np.testing.assert_allclose(((wins + wins.T) * chance).sum(axis=1), wins.sum(axis=1), rtol=1e-5)


def test_strengths_are_found_again_from_many_answers(rng: np.random.Generator) -> None:
    true = np.array([0.9, 0.2, -0.3, -0.8])
    chance = 1 / (1 + np.exp(true[None, :] - true[:, None]))
    wins = np.triu(rng.binomial(20_000, chance), 1).astype(float)
    wins += np.tril(20_000 - wins.T, -1)
    np.testing.assert_allclose(strengths(wins), true - true.mean(), atol=0.03)


def test_many_are_worked_out_as_each_by_itself(rng: np.random.Generator) -> None:
    wins = rng.integers(1, 9, (3, 4, 4)) * (1 - np.eye(4))
    np.testing.assert_allclose(strengths(wins), [strengths(one) for one in wins], atol=1e-6)


def test_wins_are_lent_only_where_strengths_have_no_bound() -> None:
    bounded, unbounded = np.array([[0, 2, 0], [0, 0, 3], [1, 0, 0.0]]), np.array([[0, 2, 1], [0, 0, 3], [0, 1, 0.0]])
    both, is_lent = lend(np.array([bounded, unbounded]))
    assert is_lent.tolist() == [False, True]
    np.testing.assert_array_equal(both[0], bounded)
    np.testing.assert_array_equal(both[1] - unbounded, LENT * (1 - np.eye(3)))
    assert np.isfinite(strengths(both)).all()
    assert int(np.argmax(strengths(both[1]))) == 0
