import numpy as np
import pytest

from eqmorph.model.lexicon import Lexicon, packed_words, problem_with_lexicon, unpacked_words

ARRAYS = {
    "words": packed_words(["brio", "zart"]),
    "language": np.array([1, 0], np.uint8),
    "quality": np.array([1, 0], np.uint8),
    "asked": np.array([0, 1], np.uint8),
    "confidence": np.array([51, 255], np.uint8),
    "coefficients": np.array([[2, 0], [0, -1]], np.int8),
    "through": np.array([[1, -2, 0], [2, 0, 0]], np.int16),
    "seeds": packed_words(["bright", "dull"]),
    "components": np.stack([np.linspace(-1, 1, 64), np.ones(64)]).astype(np.float32),
}


def test_a_term_is_made_of_a_few_bytes() -> None:
    term = Lexicon(ARRAYS)["brio"]
    assert (term.word, term.language, term.people, term.confidence) == ("brio", "es", 0, pytest.approx(0.2))
    assert term.through == ("bright", "not dull")
    np.testing.assert_allclose(term.curve_db, 2 * np.linspace(-1, 1, 64), atol=1e-6)


def test_it_lists_its_words_and_knows_no_others() -> None:
    lexicon = Lexicon(ARRAYS)
    assert list(lexicon) == ["brio", "zart"]
    assert "zart" in lexicon
    assert lexicon.get("nothing") is None
    assert lexicon.qualities == {"brio"}


def test_words_are_text_whatever_their_letters() -> None:
    assert unpacked_words(packed_words(["frío", "ñu"])) == ["frío", "ñu"]
    assert unpacked_words(packed_words([])) == []


@pytest.mark.parametrize(
    ("name", "values", "problem"),
    [
        ("words", packed_words(["brio", "brio"]), "a word comes twice"),
        ("words", np.array([255, 254], np.uint8), "its words are not text"),
        ("confidence", np.array([1.0, 2.0]), "confidence is missing or of another type"),
        ("language", np.array([7, 0], np.uint8), "a language or a word that it does not have"),
        ("through", np.array([[9, 0, 0], [0, 0, 0]], np.int16), "a language or a word that it does not have"),
        ("coefficients", np.zeros((2, 3), np.int8), "coefficients has (2, 3) instead of (2, 2)"),
        ("components", np.full((2, 64), np.nan, np.float32), "components holds numbers beyond"),
    ],
)
def test_damage_is_named(name: str, values: np.ndarray, problem: str) -> None:
    assert problem_with_lexicon(ARRAYS) is None
    found = problem_with_lexicon({**ARRAYS, name: values})
    assert found is not None
    assert problem in found


def test_what_is_not_of_a_lexicon_is_named() -> None:
    assert problem_with_lexicon({**ARRAYS, "more": np.zeros(1)}) == "it holds 'more'"
