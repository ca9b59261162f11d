import numpy as np
import pytest

from eqmorph.adapt.solve import Needs, Problem


def problem(seed: int, size: int = 12) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(size, size))
    rows, needs = 3 * rng.normal(size=(4, size)), rng.normal(size=4)
    return (
        root @ root.T + 0.5 * np.eye(size),
        rng.normal(size=size),
        np.full(size, -0.4),
        np.full(size, 0.3),
        rows,
        needs,
    )


def cost(x: np.ndarray, square: np.ndarray, linear: np.ndarray, rows: np.ndarray, needs: np.ndarray) -> float:
    return float(0.5 * x @ square @ x - linear @ x + 0.5 * np.square(np.maximum(needs - rows @ x, 0)).sum())


def test_without_bounds_and_needs_it_is_the_solution_of_the_equations() -> None:
    square, linear, *_ = problem(0)
    wide = np.full(12, 1e6)
    found = Problem(square, linear, -wide, wide, Needs(np.zeros((0, 12)), np.zeros(0))).least(np.zeros(12))
    np.testing.assert_allclose(square @ found, linear, atol=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_nothing_near_within_the_bounds_is_better(seed: int) -> None:
    square, linear, low, high, rows, needs = problem(seed)
    found = Problem(square, linear, low, high, Needs(rows, needs)).least(np.zeros(12))
    assert np.all((low <= found) & (found <= high))
    least = cost(found, square, linear, rows, needs)
    rng = np.random.default_rng(seed)
    for size in (1e-3, 1e-2, 0.3):
        for step in rng.normal(0, size, (100, 12)):
            assert cost(np.clip(found + step, low, high), square, linear, rows, needs) >= least - 1e-5


def test_what_comes_out_changes_evenly_with_what_goes_in() -> None:
    square, linear, low, high, rows, needs = problem(3)
    at = [
        Problem(square, (1 + share) * linear, low, high, Needs(rows, needs)).least(np.zeros(12))
        for share in np.linspace(0, 1, 201)
    ]
    assert np.abs(np.diff(at, axis=0)).max() < 0.02


def test_needs_of_a_curve_are_needs_of_what_makes_it() -> None:
    rng = np.random.default_rng(5)
    needs, slopes, rest = (
        Needs(rng.normal(size=(3, 6)), rng.normal(size=3)),
        rng.normal(size=(6, 2)),
        rng.normal(size=6),
    )
    values = rng.normal(size=2)
    told = needs.by(rest, slopes)
    assert np.allclose(told.rows @ values - told.least, needs.rows @ (rest + slopes @ values) - needs.least)
    firmer = (needs + needs).times(3.0)
    assert firmer.rows.shape == (6, 6)
    assert np.allclose(firmer.least[:3], 3 * needs.least)
