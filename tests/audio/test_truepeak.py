"""True peak against ffmpeg's ebur128, against theory and against interpolating everything."""

from __future__ import annotations

import importlib.util
import json
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from eqmorph.audio.truepeak import TruePeakMeter, interpolation_taps
from eqmorph.errors import UsageError

_MAKER = Path(__file__).parents[1] / "data" / "make_loudness_reference.py"
_spec = importlib.util.spec_from_file_location("make_loudness_reference", _MAKER)
reference = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = reference  # dataclasses look their module up
_spec.loader.exec_module(reference)
FFMPEG = json.loads(reference.REFERENCE.read_text(encoding="utf-8"))["cases"]

MONO_CHUNK = 65_536  # frames the meter works on at a time


def peak(audio, *, blocks=None):
    meter = TruePeakMeter(audio.shape[0])
    step = blocks or max(1, audio.shape[1])
    for start, end in pairwise([*range(0, audio.shape[1], step), audio.shape[1]]):
        meter.add(audio[:, start:end])
    return meter.peak()


def db(ratio):
    return 20 * np.log10(ratio)


def faded_sine(cycles_per_sample, frames, *, phase=0.0):
    """Full scale, without a step at either end. Shape (1, frames)."""
    place = np.arange(frames)
    ramp = np.minimum(1.0, np.minimum(place, place[::-1]) / (frames / 8))
    wave = np.sin(2 * np.pi * cycles_per_sample * place + phase) * (0.5 - 0.5 * np.cos(np.pi * ramp))
    return wave.astype(np.float32)[np.newaxis]


def interpolated_everywhere(channel):
    """The largest magnitude of all values the meter's taps give, without any shortcut."""
    padded = np.pad(channel.astype(np.float64), 64)
    curves = [np.convolve(padded, taps[::-1], mode="valid") for taps in interpolation_taps()]
    return max(np.abs(channel).max(), *(np.abs(curve).max() for curve in curves))


def signals(frames, seed):
    """Signals that are hard in different ways for a search that leaves things out."""
    rng = np.random.default_rng(seed)
    white = rng.standard_normal(frames)
    brown = np.cumsum(white - white.mean())
    swelling = np.linspace(0.1, 1.0, frames)
    sparse = np.where(rng.random(frames) < 0.001, rng.uniform(-1, 1, frames), 0.0)
    alternating = np.where(np.arange(frames) % 2, 1.0, -1.0)
    # A quiet stretch of what overshoots most in a louder one that hardly does.
    bursts = 0.6 * np.sin(0.001 * np.arange(frames))
    middle = frames // 2
    bursts[middle : middle + 24] += 0.39 * np.sign(np.sinc(np.arange(24) - 11.5))
    return {
        "white noise": 0.2 * white,
        "clipped noise": np.clip(white, -1, 1),
        "brown noise": brown / np.abs(brown).max(),
        "clipped brown noise": np.clip(8 * brown / np.abs(brown).max(), -1, 1),
        "swelling noise": swelling * rng.uniform(-1, 1, frames),
        "falling noise": swelling[::-1] * rng.uniform(-1, 1, frames),
        "sparse clicks": sparse,
        "alternating": alternating * swelling,
        "steps": np.sign(np.sin(0.003 * np.arange(frames))),
        "tone": np.sin(1.5697 * np.arange(frames)),
        "bursts": bursts,
    }


@pytest.mark.parametrize("name", FFMPEG)
def test_agrees_with_ffmpeg(name):
    result, expected = peak(reference.make_signal(name)), FFMPEG[name]["true_peak"]
    # ffmpeg gives three decimals, which is nothing for what is very quiet.
    assert result < 0.001 if expected == 0.0 else abs(db(result / expected)) < 0.2


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kind", signals(100, 0))
def test_leaving_things_out_loses_nothing(kind, seed):
    channel = signals(150_000, seed)[kind].astype(np.float32)
    assert peak(channel[np.newaxis]) == pytest.approx(interpolated_everywhere(channel), rel=2e-6)


@pytest.mark.parametrize("kind", ["white noise", "brown noise", "clipped noise", "sparse clicks", "steps"])
def test_no_value_exceeds_the_bound_of_its_span(kind):
    meter = TruePeakMeter(1)
    samples = meter._buffer.data
    samples[0] = signals(samples.shape[1], 3)[kind]
    loudest = meter._loudest_per_segment(samples)
    meter._bound_excess(samples)
    bounds = (loudest[:, :, np.newaxis] + meter._excess).ravel()
    # A value in the gap after sample n is made of samples n - 15 to n + 16. The first gap is that after sample 16.
    curves = [np.convolve(samples[0].astype(float), taps[::-1], mode="valid") for taps in interpolation_taps()]
    values = np.abs(curves).max(axis=0)[1 : 1 + MONO_CHUNK].reshape(-1, 4).max(axis=1)
    assert np.all(values <= bounds * (1 + 1e-6))
    # Nor is it idle: it says more of quiet places than the largest sample anywhere would.
    assert np.median(bounds) < 2.5 * np.abs(samples).max()


@pytest.mark.parametrize("cycles_per_sample", [0.0, 0.01, 0.1, 0.2, 0.3, 0.4, 0.43, 0.45])
def test_interpolation_is_flat_up_to_0_45_of_the_rate(cycles_per_sample):
    place = np.arange(-15, 17)
    for phase, taps in zip((0.25, 0.5, 0.75), interpolation_taps(), strict=True):
        value = np.sum(taps * np.exp(2j * np.pi * cycles_per_sample * (place - phase)))
        assert abs(value - 1.0) < 0.01


