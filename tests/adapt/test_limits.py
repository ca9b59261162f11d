"""The limit on gain holds for every way to an EQ, at every rate, by any amount."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.adapt.decide import decide, decide_album
from eqmorph.adapt.fixed import fixed_eq
from eqmorph.adapt.goal import Goal
from eqmorph.analysis import Ear, listen
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands

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
