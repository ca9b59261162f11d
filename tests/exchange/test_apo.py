"""Equalizer APO's and AutoEq's text."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.bands import Band, Bands
from eqmorph.errors import UsageError
from eqmorph.exchange import difference, find_format, read_eq, write_eq
from eqmorph.exchange.measure import heard_hz
from tests.exchange.eqs import NEAR_ENOUGH_DB, RATES, STEREO, off_db, proof_eqs

FORMAT = find_format("apo")


def taken(text: str) -> Bands:
    found = read_eq(text)
    assert found is not None
    return found.bands


def test_it_is_written_as_autoeq_writes_it() -> None:
    written = write_eq(Bands.parse("LS 105 +5.5 Q0.7; PK 1234.5 -3.25 Q1.414; HS 10k -2 Q0.7"), FORMAT)
    assert written.data.decode() == (
        "Preamp: -5.5 dB\n"
        "Filter 1: ON LSC Fc 105 Hz Gain 5.5 dB Q 0.70\n"
        "Filter 2: ON PK Fc 1234.5 Hz Gain -3.25 dB Q 1.414\n"
        "Filter 3: ON HSC Fc 10000 Hz Gain -2.0 dB Q 0.70\n"
    )
    assert written.notes == ()


def test_an_eq_that_only_cuts_needs_no_preamp() -> None:
    assert write_eq(Bands.parse("PK 1000 -3"), FORMAT).data.decode().startswith("Preamp: 0.0 dB\n")


@pytest.mark.parametrize("rate", RATES)
def test_what_is_read_back_does_what_is_rendered_here(rate: int) -> None:
    for eq in proof_eqs():
        if any(band.slope_db == 6 for band in eq):
            continue
        back = taken(write_eq(eq, FORMAT, sample_rate=rate).data.decode())
        assert off_db(eq, back.response_db(heard_hz(rate, eq), rate), rate) < NEAR_ENOUGH_DB, str(eq)
        written = (band for band in eq.at_rate(rate).bands if not band.is_flat)
        for band, other in zip(written, back, strict=True):
            assert other.kind == band.kind
            assert other.freq_hz == pytest.approx(band.freq_hz, abs=0.0051)
            assert other.gain_db == pytest.approx(band.gain_db, abs=0.0051)
            assert other.q == pytest.approx(band.q, abs=0.00051)


def test_what_programs_write_is_taken() -> None:
    autoeq = (
        "Preamp: -6.2 dB\r\n"
        "Filter 1: ON LSC Fc 105 Hz Gain 5.5 dB Q 0.70\r\n"
        "Filter 2: OFF PK Fc 60 Hz Gain 2.0 dB Q 0.70\r\n"
        "Filter: ON HSC Fc 10 kHz Gain -2,5 dB Q 0,70\r\n"
        "# a comment: with a colon\r\n"
        "Filter 4: ON None\r\n"
    )
    found = read_eq(autoeq)
    assert found is not None
    assert found.bands == Bands.parse("LS 105 +5.5 Q0.7; HS 10k -2.5 Q0.7")
    assert "preamp of -6.2 dB" in found.notes[0]


def test_widths_in_octaves_and_slopes_are_taken() -> None:
    assert taken("Filter 1: ON PK Fc 1000 Hz Gain -3.0 dB BW Oct 1.0")[0].q == pytest.approx(1.41, abs=0.01)
    assert taken("Filter 1: ON LSC 12 dB Fc 100 Hz Gain 6 dB")[0].q == pytest.approx(0.7071, abs=1e-4)
    assert taken("Filter 1: ON LSC 6 dB Fc 100 Hz Gain 6 dB")[0].q == pytest.approx(0.493, abs=1e-3)


def test_a_corner_is_no_centre() -> None:
    """LS names where the slope begins: its centre is further up by half of the gain's way along the slope."""
    shelf = taken("Filter 1: ON LS 12 dB Fc 100 Hz Gain 8 dB")[0]
    assert shelf.freq_hz == pytest.approx(100 * 10 ** (8 / 80))
    assert taken("Filter 1: ON HS 12 dB Fc 8000 Hz Gain 8 dB")[0].freq_hz == pytest.approx(8000 / 10 ** (8 / 80))
    assert taken("Filter 1: ON LS Fc 100 Hz Gain 8 dB")[0].freq_hz == 100


