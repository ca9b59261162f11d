"""The snippet for pedalboard, executed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pedalboard
import pytest

from eqmorph.bands import Bands
from eqmorph.exchange import find_format, write_eq
from eqmorph.exchange.format import Outgoing
from tests.exchange.eqs import FILTERS, LEVEL, NEAR_ENOUGH_DB, RATES, STEREO, curve_of, off_db, proof_eqs, stereo_off_db

FORMAT = find_format("pedalboard")


def built(code: bytes, name: str = "board") -> Any:
    names: dict[str, Any] = {}
    exec(code.decode(), names)
    return names[name]


@pytest.mark.parametrize("rate", RATES)
def test_the_board_does_what_is_rendered_here(rate: int) -> None:
    impulse = np.zeros((1, int(1.5 * rate)), dtype=np.float32)
    impulse[0, 0] = LEVEL
    for eq in proof_eqs():
        if eq not in FILTERS:
            board = built(write_eq(eq, FORMAT, sample_rate=rate).data)
            lowered_db = Outgoing(eq.at_rate(rate).bands, rate).preamp_db
            curve_db = curve_of(board(impulse, rate)[0].astype(float), rate, eq, lowered_db)
            assert off_db(eq, curve_db, rate) < NEAR_ENOUGH_DB, str(eq)


@pytest.mark.parametrize("eq", FILTERS, ids=str)
def test_other_filters_are_the_very_ones_that_render_here(eq: Bands) -> None:
    """Far down in a high-pass, single precision leaves too little of an impulse to measure."""

    def filters(board: Any) -> list[str]:
        return [str(one).split(" at ")[0] for one in board if not isinstance(one, pedalboard.Gain)]

    assert filters(built(write_eq(eq, FORMAT).data)) == filters(eq.to_pedalboard(48_000))


def test_a_narrow_notch_is_a_bell_and_said() -> None:
    (note,) = write_eq(Bands.parse("NT 50 Q30"), FORMAT).notes
    assert "its notch at 50 Hz is a bell of single precision, which differs by up to" in note


@pytest.mark.parametrize("eq", STEREO, ids=str)
def test_channels_the_middle_and_the_sides_are_treated_apart(eq: Bands) -> None:
    rate, results = RATES[1], []
    equalize = built(write_eq(eq, FORMAT, sample_rate=rate).data, "equalize")
    for channel in range(2):
        impulse = np.zeros((2, rate), dtype=np.float32)
        impulse[channel, 0] = LEVEL
        results.append(equalize(impulse, rate).T.astype(float))
    assert stereo_off_db(eq, results, rate, Outgoing(eq, rate).preamp_db, LEVEL) < NEAR_ENOUGH_DB


def test_flat_is_an_empty_board() -> None:
    assert len(built(write_eq(Bands(), FORMAT).data)) == 0


def test_no_name_gets_into_the_code() -> None:
    code = write_eq(Bands.parse("PK 1000 -3"), FORMAT, name="x\nraise SystemExit").data
    assert len(built(code)) == 1
