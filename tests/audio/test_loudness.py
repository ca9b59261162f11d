"""Loudness against ffmpeg's ebur128, against the standard's filters and against what theory says of simple signals."""

from __future__ import annotations

import importlib.util
import json
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from eqmorph.audio.loudness import LoudnessMeter, channel_weights
from eqmorph.errors import UsageError

_MAKER = Path(__file__).parents[1] / "data" / "make_loudness_reference.py"
_spec = importlib.util.spec_from_file_location("make_loudness_reference", _MAKER)
reference = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = reference  # dataclasses look their module up
_spec.loader.exec_module(reference)
FFMPEG = json.loads(reference.REFERENCE.read_text(encoding="utf-8"))["cases"]

SINE_997_LUFS = -3.01  # the standard's own check: a full-scale sine of 997 Hz in one channel


def measured(audio, rate, *, mask=None, blocks=None):
    meter = LoudnessMeter(rate, audio.shape[0], channel_mask=mask)
    if blocks is None:
        meter.add(audio)
    else:
        for start, end in pairwise([*range(0, audio.shape[1], blocks), audio.shape[1]]):
            meter.add(audio[:, start:end])
    return meter


def lufs(audio, rate, *, mask=None, blocks=None):
    return measured(audio, rate, mask=mask, blocks=blocks).integrated_lufs()


def sine(freq_hz, rate, *, seconds=1.0, peak=1.0, channels=1):
    wave = peak * np.sin(2 * np.pi * freq_hz / rate * np.arange(round(seconds * rate)))
    return np.tile(wave.astype(np.float32), (channels, 1))


def tones(rate, *sections):
    """A stereo sine of 1 kHz in sections of (peak in dB, seconds), as EBU Tech 3341 puts its test signals together."""
    return np.concatenate(
        [sine(1000.0, rate, seconds=s, peak=10 ** (db / 20), channels=2) for db, s in sections], axis=1
    )


def noise(channels, frames, *, peak=0.3, seed=5):
    return np.random.default_rng(seed).uniform(-peak, peak, (channels, frames)).astype(np.float32)


def biquad_power(numerator, denominator, freq_hz, rate):
    delay = np.exp(-2j * np.pi * freq_hz / rate) ** np.arange(3)
    return abs(np.dot(numerator, delay) / np.dot(denominator, delay)) ** 2


def standard_power(freq_hz, rate):
    """The two filters of BS.1770 in float64, re-derived for a rate by the bilinear transform as is usual."""
    k, q = np.tan(np.pi * 1681.974450955533 / rate), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    shelf = biquad_power(
        [high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k],
        [1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k],
        freq_hz,
        rate,
    )
    k, q = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    highpass = biquad_power([1, -2, 1], [1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k], freq_hz, rate)
    return shelf * highpass


def test_the_check_model_is_the_standards_at_48_khz():
    # The tables of BS.1770-4: a pre-filter and an RLB filter whose numerator is 1, -2, 1.
    shelf = biquad_power(
        [1.53512485958697, -2.69169618940638, 1.19839281085285],
        [1.0, -1.69065929318241, 0.73248077421585],
        997.0,
        48_000,
    )
    rlb = biquad_power([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621], 997.0, 48_000)
    assert 10 * np.log10(shelf * rlb) == pytest.approx(0.691, abs=0.001)
    ratio = standard_power(100.0, 48_000) / standard_power(997.0, 48_000)
    table = biquad_power(
        [1.53512485958697, -2.69169618940638, 1.19839281085285],
        [1.0, -1.69065929318241, 0.73248077421585],
        100.0,
        48_000,
    ) * biquad_power([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621], 100.0, 48_000)
    assert 10 * np.log10(ratio * shelf * rlb / table) == pytest.approx(0.0, abs=0.001)


@pytest.mark.parametrize("name", FFMPEG)
def test_agrees_with_ffmpeg(name):
    case = reference.CASES[name]
    result = lufs(reference.make_signal(name), case.sample_rate, mask=case.channel_mask)
    expected = FFMPEG[name]["lufs"]
    assert result is None if expected is None else result == pytest.approx(expected, abs=0.1)


def test_every_reference_case_was_measured():
    assert set(FFMPEG) == set(reference.CASES)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000, 384_000])
def test_full_scale_sine_at_997_hz(rate):
    assert lufs(sine(997.0, rate, seconds=2.0), rate) == pytest.approx(SINE_997_LUFS, abs=0.005)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000])
def test_weighting_is_that_of_the_standards_filters(rate):
    for freq_hz in (20.0, 30.0, 40.0, 60.0, 100.0, 300.0, 1000.0, 1700.0, 2500.0, 0.4 * rate):
        expected = SINE_997_LUFS + 10 * np.log10(standard_power(freq_hz, rate) / standard_power(997.0, rate))
        assert lufs(sine(freq_hz, rate, seconds=2.0), rate) == pytest.approx(expected, abs=0.03), freq_hz


