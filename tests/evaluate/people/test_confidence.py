import numpy as np
import pytest

from eqmorph.evaluate.people.confidence import Listeners
from eqmorph.evaluate.people.rows import PlainWord
from eqmorph.evaluate.people.splits import Judges, mean_answer, on_grids
from tests.evaluate.people import made_up


def test_confidence_is_compared_with_listeners_one_by_one() -> None:
    listeners = Listeners()
    for word in made_up.SHAPES:
        people = tuple(a for a in made_up.answers(differ=0.0) if a.word == word)
        curve = mean_answer(people, on_grids(people))
        for split in range(3):
            listeners.add(split, word, PlainWord(curve, 0.75), Judges(people))
    known = listeners.calibration(list(made_up.SHAPES))
    assert known is not None
    assert known.error == pytest.approx(0.25)
    assert known.error_in_bins == pytest.approx(0.25)
    assert known.rank == known.rank_within == 0  # all are as sure as each other
    assert known.bins == [(0.6, 1.0, 4 * 3 * 12, pytest.approx(0.75), pytest.approx(1.0))]
    assert known.agreement["warm"] == pytest.approx(1)


def test_who_is_surer_of_words_that_people_agree_on_has_a_rank_of_1() -> None:
    listeners = Listeners()
    for number, differ in enumerate((0.2, 1.0, 4.0)):
        people = tuple(a for a in made_up.answers(40, differ=differ) if a.word == "warm")
        listeners.add(
            0, str(number), PlainWord(mean_answer(people, on_grids(people)), 0.9 - 0.3 * number), Judges(people)
        )
    known = listeners.calibration(["0", "1", "2", "unheard"])
    assert known is not None
    assert known.rank == known.rank_within == known.rank_found == pytest.approx(1)
    assert np.isfinite(known.error)


def test_without_words_there_is_no_calibration() -> None:
    assert Listeners().calibration(["warm"]) is None
