import numpy as np
import pytest

from eqmorph.adapt.goal import Goal
from eqmorph.adapt.region import bend_to_limit, region_curve
from eqmorph.adapt.together import curve_for
from eqmorph.analysis import MAIN_WORDS, Ear


def wish_for(ear: Ear, **weights: float) -> Goal:
    return Goal(ear.space.target(" + ".join(f"{word}:{weight}" for word, weight in weights.items())))


def effects(ear: Ear, sound: np.ndarray, goal: Goal) -> np.ndarray:
    """Return how far the curve moves each word's score to the side that was asked for."""
    words = np.array([np.sign(term.weight) * ear.space.terms[term.word].curve_db for term in goal.terms])
    return ear.effects(sound, curve_for(ear, sound, goal), words)


def sounds(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return smooth curves such as sounds have."""
    steps = rng.normal(0, 6, (count, 8))
    return np.array([np.interp(np.linspace(0, 7, 64), np.arange(8), row) for row in steps])


def test_one_word_is_what_the_region_rule_makes_of_it(ear: Ear, rng: np.random.Generator) -> None:
    for sound in sounds(rng, 5):
        for weight in (0.7, -0.4):
            word = np.sign(weight) * ear.space.terms["warm"].curve_db
            expected = bend_to_limit(abs(weight) * region_curve(sound, word), 12.0)
            np.testing.assert_array_equal(curve_for(ear, sound, wish_for(ear, warm=weight)), expected)


def test_words_that_do_not_conflict_are_simply_added(ear: Ear) -> None:
    usual = np.zeros(64)
    both = curve_for(ear, usual, wish_for(ear, warm=0.5, dark=0.5))
    each = [0.5 * region_curve(usual, ear.space.terms[word].curve_db) for word in ("warm", "dark")]
    np.testing.assert_allclose(both, bend_to_limit(each[0] + each[1], 12.0), atol=1e-9)


def test_every_word_is_moved_its_way(ear: Ear, rng: np.random.Generator) -> None:
    """All but a few that contradict each other; the plain sum moves a quarter of them backwards."""
    right, summed = [], []
    for sound in sounds(rng, 120):
        chosen = rng.choice(MAIN_WORDS, 3, replace=False)
        weights = rng.uniform(0.2, 1, 3) * rng.choice([1, 1, -1], 3)
        goal = wish_for(ear, **dict(zip(chosen, weights, strict=True)))
        right += (effects(ear, sound, goal) > 0).tolist()
        words = np.array([np.sign(term.weight) * ear.space.terms[term.word].curve_db for term in goal.terms])
        curve = sum(abs(t.weight) * region_curve(sound, word) for t, word in zip(goal.terms, words, strict=True))
        summed += (ear.effects(sound, curve, words) > 0).tolist()
    assert np.mean(summed) < 0.8
    assert np.mean(right) > 0.88


def test_air_is_not_lost_to_warmth(ear: Ear) -> None:
    """A thin, airy sound needs much warmth, which takes highs away, and little air."""
    thin = np.linspace(-3, 3, 64)
    goal = wish_for(ear, warm=0.4, airy=0.3)
    summed = sum(abs(t.weight) * region_curve(thin, ear.space.terms[t.word].curve_db) for t in goal.terms)
    airy = ear.space.terms["airy"].curve_db[None]
    assert ear.effects(thin, summed, airy)[0] < -0.05
    assert np.all(effects(ear, thin, goal) > 0)


def test_opposites_end_in_little_rather_than_in_much_of_both(ear: Ear) -> None:
    curve = curve_for(ear, np.zeros(64), wish_for(ear, warm=0.8, cold=0.8))
    assert np.abs(curve).max() < 12


@pytest.mark.parametrize("sign", [1, -1])
def test_nothing_jumps_when_a_weight_leaves_zero(ear: Ear, sign: int) -> None:
    thin = np.linspace(-8, 8, 64)
    without = curve_for(ear, thin, wish_for(ear, warm=0.6))
    barely = curve_for(ear, thin, wish_for(ear, warm=0.6, airy=sign * 0.001))
    np.testing.assert_allclose(barely, without, atol=0.05)


def test_curves_follow_the_weights_without_jumps(ear: Ear) -> None:
    thin = np.linspace(-8, 8, 64)
    curves = np.array(
        [curve_for(ear, thin, wish_for(ear, warm=0.5, airy=w, muddy=-0.3)) for w in np.arange(-1, 1, 0.01)]
    )
    assert np.abs(np.diff(curves, axis=0)).max() < 1.5
