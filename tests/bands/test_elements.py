"""Passes and notches: made of what pedalboard has, they are the filters of the textbook."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from eqmorph._typing import Complex128, Float64
from eqmorph.bands import Band, Bands
from eqmorph.bands.elements import elements_of

FREQS_HZ = np.geomspace(20, 20_000, 500)
LINES = [
    "HP 20",
    "HP 80",
    "HP 200 6dB",
    "HP 30 24dB",
    "HP 50 Q4",
    "HP 100 Q0.3",
    "LP 1k 24dB",
    "LP 8k Q5",
    "LP 16k",
    "BP 60 Q10",
    "BP 1k Q2",
    "BP 5k",
    "NT 50",
    "NT 60 Q100",
    "NT 100 -14 Q60",
    "NT 3k -24 Q8",
    "NT 9k Q6",
    "NT 15k Q20",
    "NT 1k Q3",
    "NT 3k Q0.4",
]


def textbook(band: Band, freqs_hz: Float64, rate: float) -> Complex128:
    """Return what the bilinear transform makes of the analog filter."""
    s = 1j * np.tan(np.pi * freqs_hz / rate) / np.tan(np.pi * band.freq_hz / rate)
    squared = {12: [band.q], 24: [0.541196100146197, 1.306562964876377]}.get(band.slope_db, [])
    if band.kind == "band_pass":
        return np.asarray(s / band.q / (s * s + s / band.q + 1))
    if band.kind == "notch":
        return np.asarray((s * s + 10 ** (band.depth_db / 20) * s / band.q + 1) / (s * s + s / band.q + 1))
    top = s if band.kind == "high_pass" else 1
    first = top / (s + 1) if band.slope_db == 6 else 1
    return np.asarray(first * np.prod([top * top / (s * s + s / q + 1) for q in squared], axis=0))


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("line", LINES)
def test_its_curve_is_that_of_the_textbook(line: str, rate: int) -> None:
    """To .05 dB, and to .3 at 192 kHz, where single precision leaves no more."""
    bands = Bands.parse(line)
    wanted = textbook(bands[0], FREQS_HZ, rate)
    heard = 20 * np.log10(np.abs(wanted)) > -40
    off = np.abs(bands.response_db(FREQS_HZ, rate) - 20 * np.log10(np.abs(wanted)))[heard]
    assert off.max() < (0.3 if rate > 48_000 else 0.05)


@pytest.mark.parametrize("rate", [44_100, 48_000, 192_000])
@pytest.mark.parametrize("freq_hz", [49.97, 50, 60, 1000, 9000])
@pytest.mark.parametrize("q", [5, 30, 100])
def test_a_narrow_notch_stands_where_it_belongs(freq_hz: float, q: float, rate: int) -> None:
    for depth_db in (-100, -14):
        bands = Bands([Band("notch", freq_hz, depth_db, q)])
        at, beside = bands.response_db([freq_hz, freq_hz * 2**0.5], rate)
        assert at == pytest.approx(depth_db, abs=0.5)
        assert abs(beside) < 20 / q


def test_what_does_nothing_is_not_run() -> None:
    assert elements_of(Bands.parse("PK 100 0; LS 80 0"), 48_000) == []
    assert len(elements_of(Bands.parse("HP 80 6dB"), 48_000)) == 1


def test_hundreds_of_bands_take_no_gigabytes() -> None:
    bands = Bands.parse("; ".join(f"PK {100 + 30 * n} 4 Q2" for n in range(490)))
    freqs_hz = np.geomspace(20, 20_000, 20_000)
    tracemalloc.start()
    try:
        total_db = bands.response_db(freqs_hz)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 200e6
    halves = [Bands(part).response_db(freqs_hz) for part in (bands[:245], bands[245:])]
    assert total_db == pytest.approx(halves[0] + halves[1], abs=1e-9)
