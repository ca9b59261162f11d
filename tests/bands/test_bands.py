"""An EQ as a whole: its order, its forms as text, data and filters, and that all of them are the same EQ."""

from __future__ import annotations

import json
import pickle
from typing import Any

import numpy as np
import pedalboard
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqmorph.bands import CHANNELS, FREQ_RANGE_HZ, GAIN_RANGE_DB, KINDS, PASSES, Q_RANGE, SHAPED, SLOPES_DB, Band, Bands
from eqmorph.errors import UsageError

any_freq, any_channel = st.floats(*FREQ_RANGE_HZ), st.sampled_from(CHANNELS)
any_band = (
    st.builds(
        Band,
        st.sampled_from(SHAPED),
        any_freq,
        st.floats(*GAIN_RANGE_DB),
        st.floats(*Q_RANGE),
        channel=any_channel,
    )
    | st.builds(Band, st.sampled_from(PASSES), any_freq, q=st.floats(*Q_RANGE), channel=any_channel)
    | st.builds(Band, st.sampled_from(PASSES), any_freq, slope_db=st.sampled_from(SLOPES_DB), channel=any_channel)
    | st.builds(Band, st.just("notch"), any_freq, st.floats(-100, 0), st.floats(0.1, 100), channel=any_channel)
)
any_bands = st.lists(any_band, max_size=9).map(Bands)
FIVE = "LS 120 +3; PK 300 -2; PK 1000 -2 Q0.7; PK 3000 +2; HS 8000 -3"


@given(st.lists(any_band, max_size=9))
def test_bands_stand_by_channel_and_kind_and_then_from_low_to_high(bands: list[Band]) -> None:
    ordered = Bands(bands)
    assert sorted(map(id, ordered)) == sorted(map(id, bands))
    places = [(CHANNELS.index(b.channel), KINDS.index(b.kind), b.freq_hz) for b in ordered]
    assert places == sorted(places)


def test_it_is_a_sequence_of_bands() -> None:
    bands = Bands(iter([Band("high_shelf", 8000, 1), Band("bell", 500, 2)]))
    assert len(bands) == 2
    assert [b.kind for b in bands] == ["bell", "high_shelf"]
    assert bands[0] == Band("bell", 500, 2)
    assert bands[-1].kind == "high_shelf"
    assert Band("bell", 500, 2) in bands
    assert list(Bands()) == []


@given(any_bands)
def test_equal_eqs_are_equal_wherever_they_come_from(bands: Bands) -> None:
    for copy in (Bands(list(bands)), pickle.loads(pickle.dumps(bands))):
        assert copy == bands
        assert hash(copy) == hash(bands)


def test_an_eq_never_changes() -> None:
    bands = Bands.parse(FIVE)
    with pytest.raises(AttributeError):
        bands.bands = ()


@given(any_bands)
def test_as_text_it_is_the_same_eq(bands: Bands) -> None:
    assert Bands.parse(str(bands)) == bands


def test_no_bands_are_called_flat() -> None:
    assert str(Bands()) == "flat"
    assert Bands.parse(" Flat ") == Bands()
    assert str(Bands.parse(FIVE)) == FIVE


@pytest.mark.parametrize(
    ("text", "flat"), [("flat", True), ("LS 100 0; PK 1k -0", True), ("PK 1k 0.001", False), (FIVE, False)]
)
def test_flat_is_what_changes_nothing(text: str, flat: bool) -> None:
    assert Bands.parse(text).is_flat is flat


@given(any_bands)
def test_as_json_it_is_the_same_eq(bands: Bands) -> None:
    assert Bands.from_list(json.loads(json.dumps(bands.to_list()))) == bands


def test_rows_may_leave_out_the_q_and_hold_integers() -> None:
    assert Bands.from_list([{"kind": "bell", "freq_hz": 500, "gain_db": 2}]) == Bands([Band("bell", 500.0, 2.0, 0.71)])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"freq_hz": None}, "band 2: frequency must be a number, not None"),
        ({"gain_db": "3"}, "band 2: gain must be a number, not '3'"),
        ({"q": True}, "band 2: Q must be a number, not True"),
        ({"q": [1]}, "band 2: Q must be a number, not [1]"),
        ({"gain_db": float("nan")}, "band 2: gain nan dB is out of range"),
        ({"gain_db": 10**400}, "band 2: gain inf dB is out of range"),
        ({"freq_hz": 5}, "band 2: frequency 5 Hz is out of range"),
        ({"kind": "notch", "gain_db": 0}, "band 2: a notch of 0 dB does nothing"),
        ({"kind": "notch", "gain_db": -0.0}, "band 2: a notch of 0 dB does nothing"),
        ({"kind": "comb"}, "band 2: unknown kind of band 'comb'"),
        ({"kind": ["bell"]}, "band 2: unknown kind of band ['bell']"),
        ({"freq": 100, "width": 1}, "band 2: unknown field freq, width"),
    ],
)
def test_a_bad_row_is_named_by_its_number(change: dict[str, Any], complaint: str) -> None:
    good = {"kind": "bell", "freq_hz": 500.0, "gain_db": 2.0, "q": 1.0}
    with pytest.raises(UsageError) as caught:
        Bands.from_list([good, good | change])
    assert str(caught.value) == complaint


