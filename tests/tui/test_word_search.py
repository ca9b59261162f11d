"""Words found by letters, by spelling and by meaning, each with what it does and how far that can be trusted."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.model import GRID_HZ, load_space
from eqmorph.tui.small_curve import SMALL_CURVE_COLUMNS, small_curve
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


@pytest.mark.parametrize(
    ("text", "word"),
    [("vocal presence", "present"), ("more bass", "bassy"), ("make it warmer", "warm"), ("sibilance", "sibilant")],
)
def test_a_word_is_found_as_one_says_it(word_search: WordSearch, text: str, word: str) -> None:
    assert word in [entry.word for entry in word_search.search(text)][:3]


@pytest.mark.parametrize(
    ("text", "sign"), [("lifts 4 kHz", 1), ("boosts 4k", 1), ("dips 4 kHz", -1), ("cuts 300 Hz", -1)]
)
def test_words_are_found_by_what_they_do(word_search: WordSearch, text: str, sign: int) -> None:
    found = word_search.search(text)
    assert found
    at = int(np.abs(GRID_HZ - (300 if "300" in text else 4000)).argmin())
    for entry in found[:5]:
        curve_db = load_space().terms[entry.word].curve_db
        assert sign * curve_db[at] > 0


def test_a_meaning_can_be_typed_as_it_is_shown(word_search: WordSearch) -> None:
    warm = word_search.search("warm")[0]
    assert warm.word in [entry.word for entry in word_search.search(warm.meaning)]


def test_a_sentence_is_found_only_where_it_can_be_taken(word_search: WordSearch) -> None:
    first = word_search.search("warmer, less mud", sentences=True)[0]
    assert str(first.target) == first.word == "warm + muddy:-1"
    assert first.evidence == "sets warm +1, muddy -1"
    words = word_search.search("warmer, less mud")
    assert [entry.word for entry in words[:2]] == ["warm", "muddy"]
    assert all(entry.target is None for entry in words)
    assert word_search.search("warm", sentences=True)[0].target is None


def test_a_word_says_its_language_and_how_far_people_agree(word_search: WordSearch) -> None:
    assert word_search.search("cálido")[0].language == "Spanish"
    warm = word_search.search("warm")[0]
    assert warm.language == ""
    assert f"agreement r {load_space().terms['warm'].agreement:.2f}" in warm.evidence
    assert word_search.evidence("warm") == warm.evidence


def test_a_small_curve_goes_up_where_the_word_does(word_search: WordSearch) -> None:
    bright, dark = (word_search.search(word)[0].curve for word in ("bright", "dark"))
    assert len(bright) == len(dark) == SMALL_CURVE_COLUMNS
    assert bright[-2] > bright[0]  # the blocks are in the order of their heights
    assert dark[-2] < dark[0]
    assert small_curve(np.zeros(64)) == "▄" * SMALL_CURVE_COLUMNS


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
