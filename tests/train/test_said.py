import numpy as np
import pytest

from eqmorph.model.settings import GRID_HZ, on_grid, rms
from eqmorph.train.charts import ChartWord
from eqmorph.train.corpus import AUDEALIZE_HZ, Answer, WordCurve
from eqmorph.train.said import correlation, saved_voices, what_is_said
from tests.train import meaning

NONE = np.zeros((0, 64))
UP = on_grid(meaning.TILT, AUDEALIZE_HZ)
TOP = ChartWord("airy", "en", ((9000.0, 20_000.0),), (), ("owsinski",))
NO_TOP = ChartWord("dull", "en", (), ((3000.0, 20_000.0),), ("owsinski",))
PRACTICE = ChartWord("gentle", "en", (), ((3000.0, 20_000.0),), ("practice",))


def zone(curve: np.ndarray, low_hz: float, high_hz: float) -> float:
    inside = (low_hz <= GRID_HZ) & (high_hz >= GRID_HZ)
    return float((curve[inside].mean() - curve.mean()) / rms(curve))


def test_consistent_people_count_more() -> None:
    sure, unsure = (
        meaning.answer("x", meaning.TILT, consistency=0.9),
        meaning.answer("x", -meaning.TILT, consistency=0.1),
    )
    said = what_is_said([sure, unsure], NONE, None, None)
    assert correlation(said.curve, UP) > 0.9
    assert 1 < said.voices < 1.5  # two people who are worth hardly more than one


def test_agreement_is_that_of_one_with_the_others() -> None:
    alike = what_is_said(meaning.crowd("x", meaning.TILT, 6), NONE, None, None)
    contrary = what_is_said([meaning.answer("x"), meaning.answer("x", -meaning.TILT)], NONE, None, None)
    assert alike.agreement is not None
    assert alike.agreement > 0.7
    assert contrary.agreement == pytest.approx(-1)
    assert what_is_said([meaning.answer("x")], NONE, None, None).agreement is None


def test_the_larger_camp_is_meant() -> None:
    people = meaning.crowd("cold", meaning.TILT, 12) + meaning.crowd("cold", -meaning.TILT, 6, seed=1)
    said = what_is_said(people, NONE, None, None)
    assert said.camps is not None
    assert correlation(said.curve, UP) > 0.9
    assert said.shares[12:].sum() == 0


def test_a_mean_counts_only_where_nobody_is_known() -> None:
    mean = WordCurve("x", "en", tuple(-5 * meaning.TILT), 30, 0.5)
    assert correlation(what_is_said([], NONE, mean, None).curve, UP) < -0.9
    assert what_is_said([], NONE, mean, None).people == 30
    both = what_is_said([meaning.answer("x")], NONE, mean, None)
    assert correlation(both.curve, UP) > 0.9
    assert both.people == 1


def test_hundreds_of_saved_settings_are_no_more_voices_than_forty() -> None:
    assert saved_voices(40) == saved_voices(500) == 10 * saved_voices(4)


def voices_of_charts(people: list[Answer]) -> float:
    charted = what_is_said(people, NONE, None, TOP).charted
    assert charted is not None
    return float(charted.voices.mean())


def test_charts_yield_to_people_of_one_mind() -> None:
    few, many = meaning.crowd("airy", -meaning.TILT, 2), meaning.crowd("airy", -meaning.TILT, 30)
    voices = [voices_of_charts(people) for people in ([], few, many)]
    assert voices[0] > voices[1] > 5 * voices[2]


def test_what_nobody_could_hear_is_the_charts() -> None:
    raised = np.where(np.array(AUDEALIZE_HZ) > 6000, 1.5, -meaning.TILT)
    people = [meaning.answer("dull", raised, stimulus=8) for _ in range(4)]
    said = what_is_said(people, NONE, None, NO_TOP)
    assert zone(said.pointing(said.curve), 10_000, 20_000) < zone(said.curve, 10_000, 20_000)


def test_a_word_is_nudged_until_its_zone_stands_out_and_no_further() -> None:
    level = np.where(np.array(AUDEALIZE_HZ) < 300, 2.0, 0.0) + np.where(np.array(AUDEALIZE_HZ) > 3000, 0.4, 0.0)
    said = what_is_said([meaning.answer("dull", level)], NONE, None, NO_TOP)
    assert zone(said.curve, 3000, 20_000) > -0.4
    assert zone(said.pointing(said.curve), 3000, 20_000) == pytest.approx(-0.5, abs=0.1)


def test_a_word_that_points_right_is_not_touched() -> None:
    said = what_is_said([meaning.answer("dull", -meaning.TILT)], NONE, None, NO_TOP)
    assert correlation(said.pointing(said.curve), said.curve) == pytest.approx(1)


def test_people_who_plainly_mean_something_else_are_left_alone() -> None:
    people = meaning.crowd("soft", meaning.TILT, 20)
    said = what_is_said(people, NONE, None, NO_TOP)
    np.testing.assert_array_equal(said.pointing(said.curve), said.curve)


def test_what_no_chart_of_its_own_says_yields_to_three_people() -> None:
    people = meaning.crowd("gentle", meaning.BUMP, 3)
    said = what_is_said(people, NONE, None, PRACTICE)
    np.testing.assert_array_equal(said.pointing(said.curve), said.curve)
    alone = what_is_said(people[:1], NONE, None, PRACTICE)
    assert zone(alone.pointing(alone.curve), 3000, 20_000) < zone(alone.curve, 3000, 20_000)
