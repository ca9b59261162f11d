"""Windows: their power is the sound's, in the right place, however the sound is cut into blocks."""

from __future__ import annotations

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqmorph._typing import Float32
from eqmorph.audio.loudness import LoudnessMeter
from eqmorph.audio.windows import Spectra, WindowMeter, grid_at, part_as_one_window
from eqmorph.errors import UsageError
from tests.support import noise_block

RATES = (8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000)


def measured(
    signal: np.ndarray, rate: int, *, window_s: float = 2.0, hop_s: float | None = None, cuts: list[int] | None = None
) -> Spectra:
    """The spectra of a signal (channels, frames) or (frames,), fed in blocks that end at ``cuts``."""
    block = np.atleast_2d(signal).astype(np.float32)
    meter = WindowMeter(rate, window_s=window_s, hop_s=hop_s)
    for start, stop in pairwise([0, *sorted(cuts or ()), block.shape[1]]):
        meter.add(block[:, start:stop])
    return meter.read()


def sine(freq_hz: float, rate: int, seconds: float, amplitude: float = 0.5) -> Float32:
    return (amplitude * np.sin(2 * np.pi * freq_hz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


@pytest.mark.parametrize("rate", RATES)
def test_power_is_that_of_the_signal(rate: int) -> None:
    signal = sine(150, rate, 4, 0.5) + sine(1000, rate, 4, 0.2) + sine(3000, rate, 4, 0.1)
    spectra = measured(signal, rate)
    assert spectra.power.sum(axis=1)[1] == pytest.approx(np.mean(signal**2), rel=0.005)
    assert spectra.mean_power.sum() == pytest.approx(np.mean(signal**2), rel=0.02)


def test_power_of_noise_is_that_of_the_signal(rng: np.random.Generator) -> None:
    signal = rng.normal(0, 0.1, 16_000 * 20)
    spectra = measured(signal, 16_000)
    assert spectra.mean_power.sum() == pytest.approx(np.mean(signal**2), rel=0.01)


@pytest.mark.parametrize("rate", RATES)
def test_a_sine_lies_in_its_cell(rate: int) -> None:
    grid = grid_at(rate)
    bin_hz = rate / grid.frame
    for freq_hz in (40.0, 100.0, 440.0, 1000.0, 3500.0, 9000.0, 19_000.0):
        if freq_hz > 0.45 * rate:
            continue
        power = measured(sine(freq_hz, rate, 1.0), rate, window_s=1.0).power[0]
        cell = int(power.argmax())
        low, high = bin_hz * (grid.starts[cell] - 0.5), bin_hz * (grid.starts[cell] + grid.bins[cell] - 0.5)
        assert low <= freq_hz <= high
        # A Hann window spreads a sine over three bins: they and no others hold it.
        around = np.abs(grid.freq_hz - freq_hz) <= bin_hz * (grid.bins / 2 + 2)
        assert power[around].sum() > 0.99 * power.sum()


def test_cells_cover_every_bin_once() -> None:
    for rate in RATES:
        grid = grid_at(rate)
        assert grid.starts[0] == 1
        assert np.array_equal(np.cumsum(grid.bins)[:-1] + 1, grid.starts[1:])
        assert grid.bins.sum() == grid.stop - 1
        assert 0.035 <= grid.frame / rate <= 0.07


@given(
    cuts=st.lists(st.integers(0, 30_000), max_size=6),
    channels=st.integers(1, 3),
    hop_s=st.sampled_from([0.1, 0.25, 0.4]),
)
def test_blocks_do_not_matter(cuts: list[int], channels: int, hop_s: float) -> None:
    rng = np.random.default_rng(5)
    signal = rng.normal(0, 0.1, (channels, 30_000)) * np.linspace(0, 1, 30_000)
    signal[-1, 9_000:20_000] = -signal[:-1, 9_000:20_000].sum(axis=0)  # there the channels cancel
    whole = measured(signal, 16_000, window_s=0.4, hop_s=hop_s)
    cut = measured(signal, 16_000, window_s=0.4, hop_s=hop_s, cuts=cuts)
    assert np.array_equal(whole.start_s, cut.start_s)
    assert np.array_equal(whole.length_s, cut.length_s)
    np.testing.assert_allclose(cut.power, whole.power, rtol=1e-3, atol=1e-9)
    np.testing.assert_allclose(cut.energy, whole.energy, rtol=1e-3)


def test_windows_begin_a_hop_apart_and_cover_the_sound() -> None:
    spectra = measured(sine(500, 8000, 5.3), 8000, window_s=2.0, hop_s=0.5)
    assert spectra.start_s.tolist() == [0.5 * number for number in range(8)]
    assert spectra.length_s[:-1].tolist() == [2.0] * 7
    assert spectra.start_s[-1] + spectra.length_s[-1] == pytest.approx(5.3)
    assert spectra.frames == 42_400


def test_the_hop_is_half_the_window_where_none_is_named() -> None:
    assert measured(sine(500, 8000, 5), 8000, window_s=2.0).hop_s == 1.0
    assert measured(sine(500, 8000, 1), 8000, window_s=0.06).hop_s == 0.05  # the shortest there is


def test_the_last_part_of_a_window_counts() -> None:
    signal = np.concatenate([np.zeros(40_000), sine(1000, 8000, 0.5)])
    spectra = measured(signal, 8000, window_s=2.0, hop_s=2.0)
    assert spectra.length_s.tolist() == [2.0, 2.0, 1.5]
    assert spectra.weights.tolist() == [0.0, 0.0, 1.0]
    assert spectra.mean_power.sum() > 0.01


@pytest.mark.parametrize("seconds", [0.01, 0.1, 1.9])
def test_a_sound_shorter_than_a_window_is_one_part_window(seconds: float) -> None:
    spectra = measured(sine(1000, 44_100, seconds), 44_100)
    assert spectra.length_s.tolist() == [pytest.approx(seconds)]
    assert abs(spectra.grid.freq_hz[spectra.power[0].argmax()] - 1000) < 60
    assert spectra.weights.tolist() == [1.0]


@pytest.mark.parametrize("rate", [100, 1000, 8000])
def test_windows_shorter_than_a_frame_are_complete(rate: int) -> None:
    """At low rates a frame is longer than the shortest window."""
    spectra = measured(sine(rate / 5, rate, 2.0), rate, window_s=0.05)
    assert spectra.start_s[-1] + spectra.length_s[-1] >= 2.0 - 1e-9
    assert np.isfinite(spectra.power).all()
    assert (spectra.energy[2:-20] > 0).all()


def test_pauses_in_a_window_do_not_weaken_it() -> None:
    tone, hiss = sine(1000, 16_000, 1.0), 1e-4 * np.random.default_rng(1).normal(size=16_000)
    spectra = measured(np.concatenate([tone, hiss]), 16_000, window_s=2.0, hop_s=2.0)
    assert spectra.power[0].sum() == pytest.approx(0.125, rel=0.08)  # as if it lasted
    steady = measured(np.concatenate([tone, tone]), 16_000, window_s=2.0, hop_s=2.0)
    assert spectra.energy[0] == pytest.approx(steady.energy[0] / 2, rel=0.05)  # but it does not


def test_what_is_loud_counts_in_the_mean() -> None:
    signal = np.concatenate([sine(300, 16_000, 4, 0.5), sine(3000, 16_000, 4, 0.005), np.zeros(16_000 * 4)])
    spectra = measured(signal, 16_000, window_s=2.0, hop_s=2.0)
    assert spectra.weights.sum() == pytest.approx(1.0)
    assert spectra.weights[:2].sum() > 0.99
    assert spectra.weights[4:].max() == pytest.approx(0.0, abs=1e-6)
    assert abs(spectra.grid.freq_hz[spectra.mean_power.argmax()] - 300) < 20


def test_an_offset_is_not_heard() -> None:
    tone = sine(60, 44_100, 3, 0.1)
    clean, offset = measured(tone, 44_100), measured(tone + 0.5, 44_100)
    np.testing.assert_allclose(offset.power, clean.power, atol=1e-3 * clean.power.max())
    np.testing.assert_allclose(offset.energy, clean.energy, rtol=0.02)


@pytest.mark.parametrize("seconds", [0.01, 0.5, 3.03])
def test_an_offset_alone_is_silence(seconds: float) -> None:
    assert measured(np.full(round(44_100 * seconds), 0.5), 44_100).is_silent


def test_silence_has_no_power_and_no_weights() -> None:
    spectra = measured(np.zeros((2, 100_000)), 44_100)
    assert spectra.is_silent
    assert not spectra.power.any()
    assert not spectra.mean_power.any()
    assert not spectra.weights.any()


def test_nothing_at_all_has_no_windows() -> None:
    spectra = WindowMeter(44_100).read()
    assert spectra.power.shape == (0, len(grid_at(44_100).freq_hz))
    assert spectra.is_silent
    assert not spectra.mean_power.any()


@pytest.mark.parametrize("channels", [2, 5, 12])
def test_channels_are_mixed(channels: int, rng: np.random.Generator) -> None:
    signal = rng.normal(0, 0.1, (channels, 40_000)).astype(np.float32)
    mix = measured(signal.mean(axis=0), 16_000)
    np.testing.assert_allclose(measured(signal, 16_000).power, mix.power, rtol=1e-4)


def test_channels_that_cancel_are_heard(rng: np.random.Generator) -> None:
    left = rng.normal(0, 0.1, 40_000)
    both = measured(np.stack([left, -left]), 16_000)
    np.testing.assert_allclose(both.power, measured(left, 16_000).power, rtol=1e-4)


def test_where_channels_cancel_for_a_while_the_rest_is_still_their_mix(rng: np.random.Generator) -> None:
    left, right = rng.normal(0, 0.1, (2, 64_000))
    right[32_000:] = -left[32_000:]
    spectra = measured(np.stack([left, right]), 16_000, window_s=1.0, hop_s=1.0)
    mix = measured((left + right) / 2, 16_000, window_s=1.0, hop_s=1.0)
    alone = measured(left, 16_000, window_s=1.0, hop_s=1.0)
    np.testing.assert_allclose(spectra.power[0], mix.power[0], rtol=1e-4)
    np.testing.assert_allclose(spectra.power[3], alone.power[3], rtol=1e-4)


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000, 96_000])
def test_energy_is_what_loudness_weighs(rate: int, rng: np.random.Generator) -> None:
    noise = rng.normal(0, 0.1, rate * 6)
    spectrum = np.fft.rfft(noise)
    freqs = np.fft.rfftfreq(len(noise), 1 / rate)
    spectrum[(freqs > 18_000) | (freqs < 30)] = 0  # what windows don't look at
    steady = np.fft.irfft(spectrum).astype(np.float32)[None]
    meter = LoudnessMeter(rate, 1)
    meter.add(steady)
    spectra = measured(steady, rate)
    weighted = 10 * np.log10(spectra.energy @ spectra.length_s / spectra.length_s.sum()) - 0.691
    assert weighted == pytest.approx(meter.power_db(), abs=0.15)


