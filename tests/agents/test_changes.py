"""A change of mind: of all of it, or of single words."""

from __future__ import annotations

from typing import Any

import pytest

from eqmorph import preset
from eqmorph.agents.changes import changed
from eqmorph.errors import UsageError
from eqmorph.model import SemanticSpace
from eqmorph.request import EqRequest


def after(space: SemanticSpace, change: str, request: EqRequest | None = None, largest_db: float = 3.0) -> EqRequest:
    return changed(request or EqRequest("warm:0.8"), change, space, largest_db=largest_db)[0]


@pytest.mark.parametrize(
    ("change", "amount"),
    [
        ("a bit less", 0.75),
        ("A bit less of it, please.", 0.75),
        ("less", 0.5),
        ("much less", 0.25),
        ("half", 0.5),
        ("80 %", 0.8),
        ("a bit more", 1.25),
        ("more", 1.5),
        ("stronger", 1.5),
        ("twice as much", 2.0),
        ("un poco menos", 0.75),
        ("more of that", 1.5),
    ],
)
def test_all_of_it_is_changed(space: SemanticSpace, change: str, amount: float) -> None:
    request = after(space, change)
    assert request.amount == pytest.approx(amount)
    assert request.words == "warm:0.8"


@pytest.mark.parametrize(
    ("change", "weights"),
    [
        ("less warm", {"warm": 0.4}),
        ("a bit less warm, more airy", {"warm": 0.6, "airy": 0.5}),
        ("warmer", {"warm": 1.2}),
        ("less harsh", {"warm": 0.8, "harsh": -0.5}),
    ],
)
def test_single_words_are_changed(space: SemanticSpace, change: str, weights: dict[str, float]) -> None:
    target: Any = after(space, change).words
    assert {term.word: term.weight for term in target.terms} == pytest.approx(weights)


def test_less_of_what_takes_away_takes_away_less(space: SemanticSpace) -> None:
    target: Any = after(space, "more harsh", EqRequest("harsh:-1")).words
    assert target.terms[0].weight == -0.5


def test_what_is_at_its_limit_changes_by_the_limit(space: SemanticSpace) -> None:
    """At any amount the limit would hold it back as much, and "a bit less" would do nothing."""
    less, notes = changed(EqRequest("warm"), "a bit less", space, largest_db=5.9)
    assert less.max_gain_db == 4.5
    assert "limit" in notes[0]
    assert after(space, "more", EqRequest("warm"), largest_db=5.9).max_gain_db == 9
    assert after(space, "more", EqRequest("warm", mode="fixed"), largest_db=11.9).max_gain_db is None


def test_a_percentile_moves(space: SemanticSpace) -> None:
    assert after(space, "a bit less", EqRequest("warm", to_percentile=0.8)).to_percentile == pytest.approx(0.75)
    assert after(space, "more", EqRequest("warm", to_percentile=0.95)).to_percentile == 0.99


def test_an_amount_stays_within_what_it_can_be(space: SemanticSpace) -> None:
    request, notes = changed(EqRequest("warm", amount=1.8), "more", space, largest_db=3)
    assert request.amount == 2
    assert notes


def test_bands_have_an_amount_and_no_words(space: SemanticSpace) -> None:
    bands = EqRequest(preset=preset("air"))
    assert after(space, "half", bands).amount == 0.5
    with pytest.raises(UsageError, match="bands can't be changed by words"):
        after(space, "less warm", bands)


@pytest.mark.parametrize("change", ["frobnicate it", "less frobnicated", "I don't like it", ""])
def test_what_is_not_understood_is_refused_with_what_could_be_said(space: SemanticSpace, change: str) -> None:
    with pytest.raises(UsageError) as raised:
        after(space, change)
    assert "a bit less" in raised.value.hint
