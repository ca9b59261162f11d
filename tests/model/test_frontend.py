"""The front end: a spectrum's curve against the reference moves as an equalizer moves the spectrum."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.audio.windows import grid_at
from eqmorph.bands import Bands
from eqmorph.model import GRID_HZ
from eqmorph.model.frontend import FARTHEST_DB, curves_of_levels, levels_db, response_power
from eqmorph.presets import take_bands

TILT = take_bands("LS 300 -4; HS 3000 +4").bands


def pink(rate: int) -> np.ndarray:
    """Power in the cells of a rate, falling by 3 dB an octave."""
    grid = grid_at(rate)
    return (grid.bins / grid.freq_hz).astype(np.float32)


def curve_at(rate: int, bands: Bands | None = None, gain_db: float = 0.0) -> np.ndarray:
    power = pink(rate) * np.float32(10 ** (gain_db / 10))
    return curves_of_levels(levels_db(power if bands is None else power * response_power(bands, rate), rate), NEUTRAL)


NEUTRAL = levels_db(pink(48_000), 48_000)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000, 192_000])
def test_an_equalizer_moves_the_curve_by_its_response(rate: int) -> None:
    moved = curve_at(rate, TILT) - curve_at(rate)
    response = TILT.response_db(GRID_HZ, rate)
    difference = moved - response
    assert np.abs(difference - difference.mean()).max() < 0.35


def test_the_reference_itself_is_flat() -> None:
    assert np.abs(curve_at(48_000)).max() < 1e-6


@pytest.mark.parametrize("rate", [22_050, 44_100, 96_000, 192_000])
def test_the_rate_does_not_matter(rate: int) -> None:
    within = rate / 2 > GRID_HZ * 1.1
    assert np.abs(curve_at(rate)[within]).max() < 0.6


@pytest.mark.parametrize("gain_db", [-90.0, -20.0, 30.0])
def test_the_level_does_not_matter(gain_db: float) -> None:
    np.testing.assert_allclose(curve_at(44_100, TILT, gain_db), curve_at(44_100, TILT), atol=1e-3)


def test_what_a_telephone_leaves_out_does_not_move_the_rest() -> None:
    """Of 8 kHz the upper octaves are missing: the curve says "far less" there and nothing else below."""
    curve = curve_at(8_000)
    assert np.abs(curve[GRID_HZ < 3_500] - curve_at(48_000)[GRID_HZ < 3_500]).max() < 0.8
    assert (curve[GRID_HZ > 4_200] == -FARTHEST_DB).all()


def test_curves_keep_within_what_they_can_say() -> None:
    levels = NEUTRAL + 60 * np.sin(np.arange(len(GRID_HZ)))
    curve = curves_of_levels(levels, NEUTRAL)
    assert np.abs(curve).max() == FARTHEST_DB
    assert np.abs(curve.mean()) < 1.0


def test_silence_is_flat_among_sounds() -> None:
    power = np.stack([np.zeros_like(pink(44_100)), pink(44_100), np.zeros_like(pink(44_100))])
    curves = curves_of_levels(levels_db(power, 44_100), NEUTRAL)
    assert curves.shape == (3, 64)
    assert not curves[[0, 2]].any()
    np.testing.assert_allclose(curves[1], curve_at(44_100), atol=1e-4)


def test_many_curves_are_each_as_alone(rng: np.random.Generator) -> None:
    power = (pink(44_100) * rng.uniform(0.01, 100, (5, len(pink(44_100))))).astype(np.float32)
    together = curves_of_levels(levels_db(power, 44_100), NEUTRAL)
    alone = [curves_of_levels(levels_db(row, 44_100), NEUTRAL) for row in power]
    np.testing.assert_allclose(together, alone, atol=1e-4)
