"""Bands that make a curve: nearer than where they began, within bounds, and none against its neighbor."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from eqmorph.adapt.aim import Aim
from eqmorph.adapt.places import Five, five_for, many_for
from eqmorph.adapt.solve import Needs
from eqmorph.analysis import Ear
from eqmorph.model.settings import GRID_HZ, POINTS

WIDE = np.full(POINTS, 12.0)


def aim_at(curve: np.ndarray, most_db: float = 9.0, freely: float = 1.0) -> Aim:
    return Aim(
        curve,
        np.full(POINTS, 1 / POINTS),
        -WIDE,
        WIDE,
        lambda _: Needs(np.zeros((0, POINTS)), np.zeros(0)),
        most_db,
        freely,
    )


def hill(middle_hz: float, height_db: float, octaves: float) -> np.ndarray:
    return height_db * np.exp(-0.5 * (np.log2(GRID_HZ / middle_hz) / octaves) ** 2)


def off_db(aim: Aim, places: Five, gains: np.ndarray) -> float:
    return float(np.sqrt(np.mean((places.heard(gains)[0] - aim.curve) ** 2)))


@pytest.mark.parametrize("middle_hz", [180.0, 700.0, 3000.0])
def test_bands_move_to_where_they_serve_the_curve(ear: Ear, middle_hz: float) -> None:
    aim = aim_at(hill(middle_hz, 5.0, 0.7) - hill(6 * middle_hz, 4.0, 0.6))
    begun = five_for(ear, aim.curve)
    moved, gains = aim.met_by(begun)
    stayed = aim._gains(begun, -np.full(5, 9.0), np.full(5, 9.0))
    assert isinstance(moved, Five)
    assert off_db(aim, moved, gains) < 0.85 * off_db(aim, begun, stayed)
    assert all(high >= 2 * low for low, high in pairwise(moved.freq_hz))


def test_no_band_goes_further_than_it_may(ear: Ear) -> None:
    aim = aim_at(hill(400, 8.0, 1.5), most_db=3.0)
    _, gains = aim.met_by(five_for(ear, aim.curve))
    assert np.abs(gains).max() <= 3.0


def test_bounds_hold_where_a_band_would_pass_them(ear: Ear) -> None:
    wide = aim_at(hill(3000, 6.0, 1.0))
    high = np.where(GRID_HZ > 4500, 1.0, 12.0)
    held = replace(wide, high=high)
    free, bound = (aim.met_by(five_for(ear, aim.curve)) for aim in (wide, held))
    above = GRID_HZ > 4500
    assert free[0].heard(free[1])[0][above].max() > 3.0
    assert bound[0].heard(bound[1])[0][above].max() < 1.3


def test_scores_tell_where_bands_lie_only_as_freely_as_they_may(ear: Ear) -> None:
    """They have the last word on gains in any case."""
    row = hill(700, 1.0, 0.4)[None] / POINTS
    needs = Needs(500 * row, 500 * np.array([3 * row.sum()]))
    curve = hill(200, 4.0, 0.8)
    found = {}
    for freely in (0.0, 1.0):
        aim = replace(aim_at(curve, freely=freely), needs=lambda _: needs)
        places, gains = aim.met_by(five_for(ear, curve))
        found[freely] = places.freq_hz
        assert (row @ places.heard(gains)[0])[0] > 2 * row.sum()
    unasked = aim_at(curve).met_by(five_for(ear, curve))[0].freq_hz
    assert np.allclose(found[0.0], unasked)
    assert not np.allclose(found[1.0], unasked, rtol=0.02)


def test_bands_change_evenly_with_the_curve(ear: Ear) -> None:
    responses = []
    for share in np.linspace(0, 1, 60):
        aim = aim_at((1 - share) * hill(300, 5.0, 0.8) + share * hill(3000, 5.0, 0.8))
        places, gains = aim.met_by(five_for(ear, aim.curve))
        responses.append(places.heard(gains)[0])
    assert np.abs(np.diff(responses, axis=0)).max() < 0.8


def test_many_bands_stay_where_they_are_placed() -> None:
    curve = hill(500, 4.0, 0.5)
    begun = many_for(curve)
    assert aim_at(curve).met_by(begun)[0] is begun
