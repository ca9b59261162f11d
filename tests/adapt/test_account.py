"""The account: what was asked for first, and what the rendered result is like."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from eqmorph.adapt.account import Account
from eqmorph.adapt.decide import Decision, decide
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.limits import Bound, Limit
from eqmorph.adapt.move import Conflict
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


def test_it_says_what_each_word_has_of_the_eq(ear: Ear, sounds: list[Spectra]) -> None:
    alone = Account.of(decide(ear, sounds[0], Goal(ear.space.target("warm"))), 44_100)
    assert abs(alone.words[0].contributes_db) == pytest.approx(alone.largest_db)
    blend = Account.of(decide(ear, sounds[0], Goal(ear.space.target("warm:0.5 + airy:0.3"))), 44_100)
    for change in blend.words:
        assert 0 < abs(change.contributes_db) <= blend.largest_db
        assert change.contribution.startswith(f"{change.contributes_db:+.1f} dB at ")


def test_a_contribution_lies_where_the_sound_has_something(ear: Ear) -> None:
    telephone = listen([np.random.default_rng(0).normal(0, 0.1, (1, 16_000)).astype(np.float32)], 8000)
    for change in Account.of(decide(ear, telephone, Goal(ear.space.target("bright + airy"))), 8000).words:
        assert change.at_hz is None or change.at_hz < 4000


def test_it_says_of_each_word_what_kept_it_back(ear: Ear, sounds: list[Spectra]) -> None:
    account = Account.of(decide(ear, sounds[0], Goal(ear.space.target("warm"))), 44_100)
    (warm,) = account.words
    assert account.reasons(replace(warm, limits=())) == ""
    bounds = (
        Bound(Limit.AUDIBLE, 3.14, 12_400.0, 0.4),
        Bound(Limit.FLOOR, 1.2, None, 0.8),
        Bound(Limit.SIZE, 0.2, None, 0.9),
    )
    held = replace(warm, kept=0.25, limits=bounds)
    lost = replace(account, words=(held,), conflicts=(Conflict("warm", "muddy", 0.94),), confidence=0.1)
    assert lost.reasons(held) == (
        "loses to muddy (r 0.94), keeps 25%, held back 3.1 dB at 12 kHz (inaudible), 1.2 dB (noise floor)"
    )
    assert lost.effect.endswith("; confidence 0.10: the words keep 25% of what each does alone")
    assert "confidence" not in account.effect


def test_every_limit_has_words_for_people(ear: Ear, sounds: list[Spectra]) -> None:
    account = Account.of(decide(ear, sounds[0], Goal(ear.space.target("warm"))), 44_100)
    for limit in Limit:
        said = account.reasons(replace(account.words[0], limits=(Bound(limit, 1.0, None, 0.5),)))
        assert said.startswith("held back 1.0 dB (")


def test_a_report_has_what_each_limit_did_as_plain_data(ear: Ear, sounds: list[Spectra]) -> None:
    decision = replace(
        decide(ear, sounds[0], Goal(ear.space.target("warm"))), binding=(Bound(Limit.AUDIBLE, 3.1, 12_400.0, 0.4),)
    )
    told = json.loads(json.dumps(Account.of(decision, 44_100).to_dict()))
    assert told["limits"] == [{"limit": "audible", "took_db": 3.1, "at_hz": 12_400.0, "share": 0.4}]
    assert told["confidence"] == pytest.approx(ear.space.terms["warm"].confidence)
    assert told["words"][0]["kept"] == 1
    assert told["words"][0]["contributes_db"]


def test_what_is_futile_is_said_of_more_and_of_less(ear: Ear, sounds: list[Spectra]) -> None:
    for text, expected in (
        ("warm", "hardly anything there to make {} with"),
        ("warm:-1", "hardly anything can be done about {}"),
    ):
        account = Account.of(decide(ear, sounds[0], Goal(ear.space.target(text))), 44_100)
        vain = replace(account, futile=("warm",))
        assert vain.reasons(vain.words[0]).startswith(expected.format("it"))
        assert expected.format("warm") in vain.sentence
