"""Nothing that is done while a sound plays is heard as a click.

A click is energy where the sound has none: a sine is played while things happen, and in every 23 ms of what comes out
the spectrum away from the sine is held against the sine's own line.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from eqmorph.bands import Bands
from eqmorph.tui.playback.player import Player

LEVEL = 0.05  # so far below full scale that no boost here reaches it: what happens there is tested with the guard
LIMIT_DB = -60.0
BESIDE_HZ = 300.0  # how far from the sine a change of its level may spread
WINDOW = 1024

Perform = Callable[..., NDArray[np.float32]]

tones = pytest.mark.parametrize("freq_hz", [50, 440, 3000, 10_000])
rates = pytest.mark.parametrize("rate", [44_100, 48_000])


def sine(freq_hz: float, rate: int, seconds: float) -> NDArray[np.float32]:
    return (LEVEL * np.sin(2 * np.pi * freq_hz * np.arange(int(seconds * rate)) / rate))[None].astype(np.float32)


def click_db(heard: NDArray[np.float32], freq_hz: float, rate: int) -> float:
    """Return the strongest line away from the sine, relative to the sine's own where it is loudest.

    The first and last 50 ms are left out: there the test file itself begins and ends in mid-tone.
    """
    window = np.kaiser(WINDOW, 12)
    away = np.abs(np.fft.rfftfreq(WINDOW, 1 / rate) - freq_hz) > BESIDE_HZ
    edge = rate // 20
    frames = np.lib.stride_tricks.sliding_window_view(heard[0][edge:-edge].astype(float), WINDOW)[:: WINDOW // 8]
    lines = np.abs(np.fft.rfft(frames * window))
    return float(20 * np.log10(lines[:, away].max() / lines[:, ~away].max()))


def slider(freq_hz: float, gain_db: float) -> Bands:
    """Bands as a slider may set them: one on the tone, a shelf at each end."""
    return Bands.parse(f"PK {freq_hz} {gain_db} Q2; LS 120 {gain_db}; HS 8000 {gain_db}")


def at(rate: int, seconds: float) -> int:
    return int(rate * seconds)


def test_the_measure_finds_a_click() -> None:
    """A level that jumps by one decibel at a sine's crest."""
    heard = sine(3000, 48_000, 1.0)
    assert click_db(heard, 3000, 48_000) < -100
    heard[:, 24_004:] *= 10 ** (-1 / 20)
    assert click_db(heard, 3000, 48_000) > -50


@tones
@rates
def test_a_slider_thrown_from_end_to_end(perform: Perform, freq_hz: float, rate: int) -> None:
    script = [
        (at(rate, 0.3), lambda player: player.set_eq(slider(freq_hz, -12))),
        (at(rate, 0.5), lambda player: player.set_eq(slider(freq_hz, 12))),
        (at(rate, 0.7), lambda player: player.set_eq(Bands(), -6.0)),
        (at(rate, 0.9), lambda player: player.set_eq(Bands.parse("LS 40 12 Q2; PK 30 -12 Q10"))),
    ]
    assert click_db(perform(sine(freq_hz, rate, 1.2), rate, script), freq_hz, rate) < LIMIT_DB


@tones
@rates
def test_a_slider_dragged_from_end_to_end(perform: Perform, freq_hz: float, rate: int) -> None:
    """100 moves in half a second, faster than fades end."""
    script = [
        (at(rate, 0.2 + 0.005 * step), lambda player, g=-12 + 0.24 * step: player.set_eq(slider(freq_hz, g), -g / 2))
        for step in range(101)
    ]
    heard = perform(sine(freq_hz, rate, 1.0), rate, script)
    assert click_db(heard, freq_hz, rate) < LIMIT_DB
    settled = heard[0, at(rate, 0.9) : at(rate, 0.99)]
    expected = LEVEL * 10 ** ((slider(freq_hz, 12).response_db(freq_hz, rate) - 6) / 20)
    assert np.sqrt(2 * np.mean(settled.astype(float) ** 2)) == pytest.approx(expected, rel=0.02)


@tones
def test_bypass_there_and_back(perform: Perform, freq_hz: float) -> None:
    script = [
        (at(48_000, 0.3 + 0.1 * step), lambda player, on=step % 2 == 0: player.set_bypass(on)) for step in range(5)
    ]
    heard = perform(
        sine(freq_hz, 48_000, 1.0), 48_000, script, before=lambda player: player.set_eq(slider(freq_hz, 9), -3.0)
    )
    assert click_db(heard, freq_hz, 48_000) < LIMIT_DB


@tones
@rates
def test_seeking(perform: Perform, freq_hz: float, rate: int) -> None:
    """Into other phases of the tone, some so fast that one seek begins in the other's fade."""
    places = (0.3, 0.4, 0.402, 0.405, 0.408, 0.5, 0.6)
    script = [(at(rate, place), lambda player, n=n: player.seek(0.1 + 0.00871 * n)) for n, place in enumerate(places)]
    heard = perform(sine(freq_hz, rate, 1.0), rate, script, before=lambda player: player.set_eq(slider(freq_hz, 6)))
    assert heard.shape[1] > at(rate, 1.2)
    assert click_db(heard, freq_hz, rate) < LIMIT_DB


@tones
@rates
def test_the_turn_of_a_loop(perform: Perform, freq_hz: float, rate: int) -> None:
    script = [(at(rate, 1.3), Player.clear_loop)]
    heard = perform(sine(freq_hz, rate, 1.0), rate, script, before=lambda player: player.set_loop(0.4, 0.4 + 0.21371))
    assert heard.shape[1] > at(rate, 1.6)
    assert click_db(heard, freq_hz, rate) < LIMIT_DB


@tones
@rates
def test_pause_and_play(perform: Perform, freq_hz: float, rate: int) -> None:
    script = [(at(rate, 0.3), Player.pause), (at(rate, 0.306), Player.play), (at(rate, 0.5), Player.pause)]
    heard = perform(sine(freq_hz, rate, 1.0), rate, script, before=lambda player: player.set_eq(slider(freq_hz, 6)))
    silence = np.zeros((1, rate // 10), dtype=np.float32)
    assert np.abs(heard).max() > LEVEL / 2
    assert click_db(np.concatenate([heard, silence], axis=1), freq_hz, rate) < LIMIT_DB
