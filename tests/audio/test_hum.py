from __future__ import annotations

import numpy as np
import pytest

from eqmorph._typing import Float32
from eqmorph.audio.hum import Hum, HumLine, HumMeter, Mains
from tests.support import noise_block

RATE = 22_050
SECONDS = 24


def hum(mains_hz: float, level_db: float = -50.0, harmonics: int = 6) -> Float32:
    times = np.arange(SECONDS * RATE) / RATE
    lines = [
        10 ** ((level_db - 3 * n) / 20) * np.sin(2 * np.pi * mains_hz * n * times) for n in range(1, harmonics + 1)
    ]
    return np.atleast_2d(sum(lines)).astype(np.float32)


def speech() -> Float32:
    """Return noise in bursts, with pauses in which next to nothing is left."""
    is_on = np.arange(SECONDS * RATE) % (5 * RATE) < 2 * RATE
    return noise_block(SECONDS * RATE, 1, amplitude=0.1) * (is_on + 0.002).astype(np.float32)


def found(audio: Float32, mains: Mains = "auto", block: int = 9999) -> Hum | None:
    meter = HumMeter(RATE)
    for at in range(0, audio.shape[1], block):
        meter.add(audio[:, at : at + block])
    return meter.read(mains)


@pytest.mark.parametrize("mains_hz", [49.97, 50.0, 50.06, 59.95, 60.02])
def test_hum_is_found_at_its_true_frequency(mains_hz: float) -> None:
    result = found(speech() + hum(mains_hz))
    assert result.mains_hz == pytest.approx(mains_hz, abs=0.03)
    assert len(result.lines) >= 4
    numbers = np.array([line.freq_hz for line in result.lines]) / mains_hz
    assert numbers == pytest.approx(np.rint(numbers), abs=0.003)


def test_a_line_stands_out_by_as_much_as_it_does() -> None:
    louder, softer = found(speech() + hum(50, -40)), found(speech() + hum(50, -50))
    assert louder.lines[0].over_db - softer.lines[0].over_db == pytest.approx(10, abs=1)


def test_only_the_mains_asked_for_is_looked_for() -> None:
    audio = speech() + hum(50)
    assert found(audio, "50") is not None
    assert found(audio, "60") is None


def test_where_the_blocks_end_does_not_matter() -> None:
    audio = speech() + hum(50)
    assert found(audio, block=777) == found(audio, block=1 << 20)


def test_hum_in_one_channel_is_hum() -> None:
    assert found(np.concatenate([speech() + hum(50), speech()])) is not None


@pytest.mark.parametrize("hertz", [49.0, 51.5, 55.0, 58.27, 61.74])  # G1, a note between, A1, B flat 1, B1
def test_a_bass_note_is_no_hum(hertz: float) -> None:
    assert found(speech() + hum(hertz, -30)) is None


def test_a_note_that_stops_is_no_hum_though_it_be_50_hz() -> None:
    is_on = (np.arange(SECONDS * RATE) % (6 * RATE) < 3 * RATE).astype(np.float32)
    audio = (hum(50, -25) * is_on + noise_block(SECONDS * RATE, 1, amplitude=0.0005)).astype(np.float32)
    assert found(audio) is None


@pytest.mark.parametrize("audio", [speech(), np.zeros((1, SECONDS * RATE), dtype=np.float32), hum(50)[:, : 3 * RATE]])
def test_nothing_is_found_where_there_is_none_or_too_little_to_tell(audio: Float32) -> None:
    assert found(audio) is None


def test_what_is_said_of_it_has_each_depth_once() -> None:
    lines = tuple(HumLine(50.0 * n, over_db) for n, over_db in ((1, 60.0), (2, 50.0), (3, 12.3)))
    assert str(Hum(50.0, lines)) == "50 Hz, 3 harmonics, 12 to 40 dB"
    assert str(Hum(50.0, lines[:2])) == "50 Hz, 2 harmonics, 40 dB"