def test_rew_names_the_middle_of_a_shelf_with_a_q() -> None:
    rew = "Equaliser: Generic\nFilter  1: ON  PK       Fc    42.5 Hz  Gain  -9.1 dB  Q  5.12\nFilter  2: ON  None\n"
    rew += "Filter  3: ON  LS Q     Fc     120 Hz  Gain   2.0 dB  Q  0.70\n"
    assert taken(rew) == Bands.parse("PK 42.5 -9.1 Q5.12; LS 120 +2 Q0.7")


def test_what_no_band_can_be_is_made_of_several() -> None:
    found = read_eq("Filter 1: ON PK Fc 10 Hz Gain 15 dB Q 0.05\nFilter 2: ON PK Fc 1000 Hz Gain 13.6 dB Q 1.4")
    assert found is not None
    assert all("beyond what one band can be" in note for note in found.notes)
    wanted = 20 * np.log10(10 ** (13.6 / 20))
    assert Bands(b for b in found.bands if 900 < b.freq_hz < 1100).response_db([1000.0])[0] == pytest.approx(
        wanted, abs=0.3
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Preamp: 0 dB\nFilter 1: ON AP Fc 100 Hz Q 1", "line 2, .*AP is no filter that can be taken"),
        ("Filter 1: ON PK Fc 100 Hz Gain nan dB Q 1", "no frequency or no gain"),
        ("Filter 1: ON PK Fc 100 Hz Gain 3 dB", "has no Q"),
        ("Filter 1: ON PK Fc 100 Hz Gain 3 dB Q 0", "not positive"),
        ("Filter 1: ON PK Fc 1..0.0 Hz Gain 3 dB Q 1", "'1..0.0' is not a number"),
        ("Filter 1: ON PK Fc 100 Hz Gain 1e9 dB Q 1", "line 1: a gain of 1e"),
        ("Filter 1: PK Fc 100 Hz", "doesn't say whether it is on"),
        ("Filter 1: ON PK Fc 10", "line 1, .*no frequency or no gain"),
        ("Filter 1: ON LSC 90 dB Fc 100 Hz Gain 12 dB", "slope or width that no filter has"),
        ("Preamp: 0 dB\nInclude: other.txt", "line 2, 'Include: other.txt': does what bands can't"),
        ("Include: other.txt", "line 1, 'Include: other.txt': does what bands can't"),
        ("# mine\nCopy: L=R", "line 2, 'Copy: L=R': does what bands can't"),
        ("Channel: C", "line 1, 'Channel: C': is none of the two channels"),
        ("Filter 2 ON PK Fc 100 Hz Gain 3 dB Q 1", "line 1, .*is no filter as it is written"),
        ("Channel: C\nFilter 1: ON PK Fc 100 Hz Gain 3 dB Q 1", "line 1, .*none of the two channels"),
        ("Filter 1: ON PK Fc 100 Hz Gain 3 dB Q 1\n" * 1000, "1000 bands"),
        ("Filter 1: ON HP1 Fc 100 Hz", "line 1, .*HP1 is no filter that can be taken"),
        ("Preamp: 0 dB\nFilter 2: ON LS_Q Fc 100 Hz Gain 3 dB Q 1", "line 2, .*LS_Q is no filter"),
        ("Filter 1: ON", "line 1, .*names no kind of filter"),
        ("Preamp: 0 dB\nFilter 2 ON PK Fc 100 Hz Gain 3 dB Q 1", "line 2, .*is no filter as it is written"),
        ("Preamp: 0 dB\nFiltr 2: ON PK Fc 100 Hz Gain 3 dB Q 1", "line 2, .*is no filter as it is written"),
        ("Filter 1: ON NO Fc 50 Hz Filter 2: ON NO Fc 60 Hz", "line 1, .*more than one command"),
        ("Preamp: -6.2 dB Filter 1: ON PK Fc 100 Hz Gain 3 dB Q 1", "line 1, .*more than one command"),
        ("Filter 1: ON PK Fc 1 000 Hz Gain 3 dB Q 1", "line 1, .*has a Fc with a gap in its number"),
        ("Filter 1: ON PK Fc 1,250 Hz Gain 3 dB Q 1", "line 1, .*'1,250' may be a thousand times as much"),
        ("Filter 1: ON PK Fc 1.250 Hz Gain 3 dB Q 1", "line 1: 1.25 Hz is too low for anything that is heard"),
    ],
)
def test_what_cant_be_taken_is_named(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_eq(text)


def test_a_pass_that_it_hasnt_is_made_of_shelves_and_said() -> None:
    eq = Bands.parse("HP 120 6dB; PK 2000 -3 Q2")
    written = write_eq(eq, FORMAT)
    assert "it can't hold HP 120 6dB" in written.notes[0]
    back = taken(written.data.decode())
    assert all(band.kind in ("low_shelf", "bell") for band in back)
    assert off_db(eq, back.response_db(heard_hz(48_000, eq)), 48_000) < 0.5


@pytest.mark.parametrize("eq", STEREO, ids=str)
def test_channels_the_middle_and_the_sides_are_held(eq: Bands) -> None:
    written = write_eq(eq, FORMAT)
    assert written.notes == ()
    back = taken(written.data.decode())
    assert [(b.kind, b.channel, b.slope_db) for b in back] == [(b.kind, b.channel, b.slope_db) for b in eq]
    assert difference(eq, back, 48_000).db < NEAR_ENOUGH_DB


def test_deep_and_narrow_cuts_are_notches() -> None:
    assert taken("Filter 1: ON PK Fc 1000 Hz Gain -24 dB Q 31.85")[0] == Band("notch", 1000, -24, 8.000358284)
    assert taken("Filter 1: ON NO Fc 50 Hz")[0] == Band("notch", 50, q=30)


def test_a_q_may_be_named_behind_any_kind() -> None:
    """REW does so for shelves; nobody has to know for which."""
    assert taken("Filter 1: ON NO Q Fc 100 Hz") == taken("Filter 1: ON NO Fc 100 Hz")
    assert taken("Filter 1: ON PK Q Fc 100 Hz Gain 4 dB Q 1") == Bands.parse("PK 100 +4 Q1")
    assert taken("Filter 1: ON LSC Q Fc 100 Hz Gain 4 dB Q 1") == Bands.parse("LS 100 +4 Q1")


def test_lines_that_are_no_filters_are_said() -> None:
    found = read_eq("Equaliser: Generic\n\n# by hand\nFilter 1: ON PK Fc 100 Hz Gain 3 dB Q 1\nPK 100 3\n")
    assert found is not None
    assert found.notes == ("lines 1, 5 are left out: they are no filters",)
    one = read_eq("Filter 1: ON PK Fc 100 Hz Gain 3 dB Q 1\nhello world\n")
    assert one is not None
    assert one.notes == ("line 2 is left out: it is no filter",)


def test_spaces_that_dont_break_may_stand_between_thousands() -> None:
    assert taken("Filter 1: ON PK Fc 1\u00a0000 Hz Gain 3 dB Q 1") == Bands.parse("PK 1000 +3 Q1")


def test_a_file_that_does_nothing_says_so() -> None:
    found = read_eq("Filter 1: ON None\nFilter 2: OFF PK Fc 100 Hz Gain 3 dB Q 1")
    assert found is not None
    assert found.notes == ("it holds no filter that does anything",)
