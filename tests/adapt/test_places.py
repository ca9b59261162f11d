"""Where bands lie: five where the model has them, many where most is missing, and none that fights another."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.adapt.places import FIGHTS_DB, MANY, fighting, five_for, many_for
from eqmorph.analysis import Ear
from eqmorph.bands import erb_rate
from eqmorph.model import GRID_HZ

PLACES = erb_rate(GRID_HZ) / erb_rate(20_000)


def wavy(rng: np.random.Generator) -> np.ndarray:
    """Return a curve as two pieces of music differ by."""
    waves = [rng.normal(0, 4 / (1 + n / 4)) * np.cos(n * np.pi * PLACES + rng.uniform(0, 6)) for n in range(1, 12)]
    return np.clip(np.sum(waves, axis=0), -12, 12)


def test_the_same_shape_has_the_same_places_at_any_height(rng: np.random.Generator) -> None:
    curve = wavy(rng)
    whole, half = many_for(curve), many_for(curve / 2)
    assert half.freq_hz == pytest.approx(whole.freq_hz)
    assert half.gains == pytest.approx(whole.gains / 2)


def test_many_are_nearer_than_five(ear: Ear, rng: np.random.Generator) -> None:
    errors = []
    for _ in range(10):
        curve = wavy(rng)
        for places in (five_for(ear, curve), many_for(curve)):
            response, _slopes = places.heard(places.gains)
            errors.append(np.std(response - curve))
    assert np.mean(errors[1::2]) < 0.7 * np.mean(errors[::2])


def test_many_are_smooth_and_do_not_fight(rng: np.random.Generator) -> None:
    for _ in range(10):
        places = many_for(wavy(rng))
        assert MANY - 3 <= len(places.gains) <= MANY
        bells = np.sort(places.arrays.freq_hz[places.arrays.is_bell])
        assert len(np.unique(bells)) == len(bells)
        assert fighting(places.freq_hz, places.gains) is None
        assert max(band.q for band in places.bands(places.gains)) < 3.01


def test_flat_is_flat() -> None:
    assert not np.abs(many_for(np.zeros(64)).gains).any()


@pytest.mark.parametrize("many", [False, True])
def test_slopes_are_those_of_the_response(ear: Ear, rng: np.random.Generator, many: bool) -> None:
    curve = wavy(rng)
    places = many_for(curve) if many else five_for(ear, curve)
    response, slopes = places.heard(places.gains)
    step = 1e-4 * np.eye(len(places.gains))[2]
    moved, _ = places.heard(places.gains + step)
    assert (moved - response) / 1e-4 == pytest.approx(slopes[:, 2], abs=1e-3)
    assert places.bands(places.gains).response_db(GRID_HZ, 48_000) == pytest.approx(response, abs=0.1)


def test_bands_near_each_other_may_not_pull_apart() -> None:
    hz = np.array([2000.0, 1100.0, 100.0])
    assert fighting(hz, np.array([5.0, -4.0, 9.0])) == 1
    assert fighting(hz, np.array([5.0, 4.0, -9.0])) is None
    assert fighting(hz, np.array([5.0, -FIGHTS_DB, 9.0])) is None
    assert fighting(np.array([500.0, 1100.0]), np.array([5.0, -4.0])) is None
