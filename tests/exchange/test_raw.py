"""Filters of files, which may be beyond what bands can be."""

from __future__ import annotations

import re
import time

import numpy as np
import pytest

from eqmorph.bands import Band, Bands
from eqmorph.errors import UsageError
from eqmorph.exchange.limits import MOST_FITTED
from eqmorph.exchange.raw import Raw, bands_of
from eqmorph.exchange.sections import STEEP_QS


def test_a_gain_beyond_a_bands_is_made_of_several() -> None:
    taken = bands_of([Raw("low_shelf", 100, 18, 0.7, "line 1")])
    assert len(taken.bands) > 1
    assert taken.bands.response_db([20.0, 1000.0]) == pytest.approx([18, 0], abs=0.3)
    assert taken.notes[0].startswith("line 1: 100 Hz, 18 dB, Q 0.7 is beyond what one band can be")


def test_a_frequency_beyond_a_bands_is_met_below() -> None:
    taken = bands_of([Raw("high_shelf", 30_000, -9, 0.5, "line 1")])
    assert taken.bands.response_db([15_000.0])[0] < -1
    assert "beyond" in taken.notes[0]


def test_two_passes_that_make_a_steep_one_are_one() -> None:
    twice = [Raw("high_pass", 80, 0, q, "line 1") for q in STEEP_QS]
    other = Raw("high_pass", 90, 0, STEEP_QS[1], "line 3")
    taken = bands_of([*twice, other])
    assert taken.bands == Bands([Band("high_pass", 80, slope_db=24), Band("high_pass", 90, q=STEEP_QS[1])])


def test_what_nobody_hears_is_left_out_and_said() -> None:
    taken = bands_of([Raw("high_pass", 5, 0, 0.7, "line 1"), Raw("notch", 22_000, 0, 30, "line 2")])
    assert taken.bands == Bands()
    assert all("does nothing that is heard" in note for note in taken.notes)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (Raw("bell", 100, 300, 1, "line 7"), "line 7: a gain of 300"),
        (Raw("bell", np.inf, 3, 1, "line 7"), "line 7: a frequency of inf"),
        (Raw("low_pass", 100, 0, np.nan, "line 7"), "line 7: a Q of nan"),
    ],
)
def test_what_no_filter_can_be_is_refused(raw: Raw, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        bands_of([raw])


@pytest.mark.parametrize(
    ("raw", "text", "says"),
    [
        (Raw("high_pass", 10, 0, 0.5**0.5, "line 1"), "", "Q 0.707 .* it is left out, which differs by up to 0.2"),
        (Raw("high_pass", 18, 0, 0.7, "line 1"), "HP 20 Q0.7", "HP 20 Q0.7 differs by up to 0.8"),
        (Raw("low_pass", 22_000, 0, 0.7, "line 1"), "LP 20k Q0.7", "LP 20000 Q0.7 differs by up to 0."),
        (Raw("low_pass", 100, 0, 12, "line 1"), "LP 100 Q10", "100 Hz, Q 12 .*LP 100 Q10 differs by up to 1.5"),
        (Raw("notch", 50, 0, 200, "line 1"), "NT 50 Q100", "NT 50 Q100 differs by up to"),
        (Raw("high_pass", 12, 0, 0.7, "line 1", 6), "", "differs by up to 1.3"),
    ],
)
def test_a_pass_out_of_range_is_moved_or_left_out_whichever_is_nearer(raw: Raw, text: str, says: str) -> None:
    taken = bands_of([raw])
    assert taken.bands == (Bands.parse(text) if text else Bands())
    assert re.search(says, taken.notes[0])


def test_more_than_can_be_fitted_are_refused_before_any_is() -> None:
    beyond = [Raw("bell", 100 + 10 * n, 40, 80, f"line {n}") for n in range(1, 401)]
    started = time.perf_counter()
    with pytest.raises(UsageError, match=f"line {MOST_FITTED + 1}: 40 dB and Q 80 at 310 Hz .* 399 others"):
        bands_of(beyond)
    assert time.perf_counter() - started < 1
    assert len(bands_of([Raw("bell", 100, 13, 1, f"line {n}") for n in range(MOST_FITTED)]).bands) >= MOST_FITTED
