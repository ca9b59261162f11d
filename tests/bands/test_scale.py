"""Scaling an EQ scales its curve in dB, as it is rendered."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from eqmorph.bands import HIGHEST_BAND, Band, Bands
from eqmorph.bands.fit import FIVE_BANDS
from eqmorph.errors import UsageError

TOLERANCE_DB = 0.2
amounts = st.floats(0, 2)


def log_floats(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(math.log(low), math.log(high)).map(lambda x: min(max(math.exp(x), low), high))


def eqs(lowest_hz: float) -> st.SearchStrategy[Bands]:
    """EQs such as people make: plain shelves (Q up to 1) at the ends, three bells wherever they like, any gain."""
    gains_db = st.floats(-12, 12)
    low = st.builds(Band, st.just("low_shelf"), log_floats(lowest_hz, 500), gains_db, st.floats(0.3, 1))
    bell = st.builds(Band, st.just("bell"), log_floats(lowest_hz, 16_000), gains_db, log_floats(0.3, 8))
    high = st.builds(Band, st.just("high_shelf"), log_floats(1500, 16_000), gains_db, st.floats(0.3, 1))
    return st.tuples(low, bell, bell, bell, high).map(Bands)


def grid_of(bands: Bands, rate: int) -> NDArray[np.float64]:
    """All that can be heard, up to 0.45 of the rate; the bands' own places among it."""
    top_hz = min(20_000, HIGHEST_BAND * rate)
    return np.unique([*np.geomspace(20, top_hz, 400), *(b.freq_hz for b in bands if b.freq_hz <= top_hz)])


def missed_db(bands: Bands, amount: float, rate: int) -> float:
    """How far the scaled EQ's curve lies from the scaled curve, at most."""
    freqs_hz = grid_of(bands, rate)
    wanted_db = amount * bands.response_db(freqs_hz, rate)
    return float(np.max(np.abs(bands.scaled(amount, rate).response_db(freqs_hz, rate) - wanted_db)))


#: A band that helps could go astray between the points that were looked at.
BETWEEN_POINTS = Bands.parse("LS 55 +0 Q1; PK 148.4 +1 Q1; PK 5928.34 +11 Q1; PK 5928.34 +11 Q1; HS 4914.77 +5 Q0.5")


@settings(max_examples=80)
@given(eqs(lowest_hz=30), amounts, st.sampled_from([16_000, 44_100, 48_000]))
@example(BETWEEN_POINTS, 0.5, 16_000)
def test_the_curve_is_scaled_in_decibels(bands: Bands, amount: float, rate: int) -> None:
    assert missed_db(bands, amount, rate) < TOLERANCE_DB


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
def test_eqs_drawn_at_random_are_scaled_so(rate: int, rng: np.random.Generator) -> None:
    for _ in range(12):
        freqs_hz = np.exp(rng.uniform(*np.log([[30, 30, 30, 30, 1500], [500, 9000, 9000, 9000, 9000]])))
        qs = [rng.uniform(0.3, 1), *np.exp(rng.uniform(np.log(0.3), np.log(8), 3)), rng.uniform(0.3, 1)]
        rows = zip(FIVE_BANDS, freqs_hz, rng.uniform(-12, 12, 5), qs, strict=True)
        bands = Bands(Band(kind, float(hz), float(gain), float(q)) for kind, hz, gain, q in rows)
        assert missed_db(bands, float(rng.uniform(0, 2)), rate) < TOLERANCE_DB


@settings(max_examples=40)
@given(eqs(lowest_hz=60), amounts)
def test_so_it_is_at_a_high_sample_rate(bands: Bands, amount: float) -> None:
    assert missed_db(bands, amount, 96_000) < TOLERANCE_DB


@settings(max_examples=30)
@given(eqs(lowest_hz=30), amounts)
def test_so_it_is_at_a_low_sample_rate_where_bands_have_substitutes(bands: Bands, amount: float) -> None:
    assert missed_db(bands, amount, 8000) < TOLERANCE_DB


@pytest.mark.parametrize("amount", [-1.5, -1.0, -0.3])
def test_negative_amounts_are_as_exact(amount: float, rng: np.random.Generator) -> None:
    for _ in range(5):
        freqs_hz, gains_db = np.exp(rng.uniform(np.log(30), np.log(16_000), 5)), rng.uniform(-12, 12, 5)
        bands = Bands(Band("bell", float(f), float(g), 1.5) for f, g in zip(freqs_hz, gains_db, strict=True))
        assert missed_db(bands, amount, 44_100) < TOLERANCE_DB


@given(eqs(lowest_hz=30))
def test_amount_zero_is_flat_and_amount_one_the_same(bands: Bands) -> None:
    assert bands.scaled(0.0) == Bands()
    assert bands.scaled(-0.0).is_flat
    assert bands.scaled(1.0) == bands


@given(eqs(lowest_hz=150), amounts)
def test_the_opposite_amount_mirrors_the_curve(bands: Bands, amount: float) -> None:
    """From 150 Hz, for lower down single precision itself isn't symmetric."""
    freqs_hz = grid_of(bands, 44_100)
    there, back = (bands.scaled(a, 44_100).response_db(freqs_hz, 44_100) for a in (amount, -amount))
    np.testing.assert_allclose(there + back, 0, atol=0.03)


