"""A gain that looks ahead: under the ceiling, smooth, and nothing at all where nothing is needed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eqmorph._typing import Float32
from eqmorph.audio.truepeak import TruePeakMeter
from eqmorph.stream.lookahead import LookaheadGain

RATE = 48_000


def limited(sound: Float32, *sizes: int, ceiling_db: float = -1.0) -> Float32:
    gain = LookaheadGain(RATE, len(sound), ceiling_db)
    parts, at = [], 0
    while at < sound.shape[1]:
        size = sizes[len(parts) % len(sizes)]
        parts.append(gain.process(sound[:, at : at + size]))
        at += size
    parts.append(gain.process(np.zeros((len(sound), gain.latency_frames), np.float32)))
    return np.concatenate(parts, axis=1)[:, gain.latency_frames :]


def true_peak_db(sound: Float32) -> float:
    meter = TruePeakMeter(len(sound))
    meter.add(np.ascontiguousarray(sound))
    return 20 * math.log10(meter.peak())


def sounds() -> dict[str, Float32]:
    rng = np.random.default_rng(0)
    time = np.arange(RATE) / RATE
    hits = (np.arange(RATE) % 4999 == 0) * 3.0
    return {
        "noise": (0.5 * rng.standard_normal((2, RATE))).astype(np.float32),
        "between samples": np.stack([1.4 * np.sin(2 * np.pi * 12_000 * time + 0.8)] * 2).astype(np.float32),
        "steps": (1.2 * np.sign(np.sin(2 * np.pi * 100 * time)))[None].astype(np.float32),
        "hits": hits[None].astype(np.float32),
    }


@pytest.mark.parametrize("name", sounds())
def test_nothing_exceeds_the_ceiling(name: str) -> None:
    sound = sounds()[name]
    assert true_peak_db(sound) > -1
    assert -1.5 < true_peak_db(limited(sound, 1024)) <= -1.0


def test_what_needs_no_gain_passes_unchanged() -> None:
    sound = sounds()["noise"] * np.float32(0.2)
    assert np.array_equal(limited(sound, 700), sound)


@pytest.mark.parametrize("name", sounds())
def test_it_does_not_matter_where_it_is_cut(name: str) -> None:
    sound = sounds()[name]
    np.testing.assert_allclose(limited(sound, 1, 17, 3000, 64), limited(sound, 1024), atol=1e-6)


def test_a_tone_stays_a_tone() -> None:
    """One that swells over the ceiling keeps what lies beside it 70 dB down: the gain has no corners."""
    time = np.arange(2 * RATE) / RATE
    swell = np.where(time < 1, 0.5, 1.2)[None] * np.sin(2 * np.pi * 3000 * time)
    out = limited(swell.astype(np.float32), 512)[0, int(0.8 * RATE) : int(1.8 * RATE)]
    power = np.abs(np.fft.rfft(out * np.blackman(len(out)))) ** 2
    far = np.concatenate([power[500:1500], power[5000:20_000]])
    assert 10 * math.log10(far.max() / power.max()) < -70


def test_it_rises_slowly() -> None:
    sound = np.full((1, 2 * RATE), 0.5, np.float32)
    sound[0, 1000] = 2.0
    gain = limited(sound, 1024)[0] / sound[0]
    rise_db = np.diff(20 * np.log10(gain[1500:]))
    assert rise_db.min() > -1e-4
    assert rise_db.max() * RATE < 10.5
    assert gain[-1] == 1.0
