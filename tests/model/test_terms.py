from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from eqmorph.model.terms import Term, Terms, doubts_of, from_card

LINE: dict[str, Any] = {
    "word": "warm", "language": "en", "rows": 12, "people": 40, "agreement": 0.5, "confidence": 0.6,
    "charts": ["owsinski"], "other_sense": None,
}  # fmt: skip
WARM = from_card(LINE, np.zeros(64))
VELVETY = Term("velvety", "en", 0, 0, None, 0.31, np.zeros(64), through=("smooth", "not harsh"))


def test_a_term_is_shown_in_short() -> None:
    assert repr(WARM) == "Term('warm', 'en', rows=12, people=40)"


def test_evidence_is_plain_data_with_its_sources() -> None:
    evidence = WARM.evidence()
    assert evidence["people"] == 40
    assert evidence["sources"] == ["people", "settings", "charts"]
    assert VELVETY.evidence()["sources"] == ["synonyms"]


def test_a_word_that_is_well_known_is_offered_without_a_doubt() -> None:
    assert WARM.is_offered
    assert WARM.doubt is None


@pytest.mark.parametrize(
    ("changes", "doubt"),
    [
        ({"confidence": 0.1, "people": 10, "agreement": -0.04}, "people disagree on 'warm': 10 asked, r 0.0"),
        ({"confidence": 0.1, "agreement": None}, "little is known of 'warm': confidence 0.10"),
        ({"other_sense": "31% of people mean deep"}, "people mean two things by 'warm': 31% of people mean deep"),
    ],
)
def test_doubts_are_said(changes: dict[str, Any], doubt: str) -> None:
    term = replace(WARM, **changes)
    assert term.doubt == doubt
    assert term.is_offered == (term.confidence >= 0.2)


def test_a_derived_word_names_what_it_is_known_through_and_is_not_offered() -> None:
    assert VELVETY.is_derived
    assert not VELVETY.is_offered
    assert doubts_of([WARM, VELVETY]) == ("'velvety' is known through smooth, not harsh; confidence 0.31",)


def test_terms_list_the_vocabulary_and_make_others_when_they_are_asked_for() -> None:
    made = []

    def others(word: str) -> Term | None:
        made.append(word)
        return VELVETY if word == "velvety" else None

    terms = Terms({"warm": WARM}, others)
    assert list(terms) == ["warm"]
    assert terms["velvety"] is VELVETY is terms["velvety"]
    assert made == ["velvety"]
    assert "nothing" not in terms
