"""What is decided, whatever is asked of whatever sound: words go their way, within what an engineer would sign."""

from itertools import pairwise

import numpy as np
import pytest

from eqmorph.adapt.decide import Decision, decide
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.region import lobe_of
from eqmorph.analysis import MAIN_WORDS, Ear
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.model import GRID_HZ
from tests.adapt.conftest import RATE, TILTS, tilted
from tests.adapt.test_audible import heard, noise, pink

HZ = np.geomspace(25, 18_000, 200)


def decided(ear: Ear, spectra: Spectra, text: str, most_db: float = 6.0) -> Decision:
    return decide(ear, spectra, Goal(ear.space.target(text), max_gain_db=most_db))


def gained(decision: Decision) -> list[float]:
    """Return how far each word's score goes its way."""
    return [
        float(np.sign(term.weight)) * (decision.predicted.score(term.word) - decision.before.score(term.word))
        for term in decision.goal.terms
    ]


@pytest.mark.parametrize("word", [*MAIN_WORDS, "muffled:-1", "harsh:-1", "muddy:-1", "dark:-1", "thin:-1"])
def test_a_word_alone_goes_its_way(ear: Ear, sounds: list[Spectra], word: str) -> None:
    for spectra in sounds:
        assert min(gained(decided(ear, spectra, word))) > 0


def test_of_several_each_goes_its_way_or_is_named(ear: Ear, sounds: list[Spectra], rng: np.random.Generator) -> None:
    right, shares = [], []
    for spectra in [*sounds, tilted(sounds[0], Bands.parse(TILTS["dark"]))]:
        for _ in range(15):
            chosen = rng.choice(MAIN_WORDS, 3, replace=False)
            weights = rng.uniform(0.3, 1, 3) * rng.choice([1, 1, -1], 3)  # below, a word only comes in
            texts = [f"{word}:{weight:.2f}" for word, weight in zip(chosen, weights, strict=True)]
            together = decided(ear, spectra, " + ".join(texts))
            named = {conflict.word for conflict in together.conflicts}
            for word, text, much in zip(chosen, texts, gained(together), strict=True):
                right.append(much > 0)
                shares.append(word in named or much >= gained(decided(ear, spectra, text))[0] / 3 - 0.01)
    assert np.mean(right) > 0.95
    assert np.mean(shares) > 0.9


def test_neighbors_do_not_fight(ear: Ear, sounds: list[Spectra]) -> None:
    for spectra in sounds:
        for text in ("warm:1 + airy:1 - muddy:1", "clear:1 + warm:1", "present:1 + harsh:-1", "boxy:-1 + full:1"):
            bands = sorted(decided(ear, spectra, text, 12.0).bands, key=lambda band: band.freq_hz)
            for low, high in pairwise(bands):
                is_near = high.freq_hz <= 2 * low.freq_hz
                assert not (is_near and low.gain_db * high.gain_db < 0 and min(abs(low.gain_db), abs(high.gain_db)) > 3)


@pytest.mark.parametrize("word", ["muddy", "harsh", "boomy", "boxy", "sibilant", "dark", "thin"])
def test_less_of_a_word_changes_nothing_beside_what_it_names(ear: Ear, sounds: list[Spectra], word: str) -> None:
    lobe = lobe_of(ear.space.terms[word].curve_db)
    for spectra in sounds:
        curve = decided(ear, spectra, f"{word}:-1").bands.response_db(GRID_HZ, RATE)
        assert np.abs(curve[lobe == 0]).max(initial=0.0) <= 1.5
        assert (curve * lobe)[lobe != 0].sum() < 0


@pytest.mark.parametrize("pattern", ["warm:0.5 + airy:{:.2f}", "present:{:.2f} + harsh:-0.4", "bright:{:.2f}"])
def test_a_slider_makes_nothing_jump(ear: Ear, sounds: list[Spectra], pattern: str) -> None:
    for spectra in sounds[:3]:
        curves = [
            decided(ear, spectra, pattern.format(weight)).bands.response_db(HZ, RATE)
            for weight in np.arange(0.01, 0.6, 0.01)
        ]
        assert np.abs(np.diff(curves, axis=0)).max() <= 1.0


def test_words_come_in_evenly(ear: Ear, sounds: list[Spectra]) -> None:
    for spectra in sounds[:3]:
        for without, hardly in (("airy:0.5", "warm:0.01 + airy:0.5"), ("clear:0.5", "clear:0.5 + harsh:-0.01")):
            before, after = (decided(ear, spectra, text).bands.response_db(HZ, RATE) for text in (without, hardly))
            assert np.abs(after - before).max() <= 1.0


