import numpy as np

from eqmorph.train.hearing import answer_curves
from eqmorph.train.senses import camps_of
from tests.train import meaning

UP = answer_curves(meaning.crowd("cold", meaning.TILT, 12))[0]
DOWN = answer_curves(meaning.crowd("cold", -meaning.TILT, 6, seed=1))[0]
BOTH = np.concatenate([UP, DOWN])


def test_two_camps_are_found_and_the_larger_one_named() -> None:
    camps = camps_of(BOTH, np.ones(18), 0.1)
    assert camps is not None
    assert camps.in_larger.tolist() == [True] * 12 + [False] * 6
    assert camps.share == 12 / 18
    assert camps.other_db[-1] < 0 < camps.other_db[0]


def test_weights_decide_which_camp_is_larger() -> None:
    weights = np.array([0.2] * 12 + [1.0] * 6)
    camps = camps_of(BOTH, weights, 0.1)
    assert camps is not None
    assert camps.in_larger.tolist() == [False] * 12 + [True] * 6


def test_people_of_one_mind_are_no_camps() -> None:
    assert camps_of(np.concatenate([UP, UP]), np.ones(24), 0.9) is None
    assert camps_of(np.concatenate([UP, UP]), np.ones(24), 0.3) is None  # whatever their agreement


def test_a_stray_and_a_handful_of_people_are_no_camps() -> None:
    assert camps_of(np.concatenate([UP, UP, DOWN[:2]]), np.ones(26), 0.3) is None
    assert camps_of(BOTH[6:18:2], np.ones(6), 0.0) is None
    assert camps_of(BOTH[:1], np.ones(1), None) is None
