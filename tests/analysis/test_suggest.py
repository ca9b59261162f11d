"""The suggestion: it names what stands out, and what it proposes does balance it."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.analysis import MAIN_WORDS, Ear, Suggestion, suggest
from eqmorph.analysis.suggest import _comparative


@pytest.mark.parametrize("word", ["warm", "bright", "muddy", "thin", "boxy", "airy"])
def test_it_names_an_excess_of_a_word_or_of_one_like_it(word: str, ear: Ear) -> None:
    profile = ear.profile(ear.space.terms[word].curve_db * 1.5)
    found = suggest(ear, profile, MAIN_WORDS)
    assert found.percentile == pytest.approx(ear.percentile(found.excess, profile.curve_db))
    assert found.percentile >= ear.percentile(word, profile.curve_db) - 1e-9
    assert ear.space.likeness(profile.curve_db)[ear.space.words.index(found.excess)] > 0.5
    assert _comparative(found.excess) in found.text
    assert found.balance


def test_what_it_proposes_takes_from_the_excess_and_is_lacking(ear: Ear) -> None:
    said = 0
    for curve in ear.reference.curves_db[::5]:
        found = suggest(ear, ear.profile(curve), MAIN_WORDS)
        for word in found.balance:
            said += 1
            better = curve + 0.5 * ear.space.terms[word].curve_db
            assert ear.percentile(found.excess, better) < ear.percentile(found.excess, curve)
            assert ear.percentile(word, curve) <= 0.5
            assert word not in ("muddy", "boxy", "harsh", "thin", "tinny", "boomy")
    assert said > 20


def test_its_words_are_not_two_names_of_one_thing(ear: Ear) -> None:
    for curve in ear.reference.curves_db[::5]:
        balance = suggest(ear, ear.profile(curve), MAIN_WORDS).balance
        if len(balance) == 2:
            first, second = (ear.space.terms[word].curve_db for word in balance)
            assert np.corrcoef(first, second)[0, 1] < 0.97


def test_what_is_dark_is_told_to_be_brighter(ear: Ear) -> None:
    found = suggest(ear, ear.profile(2 * ear.space.terms["dark"].curve_db), MAIN_WORDS)
    assert set(found.balance) <= {"bright", "airy", "clear"}
    assert "than 9" in found.text
    assert "would balance it" in found.text


def test_the_usual_has_nothing_that_stands_out(ear: Ear) -> None:
    usual = np.median(ear.reference.curves_db, axis=0)
    found = suggest(ear, ear.profile(usual), MAIN_WORDS)
    assert not found.excess
    assert "nothing stands out" in found.text
    assert found.to_dict() == {"text": found.text, "excess": None, "balance": []}


def test_of_silence_it_says_so(ear: Ear) -> None:
    assert suggest(ear, ear.profile(np.zeros(64), is_silent=True), MAIN_WORDS).text.startswith("silence")


def test_nothing_is_more_than_all_of_the_reference() -> None:
    assert "than 99 % of" in Suggestion("warm", 0.999, ("airy",)).text
    assert Suggestion("warm", 0.8).text == "already warmer than 80 % of the reference"
    assert Suggestion("muddy", 0.8, ("airy", "clear")).text.endswith("; airy or clear would balance it")


@pytest.mark.parametrize(
    ("word", "more"),
    [
        *(("warm", "warmer"), ("thin", "thinner"), ("harsh", "harsher"), ("clear", "clearer"), ("full", "fuller")),
        *(("muddy", "muddier"), ("airy", "airier"), ("boxy", "boxier"), ("soft", "softer"), ("dark", "darker")),
        *(("mellow", "more mellow"), ("hollow", "more hollow"), ("big", "bigger"), ("loud", "louder")),
        *(("gentle", "gentler"), ("nice", "nicer"), ("raw", "rawer")),
    ],
)
def test_words_are_compared_as_people_do(word: str, more: str) -> None:
    assert _comparative(word) == more
