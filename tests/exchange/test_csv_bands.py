"""Tables of bands."""

from __future__ import annotations

import pytest

from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.exchange import find_format, read_eq, write_eq
from tests.exchange.eqs import random_eqs

FORMAT = find_format("csv")


@pytest.mark.parametrize("eq", [*random_eqs(5), Bands()], ids=str)
def test_it_keeps_every_digit(eq: Bands) -> None:
    taken = read_eq(write_eq(eq, FORMAT).data.decode())
    assert taken is not None
    assert taken.bands == eq


def test_what_a_spreadsheet_makes_of_it_is_taken() -> None:
    taken = read_eq("\ufeffkind;freq_hz;gain_db;q\r\nbell;1000;-2,5;1,4\r\nlow_shelf;100;3;\r\n;;;\r\n")
    assert taken is not None
    assert taken.bands == Bands.parse("PK 1000 -2.5 Q1.4; LS 100 +3")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("frequency,raw,equalization\n20,1,2\n", "a table of curves, not of bands"),
        ("Freq(Hz),SPL(dB)\n20,1\n", "a table of curves, not of bands"),
        ("kind;freq_hz;gain_db\nbell;1,250;2\n", "line 2, .*a thousand times as much"),
        ("kind,freq_hz,gain_db,q\nbell,100,nan,1", "line 2, .*'nan' is not a number"),
        ("kind,freq_hz,gain_db,q\nbell,100", "line 2, .*2 cells instead of 4"),
        ("kind,freq_hz,gain_db,q\nbell,100,99,1", "line 2, .*out of range"),
        ("kind,freq_hz,gain_db,q\n,100,9,1", "line 2, .*kind is missing"),
        ("kind,freq_hz,gain_db,q,color\nbell,100,9,1,red", "color"),
        ("kind,freq_hz,gain_db,q\n" + "bell,100,9,1\n" * 1000, "1000 bands"),
    ],
)
def test_what_cant_be_taken_is_named(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_eq(text)
