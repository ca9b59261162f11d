"""What is foretold of an EQ over time is what rendering it makes of a sound."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.analysis import listen
from eqmorph.analysis.ridden import ridden
from eqmorph.bands import Bands, Ride, Station
from eqmorph.render import Renderer, RideRenderer
from tests.support import noise_block

RATE = 22_050
LOW, HIGH = Bands.parse("LS 300 +6; HS 3000 -6"), Bands.parse("LS 300 -6; HS 3000 +6")


def test_it_is_what_rendering_makes_of_each_window() -> None:
    sound = noise_block(20 * RATE, 1)
    ride = Ride((Station(0, 6, LOW), Station(14, 20, HIGH)), gains_db=(0.0, 6.0), every_s=20.0)
    foretold = ridden(listen([sound], RATE), ride)
    rendered = listen([RideRenderer(ride, RATE).process(sound)], RATE)
    off_db = 10 * np.log10(rendered.power[:, 8:-4] / foretold.power[:, 8:-4])
    assert np.abs(off_db).max() < 1.5  # in the middle of a glide of 12 dB, where phases differ
    assert np.abs(off_db).mean() < 0.2
    assert 10 * np.log10(rendered.energy / foretold.energy) == pytest.approx(np.zeros(len(rendered.energy)), abs=0.3)


def test_an_eq_that_stays_and_silence() -> None:
    sound = np.concatenate([noise_block(4 * RATE, 1), np.zeros((1, 4 * RATE), np.float32)], axis=1)
    foretold = ridden(listen([sound], RATE), Ride((Station(0, 0, LOW),)))
    rendered = listen([Renderer(LOW, RATE).process(sound)], RATE)
    assert foretold.mean_power[8:-4] == pytest.approx(rendered.mean_power[8:-4], rel=0.02)
    assert foretold.energy[-2] == 0
