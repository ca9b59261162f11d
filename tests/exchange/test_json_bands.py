"""eqmorph's own JSON."""

from __future__ import annotations

import pytest

from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.exchange import find_format, read_eq, write_eq

EQ = Bands.parse("LS 120.123456789 +3.3; PK 1000 -2 Q0.7; HS 8k -3")


def test_it_keeps_every_digit() -> None:
    written = write_eq(EQ, find_format("json"))
    assert written.notes == ()
    taken = read_eq(written.data.decode())
    assert taken is not None
    assert taken.bands == EQ


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"bands": [', "not valid JSON"),
        ('{"bands": 3}', "holds no bands"),
        ('{"bands": [{"kind": "bell", "freq_hz": NaN, "gain_db": 1}]}', "band 1: frequency nan Hz is out of range"),
        ('{"bands": ' + "[" * 40 + "]" * 40 + "}", "nested"),
        ('{"format": "eqmorph-bands", "version": 9, "bands": []}', "version 9"),
        ('{"bands": [' + ",".join(['{"kind": "bell", "freq_hz": 99, "gain_db": 1}'] * 1000) + "]}", "1000 bands"),
    ],
)
def test_what_cant_be_taken_is_named(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_eq(text)