@pytest.mark.parametrize(
    ("window_s", "hop_s"), [(0.01, None), (601.0, None), (2.0, 0.01), (2.0, 2.5), (float("nan"), None), (1.0, -1.0)]
)
def test_windows_and_hops_out_of_range_are_refused(window_s: float, hop_s: float | None) -> None:
    with pytest.raises(UsageError) as caught:
        WindowMeter(44_100, window_s=window_s, hop_s=hop_s)
    assert caught.value.hint


def test_memory_does_not_grow_with_what_is_past() -> None:
    """Of all that was added only the last windows' frames are kept."""
    meter = WindowMeter(8000, window_s=1.0)
    kept = []
    for _ in range(20):
        meter.add(np.ones((1, 8000), np.float32))
        kept.append(sum(len(cells) for cells in meter._cells))
    assert max(kept) < 3 * 8000 / (meter._grid.frame / 2)


def test_a_part_window_counts_by_its_length() -> None:
    """Windows of 2, 2 and 1 s: the last is a fifth of the sound, in the weights and in the mean."""
    signal = np.concatenate([sine(300, 16_000, 4), sine(3000, 16_000, 1)])
    spectra = measured(signal, 16_000, window_s=2.0, hop_s=2.0)
    assert spectra.length_s.tolist() == [2.0, 2.0, 1.0]
    energy = spectra.energy * [2, 2, 1]
    np.testing.assert_allclose(spectra.weights, energy / energy.sum())
    assert spectra.weights[1] == pytest.approx(spectra.weights[0], rel=0.01)
    high = spectra.grid.freq_hz > 1000
    assert spectra.mean_power[high].sum() / spectra.mean_power.sum() == pytest.approx(
        0.2, abs=0.015
    )  # by number it were a third


