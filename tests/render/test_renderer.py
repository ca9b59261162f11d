"""Rendering block by block: bit for bit the same wherever a signal is cut, in any number of channels."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from eqmorph.bands import Bands
from eqmorph.render import Renderer
from tests.support import noise_block

Float32 = NDArray[np.float32]

EQ = Bands.parse("LS 60 +9; PK 300 -6 Q3; PK 1000 +12 Q8; PK 3k +2; HS 8k -12")
RATE = 44_100


def in_blocks(audio: Float32, cuts: list[int], bands: Bands = EQ) -> Float32:
    renderer = Renderer(bands, RATE)
    edges = [0, *cuts, audio.shape[1]]
    return np.concatenate([renderer.process(audio[:, start:end]) for start, end in pairwise(edges)], axis=1)


@pytest.mark.parametrize("channels", [1, 2, 3, 8, 24])
@pytest.mark.parametrize("size", [1, 7, 8, 1000, 8191, 8192, 8193])
def test_the_size_of_blocks_changes_no_bit(channels: int, size: int) -> None:
    audio = noise_block(9000 if size > 100 else 400, channels)
    cuts = list(range(size, audio.shape[1], size))
    assert np.array_equal(in_blocks(audio, cuts), in_blocks(audio, []))


@given(st.integers(1, 8), st.lists(st.integers(0, 20_000), max_size=12))
def test_nor_does_any_cut_anywhere(channels: int, cuts: list[int]) -> None:
    """Not even where blocks are empty, shorter than there are channels, or longer than any before."""
    audio = noise_block(20_000, channels)
    assert np.array_equal(in_blocks(audio, sorted(cuts)), in_blocks(audio, []))


@pytest.mark.parametrize("cuts", [[1], [1, 3, 10, 500], [3, 5000], [8192, 8193], [19_999]])
def test_nor_do_growing_blocks(cuts: list[int]) -> None:
    """A pedalboard filter forgets its state when a block is longer than any before."""
    audio = noise_block(20_000)
    assert np.array_equal(in_blocks(audio, cuts), in_blocks(audio, []))


@pytest.mark.parametrize("channels", range(1, 9))
def test_each_channel_is_filtered_by_itself(channels: int) -> None:
    audio = noise_block(3000, channels)
    together = in_blocks(audio, [1000])
    for channel in range(channels):
        assert np.array_equal(together[channel : channel + 1], in_blocks(audio[channel : channel + 1], [1000]))


@pytest.mark.parametrize(("channels", "frames"), [(1, 1), (2, 1), (2, 2), (8, 3), (8, 8), (6, 0), (1, 0)])
def test_a_signal_may_have_fewer_frames_than_channels(channels: int, frames: int) -> None:
    audio = noise_block(frames + 100, channels)
    whole = in_blocks(audio, [])
    assert np.array_equal(in_blocks(audio[:, :frames], []), whole[:, :frames])


def test_the_first_sample_is_filtered_from_rest() -> None:
    """The impulse response against the recursion of the same coefficients, from a state of zero."""
    bands = Bands.parse("PK 1000 +6 Q1")
    impulse = np.zeros((2, 200), dtype=np.float32)
    impulse[:, 0] = 0.5
    spectrum = np.fft.rfft(np.pad(in_blocks(impulse, [], bands)[0].astype(float), (0, RATE - 200)))
    freqs_hz = np.array([100, 1000, 5000, 15_000])
    gains_db = 20 * np.log10(np.abs(spectrum[freqs_hz]) / 0.5)
    np.testing.assert_allclose(gains_db, bands.response_db(freqs_hz, RATE), atol=0.02)


def test_what_comes_out_is_new_and_what_went_in_is_untouched() -> None:
    for bands in (EQ, Bands()):
        audio = noise_block(500)
        before = audio.copy()
        result = in_blocks(audio, [100], bands)
        assert result.dtype == np.float32
        assert result.shape == audio.shape
        assert np.array_equal(audio, before)
        block = Renderer(bands, RATE).process(audio)
        block[:] = 9
        assert np.array_equal(audio, before)


def test_a_flat_eq_gives_the_same_bits() -> None:
    audio = noise_block(1000, 3)
    assert np.array_equal(in_blocks(audio, [10, 500], Bands()), audio)
    assert np.array_equal(in_blocks(audio, [10, 500], Bands.parse("LS 100 0; PK 1k 0")), audio)


def test_two_renderers_know_nothing_of_each_other() -> None:
    audio, other = noise_block(2000, 1), noise_block(2000, 1, seed=2)
    one, two = Renderer(EQ, RATE), Renderer(EQ, RATE)
    parts = []
    for start in range(0, 2000, 500):
        parts.append(one.process(audio[:, start : start + 500]))
        two.process(other[:, start : start + 500])
    assert np.array_equal(np.concatenate(parts, axis=1), in_blocks(audio, []))


def test_audio_laid_out_by_frames_is_taken_too() -> None:
    """A file's samples lie in memory so: a transposed view."""
    audio = noise_block(1000)
    assert np.array_equal(in_blocks(np.ascontiguousarray(audio.T).T, [300]), in_blocks(audio, []))


