"""The balance of a sound: its spectrum without its level, no more than its rate can hold."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.analysis import Ear, listen
from eqmorph.analysis.balance_of import balance_of
from eqmorph.model import GRID_HZ
from tests.support import noise_block

RATE = 44_100


def test_it_is_the_same_at_any_level(ear: Ear) -> None:
    loud, soft = (balance_of(ear, listen([gain * noise_block(RATE)], RATE), "a") for gain in (1.0, 0.01))
    assert loud.array == pytest.approx(soft.array, abs=0.01)
    assert loud.name == "a"


def test_white_noise_is_flat(ear: Ear) -> None:
    levels = balance_of(ear, listen([noise_block(10 * RATE, 1)], RATE), "a").array
    assert np.abs(levels[GRID_HZ > 100]).max() < 1.0


def test_nothing_is_known_above_what_the_rate_holds(ear: Ear) -> None:
    known = balance_of(ear, listen([noise_block(16_000)], 16_000), "a").known
    assert known[GRID_HZ < 7000].all()
    assert not known[GRID_HZ > 8000].any()


def test_the_ear_hears_a_balance_as_the_sound_itself(ear: Ear) -> None:
    spectra = listen([noise_block(RATE)], RATE)
    assert ear.curve_of(balance_of(ear, spectra, "a")) == pytest.approx(ear.curve(spectra), abs=0.01)