@pytest.mark.parametrize("rate", [1_000, 2_000, 3_000, 3_599, 3_600, 4_000])
def test_rates_too_low_for_the_shelf(rate):
    freq_hz = rate / 10
    expected = SINE_997_LUFS + 10 * np.log10(standard_power(freq_hz, 48_000) / standard_power(997.0, 48_000))
    assert lufs(sine(freq_hz, rate, seconds=3.0), rate) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("rate", [1, 7, 60, 500])
def test_absurd_rates_give_a_finite_value(rate):
    result = lufs(noise(1, 4000), rate)
    assert result is not None
    assert np.isfinite(result)


def test_relative_gate():
    # EBU Tech 3341, cases 3 to 5, shorter: what is 10 LU below the rest doesn't count.
    assert lufs(tones(16_000, (-36, 2), (-23, 12), (-36, 2)), 16_000) == pytest.approx(-23.0, abs=0.1)
    assert lufs(tones(16_000, (-72, 2), (-36, 2), (-23, 12), (-36, 2), (-72, 2)), 16_000) == pytest.approx(
        -23.0, abs=0.1
    )
    assert lufs(tones(16_000, (-26, 20), (-20, 20.1), (-26, 20)), 16_000) == pytest.approx(-23.0, abs=0.1)


def test_absolute_gate():
    # Without it, the long and very quiet part would lower the mean that the relative gate starts from.
    quiet_then_low = tones(16_000, (-75, 60), (-23, 3), (-34, 3))
    # 3 s at -23 and 3 s at -34 average to -25.7: the gate is -35.7, so both count.
    assert lufs(quiet_then_low, 16_000) == pytest.approx(10 * np.log10((10**-2.3 + 10**-3.4) / 2), abs=0.1)


@pytest.mark.parametrize("blocks", [1, 7, 441, 4410, 16_384, 20_000])
def test_blocks_of_any_size_give_the_same_result(blocks):
    audio = noise(2, 40_001) * np.repeat([0.02, 1.0, 0.3, 0.5], 10_001)[:40_001].astype(np.float32)
    whole, cut = measured(audio, 11_025), measured(audio, 11_025, blocks=blocks)
    assert cut.integrated_lufs() == whole.integrated_lufs()
    assert cut.power_db() == whole.power_db()