CHANNELS = Bands.parse("HP 40 24dB; NT 50; NT 400 -12 Q8 | L: PK 1k +6 | R: LP 5k | M: PK 300 -6 | S: HS 8k +6")


@pytest.mark.parametrize("channels", [1, 2, 3, 6])
@pytest.mark.parametrize("size", [1, 7, 1000, 8191, 8192, 8193])
def test_nor_does_any_cut_where_channels_differ_or_notches_are_narrow(channels: int, size: int) -> None:
    audio = noise_block(9000 if size > 100 else 400, channels)
    cuts = list(range(size, audio.shape[1], size))
    assert np.array_equal(in_blocks(audio, cuts, CHANNELS), in_blocks(audio, [], CHANNELS))


def test_each_of_two_channels_gets_its_own() -> None:
    audio = noise_block(4000, 2)
    left, right = in_blocks(audio, [], Bands.parse("L: PK 1k +6"))
    assert np.array_equal(left, in_blocks(audio[:1], [], Bands.parse("PK 1k +6"))[0])
    assert np.array_equal(right, audio[1])


def test_the_middle_and_the_sides_get_their_own() -> None:
    audio = noise_block(4000, 2)
    made = in_blocks(audio, [], Bands.parse("M: PK 300 -6 | S: HS 8k +6"))
    mid, side = (audio[0] + audio[1]) / 2, (audio[0] - audio[1]) / 2
    wanted_mid = in_blocks(mid[None], [], Bands.parse("PK 300 -6"))[0]
    wanted_side = in_blocks(side[None], [], Bands.parse("HS 8k +6"))[0]
    np.testing.assert_allclose(made[0], wanted_mid + wanted_side, atol=1e-6)
    np.testing.assert_allclose(made[1], wanted_mid - wanted_side, atol=1e-6)


def test_further_channels_and_a_single_one_are_left_what_is_theirs() -> None:
    bands = Bands.parse("L: PK 1k +6 | M: PK 300 -6 | S: HS 8k +6")
    audio = noise_block(2000, 4)
    assert np.array_equal(in_blocks(audio, [], bands)[2:], audio[2:])
    alone = audio[:1]
    assert np.array_equal(in_blocks(alone, [], bands), in_blocks(alone, [], Bands.parse("PK 300 -6")))


@pytest.mark.parametrize("rate", [44_100, 192_000])
def test_a_hum_is_gone_and_what_is_beside_it_stays(rate: int) -> None:
    times = np.arange(rate * 4) / rate
    for hz, least_db, most_db in ((50.0, -200, -60), (75.0, -0.1, 0.1)):
        tone = (0.5 * np.sin(2 * np.pi * hz * times)).astype(np.float32)[None]
        made = Renderer(Bands.parse("NT 50 Q30"), rate).process(tone)[0, rate * 2 :]
        level_db = 10 * np.log10(np.mean(made.astype(float) ** 2) / 0.125)
        assert least_db < level_db < most_db


@pytest.mark.parametrize("text", ["NT 400 Q2", "NT 400 Q30"])
def test_a_notch_that_takes_all_leaves_the_rest(text: str) -> None:
    """Pedalboard makes NaN of a gain of -100 dB."""
    noise = np.random.default_rng(3).normal(0, 0.1, (1, 48_000)).astype(np.float32)
    for filtered in (
        Renderer(Bands.parse(text), 48_000).process(noise),
        Bands.parse(text).to_pedalboard()(noise, 48_000),
    ):
        assert np.isfinite(filtered).all()
        assert np.std(filtered) > 0.08