@pytest.mark.parametrize("field", ["kind", "freq_hz", "gain_db"])
def test_a_missing_field_is_named(field: str) -> None:
    row = {"kind": "bell", "freq_hz": 500.0, "gain_db": 2.0}
    del row[field]
    with pytest.raises(UsageError, match=f"band 1: {field} is missing"):
        Bands.from_list([row])


def test_as_a_pedalboard_each_band_is_its_filter() -> None:
    board = Bands.parse("PK 1000 -2 Q0.7; LS 120 +3; HS 8k -3 Q1.2").to_pedalboard()
    assert isinstance(board, pedalboard.Pedalboard)
    found = [(type(f), f.cutoff_frequency_hz, f.gain_db, f.q) for f in board]
    expected = [
        (pedalboard.LowShelfFilter, 120, 3, 0.71),
        (pedalboard.PeakFilter, 1000, -2, 0.7),
        (pedalboard.HighShelfFilter, 8000, -3, 1.2),
    ]
    for got, wanted in zip(found, expected, strict=True):
        assert got[0] is wanted[0]
        assert got[1:] == pytest.approx(wanted[1:], rel=1e-6)


def test_bands_that_do_nothing_cost_no_filter() -> None:
    assert len(Bands.parse("LS 120 0; PK 1k +1").to_pedalboard()) == 1
    assert len(Bands().to_pedalboard()) == 0


def test_for_a_sample_rate_it_is_the_pedalboard_that_is_rendered() -> None:
    bands = Bands.parse("PK 1k +3; PK 15k +6 Q8; HS 9k +3")
    assert [f.cutoff_frequency_hz for f in bands.to_pedalboard()] == [1000, 15_000, 9000]
    rendered = bands.at_rate(8000).bands
    board = bands.to_pedalboard(8000)
    assert [f.cutoff_frequency_hz for f in board] == pytest.approx([b.freq_hz for b in rendered])
    assert max(f.cutoff_frequency_hz for f in board) <= 3600.01


def test_the_curve_is_that_of_what_is_rendered_at_the_rate() -> None:
    bands = Bands.parse("PK 1k +3; HS 9k +6")
    freqs_hz = np.geomspace(20, 3600, 50)
    rendered = bands.at_rate(8000).bands
    assert rendered != bands
    np.testing.assert_array_equal(bands.response_db(freqs_hz, 8000), rendered.response_db(freqs_hz, 8000))


def test_amounts_leave_passes_and_whole_notches_as_they_are() -> None:
    bands = Bands.parse("HP 80; PK 300 -2 | S: NT 50; NT 100 -20; BP 1k")
    half = bands.scaled(0.5)
    assert str(half) == "HP 80; PK 300 -1 | S: NT 50; NT 100 -10; BP 1000"
    assert bands.scaled(0) == Bands()
    assert not half.is_flat
    with pytest.raises(UsageError, match="HP 80 has no opposite"):
        bands.scaled(-1)


def test_channels_are_told_apart() -> None:
    bands = Bands.parse("LS 120 +3 | M: PK 300 -2")
    assert bands.channels == ("both", "mid")
    assert (str(bands.on("mid")), str(bands.on("side")), Bands().channels) == ("PK 300 -2", "flat", ("both",))
    with pytest.raises(UsageError, match="the same to all channels"):
        bands.to_pedalboard()


def test_a_curve_is_drawn_for_each_channel_that_differs() -> None:
    assert [curve.name for curve in Bands.parse("PK 300 -2").sampled_routes()] == [""]
    mid, side = Bands.parse("LS 120 +3 | M: PK 1k -2").sampled_routes()
    assert (mid.name, side.name) == ("mid", "side")
    assert mid.at(1000) - side.at(1000) == pytest.approx(-2, abs=0.01)
    assert side.at(20) == pytest.approx(3, abs=0.1)
    names = [curve.name for curve in Bands.parse("L: NT 50 | S: HP 100").sampled_routes()]
    assert names == ["left", "right", "mid", "side"]
