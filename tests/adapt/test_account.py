"""The account: what was asked for first, and what the rendered result is like."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eqmorph.adapt.account import Account
from eqmorph.adapt.decide import Decision, decide
from eqmorph.adapt.goal import Goal
from eqmorph.analysis import Ear, listen, percent
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands


@pytest.fixture
def decision(ear: Ear, sounds: list[Spectra]) -> Decision:
    return decide(ear, sounds[0], Goal(ear.space.target("airy:0.3 + warm:1")))


def test_what_is_reached_is_what_was_rendered(ear: Ear, sounds: list[Spectra], decision: Decision) -> None:
    after = ear.hear(sounds[0], Bands.parse("HS 1500 -6"))
    account = Account.of(decision, 44_100, after)
    for change in account.words:
        assert change.score_reached == after.score(change.word) != change.score_predicted
        assert change.percentile_after == change.percentile_reached == after.percentile(change.word)
        assert change.percentile_predicted == decision.predicted.percentile(change.word) != change.percentile_after
        before = percent(decision.before.percentile(change.word))
        assert f"{change.word} {before}% -> {percent(after.percentile(change.word))}%" in account.sentence


def test_what_was_not_listened_to_is_as_predicted(decision: Decision) -> None:
    for change in Account.of(decision, 44_100).words:
        assert change.score_reached is change.percentile_reached is None
        assert change.percentile_after == decision.predicted.percentile(change.word)


@pytest.mark.parametrize("text", ["airy:0.3 + warm:1", "warm:1 + airy:0.3", "airy:0.3 + muddy:0.2 + warm:-1"])
def test_the_main_word_comes_first(ear: Ear, sounds: list[Spectra], text: str) -> None:
    account = Account.of(decide(ear, sounds[0], Goal(ear.space.target(text))), 44_100)
    assert account.words[0].word == "warm"
    assert account.sentence.startswith("warm ")
    assert {change.word for change in account.words[1:]} >= {"airy"}


def test_it_describes_the_eq_as_it_is_at_the_sounds_rate(ear: Ear) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, (1, 4000)).astype(np.float32)
    sound = listen([noise], 1000)
    account = Account.of(decide(ear, sound, Goal(ear.space.target("airy"), to_percentile=0.95)), 1000)
    assert account.largest_db <= 12.01


def test_what_no_eq_can_bring_closer_gets_none(ear: Ear, sounds: list[Spectra]) -> None:
    goal = Goal(ear.space.target("airy"), max_gain_db=12.0, to_percentile=0.99)
    decision = decide(ear, sounds[0], goal)
    vain = replace(decision, bands=Bands(), predicted=decision.before, reached=False)
    assert ": no EQ within 12 dB brings it closer to 99%" in Account.of(vain, 44_100).sentence
