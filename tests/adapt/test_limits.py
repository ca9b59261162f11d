"""The limit on gain holds for every way to an EQ, at every rate, by any amount."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.adapt.decide import decide, decide_album
from eqmorph.adapt.fixed import fixed_eq
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.limits import Limit, limits_for
from eqmorph.analysis import Ear, listen
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.kind import Kind
from tests.adapt.conftest import shaped_noise

LIMIT_DB = 3.0


def largest_db(bands: Bands, rate: int) -> float:
    freqs = np.append(np.geomspace(20, min(20_000, 0.499 * rate), 2000), [band.freq_hz for band in bands])
    return float(np.abs(bands.response_db(freqs, rate)).max())


def noise_at(rate: int) -> Spectra:
    return listen([np.random.default_rng(1).normal(0, 0.1, (1, 2 * rate)).astype(np.float32)], rate)


@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000])
@pytest.mark.parametrize("word", ["warm", "dark", "airy"])
def test_one_eq_for_all_keeps_within_the_limit(ear: Ear, word: str, rate: int) -> None:
    eq = fixed_eq(ear.space, Goal(ear.space.target(word), 2.0, LIMIT_DB))
    assert 0.9 * LIMIT_DB < largest_db(eq.decide(rate).bands, rate) <= LIMIT_DB + 3e-3


def test_at_a_low_rate_one_eq_for_all_is_turned_down(ear: Ear) -> None:
    goals = [Goal(ear.space.target(word), 2.0, LIMIT_DB) for word in ("warm", "detailed", "strident")]
    as_they_are = [largest_db(fixed_eq(ear.space, goal).bands.at_rate(8_000).bands, 8_000) for goal in goals]
    assert max(as_they_are) > LIMIT_DB + 0.01  # so there is something to turn down


@pytest.mark.parametrize("rate", [8_000, 44_100])
@pytest.mark.parametrize("amount", [1.0, 1.5, 2.0])
def test_refined_bands_keep_within_the_limit_when_they_are_scaled(ear: Ear, amount: float, rate: int) -> None:
    goal = Goal(ear.space.target("warm:1 + airy:0.5"), amount, LIMIT_DB, refine=True)
    assert 0.5 * LIMIT_DB < largest_db(decide(ear, noise_at(rate), goal).bands, rate) <= LIMIT_DB + 3e-3


@pytest.mark.parametrize("amount", [1.0, 2.0])
def test_an_albums_refined_bands_keep_within_the_limit_by_themselves(
    ear: Ear, sounds: list[Spectra], amount: float
) -> None:
    goal = Goal(ear.space.target("warm:1 + airy:0.5"), amount, LIMIT_DB, refine=True)
    assert 0.5 * LIMIT_DB < largest_db(decide_album(ear, sounds[:2], goal).bands, 44_100) <= LIMIT_DB + 3e-3


@pytest.mark.parametrize("word", ["warm", "bright"])
def test_one_eq_for_all_is_fitted_within_the_limit(ear: Ear, word: str) -> None:
    """Turning all of it down to meet the limit would take from the rest of the curve."""
    eq = fixed_eq(ear.space, Goal(ear.space.target(word), 2.0, LIMIT_DB))
    assert largest_db(eq.equalizer.bands, 44_100) <= LIMIT_DB + 3e-3


# Speech.


def voice(ear: Ear, curve_db: np.ndarray | float = 0.0) -> tuple[Ear, Spectra]:
    """Noise with the spectrum of usual speech plus a curve (64,), and the ear that takes it for speech."""
    speech = ear.of(Kind.SPEECH)
    return speech, shaped_noise(speech, np.zeros(64) + curve_db)


SLOPE = (np.arange(64) - 31.5) / 31.5


@pytest.mark.parametrize("target", ["warm", "full", "boomy", "dark", "warm:0.5 + airy:0.3", "thin:-1"])
@pytest.mark.parametrize("tilt_db", [-6.0, 0.0, 6.0])
def test_of_speech_nothing_below_100_hz_is_lifted(ear: Ear, target: str, tilt_db: float) -> None:
    speech, sound = voice(ear, tilt_db * SLOPE)
    bands = decide(speech, sound, Goal(ear.space.target(target))).bands
    assert bands.response_db(np.geomspace(20, 99, 50), 44_100).max() <= 0.3


@pytest.mark.parametrize("target", ["bright", "airy", "crisp", "present", "harsh"])
def test_of_speech_sibilants_are_lifted_by_2_db_at_most(ear: Ear, target: str) -> None:
    speech, sound = voice(ear, -8.0 * SLOPE)
    decision = decide(speech, sound, Goal(ear.space.target(target)))
    assert decision.bands.response_db(np.linspace(5000, 9000, 50), 44_100).max() <= 2.05
    as_mix = decide(ear.of(Kind.MIX), sound, Goal(ear.space.target(target)))
    if as_mix.bands.response_db(np.linspace(5000, 9000, 50), 44_100).max() > 3:
        assert Limit.SPEECH in [bound.limit for bound in decision.binding]


def test_a_word_that_is_about_sibilants_may_lift_them(ear: Ear) -> None:
    speech, sound = voice(ear, -8.0 * SLOPE)
    bands = decide(speech, sound, Goal(ear.space.target("sibilant"))).bands
    assert bands.response_db(np.linspace(5000, 9000, 50), 44_100).max() > 2.5
    rules = limits_for(speech, [sound], Goal(ear.space.target("brilliant"))).speech
    assert rules is not None
    assert rules.most_db(np.array([7000.0]))[0] > 6.0


def test_less_of_a_word_that_is_about_sibilants_lifts_nothing_there(ear: Ear) -> None:
    speech, sound = voice(ear)
    limits = limits_for(speech, [sound], Goal(ear.space.target("sibilant:-1 + warm:1")))
    assert limits.speech is not None
    assert not limits.speech.is_about_sibilance


def test_other_kinds_have_no_such_limits(ear: Ear) -> None:
    _, sound = voice(ear)
    for kind in (Kind.MIX, Kind.INSTRUMENT, None):
        assert limits_for(ear.of(kind), [sound], Goal(ear.space.target("warm"))).speech is None
