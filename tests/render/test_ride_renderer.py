"""An EQ over time as it is really rendered: clean, as the curve says, and the same wherever a signal is cut."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from eqmorph._typing import Float32, Float64
from eqmorph.bands import Bands, Ride, Station
from eqmorph.render import Renderer, RideRenderer
from tests.support import noise_block

BY_6_DB = (
    Bands.parse("LS 100 +6; PK 400 -6 Q1; PK 2000 +6 Q1.5; HS 8k -6"),
    Bands.parse("LS 200 -6; PK 900 +6 Q1; PK 3000 -6 Q1; HS 6k +6"),
)
BY_12_DB = (
    Bands.parse("LS 120 +12; PK 1000 -12 Q2; HS 5k +12"),
    Bands.parse("LS 300 -12; PK 2000 +12 Q2; HS 9k -12"),
)
SINES_HZ = [60.0, 150.0, 440.0, 1000.0, 3000.0, 7000.0, 15_000.0]
SETTLED_S, BEGINS_S, ENDS_S, WHOLE_S = 0.5, 1.0, 7.0, 8.0
AMPLITUDE = 0.25


def gliding(pair: tuple[Bands, Bands], **gain: Any) -> Ride:
    """Return a ride that glides for six seconds."""
    return Ride((Station(0.0, BEGINS_S, pair[0]), Station(ENDS_S, WHOLE_S, pair[1])), **gain)


def sine(freq_hz: float, rate: int, channels: int) -> Float32:
    """Return a sine in each channel, each at a phase of its own."""
    angle = 2 * np.pi * freq_hz * np.arange(round(WHOLE_S * rate)) / rate
    return np.array([AMPLITUDE * np.sin(angle + channel) for channel in range(channels)], np.float32)


def in_blocks(audio: Float32, cuts: list[int], ride: Ride, rate: int) -> Float32:
    renderer = RideRenderer(ride, rate)
    edges = [0, *cuts, audio.shape[1]]
    return np.concatenate([renderer.process(audio[:, start:end]) for start, end in pairwise(edges)], axis=1)


def in_thousands(audio: Float32, ride: Ride, rate: int) -> Float32:
    return in_blocks(audio, list(range(10_000, audio.shape[1], 10_000)), ride, rate)


def settled(rendered: Float32, rate: int) -> Float64:
    """Return what comes after the filters have settled on a sine that begins at once."""
    return rendered[:, round(SETTLED_S * rate) :].astype(float)


def side_db(rendered: Float64, freq_hz: float, rate: int) -> float:
    """Return the energy more than 40 Hz away from a sine against the sine's, in the worst channel."""
    angle = 2 * np.pi * np.arange(rendered.shape[1]) / rendered.shape[1]
    window = 0.35875 - 0.48829 * np.cos(angle) + 0.14128 * np.cos(2 * angle) - 0.01168 * np.cos(3 * angle)
    power = np.abs(np.fft.rfft(rendered * window)) ** 2
    is_near = np.abs(np.fft.rfftfreq(rendered.shape[1], 1 / rate) - freq_hz) <= 40
    return float(10 * np.log10((power[:, ~is_near].sum(axis=1) / power[:, is_near].sum(axis=1)).max()))


def level_db(rendered: Float64, freq_hz: float, at_s: float, rate: int) -> float:
    """Return by how much a sine is louder in the tenth of a second around a moment."""
    frames = np.arange(round((at_s - 0.05) * rate), round((at_s + 0.05) * rate))
    window = np.hanning(len(frames))
    turned = rendered[0, frames] * window * np.exp(-2j * np.pi * freq_hz * frames / rate)
    return float(20 * np.log10(2 * np.abs(turned.sum()) / window.sum() / AMPLITUDE))


@pytest.mark.parametrize("pair", [BY_6_DB, BY_12_DB])
@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (48_000, 1), (96_000, 2)])
def test_a_sine_stays_a_sine_all_through_a_glide(pair: tuple[Bands, Bands], rate: int, channels: int) -> None:
    ride = gliding(pair)
    times_s = np.arange(0.0, WHOLE_S, 0.01)
    for freq_hz in SINES_HZ:
        rendered = settled(in_thousands(sine(freq_hz, rate, channels), ride, rate), rate)
        assert side_db(rendered, freq_hz, rate) < -75, freq_hz
        gain = 10 ** (ride.response_db(np.array([freq_hz]), times_s, rate).max() / 20)
        steepest = gain * AMPLITUDE * 2 * np.sin(np.pi * freq_hz / rate)
        assert np.abs(np.diff(rendered, axis=1)).max() < 1.001 * steepest, freq_hz


