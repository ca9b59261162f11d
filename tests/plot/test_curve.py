"""The sampled curve: it is what `Bands.response_db` says, also between its points, and its axes hold it."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.bands import Band, Bands, erb_grid, erb_points
from eqmorph.errors import UsageError
from eqmorph.plot.curve import SampledCurve, db_axis, freq_label, freq_position

NARROW = Bands.parse("PK 45 +9 Q10; PK 1000 -12 Q10; PK 7300 +12 Q10; HS 9k -4")


def curve_of(gain_db: list[float]) -> SampledCurve:
    return SampledCurve(np.geomspace(20, 20_000, len(gain_db)), np.array(gain_db))


@pytest.mark.parametrize("sample_rate", [16_000, 44_100, 192_000])
def test_straight_lines_between_the_points_are_the_response(sample_rate: int) -> None:
    curve = NARROW.sampled(sample_rate)
    freqs_hz = np.geomspace(20, min(20_000, 0.45 * sample_rate), 20_011)
    away = np.abs(curve.at(freqs_hz) - NARROW.response_db(freqs_hz, sample_rate))
    assert away.max() < 0.08


def test_a_bell_between_points_keeps_its_top() -> None:
    for freq_hz in np.random.default_rng(1).uniform(30, 15_000, 20).tolist():
        curve = Bands([Band("bell", freq_hz, 12.0, 10.0)]).sampled(48_000)
        assert curve.gain_db.max() == pytest.approx(12.0, abs=0.02)


def test_erb_points_are_exact() -> None:
    freqs_hz, gain_db = erb_points(NARROW.sampled(44_100))
    assert freqs_hz.shape == gain_db.shape == (64,)
    np.testing.assert_allclose(freqs_hz, erb_grid(20, 0.45 * 44_100, 64))
    np.testing.assert_allclose(gain_db, NARROW.response_db(freqs_hz, 44_100), atol=1e-9)


@pytest.mark.parametrize(("sample_rate", "highest_hz"), [(8000, 3600.0), (44_100, 19_845.0), (96_000, 20_000.0)])
def test_it_goes_as_far_as_the_rate_reaches(sample_rate: int, highest_hz: float) -> None:
    curve = Bands.parse("LS 100 +3; PK 1000 -2; HS 8k -3").sampled(sample_rate)
    assert (curve.freqs_hz[0], curve.freqs_hz[-1]) == (20.0, pytest.approx(highest_hz))
    assert np.all(np.diff(curve.freqs_hz) > 0)


def test_a_rate_that_reaches_nowhere_is_an_error() -> None:
    with pytest.raises(UsageError, match="too low"):
        Bands().sampled(40)


def test_marks_are_the_bands_that_do_something() -> None:
    bands = Bands.parse("LS 100 +3; PK 1000 0; HS 8k -3")
    assert bands.sampled(48_000, name="mine").marks_hz == (100.0, 8000.0)
    assert bands.sampled(48_000, name="mine").name == "mine"


@pytest.mark.parametrize(
    ("gain_db", "expected"),
    [
        ([0.0, 0.0], (-6, 6, 3)),
        ([1.0, -2.0], (-6, 6, 3)),
        ([6.1, -6.1], (-6, 6, 3)),
        ([6.2, 0.0], (-6, 9, 3)),
        ([0.0, -11.0], (-12, 6, 3)),
        ([12.0, -12.0], (-12, 12, 6)),
        ([5.7, -37.7], (-48, 12, 12)),
        ([0.0, -200.0], (-48, 12, 12)),
    ],
)
def test_the_axis_holds_the_curve_in_few_steps(gain_db: list[float], expected: tuple[float, ...]) -> None:
    axis = db_axis([curve_of(gain_db)])
    assert (axis.low_db, axis.high_db, axis.step_db) == expected
    assert 0.0 in axis.ticks_db
    assert (axis.ticks_db[0], axis.ticks_db[-1], len(axis.ticks_db)) == (axis.high_db, axis.low_db, axis.steps + 1)


def test_what_lies_below_the_axis_is_drawn_at_its_bottom() -> None:
    axis = db_axis([curve_of([0.0, -200.0])])
    np.testing.assert_allclose(axis.position([-48, -200]), 1, atol=0.01)


def test_several_curves_share_one_axis() -> None:
    axis = db_axis([curve_of([8.0, 0.0]), curve_of([0.0, -9.0])])
    assert axis.high_db >= 8
    assert axis.low_db <= -9


def test_places_on_the_axes() -> None:
    np.testing.assert_allclose(freq_position([20, 200, 2000, 20_000]), [0, 1 / 3, 2 / 3, 1])
    np.testing.assert_allclose(db_axis([curve_of([0.0, 0.0])]).position([6, 0, -6]), [0, 0.5, 1])
    assert [freq_label(hz) for hz in (20.0, 500.0, 1000.0, 20_000.0)] == ["20", "500", "1k", "20k"]
