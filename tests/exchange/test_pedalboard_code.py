"""The snippet for pedalboard, executed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from eqmorph.bands import Bands
from eqmorph.exchange import find_format, write_eq
from eqmorph.exchange.format import Outgoing
from tests.exchange.eqs import NEAR_ENOUGH_DB, RATES, STEREO, curve_of, off_db, proof_eqs, stereo_off_db

FORMAT = find_format("pedalboard")
LOUD = 1000.0  # so that what filters hold isn't taken for zero while it still rings


def built(code: bytes, name: str = "board") -> Any:
    names: dict[str, Any] = {}
    exec(code.decode(), names)
    return names[name]


@pytest.mark.parametrize("rate", RATES)
def test_the_board_does_what_is_rendered_here(rate: int) -> None:
    impulse = np.zeros((1, int(1.5 * rate)), dtype=np.float32)
    impulse[0, 0] = LOUD
    for eq in proof_eqs():
        written = write_eq(eq, FORMAT, sample_rate=rate)
        board = built(written.data)
        lowered_db = Outgoing(eq.at_rate(rate).bands, rate).preamp_db
        curve_db = curve_of(board(impulse, rate)[0].astype(float), rate, eq, lowered_db, LOUD)
        off = off_db(eq, curve_db, rate)
        assert off < NEAR_ENOUGH_DB or any("notch" in note for note in written.notes), str(eq)


@pytest.mark.parametrize("eq", STEREO, ids=str)
def test_channels_the_middle_and_the_sides_are_treated_apart(eq: Bands) -> None:
    rate, results = RATES[1], []
    equalize = built(write_eq(eq, FORMAT, sample_rate=rate).data, "equalize")
    for channel in range(2):
        impulse = np.zeros((2, rate), dtype=np.float32)
        impulse[channel, 0] = LOUD
        results.append(equalize(impulse, rate).T.astype(float))
    assert stereo_off_db(eq, results, rate, Outgoing(eq, rate).preamp_db, LOUD) < NEAR_ENOUGH_DB


def test_flat_is_an_empty_board() -> None:
    assert len(built(write_eq(Bands(), FORMAT).data)) == 0


def test_no_name_gets_into_the_code() -> None:
    code = write_eq(Bands.parse("PK 1000 -3"), FORMAT, name="x\nraise SystemExit").data
    assert len(built(code)) == 1
