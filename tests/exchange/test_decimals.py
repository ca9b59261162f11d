"""Numbers as other programs write them."""

from __future__ import annotations

import pytest

from eqmorph.exchange.decimals import decimal, exact


@pytest.mark.parametrize(
    ("value", "least", "most", "text"),
    [
        (105, 0, 2, "105"),
        (105.5, 0, 2, "105.5"),
        (5.0, 1, 2, "5.0"),
        (0.7, 2, 3, "0.70"),
        (-0.001, 1, 2, "0.0"),
        (-12.346, 1, 2, "-12.35"),
        (20_000, 0, 0, "20000"),
        (100, 0, 0, "100"),
    ],
)
def test_digits(value: float, least: int, most: int, text: str) -> None:
    assert decimal(value, least, most) == text


@pytest.mark.parametrize("value", [1e-7, 0.1 + 0.2, 1e22, -3.0, 105])
def test_exact_numbers_have_no_exponent_and_come_back(value: float) -> None:
    assert "e" not in exact(value)
    assert float(exact(value)) == value
