"""A band is always finite and in range, whatever it is made from."""

from __future__ import annotations

import dataclasses
import json
import math
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eqmorph.bands import FREQ_RANGE_HZ, GAIN_RANGE_DB, KINDS, Q_RANGE, SHAPED, SHELF_Q, Band
from eqmorph.bands.band import check_sample_rate
from eqmorph.errors import UsageError

RANGES = {"freq_hz": FREQ_RANGE_HZ, "gain_db": GAIN_RANGE_DB, "q": Q_RANGE}
USUAL: dict[str, Any] = {"kind": "bell", "freq_hz": 1000.0, "gain_db": 3.0, "q": 1.0}

each_field = pytest.mark.parametrize("field", RANGES)
within = {name: st.floats(*bounds) for name, bounds in RANGES.items()}


def band(**fields: Any) -> Band:
    return Band(**(USUAL | fields))


def test_ranges_are_those_that_were_agreed() -> None:
    assert RANGES == {"freq_hz": (20.0, 20_000.0), "gain_db": (-12.0, 12.0), "q": (0.1, 10.0)}
    assert SHAPED == ("low_shelf", "bell", "high_shelf")
    assert set(KINDS) == {*SHAPED, "high_pass", "low_pass", "band_pass", "notch"}


@given(kind=st.sampled_from(SHAPED), **within)
def test_whatever_is_in_range_is_kept_as_it_is(kind: Any, freq_hz: float, gain_db: float, q: float) -> None:
    made = Band(kind, freq_hz, gain_db, q)
    assert (made.kind, made.freq_hz, made.gain_db, made.q) == (kind, freq_hz, gain_db, q)


@each_field
def test_both_ends_of_a_range_belong_to_it(field: str) -> None:
    for end in RANGES[field]:
        assert getattr(band(**{field: end}), field) == end


@each_field
@given(value=st.floats(allow_nan=True, allow_infinity=True) | st.integers())
@example(value=math.nan)
@example(value=math.inf)
@example(value=-math.inf)
@example(value=10**400)
def test_whatever_is_not_in_range_is_refused(field: str, value: float) -> None:
    low, high = RANGES[field]
    if low <= value <= high:
        assert getattr(band(**{field: value}), field) == value
        return
    with pytest.raises(UsageError, match="out of range") as caught:
        band(**{field: value})
    assert f"{high:g}" in caught.value.hint


@each_field
def test_the_nearest_numbers_outside_are_refused(field: str) -> None:
    low, high = RANGES[field]
    for value in (math.nextafter(low, -math.inf), math.nextafter(high, math.inf)):
        with pytest.raises(UsageError, match="out of range"):
            band(**{field: value})


@each_field
@pytest.mark.parametrize("value", ["100", None, True, 1j, [100.0], np.array([100.0])], ids=repr)
def test_what_is_no_number_is_refused(field: str, value: object) -> None:
    with pytest.raises(UsageError, match="must be a number"):
        band(**{field: value})


@pytest.mark.parametrize("kind", ["peak", "BELL", "", None, 3])
def test_an_unknown_kind_is_refused_and_the_known_ones_named(kind: object) -> None:
    with pytest.raises(UsageError, match="unknown kind") as caught:
        band(kind=kind)
    assert all(known in caught.value.hint for known in KINDS)


@each_field
@pytest.mark.parametrize("number", [np.float32, np.float64, np.int16, int])
def test_numbers_of_any_type_become_plain_floats(field: str, number: Any) -> None:
    value = number({"freq_hz": 440, "gain_db": -3, "q": 2}[field])
    made = band(**{field: value})
    assert type(getattr(made, field)) is float
    assert json.loads(json.dumps(dataclasses.asdict(made)))[field] == value


def test_a_band_without_a_q_has_that_of_a_plain_shelf() -> None:
    assert Band("low_shelf", 100, 3).q == SHELF_Q == 0.71


def test_a_band_never_changes_and_travels_between_processes() -> None:
    made = band()
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.gain_db = 100.0
    assert pickle.loads(pickle.dumps(made)) == made
    assert hash(made) == hash(band())
    with pytest.raises(UsageError):
        dataclasses.replace(made, gain_db=13.0)


@pytest.mark.parametrize("rate", [0, -44_100, math.nan, math.inf, -math.inf])
def test_what_is_no_sample_rate_is_refused(rate: float) -> None:
    with pytest.raises(UsageError, match="sample rate"):
        check_sample_rate(rate)


@pytest.mark.parametrize("rate", [100, 8000, 44_100.0, 768_000])
def test_what_is_a_sample_rate_passes(rate: float) -> None:
    check_sample_rate(rate)


@pytest.mark.parametrize("kind", ["high_pass", "low_pass"])
@pytest.mark.parametrize("slope_db", [6, 12, 24])
def test_a_pass_has_a_slope_and_of_12_db_a_q(kind: Any, slope_db: int) -> None:
    made = Band(kind, 80, slope_db=slope_db)
    assert (made.slope_db, made.q, made.is_flat) == (slope_db, SHELF_Q, False)
    if slope_db == 12:
        assert Band(kind, 80, q=2).slope_db == 12
        assert Band(kind, 80, q=2).q == 2
    else:
        with pytest.raises(UsageError, match=f"of {slope_db} dB per octave has no Q"):
            Band(kind, 80, q=2, slope_db=slope_db)


def test_a_notch_takes_all_unless_it_is_said_how_deep_it_is() -> None:
    whole = Band("notch", 50)
    assert (whole.q, whole.depth_db, whole.is_flat) == (30, -100, False)
    assert Band("notch", 50, -100) == whole
    assert Band("notch", 50, -14, 100).depth_db == -14
    for depth_db in (1, -101):
        with pytest.raises(UsageError, match=r"depth .* is out of range"):
            Band("notch", 50, depth_db)
    with pytest.raises(UsageError, match=r"between 0\.1 and 100"):
        Band("notch", 50, q=101)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": "high_pass", "gain_db": 3}, "a high-pass has no gain"),
        ({"kind": "band_pass", "gain_db": -3}, "a band-pass has no gain"),
        ({"kind": "bell", "slope_db": 12}, "a bell has no slope"),
        ({"kind": "low_pass", "slope_db": 18}, "a slope of 18 dB per octave is none"),
        ({"kind": "bell", "channel": "centre"}, "unknown channel 'centre'"),
    ],
)
def test_no_band_has_what_its_kind_has_not(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Band(**({"freq_hz": 1000} | fields))
