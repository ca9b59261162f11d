import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqmorph.words import Vocabulary, by_spelling, fold, is_slip, plain, stems

WORDS = {"warm", "bright", "airy", "punchy", "full", "muddy", "frio", "large", "big", "soft"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Brighter", "bright"),
        ("brightness", "bright"),
        ("BRITE ", "bright"),
        ("brightens", "bright"),
        ("warmth", "warm"),
        ("wawrm", "warm"),
        ("air", "airy"),
        ("airiest", "airy"),
        ("punch", "punchy"),
        ("fuller", "full"),
        ("mud", "muddy"),
        ("frío", "frio"),
        ("larger", "large"),
        ("bigger", "big"),
        ("softness", "soft"),
    ],
)
def test_forms_of_a_word_fold_to_it(written: str, meant: str) -> None:
    assert fold(written, WORDS) == meant


@pytest.mark.parametrize("word", ["xylophone", "power", "", "er"])
def test_unknown_words_fold_to_nothing(word: str) -> None:
    assert fold(word, WORDS) is None


@given(st.text(max_size=30))
def test_plain_and_stems_take_any_text(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert stems(text)[0] == plain(text)


def test_nearest_by_spelling() -> None:
    assert by_spelling("brihgt", WORDS)[0] == "bright"
    assert by_spelling("qqq", WORDS) == []


def test_derived_words_are_found_in_their_forms_and_not_listed() -> None:
    vocabulary = Vocabulary(["frío"], derived={"velvety", "bright"})
    assert list(vocabulary) == ["frio"]
    assert vocabulary.derived("Brighter") == "bright"
    assert vocabulary.derived("nothing") is None


def test_in_a_sentence_only_qualities_are_understood() -> None:
    vocabulary = Vocabulary([], derived={"velvety", "attack"}, qualities=lambda: {"velvety"})
    assert vocabulary.derived("attack") == "attack"
    assert vocabulary.derived("attack", in_sentence=True) is None
    assert vocabulary.derived("velvety", in_sentence=True) == "velvety"


@pytest.mark.parametrize("written", ["wram", "warmm", "wam", "worm", "harm", "Wärm"])
def test_one_letter_wrong_is_a_slip(written: str) -> None:
    assert is_slip(written, "warm")


@pytest.mark.parametrize(
    ("written", "word"), [("weighty", "mighty"), ("unhappy", "happy"), ("mraw", "warm"), ("", "ab")]
)
def test_more_than_one_letter_wrong_is_another_word(written: str, word: str) -> None:
    assert not is_slip(written, word)
