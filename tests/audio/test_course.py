"""Traits of a sound's course: they hardly depend on an EQ, on level or on blocks, and tell what comes and goes."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph._typing import Float64
from eqmorph.audio.course import TRAITS, CourseMeter
from eqmorph.audio.windows import WindowMeter, grid_at
from eqmorph.bands import Bands
from eqmorph.render import Renderer
from tests.support import noise_block

RATE = 44_100


def syllables(seconds: float = 4.0, rate_hz: float = 4.0, seed: int = 0) -> np.ndarray:
    """Noise that comes and goes, low and high by turns."""
    frames = round(seconds * RATE)
    noise = noise_block(frames, 1, seed=seed)
    low = Renderer(Bands.parse("HS 1500 -12; LS 300 +6"), RATE).process(noise)
    turn = (0.5 + 0.5 * np.sin(2 * np.pi * rate_hz * np.arange(frames) / RATE)) ** 2
    return np.asarray(low * turn + 0.3 * noise * np.roll(turn, RATE // 8), np.float32)


def traits_of(samples: np.ndarray, *, blocks: int = 1_000_000, rate: int = RATE) -> Float64:
    meter = WindowMeter(rate)
    for at in range(0, samples.shape[1], blocks):
        meter.add(samples[:, at : at + blocks])
    traits = meter.read().traits
    assert traits is not None
    return traits


def apart(some: Float64, others: Float64) -> float:
    return float(np.nanmax(np.abs(some - others)))


def test_there_are_as_many_as_is_said_even_of_a_click() -> None:
    assert traits_of(syllables()).shape == (TRAITS,)
    assert traits_of(noise_block(300, 1)).shape == (TRAITS,)


def test_silence_has_none() -> None:
    meter = WindowMeter(RATE)
    meter.add(np.zeros((1, RATE), np.float32))
    assert meter.read().traits is None
    assert WindowMeter(RATE).read().traits is None


def test_blocks_and_level_don_t_matter() -> None:
    sound = syllables()
    assert apart(traits_of(sound), traits_of(sound, blocks=7001)) < 1e-3
    assert apart(traits_of(sound), traits_of(np.float32(0.01) * sound)) < 1e-3


@pytest.mark.parametrize("text", ["LS 200 +9; HS 4000 -9", "LS 200 -9; HS 4000 +9", "PK 1000 +8 Q0.5"])
def test_an_eq_hardly_matters(text: str) -> None:
    sound = syllables()
    equalized = traits_of(Renderer(Bands.parse(text), RATE).process(sound))
    other = traits_of(syllables(rate_hz=0.7, seed=1))
    plain = traits_of(sound)
    assert np.nanmean(np.abs(equalized - plain)) < 0.1 * np.nanmean(np.abs(other - plain))


def test_a_band_that_isn_t_there_says_nothing() -> None:
    narrow = traits_of(noise_block(16_000, 1), rate=8000)
    assert np.isnan(narrow).any()
    assert np.isfinite(traits_of(noise_block(2 * RATE, 1))).all()


def test_a_rate_too_low_for_any_band_has_none() -> None:
    meter = WindowMeter(90)
    meter.add(noise_block(900, 1))
    assert meter.read().traits is None


def test_of_a_long_sound_stretches_of_all_of_it_are_kept_in_bounded_memory() -> None:
    """An hour: the last half differs from the first, and both are seen."""
    grid = grid_at(8000)
    meter = CourseMeter(grid.freq_hz, grid.frame / 2 / 8000)
    rng = np.random.default_rng(0)
    for loud in (1.0, 1e-3):
        for _ in range(220):
            meter.add((loud * rng.random((256, len(grid.freq_hz)))).astype(np.float32))
    assert sum(len(stretch) for stretch in meter._kept) <= 16 * 256
    traits = meter.traits()
    assert traits is not None
    assert traits[2] == pytest.approx(15, abs=1.5)  # it is 30 dB softer half of the time: so much it deviates
