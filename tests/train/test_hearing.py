import numpy as np
import pytest

from eqmorph.model.settings import GRID_HZ, on_grid
from eqmorph.train.corpus import AUDEALIZE_HZ
from eqmorph.train.hearing import answer_curves, heard_at, plainly_heard_at
from tests.train import meaning

DRUMS, GUITAR, PIANO = 7, 8, 9


def at(hz: float) -> int:
    return int(np.argmin(np.abs(GRID_HZ - hz)))


@pytest.mark.parametrize("stimulus", [GUITAR, PIANO])
def test_strings_have_nothing_at_the_top(stimulus: int) -> None:
    assert heard_at(stimulus)[at(15_000)] < 0.2 < 0.9 < heard_at(stimulus)[at(1000)]
    assert plainly_heard_at(stimulus)[at(10_000)] == 0


def test_drums_and_unknown_sounds_have_everything() -> None:
    assert heard_at(DRUMS).min() > 0.9
    np.testing.assert_array_equal(heard_at(0), 1)


def test_what_was_heard_stays_and_the_rest_is_held() -> None:
    rising = np.linspace(-1, 1, len(AUDEALIZE_HZ)) ** 3
    answer = meaning.answer("bright", rising, stimulus=GUITAR)
    (curve,), (heard,) = answer_curves([answer])
    asked = on_grid(answer.curve, AUDEALIZE_HZ)
    inside = slice(at(200), at(4000))
    np.testing.assert_allclose(np.diff(curve[inside]), np.diff(asked[inside]), atol=1e-9)
    assert asked[-1] - asked[at(8000)] > 5 * (curve[-1] - curve[at(8000)])
    assert np.average(curve, weights=heard) == pytest.approx(0, abs=1e-9)


def test_no_answers_are_no_curves() -> None:
    curves, heard = answer_curves([])
    assert curves.shape == heard.shape == (0, 64)
