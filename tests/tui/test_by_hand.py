"""What was changed by hand stays an offset while words move, and nothing of it is lost."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.analysis import Ear, load_ear
from eqmorph.bands import Band, Bands
from eqmorph.tui.blend import Blend, History
from eqmorph.tui.by_hand import ByHand, moved
from eqmorph.tui.hand_eq import HandEq
from eqmorph.tui.solo import around

CAME = Bands.parse("LS 120 +2; PK 350 -2; PK 1200 -6 Q0.7; PK 3400 +3; HS 8000 +2")
BELL = 2  # the row of the bell at 1200 Hz


@pytest.fixture(scope="module")
def ear() -> Ear:
    return load_ear()


def nudged(bands: Bands = CAME, row: int = BELL, **by: float) -> ByHand:
    hand = ByHand()
    return hand.with_band(hand.held(bands)[row], moved(bands[row], **by))


def test_without_changes_the_very_bands_are_heard() -> None:
    assert ByHand().applied(CAME) is CAME
    assert not ByHand()
    assert [row.band for row in ByHand().held(CAME)] == list(CAME)


def test_a_band_is_moved_in_all_three_ways_and_the_others_stay() -> None:
    hand = nudged(octaves=1 / 12, gain_db=1.5, q_octaves=0.5)
    rows = hand.held(CAME)
    band = rows[BELL].band
    assert band.freq_hz == pytest.approx(1200 * 2 ** (1 / 12))
    assert band.gain_db == pytest.approx(-4.5)
    assert band.q == pytest.approx(0.7 * 2**0.5)
    assert [row.band for n, row in enumerate(rows) if n != BELL] == [b for n, b in enumerate(CAME) if n != BELL]
    assert [row.is_by_hand for row in rows] == [n == BELL for n in range(5)]


def test_when_words_move_it_stays_an_offset_of_the_nearest_band_of_its_kind() -> None:
    hand = nudged(octaves=0.25, gain_db=1.5)
    other = Bands.parse("LS 150 +1; PK 500 -1; PK 1500 -4 Q0.8; PK 3000 +2; HS 7000 +1")
    rows = hand.held(other)
    changed = next(row for row in rows if row.is_by_hand)
    assert changed.came == other[2]
    assert changed.band.freq_hz == pytest.approx(1500 * 2**0.25)
    assert changed.band.gain_db == pytest.approx(-2.5)
    assert changed.band.q == pytest.approx(0.8)
    assert hand.applied(CAME)[BELL].gain_db == pytest.approx(-4.5), "and it is the same when they move back"


def test_it_goes_with_the_nearest_also_where_their_number_changes() -> None:
    hand = nudged(gain_db=1.5)
    fewer = Bands.parse("PK 1150 -5; HS 8000 +2")
    assert hand.applied(fewer) == Bands.parse("PK 1150 -3.5; HS 8000 +2")
    more = Bands.parse("PK 600 -1; PK 1000 +1; PK 1250 -5; PK 2200 +1")
    assert hand.applied(more) == Bands.parse("PK 600 -1; PK 1000 +1; PK 1250 -3.5; PK 2200 +1")


def test_two_changes_never_go_with_one_band() -> None:
    hand = nudged(row=1, gain_db=1.0)
    hand = hand.with_band(hand.held(CAME)[BELL], moved(CAME[BELL], gain_db=2.0))
    one = Bands.parse("PK 700 -3")
    assert hand.applied(one) == Bands.parse("PK 700 -1; PK 350 +1")
    assert hand.applied(CAME) == Bands.parse("LS 120 +2; PK 350 -1; PK 1200 -4 Q0.7; PK 3400 +3; HS 8000 +2")


def test_where_no_band_is_left_its_gain_stays_as_one_of_its_own() -> None:
    hand = nudged(octaves=0.5, gain_db=1.5)
    (row,) = hand.held(Bands())
    assert row.came is None
    assert row.is_by_hand
    assert row.band.gain_db == 1.5
    assert row.band.freq_hz == pytest.approx(1200 * 2**0.5)
    far = Bands.parse("PK 5000 +2")
    assert hand.applied(far) == Bands([row.band, *far])
    assert nudged(octaves=0.5).held(Bands()) == (), "without a gain there is nothing to hear"
    again = hand.with_band(row, moved(row.band, gain_db=1.0))
    assert again.applied(Bands())[0].gain_db == 2.5


def test_nothing_leaves_the_ranges_of_bands() -> None:
    hand = nudged(gain_db=30.0, octaves=9.0, q_octaves=9.0)
    band = hand.held(CAME)[BELL].band
    assert (band.gain_db, band.freq_hz, band.q) == (12.0, pytest.approx(20_000.0), 10.0)
    hand = nudged(gain_db=17.0)
    assert hand.applied(Bands.parse("PK 1200 +6"))[0].gain_db == 12.0


def test_what_is_bypassed_is_shown_and_not_heard() -> None:
    hand = ByHand()
    row = hand.held(CAME)[BELL]
    hand = hand.with_band(row, row.band, is_off=True)
    assert hand.held(CAME)[BELL].is_off
    assert hand.applied(CAME) == Bands(band for n, band in enumerate(CAME) if n != BELL)
    row = hand.held(CAME)[BELL]
    assert not hand.with_band(row, row.band, is_off=False), "nothing is left of it"


def test_added_bands_come_last_keep_their_numbers_and_are_removed() -> None:
    high_pass = Band("high_pass", 40.0, slope_db=24)
    hand = ByHand().with_added(high_pass).with_added(Band("bell", 500.0, 2.0))
    assert [row.band for row in hand.held(CAME)[5:]] == [high_pass, Band("bell", 500.0, 2.0)]
    assert hand.applied(CAME) == Bands([*CAME, high_pass, Band("bell", 500.0, 2.0)])
    row = hand.held(CAME)[5]
    steep = hand.with_band(row, moved(row.band, octaves=1.0), is_off=True)
    assert steep.held(CAME)[5].band.freq_hz == 80.0
    assert steep.applied(CAME) == Bands([*CAME, Band("bell", 500.0, 2.0)])
    assert hand.reset(row) == ByHand().with_added(Band("bell", 500.0, 2.0))


def test_reset_gives_back_what_the_words_made() -> None:
    hand = nudged(gain_db=1.5)
    assert hand.reset(hand.held(CAME)[BELL]) == ByHand()
    row = hand.held(CAME)[BELL]
    assert hand.with_band(row, moved(row.band, gain_db=-1.5)) == ByHand(), "moved back is not changed"
    assert hand.reset(hand.held(CAME)[0]) == hand


def test_a_pass_has_no_gain_and_a_steep_one_no_q() -> None:
    band = Band("high_pass", 40.0, slope_db=24)
    assert moved(band, gain_db=3.0, q_octaves=1.0) == band
    assert moved(Band("high_pass", 40.0), q_octaves=1.0).q == pytest.approx(1.42)


# As part of a blend.


def test_the_blend_says_it_to_whatever_renders(ear: Ear) -> None:
    blend = Blend().with_by_hand(ByHand().with_added(Band("high_pass", 40.0)))
    eq = blend.eq(ear)
    assert isinstance(eq, HandEq)
    assert eq.decide(48_000, None).bands == Bands.parse("HP 40")
    assert eq.facts() != Blend().eq(ear).facts()


def test_undo_and_redo_cover_it() -> None:
    history = History(Blend())
    changed = Blend().with_by_hand(nudged(gain_db=1.0))
    assert history.move(changed)
    assert history.undo()
    assert not history.blend.by_hand
    assert history.redo()
    assert history.blend == changed


def test_it_rests_while_the_sound_is_followed() -> None:
    blend = Blend.of_words(["warm"]).with_weight("warm", 1.0).with_by_hand(nudged(gain_db=1.0))
    assert blend.in_hand
    assert not blend.with_other_following().in_hand
    assert blend.with_other_following().with_other_following() == blend
    assert blend.with_other_following().with_other_mode().in_hand


def test_a_band_that_the_rate_cannot_hold_is_replaced(ear: Ear) -> None:
    blend = Blend().with_by_hand(ByHand().with_added(Band("low_pass", 12_000.0)))
    choice = blend.eq(ear).decide(16_000, None)
    assert choice.bands == Bands.parse("LP 12000").at_rate(16_000).bands
    assert choice.notes == Bands.parse("LP 12000").at_rate(16_000).notes


# Alone.


@pytest.mark.parametrize(
    ("row", "passed_hz", "taken_hz"),
    [(0, 50.0, 2000.0), (BELL, 1200.0, 60.0), (4, 15_000.0, 800.0)],
)
def test_alone_only_what_lies_around_a_band_is_let_through(row: int, passed_hz: float, taken_hz: float) -> None:
    heard = around(CAME, ByHand().held(CAME)[row])
    passed, taken = heard.response_db([passed_hz, taken_hz], 48_000) - CAME.response_db([passed_hz, taken_hz], 48_000)
    assert passed > -1
    assert taken < -15


def test_of_a_pass_one_hears_what_it_takes_away() -> None:
    bands = Bands.parse("HP 100 24dB; PK 1000 +3")
    heard = around(bands, ByHand().held(bands)[0])
    np.testing.assert_allclose(heard.response_db([20.0], 48_000), [0.0], atol=0.5)
    assert heard.response_db([1000.0], 48_000)[0] < -40
