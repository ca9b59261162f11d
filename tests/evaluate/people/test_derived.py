import numpy as np
import pytest

from eqmorph.evaluate.people.derived import judge_derived
from eqmorph.evaluate.people.rows import PlainWord
from eqmorph.model.settings import on_grid
from eqmorph.train.corpus import AUDEALIZE_HZ
from tests.evaluate.people import made_up

PEOPLE = made_up.answers(8, differ=0.3)
MEANT = {word: on_grid(shape, AUDEALIZE_HZ) for word, shape in made_up.SHAPES.items()}


def test_words_that_knew_nothing_of_their_answers_are_judged_by_them() -> None:
    derived = {"warm": PlainWord(MEANT["warm"], 0.4), "bright": PlainWord(MEANT["bright"], 0.3)}
    found = judge_derived(derived, PEOPLE)
    assert found is not None
    assert (found.words, found.coverage) == (4, 0.5)
    assert found.surer_half > 0.95
    assert found.correlation == pytest.approx(found.surer_half / 2, abs=0.01)
    assert found.by_word["loud"] == (0.0, 0.0)


def test_a_sure_word_that_people_meant_otherwise_is_named() -> None:
    derived = {word: PlainWord(-curve, 0.6 if word == "loud" else 0.2) for word, curve in MEANT.items()}
    found = judge_derived(derived, PEOPLE)
    assert found is not None
    assert found.sure_and_wrong == ("loud",)


def test_flat_words_are_not_covered_and_few_answers_no_judge() -> None:
    found = judge_derived({"warm": PlainWord(np.zeros(64), 0.5)}, PEOPLE)
    assert found is not None
    assert found.coverage == 0
    assert judge_derived({}, made_up.answers(4)) is None