@pytest.mark.parametrize("cycles_per_sample", [0.001, 0.01, 0.1, 0.2003, 0.25, 0.3331, 0.4003, 0.4499])
def test_a_sine_reaches_its_peak(cycles_per_sample):
    # At a quarter of the rate and 45 degrees, each sample is 3 dB below the curve.
    result = peak(faded_sine(cycles_per_sample, 40_000, phase=np.pi / 4))
    assert db(result) == pytest.approx(0.0, abs=0.05)


def test_the_classic_case_where_samples_miss_the_peak():
    audio = faded_sine(0.25, 4000, phase=np.pi / 4)
    assert db(peak(audio) / np.abs(audio).max()) == pytest.approx(3.01, abs=0.02)


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_ideal_interpolation_of_noise(seed):
    # A periodic signal without anything above 0.45 of the rate is known exactly between its samples.
    frames = 20_000
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(frames))
    spectrum[int(0.45 * frames) :] = 0.0
    period = np.fft.irfft(spectrum, frames)
    ideal = np.abs(4 * np.fft.irfft(spectrum, 4 * frames)).max()
    assert db(peak(np.tile(period, 3).astype(np.float32)[np.newaxis]) / ideal) == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("blocks", [1, 63, 4410, 16_384, 65_536, 70_001])
def test_blocks_of_any_size_give_the_same_result(blocks):
    audio = np.random.default_rng(8).uniform(-1, 1, (2, 140_000 if blocks > 1 else 3_000)).astype(np.float32)
    assert peak(audio, blocks=blocks) == peak(audio)


@pytest.mark.parametrize("place", [0, 1, 15, 16, 31, 32, 4095, *range(MONO_CHUNK - 34, MONO_CHUNK + 3), 131_071])
def test_a_peak_is_found_wherever_it_is(place):
    # Two equal samples alone: the curve between them is 1.27 times as high.
    audio = np.zeros((1, 140_000), np.float32)
    audio[0, place : place + 2] = 0.5
    assert peak(audio) == pytest.approx(0.5 * 4 / np.pi, rel=0.01)


@pytest.mark.parametrize("frames", [1, 2, 17, 5_000, *range(MONO_CHUNK - 33, MONO_CHUNK + 2, 3)])
def test_the_end_counts_as_if_silence_followed(frames):
    audio = np.random.default_rng(frames).uniform(-0.1, 0.1, (1, frames)).astype(np.float32)
    audio[0, -2:] = 0.8
    assert peak(audio) == peak(np.pad(audio, ((0, 0), (0, 200))))
    assert peak(audio) > (0.95 if frames > 1 else 0.79)


def test_reading_the_peak_does_not_disturb_the_measurement():
    audio = np.random.default_rng(4).uniform(-1, 1, (2, 100_000)).astype(np.float32)
    meter, read = TruePeakMeter(2), TruePeakMeter(2)
    for start in range(0, 100_000, 9_999):
        meter.add(audio[:, start : start + 9_999])
        read.add(audio[:, start : start + 9_999])
        assert read.peak() == read.peak()
    assert read.peak() == meter.peak()


def test_a_step_that_is_cut_off_counts_only_at_the_end():
    # What overshoots before silence doesn't where the sound goes on: an earlier reading leaves no trace.
    meter = TruePeakMeter(1)
    slow = faded_sine(0.001, 8_000)[:, :4_250]  # up to a crest
    meter.add(slow)
    assert meter.peak() > 1.05
    meter.add(slow[:, ::-1])
    assert meter.peak() == pytest.approx(1.0, abs=0.01)


def test_silence_and_nothing():
    assert TruePeakMeter(2).peak() == 0.0
    assert peak(np.zeros((2, 0), np.float32)) == 0.0
    assert peak(np.zeros((2, 200_000), np.float32)) == 0.0


@pytest.mark.parametrize("channels", [1, 3, 8, 12, 24, 70])
def test_the_highest_channel_counts(channels):
    for loud in {0, channels // 2, channels - 1}:
        audio = np.tile(faded_sine(0.1, 9_000) * np.float32(0.1), (channels, 1))
        audio[loud] = 0.7 * faded_sine(0.25, 9_000, phase=np.pi / 4)[0]
        assert db(peak(audio) / 0.7) == pytest.approx(0.0, abs=0.05)


def test_scale():
    audio = np.random.default_rng(6).uniform(-1, 1, (1, 80_000)).astype(np.float32)
    assert peak(audio * np.float32(1024.0)) == 1024.0 * peak(audio)
    assert peak(audio * np.float32(2.0**-20)) == 2.0**-20 * peak(audio)


def test_a_block_is_left_as_it_is_and_may_lie_anyhow_in_memory():
    interleaved = np.random.default_rng(7).uniform(-1, 1, (70_000, 2)).astype(np.float32)
    before = interleaved.copy()
    result = peak(interleaved.T)
    assert np.array_equal(interleaved, before)
    assert result == peak(np.ascontiguousarray(interleaved.T))


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(UsageError, match="0 channels"):
        TruePeakMeter(0)
    with pytest.raises(UsageError, match="2 channel"):
        TruePeakMeter(2).add(np.zeros((3, 10), np.float32))


def test_how_many_frames_are_measured_at_once_changes_nothing() -> None:
    rng = np.random.default_rng(11)
    audio = rng.normal(0, 0.2, (2, 50_000)).astype(np.float32)
    usual, quick = TruePeakMeter(2), TruePeakMeter(2, at_once=1024)
    for start in range(0, audio.shape[1], 333):
        quick.add(audio[:, start : start + 333])
        quick.peak()
    usual.add(audio)
    assert quick.peak() == pytest.approx(usual.peak(), rel=1e-6)
