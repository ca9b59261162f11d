"""An EQ over time, taken up anywhere in a sound."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.bands import Bands, Ride, Station
from eqmorph.render.ride_renderer import RideRenderer

RATE = 48_000
RIDE = Ride(
    (
        Station(0.0, 0.5, Bands.parse("LS 200 +9")),
        Station(1.0, 1.2, Bands.parse("LS 200 -9")),
        Station(1.8, 2.0, Bands.parse("HS 4k +6")),
    ),
    (0.0, -6.0),
    2.0,
)


@pytest.mark.parametrize("begin_s", [0.25, 0.5, 0.75, 1.1, 1.5, 1.9])
def test_it_begins_anywhere_as_if_it_had_run_from_the_start(rng: np.random.Generator, begin_s: float) -> None:
    audio = (0.1 * rng.standard_normal((2, 2 * RATE))).astype(np.float32)
    begin, settled = int(begin_s * RATE), int((begin_s + 0.08) * RATE)
    whole = RideRenderer(RIDE, RATE).process(audio)
    renderer = RideRenderer(RIDE, RATE, from_frame=begin)
    part = renderer.process(audio[:, begin:])
    assert renderer.frame == audio.shape[1]
    assert part[:, settled - begin :] == pytest.approx(whole[:, settled:], abs=1e-4)


def test_before_the_start_it_is_what_it_is_at_the_start(rng: np.random.Generator) -> None:
    audio = (0.1 * rng.standard_normal((2, RATE))).astype(np.float32)
    early = RideRenderer(RIDE, RATE, from_frame=-RATE).process(audio)
    assert early == pytest.approx(RideRenderer(Ride(RIDE.stations[:1]), RATE).process(audio), abs=1e-6)
