import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqmorph.language.regions import NAMES, SPOKEN, edges_hz, frequency_name, is_region, range_name, region_term_name
from eqmorph.target import parse_target


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("low end", "lows"), ("Low-End", "lows"), ("upper mids", "high-mids"), ("treble", "highs"), ("agudos", "highs"),
        ("low-mids", "low-mids"), ("3000Hz", "3000Hz"), ("200-400Hz", "200-400Hz"), ("warm", None), ("5Hz", None),
        ("400-200Hz", None), ("30000Hz", None), ("", None),
    ],
)  # fmt: skip
def test_a_part_of_the_spectrum_has_one_name(said: str, name: str | None) -> None:
    assert region_term_name(said) == name


def test_all_that_is_said_has_edges_within_hearing() -> None:
    for name in {*NAMES, *SPOKEN.values(), "20Hz", "20000Hz", "1000Hz"}:
        assert is_region(name)
        low, high = edges_hz(name)
        assert 20 <= low < high <= 20_000


def test_one_frequency_is_an_octave_wide() -> None:
    low, high = edges_hz("1000Hz")
    assert high / low == pytest.approx(2)
    assert (low * high) ** 0.5 == pytest.approx(1000)
    with pytest.raises(KeyError):
        edges_hz("warm")


@given(st.integers(20, 20_000), st.integers(20, 20_000))
def test_names_of_frequencies_read_back(low: int, high: int) -> None:
    names = [frequency_name(low), range_name(low, high)]
    for name in filter(None, names):
        assert region_term_name(name) == name
        assert parse_target(f"{name}:-0.5", []).terms[0].word == name
        assert parse_target(name, []).terms[0].word == name


@pytest.mark.parametrize("hz", [0, 19, 20_001, float("nan"), float("inf")])
def test_what_nobody_hears_has_no_name(hz: float) -> None:
    assert frequency_name(hz) is None
