"""Who does what: parts that add up to the EQ, what limits took and where, and what words leave of each other."""

import numpy as np
import pytest

from eqmorph.adapt.decide import decide
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.limits import Bound, Limit, Limits
from eqmorph.adapt.move import Move
from eqmorph.adapt.portions import bounds_of, parts_of, portions_of, summit
from eqmorph.analysis import Ear, listen
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from tests.adapt.conftest import tilted
from tests.adapt.test_audible import decided, heard, noise, pink

BLEND = "warm:0.5 + airy:0.3 - muddy:0.4"


def test_parts_add_up_and_go_to_who_asked_for_them() -> None:
    asked = np.array([[4.0, 1.0, 0.0, 2.0], [2.0, -3.0, 0.0, 2.0]])
    curve = np.array([3.0, -1.0, 1.0, 12.0])
    parts = parts_of(curve, asked)
    np.testing.assert_allclose(parts.sum(axis=0), [3.0, -1.0, 0.0, 8.0])  # what nobody asked for is nobody's
    np.testing.assert_allclose(parts[0], [2.0, 0.0, 0.0, 4.0])


def test_of_a_single_word_the_eq_is_all_its_own() -> None:
    curve = np.array([3.0, -1.0])
    np.testing.assert_array_equal(parts_of(curve, np.array([[0.0, 5.0]])), curve[None])


def test_parts_change_evenly_where_words_are_much_alike() -> None:
    one = np.linspace(1, 4, 64)
    near = [parts_of(one, np.array([one, one + 0.01 * np.sin(at * np.arange(64))])) for at in (1.0, 2.0)]
    np.testing.assert_allclose(near[0], near[1], atol=0.05)


def test_a_summit_is_where_a_bell_peaks_and_where_a_shelf_begins() -> None:
    places = np.arange(64.0)
    assert summit(-np.exp(-((places - 20) ** 2))) == (-1.0, 20)
    height, at = summit(5 / (1 + np.exp(places - 30)))
    assert height == pytest.approx(5.0)
    assert 20 < at < 30
    _, at = summit(5 / (1 + np.exp(30 - places)))
    assert 30 < at < 40


@pytest.mark.parametrize("text", ["warm", BLEND])
def test_a_decision_names_what_each_word_has_of_it(ear: Ear, sounds: list[Spectra], text: str) -> None:
    decision = decided(ear, sounds[1], text)
    assert [portion.word for portion in decision.portions] == [term.word for term in decision.goal.terms]
    assert all(0 <= portion.kept <= 1 for portion in decision.portions)
    lost = {portion.word for portion in decision.portions if portion.kept < 0.33}
    assert lost == {conflict.word for conflict in decision.conflicts}


def test_what_cannot_be_heard_is_taken_off_where_that_is(ear: Ear) -> None:
    (portion,) = decided(ear, heard(noise(pink(high_hz=3000, slope_db=48))), "airy", 12.0).portions
    (bound,) = (bound for bound in portion.bounds if bound.limit is Limit.AUDIBLE)
    assert bound.took_db is not None
    assert bound.at_hz is not None
    assert bound.took_db > 1
    assert bound.at_hz > 3000
    assert bound.share == pytest.approx(0, abs=0.05)


def test_the_size_takes_what_is_beyond_it(ear: Ear, sounds: list[Spectra]) -> None:
    dark = tilted(sounds[0], Bands.parse("HS 2000 -12"))
    near, far = (decided(ear, dark, "bright", most_db) for most_db in (6.0, 2.0))
    took = {
        most: next((bound.took_db for bound in decision.binding if bound.limit is Limit.SIZE), None) or 0.0
        for most, decision in ((6, near), (2, far))
    }
    assert took[2] == pytest.approx(took[6] + 4, abs=0.2)


def test_a_limit_on_the_whole_takes_its_share_of_each_word(sounds: list[Spectra]) -> None:
    limits = Limits(sounds[:1], 6.0)
    asked = np.array([np.full(64, 3.0), np.full(64, 1.0)])
    move = Move(Bands(), np.full(64, 4.0), asked, {}, {Limit.MAKE_UP: 0.6}, (1.0, 1.0), ())
    assert bounds_of(limits, move, is_sought=False)[-1] == Bound(Limit.MAKE_UP, pytest.approx(1.6), None, 0.6)
    took = [portion.bounds[-1].took_db for portion in portions_of(limits, move, ("a", "b"), is_sought=False)]
    assert took == [pytest.approx(1.2), pytest.approx(0.4)]


def test_an_amount_that_is_searched_for_has_no_size(ear: Ear, sounds: list[Spectra]) -> None:
    goal = Goal(ear.space.target("bright"), max_gain_db=3.0, to_percentile=0.99)
    decision = decide(ear, tilted(sounds[0], Bands.parse("HS 2000 -12")), goal)
    (bound,) = (bound for bound in decision.binding if bound.limit is Limit.SIZE)
    assert bound.took_db is bound.share is None
    assert len(decision.portions) == 1


def test_confidence_is_less_by_what_words_lose_to_each_other(ear: Ear, sounds: list[Spectra]) -> None:
    alone = decided(ear, sounds[0], "warm")
    assert alone.confidence == pytest.approx(ear.space.terms["warm"].confidence)
    friends, foes = (decided(ear, sounds[0], text) for text in ("warm + full", "warm + muddy:-1"))
    for decision in (friends, foes):
        words = [term.word for term in decision.goal.terms]
        known = np.mean([ear.space.terms[word].confidence for word in words])
        kept = np.mean([portion.kept for portion in decision.portions])
        assert decision.confidence == pytest.approx(known * kept)
    assert np.mean([p.kept for p in friends.portions]) > 0.9
    assert np.mean([p.kept for p in foes.portions]) < 0.6


def test_where_nothing_is_left_no_share_is(ear: Ear, sounds: list[Spectra]) -> None:
    """The size takes first, so what cannot be heard takes all that was left, however much was asked for."""
    goal = Goal(ear.space.target("warm"))
    limits = Limits(sounds[:1], goal.max_gain_db)
    limits.audible = np.zeros(64)
    limits._heard_db = np.zeros(64)
    move = Move(Bands(), np.zeros(64), np.full((1, 64), 12.0), {}, {}, (1.0,), ())
    shares = {bound.limit: bound.share for bound in bounds_of(limits, move, is_sought=False)}
    assert shares[Limit.AUDIBLE] == pytest.approx(0)
    assert shares[Limit.SIZE] == pytest.approx(0.5)


def test_no_limit_takes_what_the_rate_cannot_hold(ear: Ear) -> None:
    narrow = listen([np.random.default_rng(0).normal(0, 0.1, (1, 32_000)).astype(np.float32)], 8000)
    decision = decide(ear, narrow, Goal(ear.space.target("airy")))
    assert all(bound.at_hz is None or bound.at_hz < 4000 for bound in decision.binding)


def test_what_would_be_made_up_for_is_named_before_any_band_passes_it(ear: Ear) -> None:
    """A bass-heavy sound gets bright by losing bass, which takes its loudness with it."""
    bass = heard(noise(pink(high_hz=400, slope_db=6)))
    decision = decided(ear, bass, "bright:1")
    (bound,) = (bound for bound in decision.binding if bound.limit is Limit.MAKE_UP)
    assert bound.took_db is not None
    assert bound.took_db >= 0.5
    assert bound.at_hz is not None
    assert bound.share is not None
    assert 0 <= bound.share < 1
