"""How much of a foreign file is taken."""

from __future__ import annotations

import pytest

from eqmorph.errors import UsageError
from eqmorph.exchange.limits import MOST_BANDS, checked_count, finite, hertz, parse_json, quoted


def test_brackets_in_texts_are_no_depth() -> None:
    assert parse_json('{"a": "' + "[" * 100 + '\\"[[["}') == {"a": "[" * 100 + '"[[['}
    with pytest.raises(UsageError, match="nested"):
        parse_json("[" * 33 + "]" * 33)
    with pytest.raises(UsageError, match="nested"):
        parse_json("[" * 1_000_000)


@pytest.mark.parametrize(("text", "number"), [("-2,5", -2.5), ("\u22123", -3.0), ("1e3", 1000.0), (" 4 ", 4.0)])
def test_numbers_as_people_write_them(text: str, number: float) -> None:
    assert finite(text) == number


@pytest.mark.parametrize("text", ["", "nan", "inf", "1e999", "1_000", "1,000.5", "0x10"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(UsageError, match="is not a number"):
        finite(text)


def test_counts_and_quotes() -> None:
    assert checked_count([1] * MOST_BANDS)
    with pytest.raises(UsageError, match=f"holds {MOST_BANDS + 1} bands"):
        checked_count([1] * (MOST_BANDS + 1))
    assert len(quoted("x" * 10_000)) < 70


def test_a_frequency_with_a_comma_is_asked_about() -> None:
    assert hertz("62,5") == 62.5
    assert hertz("1250") == 1250
    with pytest.raises(UsageError, match="may be a thousand times as much"):
        hertz("1,250")