@given(eqs(lowest_hz=30))
def test_the_opposite_eq_has_the_opposite_gains(bands: Bands) -> None:
    opposite = {b: -b.gain_db for b in bands}
    for band in bands.scaled(-1.0, 44_100):
        (same,) = [b for b in bands if abs(b.freq_hz / band.freq_hz - 1) < 0.07 and -b.gain_db == band.gain_db][:1]
        assert opposite[same] == band.gain_db


def test_ordinary_bands_keep_their_places() -> None:
    bands = Bands.parse("LS 120 +3; PK 300 -2; PK 1000 -2 Q0.7; PK 3000 +2; HS 8k -3")
    assert bands.scaled(0.5) == Bands.parse("LS 120 +1.5; PK 300 -1; PK 1000 -1 Q0.7; PK 3000 +1; HS 8k -1.5")


def test_beyond_the_range_of_gains_twice_as_much_is_twice_exactly() -> None:
    bands = Bands.parse("LS 100 +9; PK 1k -12 Q4; HS 6k +7")
    freqs_hz = grid_of(bands, 44_100)
    doubled = bands.scaled(2, 44_100)
    np.testing.assert_allclose(
        doubled.response_db(freqs_hz, 44_100), 2 * bands.response_db(freqs_hz, 44_100), atol=1e-9
    )
    assert all(abs(b.gain_db) <= 12 for b in doubled)


@settings(max_examples=25)
@given(eqs(lowest_hz=30), st.floats(-10, 10))
def test_gains_stay_in_range_and_bells_ascend_whatever_the_amount(bands: Bands, amount: float) -> None:
    scaled = bands.scaled(amount)
    assert all(-12 <= b.gain_db <= 12 for b in scaled)
    bells_hz = [b.freq_hz for b in scaled if b.kind == "bell"]
    assert bells_hz == sorted(bells_hz)


def test_amounts_beyond_two_go_on_in_proportion() -> None:
    bands = Bands.parse("LS 100 +9; PK 1k -5 Q2; HS 6k +7")
    for amount in (2.5, 4.0, 10.0):
        assert missed_db(bands, amount, 44_100) < 0.2 * amount


def test_resonant_shelves_are_scaled_nearly_as_well(rng: np.random.Generator) -> None:
    missed = []
    for _ in range(12):
        shelves = [
            Band(
                kind, float(np.exp(rng.uniform(*np.log(reach)))), float(rng.uniform(-12, 12)), float(rng.uniform(1, 10))
            )
            for kind, reach in (("low_shelf", (40, 500)), ("high_shelf", (1500, 12_000)))
        ]
        missed.append(missed_db(Bands(shelves), float(rng.uniform(0, 2)), 44_100))
    assert np.quantile(missed, 0.75) < TOLERANCE_DB
    assert max(missed) < 1


def test_a_narrow_bell_between_any_two_points_is_seen() -> None:
    """Helping bells so narrow that they would hide between two points of a coarse grid must not."""
    bands = Bands.parse(
        "LS 249 -3.4 Q0.83; PK 37.5 +10.8 Q0.594; PK 89.1 +11.7 Q5.85; PK 296 +10.1 Q0.69; HS 2390 -10.5"
    )
    for amount in (0.45, 0.5, 0.55):
        assert missed_db(bands, amount, 8000) < TOLERANCE_DB


def test_single_precision_is_reckoned_with() -> None:
    """Bands half as tall are rounded differently: at 192 kHz by 0.8 dB, were their places not chosen for it."""
    bands = Bands.parse("LS 78 +7; PK 71 +8 Q3")
    freqs_hz = grid_of(bands, 192_000)
    naive = Bands(Band(b.kind, b.freq_hz, b.gain_db / 2, b.q) for b in bands)
    wanted_db = bands.response_db(freqs_hz, 192_000) / 2
    assert np.max(np.abs(naive.response_db(freqs_hz, 192_000) - wanted_db)) > 0.6
    assert missed_db(bands, 0.5, 192_000) < TOLERANCE_DB


def test_nothing_scaled_is_nothing() -> None:
    assert Bands().scaled(1.7) == Bands()
    assert Bands.parse("LS 100 0; PK 1k 0").scaled(0.5).is_flat


def test_the_same_is_scaled_to_the_same_and_stays_as_it_was() -> None:
    bands = Bands.parse("LS 100 +9 Q3; PK 1k -5 Q2")
    before = str(bands)
    first = bands.scaled(0.6, 48_000)
    assert bands.scaled(0.6, 48_000) == first
    assert str(bands) == before
    assert bands.scaled(0.6, 8000) != bands.scaled(0.7, 8000)


@pytest.mark.parametrize("amount", [math.nan, math.inf, -math.inf, 10.5, -11])
def test_amounts_that_make_no_sense_are_refused(amount: float) -> None:
    with pytest.raises(UsageError, match="amount") as caught:
        Bands.parse("PK 1k +3").scaled(amount)
    assert "-10 and 10" in caught.value.hint
