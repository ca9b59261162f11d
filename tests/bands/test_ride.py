"""An EQ over time: where it stands, how fast it goes from one station to the next, and that it can be written down."""

from __future__ import annotations

import json

import numpy as np
import pytest

from eqmorph.bands import Bands, Glide, Ride, Station, moved_db

DARK, BRIGHT = Bands.parse("LS 150 +6; PK 2000 -6 Q1; HS 8k -6"), Bands.parse("LS 300 -6; PK 900 +6 Q1; HS 5k +6")
OPPOSED = (Bands.parse("LS 120 +12; PK 1000 -12 Q2; HS 5k +12"), Bands.parse("LS 300 -12; PK 2000 +12 Q2; HS 9k -12"))
PAIRS = [
    (DARK, BRIGHT),
    OPPOSED,
    (Bands(), Bands.parse("PK 3333 -12 Q8")),
    (Bands.parse("PK 1000 +12 Q8"), Bands.parse("PK 1100 -12 Q8")),
    (Bands.parse("HS 3k -6"), Bands.parse("HS 3k +6")),
]
HERTZ = np.geomspace(20.0, 20_000.0, 1500)


def timed(before: Bands, after: Bands, rate_db: float, sample_rate: int) -> Ride:
    """Return a ride whose only glide is as long as a rate in dB a second makes it."""
    at_s = 1.0 + moved_db(before, after, sample_rate) / rate_db
    return Ride((Station(0.0, 1.0, before), Station(at_s, at_s, after)))


def test_stations_hold_and_what_lies_before_and_after_is_theirs() -> None:
    ride = Ride((Station(2.0, 3.0, DARK), Station(5.0, 6.0, BRIGHT)))
    found = ride.response_db(HERTZ, np.array([0.0, 2.0, 2.9, 5.0, 6.0, 100.0]), 48_000)
    dark, bright = (bands.held_response_db(HERTZ, 48_000) for bands in (DARK, BRIGHT))
    assert found[:3] == pytest.approx(np.array([dark] * 3), abs=1e-9)
    assert found[3:] == pytest.approx(np.array([bright] * 3), abs=1e-9)


def test_what_it_does_is_the_same_looked_at_in_parts() -> None:
    stations = [Station(at, at + 1.0, bands) for at, bands in ((0.5, DARK), (3.0, BRIGHT), (4.0, DARK), (9.0, BRIGHT))]
    ride, times_s = Ride(tuple(stations)), np.arange(0.0, 12.0, 0.1)
    whole = ride.response_db(HERTZ, times_s, 44_100)
    parts = [ride.response_db(HERTZ, times_s[at : at + 7], 44_100) for at in range(0, len(times_s), 7)]
    assert np.array_equal(np.concatenate(parts), whole)
    assert not len(ride.response_db(HERTZ, times_s[:0], 44_100))


@pytest.mark.parametrize("sample_rate", [22_050, 44_100, 96_000])
@pytest.mark.parametrize("rate_db", [0.5, 3.0, 20.0])
@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_nothing_moves_faster_than_the_rate_and_something_as_fast(
    before: Bands, after: Bands, rate_db: float, sample_rate: int
) -> None:
    ride = timed(before, after, rate_db, sample_rate)
    times_s = np.linspace(1.0, ride.stations[1].from_s, 1500)
    step_s = times_s[1] - times_s[0]
    heard_hz = HERTZ[: np.searchsorted(HERTZ, 0.49 * sample_rate)]
    speeds = np.abs(np.diff(ride.response_db(heard_hz, times_s, sample_rate), axis=0)).max(axis=1) / step_s
    assert speeds.max() <= 1.02 * rate_db
    assert speeds[5:-5].min() >= 0.95 * rate_db


def test_a_glide_goes_through_what_both_filters_make_together() -> None:
    """Boost and cut turn phases opposite ways, so their mix is softer than their levels would make it."""
    before, after = (bands.held_response(HERTZ, 48_000) for bands in OPPOSED)
    glide = Glide(Station(0.0, 0.0, OPPOSED[0]), Station(8.0, 8.0, OPPOSED[1]))
    share = glide.shares(np.array([4.0]), 48_000)[0]
    found = Ride((glide.before, glide.after)).response_db(HERTZ, np.array([4.0]), 48_000)[0]
    assert found == pytest.approx(20 * np.log10(np.abs((1 - share) * before + share * after)), abs=1e-9)
    by_level = 20 * np.log10((1 - share) * np.abs(before) + share * np.abs(after))
    assert np.max(by_level - found) > 3


def test_shares_rise_from_none_to_all() -> None:
    shares = Glide(Station(0.0, 1.0, DARK), Station(4.0, 4.0, BRIGHT)).shares(np.linspace(0.0, 5.0, 501), 44_100)
    assert np.all(np.diff(shares) >= 0)
    assert np.all(shares[:101] == 0)
    assert np.all(shares[400:] == 1)


def test_a_glide_without_length_is_a_switch() -> None:
    shares = Glide(Station(0.0, 1.0, DARK), Station(1.0, 4.0, BRIGHT)).shares(np.array([0.99, 1.0]), 44_100)
    assert shares.tolist() == [0.0, 1.0]


def test_between_two_alike_nothing_moves() -> None:
    glide = Glide(Station(0.0, 1.0, DARK), Station(3.0, 3.0, DARK))
    assert moved_db(DARK, DARK, 44_100) == pytest.approx(0.0, abs=1e-9)
    found = Ride((glide.before, glide.after)).response_db(HERTZ, np.linspace(0.0, 4.0, 9), 44_100)
    assert np.ptp(found, axis=0).max() < 1e-9


def test_the_gain_on_top_goes_from_moment_to_moment_and_stays_at_the_end() -> None:
    ride = Ride((Station(0.0, 9.0, DARK),), gains_db=(0.0, 2.0, -1.0), every_s=0.5)
    assert ride.gain_db(np.array([0.0, 0.25, 0.5, 0.75, 1.0, 7.0])).tolist() == [0.0, 1.0, 2.0, 0.5, -1.0, -1.0]


def test_a_ride_that_was_written_down_is_the_same() -> None:
    ride = Ride((Station(0.0, 1.5, DARK), Station(4.25, 6.0, BRIGHT)), gains_db=(0.0, -1.25, 0.5), every_s=1.0)
    assert Ride.from_dict(json.loads(json.dumps(ride.to_dict()))) == ride


@pytest.mark.parametrize(
    "stations",
    [
        (),
        (Station(2.0, 1.0, DARK),),
        (Station(0.0, 2.0, DARK), Station(1.0, 3.0, BRIGHT)),
        (Station(4.0, 5.0, DARK), Station(0.0, 1.0, BRIGHT)),
    ],
)
def test_stations_come_one_after_the_other(stations: tuple[Station, ...]) -> None:
    with pytest.raises(ValueError, match="one after the other"):
        Ride(stations)


def test_only_a_ride_of_flat_stations_is_flat() -> None:
    flat = Station(0.0, 1.0, Bands())
    assert Ride((flat, Station(2.0, 3.0, Bands.parse("PK 1000 0")))).is_flat
    assert not Ride((flat, Station(2.0, 3.0, DARK))).is_flat
