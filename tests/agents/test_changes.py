"""A change of mind: of all of it, or of single words."""

from __future__ import annotations

from typing import Any

import pytest

from eqmorph import preset
from eqmorph.agents.changes import factor_of, reworded, scaled
from eqmorph.errors import UsageError
from eqmorph.model import SemanticSpace
from eqmorph.request import EqRequest


def weights_after(space: SemanticSpace, change: str, request: EqRequest | None = None) -> dict[str, float]:
    target: Any = reworded(request or EqRequest("warm:0.8"), change, space).words
    return {term.word: term.weight for term in target.terms}


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
    assert factor_of(change, space) == pytest.approx(amount)


@pytest.mark.parametrize("change", ["less warm", "a bit more air", "brighter", "less 300Hz", "I don't like it", "hm"])
def test_what_is_about_words_or_nothing_is_no_factor(space: SemanticSpace, change: str) -> None:
    assert factor_of(change, space) is None


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
    assert weights_after(space, change) == pytest.approx(weights)


def test_less_of_what_takes_away_takes_away_less(space: SemanticSpace) -> None:
    assert weights_after(space, "more harsh", EqRequest("harsh:-1")) == {"harsh": -0.5}


def test_a_percentile_moves() -> None:
    assert scaled(EqRequest("warm", to_percentile=0.8), 0.75)[0].to_percentile == pytest.approx(0.75)
    assert scaled(EqRequest("warm", to_percentile=0.95), 1.5)[0].to_percentile == 0.99


def test_an_amount_stays_within_what_it_can_be() -> None:
    request, notes = scaled(EqRequest(preset=preset("air"), amount=1.8), 1.5)
    assert request.amount == 2
    assert notes


def test_bands_have_an_amount_and_no_words(space: SemanticSpace) -> None:
    bands = EqRequest(preset=preset("air"))
    assert scaled(bands, 0.5)[0].amount == 0.5
    with pytest.raises(UsageError, match="bands can't be changed by words"):
        reworded(bands, "less warm", space)


@pytest.mark.parametrize("change", ["frobnicate it", "less frobnicated", "I don't like it", ""])
def test_what_is_not_understood_is_refused_with_what_could_be_said(space: SemanticSpace, change: str) -> None:
    with pytest.raises(UsageError) as raised:
        reworded(EqRequest("warm"), change, space)
    assert "a bit less" in raised.value.hint