@pytest.mark.parametrize("pair", [BY_6_DB, BY_12_DB])
@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_it_is_as_loud_at_each_moment_as_the_ride_says(pair: tuple[Bands, Bands], rate: int) -> None:
    ride = gliding(pair, gains_db=(0.0, 3.0, -3.0, 1.0), every_s=2.0)
    moments_s = np.arange(1.25, 7.9, 0.31)
    for freq_hz in SINES_HZ:
        rendered = in_thousands(sine(freq_hz, rate, 1), ride, rate).astype(float)
        said_db = ride.response_db(np.array([freq_hz]), moments_s, rate)[:, 0] + ride.gain_db(moments_s)
        heard_db = [level_db(rendered, freq_hz, moment_s, rate) for moment_s in moments_s]
        assert heard_db == pytest.approx(said_db, abs=0.02), freq_hz


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_an_eq_that_stays_is_the_same_bit_for_bit(rate: int, channels: int) -> None:
    audio = noise_block(50_000, channels)
    for stations in ((Station(0.0, 1.0, BY_6_DB[0]),), (Station(0.3, 0.3, BY_6_DB[0]),)):
        rendered = in_blocks(audio, [700, 30_000], Ride(stations), rate)
        assert np.array_equal(rendered, Renderer(BY_6_DB[0], rate).process(audio))


def test_nor_do_stations_that_are_alike_change_a_bit() -> None:
    rate = 44_100
    audio = noise_block(4 * rate)
    stations = tuple(Station(at, at + 0.5, BY_6_DB[0]) for at in (0.0, 0.5, 1.5, 3.0))
    assert np.array_equal(in_thousands(audio, Ride(stations), rate), Renderer(BY_6_DB[0], rate).process(audio))


def test_before_and_after_a_glide_it_is_each_eq_by_itself() -> None:
    rate = 48_000
    audio = noise_block(round(WHOLE_S * rate))
    rendered = in_thousands(audio, gliding(BY_12_DB), rate)
    first, last = (Renderer(bands, rate).process(audio) for bands in BY_12_DB)
    begins, ends = round(BEGINS_S * rate), round(ENDS_S * rate)
    assert np.array_equal(rendered[:, :begins], first[:, :begins])
    assert np.abs(rendered[:, ends:] - last[:, ends:]).max() < 1e-5


def test_a_switch_between_stations_that_touch_does_not_click() -> None:
    """It takes a few hundredths of a second, as everywhere."""
    rate = 44_100
    ride = Ride((Station(0.0, 4.0, BY_12_DB[0]), Station(4.0, WHOLE_S, BY_12_DB[1])))
    rendered = settled(in_thousands(sine(150.0, rate, 1), ride, rate), rate)
    gain = 10 ** (ride.response_db(np.array([150.0]), np.array([0.0]), rate).max() / 20)
    assert np.abs(np.diff(rendered)).max() < 1.01 * gain * AMPLITUDE * 2 * np.sin(np.pi * 150.0 / rate)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3), st.lists(st.integers(0, 60_000), max_size=10))
def test_no_cut_anywhere_changes_anything(channels: int, cuts: list[int]) -> None:
    rate = 8000
    ride = Ride(
        (Station(0.5, 1.0, BY_6_DB[0]), Station(3.0, 3.0, BY_12_DB[1]), Station(3.01, 5.0, BY_6_DB[1])),
        gains_db=(0.0, 2.0, -2.0),
        every_s=2.5,
    )
    audio = noise_block(60_000, channels)
    cut = in_blocks(audio, sorted(cuts), ride, rate)
    assert np.abs(cut - in_blocks(audio, [], ride, rate)).max() < 1e-6


THREE = Ride(
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
    audio = (0.1 * rng.standard_normal((2, 2 * 48_000))).astype(np.float32)
    begin, settled = int(begin_s * 48_000), int((begin_s + 0.08) * 48_000)
    whole = RideRenderer(THREE, 48_000).process(audio)
    renderer = RideRenderer(THREE, 48_000, from_frame=begin)
    part = renderer.process(audio[:, begin:])
    assert renderer.frame == audio.shape[1]
    assert_allclose(part[:, settled - begin :], whole[:, settled:], rtol=0, atol=1e-4)


def test_before_the_start_it_is_what_it_is_at_the_start(rng: np.random.Generator) -> None:
    audio = (0.1 * rng.standard_normal((2, 48_000))).astype(np.float32)
    early = RideRenderer(THREE, 48_000, from_frame=-48_000).process(audio)
    assert_allclose(early, RideRenderer(Ride(THREE.stations[:1]), 48_000).process(audio), rtol=0, atol=1e-6)
