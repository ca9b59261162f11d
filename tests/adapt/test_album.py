"""An album's one EQ: for every sound but silence, and within the limit at every rate."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.adapt.account import Account
from eqmorph.adapt.adaptive import AlbumEq
from eqmorph.adapt.decide import Decision, decide_album
from eqmorph.adapt.goal import Goal
from eqmorph.analysis import Ear, listen
from eqmorph.audio.windows import Spectra

RATE = 44_100
LIMIT_DB = 3.0


def decided(eq: AlbumEq, sound: Spectra) -> Decision:
    decision = eq.decide(sound.sample_rate, sound).decision
    assert decision is not None
    return decision


def largest_db(eq: AlbumEq, rate: int, *, audio: np.ndarray) -> float:
    bands = decided(eq, listen([audio.astype(np.float32)], rate)).bands
    freqs = np.append(np.geomspace(20, 0.499 * rate, 2000), [band.freq_hz for band in bands])
    return float(np.abs(bands.response_db(freqs, rate)).max()) if len(bands) else 0.0


def album(ear: Ear, sounds: list[Spectra], goal: Goal) -> AlbumEq:
    eq = AlbumEq(ear.of(None), goal).for_set(lambda: sounds)  # noise of no kind
    assert isinstance(eq, AlbumEq)
    return eq


def test_a_sound_outside_any_set_is_an_album_of_one(ear: Ear, sounds: list[Spectra]) -> None:
    goal = Goal(ear.space.target("warm"))
    assert (
        decided(AlbumEq(ear.of(None), goal), sounds[0]).bands == decided(album(ear, sounds[:1], goal), sounds[0]).bands
    )


def test_silence_in_an_album_gets_none(ear: Ear, sounds: list[Spectra]) -> None:
    eq = album(ear, sounds[:2], Goal(ear.space.target("warm")))
    decision = decided(eq, listen([np.zeros((1, RATE), np.float32)], RATE))
    assert len(decision.bands) == 0
    assert decision.before.is_silent
    assert decided(eq, sounds[0]).bands == decided(eq, sounds[1]).bands
    assert len(decided(eq, sounds[0]).bands) > 0


def test_silence_does_not_count(ear: Ear, sounds: list[Spectra]) -> None:
    goal = Goal(ear.space.target("warm"))
    silence = listen([np.zeros((1, RATE), np.float32)], RATE)
    assert decide_album(ear, [sounds[0], silence], goal).bands == decide_album(ear, [sounds[0]], goal).bands
    assert len(decide_album(ear, [silence], goal).bands) == 0


@pytest.mark.parametrize(("text", "reach"), [("bright", 0.6), ("bright:-1", 0.4)])
def test_each_sound_says_whether_it_reaches_what_the_album_does(
    ear: Ear, sounds: list[Spectra], text: str, reach: float
) -> None:
    eq = album(ear, sounds[:3], Goal(ear.space.target(text), to_percentile=reach))
    assert eq.shared is not None
    assert eq.shared.reached
    sign = -1 if ":-" in text else 1
    decisions = [decided(eq, sound) for sound in sounds[:3]]
    places = [decision.predicted.percentile("bright") for decision in decisions]
    assert [decision.reached for decision in decisions] == [sign * (reach - place) <= 0.005 for place in places]
    assert {decision.reached for decision in decisions} == {True, False}
    assert decided(eq, listen([np.zeros((1, RATE), np.float32)], RATE)).reached is None


def test_what_is_out_of_an_albums_reach_is_said_of_the_album(ear: Ear, sounds: list[Spectra]) -> None:
    eq = album(ear, sounds[:3], Goal(ear.space.target("bright"), max_gain_db=1.0, to_percentile=0.99))
    sentence = Account.of(decided(eq, sounds[0]), RATE).sentence
    assert ": the album's EQ " in sentence
    assert "; 99% is out of the album's reach within 1 dB" in sentence


def test_the_limit_holds_at_low_rates_too(ear: Ear, sounds: list[Spectra]) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (1, 16_000))
    found = []
    for word in ("warm", "detailed", "strident", "bright"):
        eq = album(ear, sounds, Goal(ear.space.target(word), 2.0, LIMIT_DB))
        found.append(largest_db(eq, 8_000, audio=noise))
    assert 0.9 * LIMIT_DB < max(found) <= LIMIT_DB + 2e-3
