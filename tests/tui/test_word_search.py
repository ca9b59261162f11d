"""Words found by letters, by spelling and by meaning, each with what it does and how far that can be trusted."""

from __future__ import annotations

import pytest

from eqmorph.model import load_space
from eqmorph.tui.word_search import WordSearch


@pytest.fixture(scope="module")
def word_search() -> WordSearch:
    return WordSearch(load_space())


def test_without_a_text_all_words_that_are_known_well_are_there_the_best_first(word_search: WordSearch) -> None:
    entries = word_search.search("  ")
    assert {entry.word for entry in entries} == {t.word for t in load_space().terms.values() if t.is_offered}
    assert [entry.confidence for entry in entries] == sorted((e.confidence for e in entries), reverse=True)


@pytest.mark.parametrize(
    ("letters", "word"), [("warm", "warm"), ("brgt", "bright"), ("WARM", "warm"), (" airy ", "airy"), ("frio", "frío")]
)
def test_a_few_letters_in_their_order_find_a_word(word_search: WordSearch, letters: str, word: str) -> None:
    assert word_search.search(letters)[0].word == word


def test_a_word_nobody_was_asked_about_is_found_by_its_own_letters(word_search: WordSearch) -> None:
    found = word_search.search("crystalline")[0]
    assert found.word == "crystalline"
    assert "through clear" in found.evidence


@pytest.mark.parametrize("text", ["xqzxqz", "?!", "["])
def test_text_that_no_word_resembles_finds_none(word_search: WordSearch, text: str) -> None:
    assert word_search.search(text) == []


def test_every_word_says_what_it_does_and_on_what_evidence(word_search: WordSearch) -> None:
    for entry in word_search.search(""):
        assert entry.meaning
        assert "\n" not in entry.meaning
        assert f"confidence {entry.confidence:.2f}" in entry.evidence
    warm = word_search.search("warm")[0]
    term = load_space().terms["warm"]
    assert f"{term.rows} saved settings" in warm.evidence
    assert f"{term.people} people asked" in warm.evidence
