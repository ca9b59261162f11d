"""The snippet for pedalboard, executed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from eqmorph.bands import Bands
from eqmorph.exchange import find_format, write_eq
from eqmorph.exchange.format import Outgoing
from tests.exchange.eqs import LEVEL, NEAR_ENOUGH_DB, RATES, curve_of, off_db, proof_eqs

FORMAT = find_format("pedalboard")


def built(code: bytes) -> Any:
    names: dict[str, Any] = {}
    exec(code.decode(), names)
    return names["board"]


@pytest.mark.parametrize("rate", RATES)
def test_the_board_does_what_is_rendered_here(rate: int) -> None:
    impulse = np.zeros((1, int(1.5 * rate)), dtype=np.float32)
    impulse[0, 0] = LEVEL
    for eq in proof_eqs():
        board = built(write_eq(eq, FORMAT, sample_rate=rate).data)
        lowered_db = Outgoing(eq.at_rate(rate).bands, rate).preamp_db
        curve_db = curve_of(board(impulse, rate)[0].astype(float), rate) - lowered_db
        assert off_db(eq, curve_db, rate) < NEAR_ENOUGH_DB, str(eq)


def test_flat_is_an_empty_board() -> None:
    assert len(built(write_eq(Bands(), FORMAT).data)) == 0


def test_no_name_gets_into_the_code() -> None:
    code = write_eq(Bands.parse("PK 1000 -3"), FORMAT, name="x\nraise SystemExit").data
    assert len(built(code)) == 1
