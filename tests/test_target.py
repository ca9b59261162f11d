import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqmorph.errors import UsageError
from eqmorph.target import HIGHEST_WEIGHT, Target, parse_target

WORDS = ["warm", "bright", "harsh", "punchy", "frío", "muddy", "heart-warming", "airy", "clear"]
weights = st.floats(-HIGHEST_WEIGHT, HIGHEST_WEIGHT, allow_nan=False)
targets = st.dictionaries(st.sampled_from(WORDS), weights, min_size=1).map(lambda d: Target.of(d.items()))
spaces = st.text(" \t", max_size=2)


def parsed(text: str) -> dict[str, float]:
    return {t.word: t.weight for t in parse_target(text, WORDS).terms}


@given(targets)
def test_a_target_written_out_reads_back_the_same(target: Target) -> None:
    assert parse_target(str(target), WORDS) == target


@given(targets, spaces, spaces, st.booleans())
def test_spaces_and_case_change_nothing(target: Target, before: str, after: str, upper: bool) -> None:
    parts = [f"{t.word.upper() if upper else t.word}{before}:{after}{t.weight!r}" for t in target.terms]
    assert parse_target(before + f"{after}+{before}".join(parts) + after, WORDS) == target


@given(st.text(max_size=40))
def test_any_text_is_a_target_or_a_usage_error(text: str) -> None:
    try:
        target = parse_target(text, WORDS)
    except UsageError as error:
        said = error
    else:
        assert all(t.word in WORDS and abs(t.weight) <= HIGHEST_WEIGHT for t in target.terms)
        return
    assert said.exit_code == 2
    assert said.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("warm", {"warm": 1}),
        ("warm:0.7 + punchy:-0.3", {"warm": 0.7, "punchy": -0.3}),
        ("warm - bright:.5", {"warm": 1, "bright": -0.5}),
        ("warm+warm:0.5", {"warm": 1.5}),
        ("warm:0,7", {"warm": 0.7}),
        ("frio:2", {"frío": 2}),
        ("warmer, a bit less harsh", {"warm": 1, "harsh": -0.5}),
        ("much brighter and slightly muddy", {"bright": 1.5, "muddy": 0.4}),
        ("more air, less mud", {"airy": 1, "muddy": -1}),
        ("make it a lot clearer but not harsh", {"clear": 1.5, "harsh": -1}),
        ("heart-warming", {"heart-warming": 1}),
    ],
)
def test_a_target_is_read_as_it_is_meant(text: str, expected: dict[str, float]) -> None:
    assert parsed(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text", ["", "   ", "warm::2", "warm:", ":1", "warm:2.1", "warm + warm:1.5", "warm:nan", "less"]
)
def test_text_that_is_not_a_target_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_target(text, WORDS)
    assert caught.value.hint


@pytest.mark.parametrize("mark", ["\0", "#"])
def test_what_means_nothing_is_quoted_once(mark: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_target(f"warm, {mark}", WORDS)
    assert caught.value.message == f"{mark!r} is not understood: it means nothing here"


def test_unknown_words_name_the_nearest_by_spelling_and_by_meaning() -> None:
    with pytest.raises(UsageError) as caught:
        parse_target("wram", WORDS, meaning=lambda word: ["muddy"] if word == "warm" else [])
    assert "spelling: warm" in caught.value.hint
    assert "meaning: muddy" in caught.value.hint


@pytest.mark.parametrize("weight", [math.nan, math.inf, 2.0001, -3])
def test_weights_out_of_range_are_refused(weight: float) -> None:
    with pytest.raises(UsageError, match="out of range"):
        Target.of([("warm", weight)])
