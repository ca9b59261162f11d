"""Widths in octaves and slopes, as Qs."""

from __future__ import annotations

import math

import pytest

from eqmorph.exchange.widths import q_of_octaves, q_of_slope


def test_an_octave_is_a_q_of_the_root_of_two() -> None:
    assert q_of_octaves(1, 100) == pytest.approx(math.sqrt(2), rel=1e-3)
    assert q_of_octaves(1 / 3, 100) == pytest.approx(4.318, rel=1e-3)
    assert q_of_octaves(1, 10_000) < q_of_octaves(1, 100)  # warped: the filter itself is narrower up there


def test_the_steepest_slope_without_a_bump_is_butterworths() -> None:
    assert q_of_slope(1, 9) == pytest.approx(math.sqrt(0.5))
    assert q_of_slope(0.5, 9) < q_of_slope(1, 9)


def test_what_no_filter_has_is_nan() -> None:
    assert all(
        math.isnan(q) for q in (q_of_octaves(0, 100), q_of_octaves(1e9, 100), q_of_slope(0, 3), q_of_slope(9, 12))
    )
