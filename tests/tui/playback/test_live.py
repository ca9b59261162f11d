"""What is measured while a file plays."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from eqmorph.audio.loudness import LoudnessMeter
from eqmorph.audio.truepeak import TruePeakMeter
from eqmorph.tui.playback.live import LiveMeter, LiveReading, LiveSpectrum
from eqmorph.tui.playback.tap import Tap

RATE = 44_100
Float32 = NDArray[np.float32]


def sine(freq_hz: float, seconds: float, level: float = 0.25, rate: int = RATE) -> Float32:
    wave = level * np.sin(2 * math.pi * freq_hz * np.arange(int(seconds * rate)) / rate)
    return np.stack([wave, wave]).astype(np.float32)


def played(audio: Float32, *, every: int = 2205, meter: LiveMeter | None = None, tap: Tap | None = None) -> LiveReading:
    """Return what is known after audio was played in the player's blocks and looked at now and then."""
    tap = tap or Tap(RATE, audio.shape[0])
    meter = meter or LiveMeter(tap)
    for start in range(0, audio.shape[1], every):
        for block in range(start, min(start + every, audio.shape[1]), 245):
            tap.add(audio[:, block : min(block + 245, start + every)])
        meter.read()
    return meter.read()


def test_the_tap_keeps_the_latest() -> None:
    tap = Tap(100, 1)
    numbers = np.arange(1000, dtype=np.float32)[None, :]
    for start in range(0, 1000, 7):
        tap.add(numbers[:, start : start + 7])
        end = min(start + 7, 1000)
        assert tap.frames == end
        assert tap.latest(50)[0].tolist() == numbers[0, max(end - 50, 0) : end].tolist()
    assert tap.latest(999).shape == (1, tap.kept) == (1, 200)
    assert tap.latest(3, until=990)[0].tolist() == [987, 988, 989]
    tap.add(np.ones((1, 5000), dtype=np.float32))
    assert tap.latest(200).min() == 1


def test_loudness_is_what_the_meter_of_files_says() -> None:
    audio = sine(997, 5)
    reading, whole = played(audio), LoudnessMeter(RATE, 2)
    whole.add(audio)
    lufs = whole.integrated_lufs()
    assert lufs is not None
    assert reading.momentary_lufs == pytest.approx(lufs, abs=0.05)
    assert reading.short_term_lufs == pytest.approx(lufs, abs=0.05)


def test_momentary_follows_at_once_and_short_term_slowly() -> None:
    reading = played(np.concatenate([sine(997, 3, 0.25), sine(997, 0.6, 0.025)], axis=1))
    assert reading.momentary_lufs is not None
    assert reading.short_term_lufs is not None
    assert reading.momentary_lufs == pytest.approx(20 * math.log10(0.025), abs=1.0)
    assert reading.short_term_lufs > reading.momentary_lufs + 15


def test_true_peaks_between_samples_are_held_until_reset() -> None:
    tap = Tap(RATE, 2)
    meter = LiveMeter(tap)
    hot = np.zeros((2, RATE), dtype=np.float32)
    hot[:, :] = sine(RATE / 4, 1.0, 0.9)  # its samples may miss its peaks
    hot[1] = np.roll(hot[1], 1) * 0 + 0.9 * np.sin(math.pi / 2 * np.arange(RATE) + math.pi / 4)
    reference = TruePeakMeter(2)
    reference.add(hot)
    peak_db = 20 * math.log10(reference.peak())
    reading = played(hot, meter=meter, tap=tap)
    assert reading.true_peak_db == pytest.approx(peak_db, abs=0.01)
    assert peak_db > 20 * math.log10(np.abs(hot[1]).max()) + 2
    quiet = played(sine(100, 0.5, 0.1), meter=meter, tap=tap)
    assert quiet.true_peak_db == pytest.approx(peak_db, abs=0.01), "held"
    meter.reset_peak()
    after = played(sine(100, 0.5, 0.1), meter=meter, tap=tap).true_peak_db
    assert after == pytest.approx(-20.0, abs=0.1)


def test_silence_and_nothing_have_no_numbers() -> None:
    for audio in (np.zeros((2, 0), dtype=np.float32), np.zeros((2, RATE), dtype=np.float32)):
        reading = played(audio)
        assert reading == reading
        assert (reading.momentary_lufs, reading.short_term_lufs, reading.true_peak_db, reading.spectrum) == (None,) * 4


def test_what_nobody_looked_at_in_time_begins_anew() -> None:
    tap = Tap(RATE, 2)
    meter = LiveMeter(tap)
    tap.add(sine(997, 1.5, 0.9))
    meter.read()
    for _ in range(10):
        tap.add(sine(997, 1.5, 0.1))
    reading = meter.read()
    assert reading.true_peak_db == pytest.approx(-20, abs=0.1)
    assert reading.momentary_lufs == pytest.approx(-20, abs=0.5)


@pytest.mark.parametrize("rate", [8000, 44_100, 96_000])
def test_a_sine_is_a_peak_where_it_is(rate: int) -> None:
    live = LiveSpectrum(rate)
    for freq_hz in (60.0, 1000.0, 3500.0):
        live.clear()
        live.add(sine(freq_hz, 0.4, rate=rate)[:, -live.frame :], 0.05)
        spectrum = live.spectrum
        assert spectrum is not None
        loudest = spectrum.freqs_hz[spectrum.level_db.argmax()]
        assert loudest == pytest.approx(freq_hz, rel=0.13)


def test_noise_has_the_level_of_its_mean_spectrum() -> None:
    rng = np.random.default_rng(4)
    live = LiveSpectrum(RATE)
    wave = rng.normal(0, 0.1, live.frame).astype(np.float32)
    live.add(np.stack([wave, wave]), 0.05)
    spectrum = live.spectrum
    assert spectrum is not None
    density_db = 10 * math.log10(0.01 / (RATE / 2) * RATE / 2048)
    high = spectrum.freqs_hz > 1000
    assert spectrum.level_db[high].mean() == pytest.approx(density_db, abs=0.7)


def test_it_rises_fast_and_falls_slowly() -> None:
    live = LiveSpectrum(RATE)
    quiet, loud = (sine(1000, 0.4, level)[:, -live.frame :] for level in (0.001, 0.5))
    at = int(np.abs(live.freqs_hz - 1000).argmin())

    def level_after(audio: Float32) -> float:
        live.add(audio, 0.05)
        assert live.spectrum is not None
        return float(live.spectrum.level_db[at])

    first = level_after(quiet)
    assert level_after(loud) - first > 30
    top = level_after(loud)
    fallen = top - level_after(quiet)
    assert fallen == pytest.approx(36 * 0.05, abs=0.01)