def test_next_to_nothing_of_several_words_is_next_to_nothing(ear: Ear, sounds: list[Spectra]) -> None:
    for text in ("warm:0.5 + airy:0.3", "clear:0.5 + harsh:-0.5"):
        target = ear.space.target(text)
        strengths = [
            np.abs(decide(ear, sounds[0], Goal(target, amount)).bands.response_db(HZ, RATE)).max()
            for amount in (0.01, 0.1, 1.0)
        ]
        assert strengths[0] < 0.1
        assert strengths[1] < 0.75
        assert strengths[0] < strengths[1] < strengths[2]


@pytest.mark.parametrize("text", ["clear:0.5 + harsh:-0.5", "warm:0.6 + muddy:-0.6", "warm:0.5 + dark:-0.5"])
def test_words_that_undo_each_other_get_little(ear: Ear, sounds: list[Spectra], text: str) -> None:
    for spectra in sounds:
        decision = decided(ear, spectra, text)
        before, after = decision.before, decision.predicted
        best = max(
            np.sign(term.weight) * (after.percentile(term.word) - before.percentile(term.word))
            for term in decision.goal.terms
        )
        if best < 0.02:
            assert np.abs(decision.bands.response_db(HZ, RATE)).max() <= 4


@pytest.mark.parametrize("text", ["warm:0.7 + harsh:-0.3", "clear:0.5 + harsh:-0.5", "bright:0.5 + warm:0.5"])
def test_little_is_done_to_a_side_where_no_word_asks_for_it(ear: Ear, sounds: list[Spectra], text: str) -> None:
    for spectra in sounds:
        decision = decided(ear, spectra, text)
        asked = np.array([portion.asked_db for portion in decision.portions])
        response = decision.bands.response_db(GRID_HZ, RATE)
        assert response[np.all(asked <= 0, axis=0)].max(initial=0.0) <= 2.5
        assert response[np.all(asked >= 0, axis=0)].min(initial=0.0) >= -2.5


def test_words_that_contradict_each_other_are_named(ear: Ear, sounds: list[Spectra]) -> None:
    decision = decided(ear, sounds[0], "warm:1 + cold:1")
    (conflict, *_) = decision.conflicts
    assert {conflict.word, conflict.against} == {"warm", "cold"}
    assert conflict.likeness < -0.5
    assert np.abs(decision.bands.response_db(HZ, RATE)).max() < 6


def test_without_mud_is_a_lift_below_and_a_dip_at_300_hz(ear: Ear, sounds: list[Spectra]) -> None:
    alone, without = (decided(ear, sounds[0], text) for text in ("warm", "warm:0.5 + muddy:-0.5"))
    mud, below = (GRID_HZ >= 200) & (GRID_HZ <= 400), (GRID_HZ >= 60) & (GRID_HZ <= 150)
    difference = [
        curve[mud].mean() - curve[below].mean()
        for curve in (one.bands.response_db(GRID_HZ, RATE) for one in (alone, without))
    ]
    assert difference[1] < difference[0] - 1


@pytest.mark.parametrize("text", ["warm:0.5 + airy:0.3", "clear:0.5 + warm:0.3", "present:0.6 + warm:0.4 + harsh:-0.4"])
def test_no_word_of_several_goes_the_wrong_way_even_where_there_is_little_to_hear(ear: Ear, text: str) -> None:
    for low_hz, high_hz in ((20, 200), (300, 900), (5000, 12_000)):
        sound = heard(noise(pink(low_hz=low_hz, high_hz=high_hz, slope_db=12)))
        decision = decided(ear, sound, text)
        for term in decision.goal.terms:
            gained = decision.predicted.score(term.word) - decision.before.score(term.word)
            assert np.sign(term.weight) * gained > -0.005


def test_a_percentile_out_of_reach_names_the_words_that_are_against_it(ear: Ear, sounds: list[Spectra]) -> None:
    goal = Goal(ear.space.target("warm:0.7 + bright:0.6"), to_percentile=0.97)
    decisions = [decide(ear, spectra, goal) for spectra in sounds]
    assert any(decision.reached is False for decision in decisions)
    for decision in decisions:
        if decision.reached is False:
            assert "bright" in {conflict.word for conflict in decision.conflicts}
