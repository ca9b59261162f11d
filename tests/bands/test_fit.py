"""Five bands for any curve: near, in range, always the same, and a plain word for what is no curve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from eqmorph.bands import HIGHEST_BAND, SHAPED, Band, Bands, erb_grid
from eqmorph.bands.fit import FIVE_BANDS, fit_bands
from eqmorph.bands.response import BandArrays, prototype_db
from eqmorph.errors import UsageError

Float = NDArray[np.float64]
Shape = Callable[[Float], Float]

FREQS_HZ = np.geomspace(20, 20_000, 100)
RATES = [8000, 16_000, 44_100, 48_000, 96_000, 192_000]


def curve_of(bands: Bands, freqs_hz: Float, rate: float) -> Float:
    """Return the curve with exact coefficients: at high rates that of rendering is rounded."""
    return prototype_db(BandArrays.of(bands.at_rate(rate).bands.bands), freqs_hz, rate)


def error_db(bands: Bands, curve_db: Float, freqs_hz: Float, rate: float = 48_000) -> float:
    """Distance in dB rms over an ERB grid where the curve is given and the rate allows."""
    grid = erb_grid(max(20.0, freqs_hz[0]), min(20_000.0, HIGHEST_BAND * rate, freqs_hz[-1]), 300)
    wanted_db = np.interp(np.log(grid), np.log(np.maximum(freqs_hz, 1e-6)), curve_db)
    return float(np.sqrt(np.mean((curve_of(bands, grid, rate) - wanted_db) ** 2)))


def smooth_curve(rng: np.random.Generator, rms_db: float = 4.0, points: int = 9) -> Float:
    """Return a random curve over `FREQS_HZ`, straight between points."""
    return np.interp(np.log(FREQS_HZ), np.linspace(*np.log([20, 20_000]), points), rng.normal(0, rms_db, points))


def plain_eq(rng: np.random.Generator, top_hz: float) -> Bands:
    """Five bands in places of their own, as on a mixing desk."""
    places = np.geomspace(80, 0.6 * top_hz, 5) * np.exp(rng.uniform(-0.2, 0.2, 5))
    gains_db = rng.uniform(-9, 9, 5)
    rows = zip(FIVE_BANDS, places, gains_db, [0.71, 1.0, 1.0, 1.0, 0.71], strict=True)
    return Bands(Band(kind, float(hz), float(gain), q) for kind, hz, gain, q in rows)


@pytest.mark.parametrize("rate", RATES)
def test_an_eq_is_found_again_from_its_curve(rate: int, rng: np.random.Generator) -> None:
    top_hz = min(20_000.0, HIGHEST_BAND * rate)
    freqs_hz = np.geomspace(20, top_hz, 120)
    errors = []
    for _ in range(12):
        wanted = plain_eq(rng, top_hz)
        curve_db = curve_of(wanted, freqs_hz, rate)
        errors.append(error_db(Bands.fit(curve_db, freqs_hz, sample_rate=rate), curve_db, freqs_hz, rate))
    assert np.median(errors) < 0.1
    assert max(errors) < 0.8


@pytest.mark.parametrize(
    "text", ["LS 100 +6", "PK 200 -8 Q2", "PK 1k +12 Q5", "PK 5k -3 Q0.4", "HS 6k -9", "LS 60 -12"]
)
def test_a_single_band_is_met(text: str) -> None:
    freqs_hz = np.geomspace(20, 20_000, 600)
    curve_db = Bands.parse(text).response_db(freqs_hz, 48_000)
    assert np.max(np.abs(Bands.fit(curve_db, freqs_hz).response_db(freqs_hz, 48_000) - curve_db)) < 0.1


def ten_octaves(gains_db: list[float]) -> tuple[Float, Float]:
    return np.array(gains_db, dtype=float), 31.25 * 2.0 ** np.arange(10)


def test_a_graphic_eq_is_followed() -> None:
    curve_db, freqs_hz = ten_octaves([5, 4, 2, 0, -2, -2, 0, 2, 4, 5])
    assert error_db(Bands.fit(curve_db, freqs_hz), curve_db, freqs_hz) < 0.3


SHAPES: dict[str, tuple[Shape, float]] = {
    "flat": (lambda f: np.zeros_like(f), 1e-12),
    "offset up": (lambda f: np.full_like(f, 4.0), 0.02),
    "offset down": (lambda f: np.full_like(f, -6.0), 0.02),
    "offset to the limit": (lambda f: np.full_like(f, 12.0), 0.1),
    "offset beyond one band": (lambda f: np.full_like(f, 20.0), 0.1),
    "tilt": (lambda f: 1.5 * np.log2(f / 640), 0.1),
    "smile": (lambda f: 0.4 * np.log2(f / 640) ** 2 - 4, 0.2),
    "step": (lambda f: np.where(f < 700, 6.0, -6.0), 1.0),
    "waves": (lambda f: 5 * np.sin(1.5 * np.log(f)), 0.7),
    "notch": (lambda f: np.where(np.abs(np.log2(f / 1000)) < 0.1, -12.0, 0.0), 0.6),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_are_met_as_well_as_five_bands_can(name: str) -> None:
    shape, bound_db = SHAPES[name]
    curve_db = shape(FREQS_HZ)
    assert error_db(Bands.fit(curve_db, FREQS_HZ), curve_db, FREQS_HZ) < bound_db


def test_a_flat_curve_gives_five_bands_that_do_nothing() -> None:
    bands = Bands.fit(0 * FREQS_HZ, FREQS_HZ)
    assert bands.is_flat
    assert [b.kind for b in bands] == list(FIVE_BANDS)


def best_gains_on_a_fixed_layout(curve_db: Float) -> float:
    """Return the error in dB rms that a mixing desk with fixed places reaches, as if curves just scaled."""
    grid = erb_grid(20, 20_000, 300)
    wanted_db = np.interp(np.log(grid), np.log(FREQS_HZ), curve_db)
    units = [Band(kind, hz, 1.0, 0.71) for kind, hz in zip(FIVE_BANDS, (100, 300, 1000, 3000, 8000), strict=True)]
    shapes = np.stack([prototype_db(BandArrays.of([unit]), grid, 48_000) for unit in units], axis=1)
    gains_db = np.linalg.lstsq(shapes, wanted_db, rcond=None)[0]
    return float(np.sqrt(np.mean((shapes @ gains_db - wanted_db) ** 2)))


def test_it_beats_doing_nothing_and_gains_on_fixed_places(rng: np.random.Generator) -> None:
    for points in (6, 9, 15, 31):
        for _ in range(5):
            curve_db = smooth_curve(rng, points=points)
            fitted_db = error_db(Bands.fit(curve_db, FREQS_HZ), curve_db, FREQS_HZ)
            assert fitted_db < error_db(Bands(), curve_db, FREQS_HZ)
            assert fitted_db <= best_gains_on_a_fixed_layout(curve_db)


def test_no_small_step_from_a_fit_comes_nearer(rng: np.random.Generator) -> None:
    """It ends at a minimum: not one parameter, moved a little, lowers the error by more than a trifle."""
    curve_db = smooth_curve(rng)
    bands = list(Bands.fit(curve_db, FREQS_HZ))
    error = error_db(Bands(bands), curve_db, FREQS_HZ)
    for index, band in enumerate(bands):
        for freq, gain, q in [(1.02, 0, 1), (0.98, 0, 1), (1, 0.2, 1), (1, -0.2, 1), (1, 0, 1.05), (1, 0, 0.95)]:
            try:
                moved = Band(band.kind, band.freq_hz * freq, band.gain_db + gain, band.q * q)
            except UsageError:  # out of range
                continue
            others = [*bands[:index], *bands[index + 1 :]]
            if moved.kind == "bell" or moved.q <= 1:
                assert error_db(Bands([*others, moved]), curve_db, FREQS_HZ) > error - 0.003


def test_noise_on_a_curve_hardly_moves_the_fit(rng: np.random.Generator) -> None:
    clean_db = Bands.parse("LS 100 +5; PK 700 -4; HS 7k +3").response_db(FREQS_HZ, 48_000)
    for _ in range(4):
        noisy_db = clean_db + rng.normal(0, 1, len(FREQS_HZ))
        assert error_db(Bands.fit(noisy_db, FREQS_HZ), clean_db, FREQS_HZ) < 0.7


def test_no_bell_hides_between_the_points(rng: np.random.Generator) -> None:
    """Between two points of the grid that it is fitted on, an EQ must not do what the curve knows nothing of."""
    fine_hz = np.geomspace(20, 20_000, 2000)
    beyond_db = []
    for _ in range(12):
        curve_db = smooth_curve(rng, points=31)
        beyond_db.append(
            np.max(np.abs(Bands.fit(curve_db, FREQS_HZ).response_db(fine_hz, 48_000))) - np.max(np.abs(curve_db))
        )
    assert np.quantile(beyond_db, 0.8) < 1


@pytest.mark.parametrize("rate", RATES)
def test_it_is_always_the_same_and_always_in_range(rate: int, rng: np.random.Generator) -> None:
    for scale in (0.01, 1.0, 10.0):
        curve_db = scale * smooth_curve(rng, points=15)
        bands = Bands.fit(curve_db, FREQS_HZ, sample_rate=rate)
        assert Bands.fit(curve_db.copy(), FREQS_HZ.copy(), sample_rate=rate) == bands
        assert [b.kind for b in bands] == list(FIVE_BANDS)
        assert all(b.freq_hz <= HIGHEST_BAND * rate for b in bands)
        assert all(b.q <= 1 for b in bands if b.kind != "bell")
        assert bands.at_rate(rate).notes == ()


@settings(max_examples=25)
@given(
    st.lists(st.floats(-1000, 1000), min_size=2, max_size=40),
    st.floats(0, 5000),
    st.floats(1, 10),
    st.sampled_from([*RATES, 200]),
)
def test_any_curve_gives_five_bands_in_range(
    levels_db: list[float], first_hz: float, octaves: float, rate: float
) -> None:
    freqs_hz = first_hz + (20 * 2**octaves) * np.linspace(0, 1, len(levels_db))
    reaches = freqs_hz[-1] > 20 and freqs_hz[0] < min(20_000, HIGHEST_BAND * rate)
    if not reaches:
        with pytest.raises(UsageError, match="leaves nothing to fit"):
            Bands.fit(levels_db, freqs_hz, sample_rate=rate)
        return
    bands = Bands.fit(levels_db, freqs_hz, sample_rate=rate)
    assert [b.kind for b in bands] == list(FIVE_BANDS)
    assert bands.at_rate(rate).bands is bands


@pytest.mark.parametrize(
    ("curve_db", "freqs_hz"),
    [
        ([3, -3], [100, 5000]),
        ([1, 2, 3], [0, 100, 5000]),
        ([-2, 4, -2], [300, 1000, 3000]),
        ([6, 0], [5, 40]),
        ([0, 6], [15_000, 48_000]),
        (np.float32([1, 2, 0]), np.float32([100, 1000, 9000])),
        ((1, 2, 0), range(100, 400, 100)),
    ],
    ids=str,
)
def test_few_points_and_narrow_curves_are_met_where_they_are(curve_db: Any, freqs_hz: Any) -> None:
    curve, freqs = np.asarray(curve_db, dtype=float), np.asarray(freqs_hz, dtype=float)
    assert error_db(Bands.fit(curve_db, freqs_hz), curve, freqs) < 0.1


def test_a_curve_of_many_points_is_no_harder() -> None:
    freqs_hz = np.linspace(1, 24_000, 24_000)
    curve_db = Bands.parse("LS 100 +5; HS 7k -3").response_db(freqs_hz, 48_000)
    assert error_db(Bands.fit(curve_db, freqs_hz), curve_db, freqs_hz) < 0.1


def test_other_bands_can_be_asked_for() -> None:
    wanted = Bands.parse("PK 200 +5 Q2; PK 2k -6 Q1.5")
    curve_db = wanted.response_db(FREQS_HZ, 48_000)
    bands = Bands(fit_bands(curve_db, FREQS_HZ, kinds=["bell", "bell"]))
    assert [b.kind for b in bands] == ["bell", "bell"]
    assert error_db(bands, curve_db, FREQS_HZ) < 0.05
    assert set(FIVE_BANDS) == set(SHAPED)


@pytest.mark.parametrize(
    ("curve_db", "freqs_hz", "complaint"),
    [
        ([], [], "at least two"),
        ([1], [100], "at least two"),
        ([1, 2, 3], [100, 200], "as many levels as frequencies"),
        ([[1, 2]], [[100, 200]], "as many levels as frequencies"),
        (3.0, 100.0, "as many levels as frequencies"),
        ([1, np.nan], [100, 200], "finite"),
        ([1, -np.inf], [100, 200], "finite"),
        ([1, 2], [100, np.inf], "finite"),
        ([1, 2, 3], [300, 200, 100], "ascend"),
        ([1, 2, 3], [100, 100, 200], "ascend"),
        ([1, 2], [-5, 100], "ascend from 0 Hz"),
        ([1, 1e300], [100, 200], "1e+300 dB is out of range"),
        ([1 + 1j, 2], [100, 200], "not as complex numbers"),
        (["a", "b"], [100, 200], "made of numbers"),
        ([[1, 2], [3]], [100, 200], "made of numbers"),
        ([1, 2], None, "as many levels as frequencies"),
        ([1, 2], [1, 10], "nothing to fit"),
        ([1, 2], [25_000, 30_000], "nothing to fit"),
    ],
    ids=str,
)
def test_what_is_no_curve_is_refused(curve_db: Any, freqs_hz: Any, complaint: str) -> None:
    with pytest.raises(UsageError) as caught:
        Bands.fit(curve_db, freqs_hz)
    assert complaint in str(caught.value)


@pytest.mark.parametrize("rate", [0, -1, np.nan, np.inf, 40])
def test_a_rate_that_allows_nothing_is_refused(rate: float) -> None:
    with pytest.raises(UsageError):
        Bands.fit([1, 2], [100, 5000], sample_rate=rate)


def test_where_a_curve_misses_the_audible_range_the_hint_names_it() -> None:
    with pytest.raises(UsageError) as caught:
        Bands.fit([1, 2], [3700, 9000], sample_rate=8000)
    assert "20 to 3600 Hz" in caught.value.hint


@pytest.mark.parametrize(("low_hz", "high_hz", "points"), [(20, 20_000, 190), (100, 101, 5), (20, 22.5, 64)])
def test_an_erb_grid_is_even_on_the_erb_scale(low_hz: float, high_hz: float, points: int) -> None:
    grid = erb_grid(low_hz, high_hz, points)
    assert (grid[0], grid[-1], len(grid)) == (pytest.approx(low_hz), pytest.approx(high_hz), points)
    assert low_hz <= grid.min() <= grid.max() <= high_hz
    steps = np.diff(21.4 * np.log10(1 + 0.00437 * grid))
    np.testing.assert_allclose(steps, steps.mean(), rtol=1e-6)
