import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqmorph.words import by_meaning, by_spelling, fold, plain, stems

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


def test_nearest_by_spelling_and_by_meaning() -> None:
    assert by_spelling("brihgt", WORDS)[0] == "bright"
    assert by_meaning("sparkly", WORDS) == ["bright", "airy"]
    assert by_meaning("nonsense", WORDS) == []
