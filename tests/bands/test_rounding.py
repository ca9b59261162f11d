"""Bands chosen by calculation are chosen so that single precision renders them as they are meant."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from eqmorph.bands import Band, Bands
from eqmorph.bands.elements import filter_db
from eqmorph.bands.response import BandArrays, prototype_db
from eqmorph.bands.rounding import well_rounded

FREQS_HZ = np.geomspace(20, 20_000, 150)


def low_bands(rng: np.random.Generator) -> list[Band]:
    low_shelf = Band("low_shelf", float(rng.uniform(30, 80)), float(rng.uniform(-9, 9)))
    bell = Band("bell", float(rng.uniform(40, 120)), float(rng.uniform(-9, 9)), float(rng.uniform(0.7, 3)))
    return [low_shelf, bell, Band("high_shelf", 8000, 3)]


def meant(bands: list[Band], rate: int) -> NDArray[np.float64]:
    return prototype_db(BandArrays.of(bands), FREQS_HZ, rate)


def missed_db(bands: list[Band], target_db: NDArray[np.float64], rate: int) -> float:
    return float(np.max(np.abs(filter_db(bands, FREQS_HZ, rate) - target_db)))


@pytest.mark.parametrize("rate", [96_000, 192_000])
def test_low_bands_come_out_as_they_are_meant(rate: int, rng: np.random.Generator) -> None:
    before, after = [], []
    for bands in (low_bands(rng) for _ in range(12)):
        target_db = meant(bands, rate)
        chosen = well_rounded(bands, FREQS_HZ, target_db, rate, within_db=0.05)
        before.append(missed_db(bands, target_db, rate))
        after.append(missed_db(chosen, target_db, rate))
    assert np.median(after) < 0.12
    assert np.median(after) < np.median(before) / 2
    assert all(a <= b + 1e-9 for a, b in zip(after, before, strict=True))


def test_only_low_bands_move_and_only_a_little(rng: np.random.Generator) -> None:
    bands = low_bands(rng)
    chosen = well_rounded(bands, FREQS_HZ, meant(bands, 192_000), 192_000, within_db=0.0)
    assert chosen[:2] != bands[:2]
    assert chosen[2] is bands[2]
    for old, new in zip(bands, chosen, strict=True):
        assert (new.kind, new.gain_db) == (old.kind, old.gain_db)
        assert new.freq_hz == pytest.approx(old.freq_hz, rel=0.07)
        assert new.q == pytest.approx(old.q, rel=0.14)


def test_what_is_near_enough_stays() -> None:
    bands = list(Bands.parse("LS 100 +3; PK 60 -2"))
    target_db = filter_db(bands, FREQS_HZ, 192_000) + 0.1
    assert well_rounded(bands, FREQS_HZ, target_db, 192_000, within_db=0.11) == bands
    assert well_rounded([], FREQS_HZ, 0 * FREQS_HZ, 48_000, within_db=0.1) == []


def test_bands_at_the_edges_of_their_ranges_stay_in_them() -> None:
    bands = [Band("bell", 20, 12, 10), Band("low_shelf", 20, -12, 0.1)]
    for band in well_rounded(bands, FREQS_HZ, meant(bands, 192_000), 192_000, within_db=0.0):
        assert 20 <= band.freq_hz <= 21.5
        assert 0.1 <= band.q <= 10


@pytest.mark.parametrize("text", ["LS 60 +6; HS 8k -3", "PK 50 +5 Q1", "PK 40 +6 Q2; PK 400 -4; HS 9k +5"])
def test_a_fit_at_a_high_rate_is_met_when_rendered(text: str) -> None:
    curve_db = meant(list(Bands.parse(text)), 192_000)
    fitted = Bands.fit(curve_db, FREQS_HZ, sample_rate=192_000)
    assert missed_db(list(fitted), curve_db, 192_000) < 0.2