def test_a_block_is_left_as_it_is_and_may_lie_anyhow_in_memory():
    interleaved = np.ascontiguousarray(noise(2, 30_000).T)
    before = interleaved.copy()
    result = lufs(interleaved.T, 44_100)
    assert np.array_equal(interleaved, before)
    assert result == lufs(np.ascontiguousarray(interleaved.T), 44_100)


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 192_000])
def test_needs_a_complete_block(rate):
    shortest = -(-4 * rate // 10)
    assert lufs(noise(1, shortest), rate) is not None
    assert lufs(noise(1, 4 * rate // 10 - 8), rate) is None


def test_nothing_and_silence_have_no_loudness():
    assert LoudnessMeter(44_100, 2).integrated_lufs() is None
    assert lufs(np.zeros((2, 0), np.float32), 44_100) is None
    silent = measured(np.zeros((2, 100_000), np.float32), 44_100)
    assert silent.integrated_lufs() is None
    assert silent.power_db() is None


def test_a_very_quiet_sound_is_below_the_gate_but_has_power():
    quiet = measured(sine(997.0, 44_100, seconds=2.0, peak=10 ** (-90 / 20)), 44_100)
    assert quiet.integrated_lufs() is None
    assert quiet.power_db() == pytest.approx(SINE_997_LUFS - 90.0, abs=0.01)


@pytest.mark.parametrize("frames", [1, 3, 8, 500, 17_000])
def test_a_sound_of_any_length_has_power(frames):
    # Above the shelf and without low frequencies, the weighting is its gain of 4 dB and the standard's offset.
    click = np.float32(0.5) * np.resize(np.array([1, -1], np.float32), frames)[np.newaxis]
    power = measured(click, 44_100).power_db()
    assert power == pytest.approx(10 * np.log10(0.25) + 3.3, abs=2.5 if frames < 500 else 0.1)


def test_the_end_holds_nothing_of_what_came_before():
    # Three frames end the second chunk, where the first one's loud start used to lie.
    chunk = 32_768
    audio = np.zeros((1, chunk + 3), np.float32)
    audio[0, :8] = [1, -1] * 4
    alone = measured(audio[:, :chunk], 44_100).power_db()
    assert measured(audio, 44_100).power_db() == pytest.approx(alone, abs=0.001)


def test_power_of_a_steady_sound_is_its_loudness():
    steady = measured(sine(500.0, 44_100, seconds=2.0, peak=0.1, channels=2), 44_100)
    assert steady.power_db() == pytest.approx(steady.integrated_lufs(), abs=0.01)


def test_level_far_above_full_scale():
    audio = noise(2, 50_000, peak=1.0)
    assert lufs(audio * np.float32(1000.0), 44_100) == pytest.approx(lufs(audio, 44_100) + 60.0, abs=0.001)


def test_an_offset_does_not_count():
    audio = sine(1000.0, 44_100, seconds=3.0, peak=0.1)
    offset = 0.5 * np.minimum(1.0, np.arange(audio.shape[1]) / 44_100)
    assert lufs((audio + offset).astype(np.float32), 44_100) == pytest.approx(lufs(audio, 44_100), abs=0.02)


@pytest.mark.parametrize(
    ("channels", "mask", "expected"),
    [
        (1, None, [1]),
        (2, None, [1, 1]),
        (3, None, [1, 1, 1]),
        (4, None, [1, 1, 1.41, 1.41]),
        (5, None, [1, 1, 1, 1.41, 1.41]),
        (6, None, [1, 1, 1, 0, 1.41, 1.41]),
        (7, None, [1, 1, 1, 0, 1.41, 1.41, 1.41]),
        (8, None, [1, 1, 1, 0, 1.41, 1.41, 1.41, 1.41]),
        (8, 0, [1, 1, 1, 0, 1.41, 1.41, 1.41, 1.41]),  # a mask of 0 says nothing
        (10, None, [1] * 10),
        (3, 0xB, [1, 1, 0]),  # 2.1
        (4, 0x107, [1, 1, 1, 1.41]),  # back center
        (6, 0x60F, [1, 1, 1, 0, 1.41, 1.41]),  # sides
        (8, 0xFF, [1, 1, 1, 0, 1.41, 1.41, 1, 1]),  # left and right of center, after the backs
        (12, 0x2D63F, [1, 1, 1, 0, 1.41, 1.41, 1.41, 1.41, 1, 1, 1, 1]),  # 7.1.4: heights count as fronts
        (4, 0x3, [1, 1, 1, 1]),  # more channels than speakers
        (2, 0x3F, [1, 1]),  # more speakers than channels
    ],
)
def test_channel_weights(channels, mask, expected):
    assert channel_weights(channels, mask) == tuple(expected)


def test_each_channel_counts_with_its_weight():
    wave = sine(997.0, 48_000)
    for channel, weight in enumerate([1, 1, 1, 0, 1.41, 1.41]):
        audio = np.zeros((6, wave.shape[1]), np.float32)
        audio[channel] = wave
        result = lufs(audio, 48_000)
        if weight:
            assert result == pytest.approx(SINE_997_LUFS + 10 * np.log10(weight), abs=0.01)
        else:
            assert result is None


def test_a_file_of_nothing_but_lfe_has_no_loudness():
    assert lufs(noise(1, 50_000), 44_100, mask=0x8) is None


@pytest.mark.parametrize(
    ("channels", "rate"), [(9, 44_100), (12, 8_000), (16, 44_100), (24, 44_100), (64, 192_000), (200, 8_000)]
)
def test_many_channels(channels, rate):
    # Each with its own noise: their powers add up, none is lost or taken for another.
    audio = noise(channels, round(0.45 * rate)) * np.geomspace(1.0, 0.1, channels, dtype=np.float32)[:, np.newaxis]
    alone = [10 ** (lufs(audio[index : index + 1], rate) / 10) for index in range(channels)]
    assert lufs(audio, rate, blocks=7_777) == pytest.approx(10 * np.log10(sum(alone)), abs=0.01)


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(UsageError, match="0 channels"):
        LoudnessMeter(44_100, 0)
    with pytest.raises(UsageError, match="at 0 Hz"):
        LoudnessMeter(0, 2)
    meter = LoudnessMeter(44_100, 6)  # one of them LFE
    with pytest.raises(UsageError, match="6 channel"):
        meter.add(noise(7, 100))
    with pytest.raises(UsageError, match="6 channel"):
        meter.add(noise(1, 100)[0])


def test_a_meter_that_was_read_refuses_more():
    meter = measured(noise(1, 30_000), 44_100)
    first = meter.integrated_lufs()
    assert meter.integrated_lufs() == first
    with pytest.raises(UsageError, match="already been read"):
        meter.add(noise(1, 100))


@pytest.mark.parametrize("at_once", [1, 1024, None])
def test_the_latest_loudness_is_known_while_measuring_goes_on(at_once: int | None) -> None:
    rate = 48_000
    wave = np.sin(2 * np.pi * 997 * np.arange(4 * rate) / rate).astype(np.float32)
    wave[2 * rate :] *= 0.1  # 20 dB softer
    meter = LoudnessMeter(rate, 1, at_once=at_once)
    assert meter.latest_lufs(0.4) is None
    for start in range(0, wave.size, 480):
        meter.add(wave[None, start : start + 480])
    if at_once is not None:
        assert meter.latest_lufs(0.4) == pytest.approx(-23.01, abs=0.05)
        # The last tenth of a second may not be measured yet.
        assert meter.latest_lufs(3.0) == pytest.approx(-3.01 + 10 * np.log10((1 + 2 * 0.01) / 3), abs=0.5)
        assert meter.latest_lufs(60.0) == pytest.approx(-3.01 + 10 * np.log10(0.505), abs=0.2)
    whole = LoudnessMeter(rate, 1)
    whole.add(wave[None, :])
    assert meter.integrated_lufs() == pytest.approx(whole.integrated_lufs(), abs=1e-4)
