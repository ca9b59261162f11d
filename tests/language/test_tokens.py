import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqmorph.language.tokens import normalized, tokens


@given(st.text(max_size=60))
def test_tokens_stand_in_order_and_leave_out_only_spaces(text: str) -> None:
    source = normalized(text)
    at = 0
    for token in tokens(source):
        assert source[at : token.start].strip() == ""
        assert token.end > token.start
        at = token.end
    assert source[at:].strip() == ""


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("3k", 3000, "k"), ("3 kHz", 3000, "hz"), ("2.5kHz", 2500, "hz"), ("2,5 kHz", 2500, "hz"),
        ("300 Hz", 300, "hz"),
        ("3,000 Hz", 3000, "hz"), ("50 %", 50, "%"), ("50 percent", 50, "%"), (".5", 0.5, ""), ("0,5", 0.5, ""),
        ("3 dB", 3, "db"),
    ],
)  # fmt: skip
def test_numbers_have_units(text: str, value: float, unit: str) -> None:
    token = tokens(text)[0]
    assert (token.kind, token.value, token.unit) == ("number", pytest.approx(value), unit)


def test_apostrophes_dashes_and_accents_are_one() -> None:
    assert [t.text for t in tokens(normalized("isn’t ÁSPERO −1"))] == ["isn't", "aspero", "-", "1"]
