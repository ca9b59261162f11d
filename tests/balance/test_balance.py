"""A balance has no level of its own, knows what it does not know, and averages each recording alike."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.balance import THIRDS_HZ, Balance, average, distance_db, third_octaves
from eqmorph.model import GRID_HZ

TILT = 3.0 * np.log2(GRID_HZ / 1000)


def test_its_own_level_is_removed() -> None:
    assert Balance.of("a", TILT).levels_db == Balance.of("a", TILT + 20).levels_db
    within = (GRID_HZ >= 100) & (GRID_HZ <= 10_000)
    assert Balance.of("a", TILT).array[within].mean() == pytest.approx(0, abs=1e-3)


def test_what_lies_beyond_does_not_move_the_level() -> None:
    boomy = np.where(GRID_HZ < 90, TILT + 40, TILT)
    within = GRID_HZ >= 90
    assert np.array_equal(Balance.of("a", boomy).array[within], Balance.of("a", TILT).array[within])


def test_what_is_not_known_stays_so() -> None:
    levels = np.where(GRID_HZ > 11_000, np.nan, TILT)
    balance = Balance.of("a", levels)
    assert balance.levels_db[-1] is None
    assert np.array_equal(balance.known, GRID_HZ <= 11_000)


def test_an_average_counts_recordings() -> None:
    three, one = Balance.of("a", TILT, "mix", files=3), Balance.of("b", -TILT, "speech")
    mean = average([three, one], "both")
    assert mean.array == pytest.approx(Balance.of("", TILT / 2).array, abs=2e-3)
    assert (mean.files, mean.kind, mean.name) == (4, None, "both")
    assert average([three, three], "a").kind == "mix"


def test_an_average_knows_what_any_of_them_knows() -> None:
    narrow = Balance.of("a", np.where(GRID_HZ > 5000, np.nan, TILT))
    mean = average([narrow, Balance.of("b", TILT)], "both")
    assert mean.known.all()
    assert not average([narrow, narrow], "both").known.all()


def test_third_octaves_are_read_between_points() -> None:
    assert third_octaves(TILT) == pytest.approx(3.0 * np.log2(THIRDS_HZ / 1000), abs=0.05)
    assert third_octaves(np.array([TILT, TILT])).shape == (2, 21)


def test_a_distance_has_no_level_and_leaves_out_what_is_not_known() -> None:
    assert distance_db(np.full(64, 7.0)) == pytest.approx(0)
    wave = np.where(third_parity(), 2.0, -2.0)
    assert distance_db(wave) == pytest.approx(distance_db(wave + 30))
    gone = np.where(GRID_HZ > 5000, np.nan, np.full(64, 7.0))
    assert distance_db(gone) == pytest.approx(0)
    assert distance_db(np.full(64, np.nan)) == 0


def third_parity() -> np.ndarray:
    return np.arange(64) % 2 == 0
