from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose

from eqmorph._typing import Float32
from eqmorph.bands import Bands
from eqmorph.render import LinearRenderer, Renderer
from eqmorph.render.fir import design_fir
from tests.support import noise_block

RATES = (8000, 44_100, 48_000, 96_000, 192_000)
EQS = (
    "LS 120 +3; PK 300 -2 Q1; PK 1000 +6 Q3; PK 2500 -4 Q2; HS 6k -3",
    "PK 50 -12 Q10",
    "LS 25 +12",
    "HP 80 24dB; LP 3k",
    "NT 60 -14 Q30",
)
SIDED = "PK 1k +3; L: PK 300 -3 | R: LS 100 -6 | S: HS 2k +4"


def rendered(audio: Float32, bands: str, rate: float, sizes: tuple[int, ...] = ()) -> Float32:
    renderer = LinearRenderer(Bands.parse(bands).at_rate(rate).bands, rate)
    cuts = np.clip(np.cumsum([0, *sizes, audio.shape[1]]), 0, audio.shape[1])
    blocks = [renderer.process(audio[:, begin:end]) for begin, end in pairwise(cuts) if end > begin]
    return np.concatenate([*blocks, *renderer.rest()], axis=1)


def response_of(bands: str, rate: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Return frequencies, and the complex response around an impulse in the middle of silence.

    The silence is longer than the filter on both sides of its middle, so that no frequency is missed.
    """
    taps = len(design_fir(Bands.parse(bands).at_rate(rate).bands, rate).taps)
    middle = min(1 << taps.bit_length(), 1 << int(np.ceil(np.log2(6 * rate))))
    impulse = np.zeros((1, 2 * middle), dtype=np.float32)
    impulse[0, middle] = 1
    out = rendered(impulse, bands, rate)[0].astype(float)
    return np.fft.rfftfreq(2 * middle, 1 / rate), np.fft.rfft(np.roll(out, -middle)), middle


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("bands", EQS)
def test_magnitudes_are_those_of_the_bands(bands: str, rate: int) -> None:
    hertz, response, _ = response_of(bands, rate)
    heard = (hertz >= 20) & (hertz <= min(18_000, 0.45 * rate))
    wanted = Bands.parse(bands).response_db(hertz[heard], rate)
    got = 20 * np.log10(np.maximum(np.abs(response[heard]), 1e-12))
    assert np.abs(got - wanted)[wanted > -60].max() < 0.05


@pytest.mark.parametrize(
    ("bands", "down_to_db", "rates"),
    [
        ("NT 1000 Q5", -40, (8000, 48_000, 192_000)),
        ("NT 1000 Q30", -40, (8000, 48_000)),
        ("NT 3k Q10; HP 80 24dB", -40, (8000, 48_000, 192_000)),
        ("NT 800 Q5; NT 1000 Q5; NT 1000 Q5; NT 1200 Q3; PK 1100 +6", -40, (8000, 48_000)),
        ("NT 60 Q1; LS 100 +3", -38, (8000, 48_000)),  # wide, and where single precision puts it
        ("NT 50 Q10", -20, (8000, 48_000)),  # for which the longest filter is too short
    ],
)
def test_a_whole_notch_is_exact_down_to_where_no_ear_follows(
    bands: str, down_to_db: float, rates: tuple[int, ...]
) -> None:
    for rate in rates:
        asked = Bands.parse(bands).at_rate(rate).bands
        hertz, response, _ = response_of(bands, rate)
        heard = (hertz >= 20) & (hertz <= min(18_000, 0.45 * rate))
        wanted = asked.response_db(hertz[heard], rate)
        got = 20 * np.log10(np.maximum(np.abs(response[heard]), 1e-12))
        assert np.abs(got - wanted)[wanted > down_to_db].max() < 0.05, rate
        assert got[wanted < -60].max(initial=-100) < -46, rate  # no bottom is filled up
        assert np.abs(np.angle(response[heard][wanted > -40])).max() < 1e-3, rate  # nor is any sign turned


def test_a_notch_of_hum_is_as_deep_as_it_is_asked_for() -> None:
    frames = 48_000 * 4
    hum = np.sin(2 * np.pi * 50 * np.arange(4 * frames) / 48_000)[np.newaxis].astype(np.float32)
    out = rendered(hum, "NT 50 Q10", 48_000)[0, frames + frames // 2 : -frames - frames // 2]
    assert 20 * np.log10(np.abs(out).max()) < -60


@pytest.mark.parametrize("bands", EQS)
def test_nothing_is_late(bands: str) -> None:
    hertz, response, _ = response_of(bands, 48_000)
    heard = (hertz >= 20) & (hertz <= 18_000) & (np.abs(response) > 1e-3)
    # Of what is symmetric about time 0 the response is real: no frequency is shifted, by any part of a sample.
    late_frames = np.angle(response[heard]) / (2 * np.pi * hertz[heard] / 48_000)
    assert np.abs(late_frames).max() < 0.1


@pytest.mark.parametrize("channels", [1, 2, 3, 6])
@pytest.mark.parametrize("bands", [EQS[0], "PK 50 -12 Q10", SIDED])
@pytest.mark.parametrize("frames", [1, 90_000])
def test_the_result_does_not_depend_on_where_it_was_cut(bands: str, channels: int, frames: int) -> None:
    audio = noise_block(frames, channels)
    whole = rendered(audio, bands, 44_100)
    assert whole.shape == audio.shape
    assert_allclose(rendered(audio, bands, 44_100, (1, 7, 5000, 70_000)), whole, rtol=0, atol=1e-6)


@pytest.mark.parametrize("channels", [1, 2, 3, 5])
def test_every_channel_gets_what_minimum_phase_gives_it(channels: int) -> None:
    audio = noise_block(1 << 16, channels)
    audio[:, :16_000] = audio[:, -16_000:] = 0
    linear, minimum = (
        np.abs(np.fft.rfft(out, axis=1))
        for out in (rendered(audio, EQS[0], 48_000), Renderer(Bands.parse(EQS[0]), 48_000).process(audio))
    )
    assert 20 * np.log10(linear[:, 50:24_000] / minimum[:, 50:24_000]) == pytest.approx(0, abs=0.5)


@pytest.mark.parametrize("channels", [3, 6])
def test_channels_beyond_the_second_are_as_late_as_the_others(channels: int) -> None:
    audio = noise_block(30_000, channels)
    assert_allclose(rendered(audio, SIDED, 48_000)[2:], rendered(audio, "PK 1k +3", 48_000)[2:], rtol=0, atol=1e-6)


def test_the_middle_and_the_sides_are_kept_apart() -> None:
    same = np.repeat(noise_block(30_000, 1), 2, axis=0)
    opposite = same * np.array([[1], [-1]], dtype=np.float32)
    assert_allclose(rendered(opposite, "M: PK 300 +6", 48_000), opposite, rtol=0, atol=1e-6)
    assert_allclose(rendered(same, "M: PK 300 +6", 48_000), rendered(same, "PK 300 +6", 48_000), rtol=0, atol=1e-6)


def test_ringing_before_the_start_is_all_that_is_lost() -> None:
    audio = np.zeros((1, 4000), dtype=np.float32)
    audio[0, [0, -1]] = 1
    out = rendered(audio, "PK 1000 +6 Q3", 48_000)[0]
    taps = design_fir(Bands.parse("PK 1000 +6 Q3"), 48_000).taps
    middle = len(taps) // 2
    assert out[:500] == pytest.approx(taps[middle : middle + 500], abs=1e-4)
    assert out[-500:] == pytest.approx(taps[middle - 499 : middle + 1], abs=1e-4)


def test_a_longer_filter_for_narrower_bands_up_to_a_bound() -> None:
    lengths = [len(design_fir(Bands.parse(text), 48_000).taps) for text in ("PK 5k +3", "PK 100 +6 Q2", "PK 30 +6 Q10")]
    assert lengths == sorted(set(lengths))
    bound = design_fir(Bands.parse("NT 20 Q100"), 48_000)
    assert len(bound.taps) < 12 * 48_000
    assert bound.off_db > 0.05
    assert LinearRenderer(Bands.parse("NT 20 Q100"), 48_000).off_db == bound.off_db
    assert LinearRenderer(Bands.parse("PK 1k +3; L: NT 20 Q100"), 48_000).miss == bound.miss


def test_a_notch_that_is_not_narrow_needs_no_long_filter() -> None:
    assert len(design_fir(Bands.parse("NT 1000 Q5"), 48_000).taps) < 6 * 48_000
    assert len(design_fir(Bands.parse("NT 1000 Q1"), 48_000).taps) < 2 * 48_000
    assert design_fir(Bands.parse("NT 1000 Q5"), 48_000).miss is None


def test_a_flat_eq_gives_back_what_it_gets() -> None:
    audio = noise_block(500, 2)
    assert np.array_equal(rendered(audio, "flat", 48_000), audio)