def test_weights_of_a_steady_sound_are_its_windows_lengths(rng: np.random.Generator) -> None:
    spectra = measured(rng.normal(0, 0.1, 16_000 * 5), 16_000, window_s=2.0, hop_s=2.0)
    np.testing.assert_allclose(spectra.weights, [0.4, 0.4, 0.2], rtol=0.05)


def test_parts_add_up_to_the_sound(rng: np.random.Generator) -> None:
    spectra = measured(rng.normal(0, 0.1, 8_000 * 120), 8_000, window_s=0.1, hop_s=0.05)
    parts = list(spectra.parts())
    assert len(parts) == 3
    for name in ("start_s", "length_s", "power", "energy"):
        np.testing.assert_array_equal(np.concatenate([getattr(p, name) for p in parts]), getattr(spectra, name))
    expected = spectra.length_s @ spectra.power.astype(float) / spectra.length_s.sum()
    np.testing.assert_allclose(spectra.mean_power, expected, rtol=1e-6)


def test_windows_are_held_once(rng: np.random.Generator) -> None:
    meter = WindowMeter(8_000, window_s=0.05)
    block = rng.normal(0, 0.1, (1, 8_000)).astype(np.float32)
    tracemalloc.start()
    try:
        for _ in range(300):
            meter.add(block)
        spectra = meter.read()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(spectra.power) == 6_000
    assert peak < 1.3 * spectra.power.nbytes + 1_000_000


def test_a_part_is_the_windows_that_count() -> None:
    loud, soft = noise_block(4 * 44_100, 1), noise_block(4 * 44_100, 1, amplitude=0.01, seed=1)
    whole = measured(np.concatenate([loud, soft], axis=1), 44_100)
    middle_s = whole.start_s + whole.length_s / 2
    part = part_as_one_window(whole, (middle_s < 3.5).astype(float))
    assert len(part.power) == 1
    assert part.mean_power == pytest.approx(whole.power[:3].mean(axis=0), rel=1e-4)
    assert part.length_s[0] == 4.0
    assert part.frames == 4 * 44_100
    both = part_as_one_window(whole, np.where(middle_s < 3.5, 1.0, 0.5))
    assert part.energy[0] > both.energy[0] > whole.energy[-1]
    assert both.traits is whole.traits
