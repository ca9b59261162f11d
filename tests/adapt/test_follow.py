"""An EQ that follows a piece: parts come nearer to each other, as loud as they were, no faster than asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqmorph.adapt.eq import Choice
from eqmorph.adapt.follow import FollowEq, _nearer, _slowly
from eqmorph.analysis import Ear, listen
from eqmorph.analysis.ridden import ridden
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.model import GRID_HZ
from eqmorph.render import Renderer
from eqmorph.request import EqRequest
from tests.support import noise_block

RATE = 44_100


def pink(seconds: float, bands: str, seed: int = 0) -> np.ndarray:
    spectrum = np.fft.rfft(noise_block(round(seconds * RATE), 1, seed=seed))
    noise = np.fft.irfft(spectrum / np.sqrt(np.arange(1, spectrum.shape[1] + 1))) * 10
    return Renderer(Bands.parse(bands), RATE).process(noise.astype(np.float32))


@pytest.fixture(scope="module")
def halves() -> Spectra:
    """Return a piece that is dark for twenty seconds and bright for twenty more."""
    return listen([np.concatenate([pink(20, "HS 2000 -4"), pink(20, "HS 2000 +4", seed=1)], axis=1)], RATE)


def chosen(ear: Ear, spectra: Spectra, words: str = "bright:0.5", **how: Any) -> Choice:
    return EqRequest(words, **{"follow": "sections", **how}).resolve(ear).decide(RATE, spectra)


def brightness(ear: Ear, spectra: Spectra) -> tuple[float, float]:
    """Return the score of "bright" in both halves."""
    own = ear.for_sound(spectra)
    scores = own.words_in(own.window_curves(spectra), ["bright"])[0][:, 0]
    return float(scores[2:17].mean()), float(scores[22:37].mean())


@pytest.mark.parametrize("how", [{}, {"follow": 4.0}, {"album": True}, {"max_gain_db": 12.0}])
def test_halves_come_nearer_to_each_other(ear: Ear, halves: Spectra, how: dict[str, Any]) -> None:
    choice = chosen(ear, halves, **how)
    assert choice.ride is not None
    dark, bright = brightness(ear, halves)
    dark_after, bright_after = brightness(ear, ridden(halves, choice.ride))
    assert abs(bright_after - dark_after) < 0.3 * (bright - dark)
    assert dark_after > dark


def test_the_eq_is_there_when_its_section_begins(ear: Ear, halves: Spectra) -> None:
    ride = chosen(ear, halves).ride
    assert ride is not None
    first, second = ride.stations
    assert (first.from_s, second.to_s) == (0, 40)
    assert second.from_s == pytest.approx(20, abs=1)
    assert first.to_s < second.from_s


@pytest.mark.parametrize("rate_db", [0.1, 0.3, 1.0, 3.0, 20.0])
@pytest.mark.parametrize("follow", ["sections", 4.0])
def test_no_frequency_moves_faster_than_asked(ear: Ear, halves: Spectra, rate_db: float, follow: object) -> None:
    ride = chosen(ear, halves, follow=follow, rate_db=rate_db).ride
    assert ride is not None
    times_s = np.arange(0, 40, 0.05)
    moves = np.abs(np.diff(ride.response_db(GRID_HZ, times_s, RATE), axis=0)).max() / 0.05
    assert moves <= 1.02 * rate_db
    assert moves > 0.05 * rate_db
    assert np.abs(np.diff(ride.gain_db(times_s))).max() / 0.05 <= rate_db + 1e-6


def test_each_moment_stays_as_loud_against_the_others(ear: Ear, halves: Spectra) -> None:
    choice = chosen(ear, halves, "warm:1")
    assert choice.ride is not None
    louder_db = 10 * np.log10(ridden(halves, choice.ride).energy / halves.energy)
    assert np.ptp(np.convolve(louder_db, [0.5, 0.5], mode="valid")) < 1.0
    # As a whole it is as much louder or softer as the piece's own EQ makes it.
    still = 10 * np.log10(
        (halves.mean_power * 10 ** (choice.bands.response_db(halves.grid.freq_hz, RATE) / 10))
        @ halves.grid.loudness
        / (halves.mean_power @ halves.grid.loudness)
    )
    assert np.median(louder_db) == pytest.approx(still, abs=0.5)


def test_limits_hold_in_every_section(ear: Ear, halves: Spectra) -> None:
    for most_db in (2.0, 6.0):
        ride = chosen(ear, halves, "bright:1", max_gain_db=most_db).ride
        assert ride is not None
        for station in ride.stations:
            assert np.abs(station.bands.response_db(GRID_HZ, RATE)).max() <= most_db + 1e-6


def test_the_prediction_is_of_the_whole_after_it(ear: Ear, halves: Spectra) -> None:
    choice = chosen(ear, halves)
    assert choice.ride is not None
    assert choice.decision is not None
    own = ear.for_sound(halves)
    assert choice.decision.predicted == own.hear(ridden(halves, choice.ride))
    assert choice.decision.before == own.hear(halves)
    assert choice.decision.album is None


def test_an_album_s_decision_is_that_of_the_album(ear: Ear, halves: Spectra) -> None:
    eq = EqRequest("bright:0.5", album=True, follow="sections").resolve(ear)
    choice = eq.for_set(lambda: [halves, halves]).decide(RATE, halves)
    assert choice.decision is not None
    assert choice.decision.album is not None
    assert choice.ride is not None


def test_nothing_asked_or_nothing_heard_is_nothing_done(ear: Ear, halves: Spectra) -> None:
    assert chosen(ear, halves, amount=0.0).is_flat
    assert chosen(ear, halves, "bright:0").is_flat
    silence = listen([np.zeros((1, 30 * RATE), np.float32)], RATE)
    choice = chosen(ear, silence)
    assert choice.is_flat
    assert choice.ride is None


def test_a_short_sound_gets_what_it_would_get_anyway(ear: Ear) -> None:
    short = listen([pink(1.5, "HS 2000 -4")], RATE)
    choice = chosen(ear, short)
    assert choice.ride is None
    assert choice.bands == EqRequest("bright:0.5").resolve(ear).decide(RATE, short).bands


def test_followings_are_told_apart(ear: Ear) -> None:
    ways: list[dict[str, Any]] = [{}, {"follow": "sections"}, {"follow": 4.0}, {"follow": "sections", "rate_db": 2.0}]
    eqs = [EqRequest("bright", **how).resolve(ear) for how in ways]
    facts = [eq.facts() for eq in eqs]
    assert all(one != other for at, one in enumerate(facts) for other in facts[:at])
    follow = eqs[1]
    assert isinstance(follow, FollowEq)
    assert follow.doubts == eqs[0].doubts
    assert follow.ear is ear
    with pytest.raises(ValueError, match="in words"):
        replace(follow, eq=EqRequest(bands=Bands.parse("PK 1000 3")).resolve(ear)).decide(RATE, None)


@given(
    st.lists(st.lists(st.floats(-12, 12), min_size=3, max_size=3), min_size=2, max_size=7),
    st.floats(0.5, 6),
)
def test_neighbors_come_as_near_as_there_is_time_for(rows: list[list[float]], most_db: float) -> None:
    curves = np.array(rows)
    found = _nearer(curves, curves, np.full(len(rows) - 1, most_db), np.ones(len(rows)))
    assert np.abs(np.diff(found, axis=0)).max() <= 1.05 * most_db + 0.01
    assert found.min() >= curves.min() - 1e-9
    assert found.max() <= curves.max() + 1e-9
    if np.abs(np.diff(curves, axis=0)).max() <= most_db:
        assert np.array_equal(found, curves)


@given(st.lists(st.floats(-12, 12), min_size=1, max_size=30), st.floats(0.1, 6))
def test_a_gain_moves_slowly(values: list[float], most: float) -> None:
    given_db = np.array(values)
    found = _slowly(given_db, most)
    assert np.abs(np.diff(found)).max(initial=0.0) <= most + 1e-9
    assert given_db.min() - 1e-9 <= found.min() <= found.max() <= given_db.max() + 1e-9
    if np.abs(np.diff(given_db)).max(initial=0.0) <= most:
        assert found == pytest.approx(given_db)


def test_all_parts_have_the_same_places(ear: Ear, halves: Spectra) -> None:
    ways: list[dict[str, Any]] = [{}, {"rate_db": 0.2}, {"follow": 3.0}]
    for how in ways:
        ride = chosen(ear, halves, **how).ride
        assert ride is not None
        places = {tuple((band.kind, band.freq_hz, band.q) for band in station.bands) for station in ride.stations}
        assert len(places) == 1


def test_what_is_too_short_for_its_windows_is_said(ear: Ear) -> None:
    choice = chosen(ear, listen([pink(3, "HS 2000 -4")], RATE), follow=20.0)
    assert choice.ride is None
    assert choice.notes == ("too short to be followed so many seconds at a time: it gets one EQ",)
