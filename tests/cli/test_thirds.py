"""Third-octaves for people and for JSON."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.balance import THIRDS_HZ
from eqmorph.cli.thirds import decibels_or_dash, level_removed, number_or_null
from eqmorph.model import GRID_HZ


def test_pink_is_flat_by_third_octaves() -> None:
    pink = -10 * np.log10(GRID_HZ) + 40
    assert level_removed(pink, per_third=True) == pytest.approx(np.zeros(len(THIRDS_HZ)), abs=0.1)
    assert np.ptp(level_removed(pink)) == pytest.approx(20, abs=0.1)


def test_what_is_not_known_stays_so() -> None:
    assert np.isnan(level_removed(np.where(GRID_HZ > 5000, np.nan, 3.0))[-1])
    assert np.isnan(level_removed(np.full(64, np.nan))).all()


@pytest.mark.parametrize(
    ("value", "text", "number"),
    [(3.14159, "+3.1", 3.14), (-0.001, "0.0", 0.0), (-2.0, "-2.0", -2.0), (np.nan, "–", None)],
)
def test_numbers(value: float, text: str, number: float | None) -> None:
    assert decibels_or_dash(value) == text
    assert number_or_null(value) == number
