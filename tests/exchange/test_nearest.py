"""What a format can't hold, and what it gets instead."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.bands import Bands
from eqmorph.exchange import find_format
from eqmorph.exchange.format import ANYTHING, Holds, Outgoing
from eqmorph.exchange.measure import heard_hz
from eqmorph.exchange.nearest import difference, nearest
from eqmorph.exchange.sections import exact_response, sections_of

SHAPED = Holds(kinds=("low_shelf", "bell", "high_shelf"))
LSP = find_format("lsp").holds


def test_what_is_held_stays_as_it_is() -> None:
    eq = Bands.parse("HP 40 24dB; LS 120 +3; NT 50 -20 Q30; HS 8k -3")
    assert nearest(eq, Holds(), 48_000) == (eq, ())
    stereo = Bands.parse("HP 40 6dB; M: PK 300 -3 | L: HS 8k +2")
    assert nearest(stereo, ANYTHING, 48_000) == (stereo, ())


def test_too_many_bands_become_fewer_and_the_difference_is_said() -> None:
    eq = Bands.parse("; ".join(f"PK {100 * 2**i} {(-1) ** i * 2} Q1" for i in range(7)))
    made, (note,) = nearest(eq, Holds(most_bands=5), 48_000)
    assert len(made) == 5
    off = difference(eq, made, 48_000)
    assert note == f"it holds at most 5 filters, not 7: the nearest 5 differ by up to {off}"


@pytest.mark.parametrize("text", ["HP 100", "LP 8k", "HP 60 24dB", "BP 1k Q0.5"])
def test_a_pass_becomes_shelves_and_bells(text: str) -> None:
    eq = Bands.parse(text)
    made, (note,) = nearest(eq, SHAPED, 48_000)
    assert {band.kind for band in made} <= set(SHAPED.kinds)
    assert f"differs by up to {difference(eq, made, 48_000)}" in note


@pytest.mark.parametrize(
    ("text", "holds", "within_db"),
    [
        ("BP 1k Q1", LSP, 0.2),
        ("BP 1k Q2", LSP, 0.2),
        ("BP 1k Q10", LSP, 1.0),
        ("BP 50 Q0.7", LSP, 1.5),
        ("BP 12k Q5", LSP, 1.0),
        ("BP 1k Q2", SHAPED, 0.2),
        ("NT 100 -14 Q60", LSP, 1.2),
        ("NT 100 -60 Q60", LSP, 0.1),
        ("NT 1000 Q5", Holds(kinds=SHAPED.kinds, least_gain_db=-15), 25.1),
        ("NT 100 -14 Q60", Holds(kinds=SHAPED.kinds, least_gain_db=-15, most_q=12), 6.0),
    ],
)
def test_what_stands_for_a_filter_comes_as_near_as_a_format_lets_it(text: str, holds: Holds, within_db: float) -> None:
    eq = Bands.parse(text)
    made, (note,) = nearest(eq, holds, 48_000)
    off = difference(eq, made, 48_000)
    assert off.db < within_db
    assert f"differs by up to {off}" in note
    assert nearest(made, holds, 48_000) == (made, ())
    for section in sections_of(made):
        assert section.gain_db >= holds.least_gain_db
        assert section.q <= holds.most_q


def test_the_middle_is_what_both_get_and_left_and_right_meet_half_way() -> None:
    made, notes = nearest(Bands.parse("M: PK 300 -4 | S: HS 8k +2 | L: PK 1000 +6 Q1"), Holds(), 48_000)
    assert made == Bands.parse("PK 300 -4; PK 1000 +3 Q1")
    assert ["apart" in note for note in notes] == [True, True]


def test_the_preamp_is_for_the_channel_that_gets_most() -> None:
    assert Outgoing(Bands.parse("L: LS 200 +3 | R: LS 200 +6 Q0.5")).preamp_db == -6
    assert Outgoing(Bands.parse("M: LS 200 -3 | S: LS 200 +4 Q0.5")).preamp_db == -4
    assert Outgoing(Bands.parse("L: LS 200 +3 Q0.5 | S: LS 200 +4 Q0.5")).preamp_db == -7
    assert Outgoing(Bands.parse("PK 1000 -3")).preamp_db == 0


@pytest.mark.parametrize(
    "text",
    ["LS 200 +6", "HS 5k -4 Q0.5", "PK 1k +9 Q3", "HP 80 24dB", "LP 6k", "LP 4k 6dB", "BP 1k Q2", "NT 2k -15 Q3"],
)
def test_sections_are_what_is_rendered(text: str) -> None:
    eq = Bands.parse(text)
    freqs_hz = heard_hz(48_000)
    exact_db = 20 * np.log10(np.abs(exact_response(eq, freqs_hz, 48_000)))
    assert exact_db == pytest.approx(eq.response_db(freqs_hz), abs=0.03)


def test_what_does_nothing_is_no_section() -> None:
    assert sections_of(Bands.parse("PK 1000 0")) == []
