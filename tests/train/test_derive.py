import numpy as np

from eqmorph.model.lexicon import Lexicon, problem_with_lexicon
from eqmorph.model.settings import on_grid
from eqmorph.train.corpus import AUDEALIZE_HZ
from eqmorph.train.derive import derive, empty_lexicon
from eqmorph.train.evidence import WordBuilder, correlation
from tests.train import meaning

UP = on_grid(meaning.TILT, AUDEALIZE_HZ)
ASKED = ["bright", "dull"]
ANSWERS = [
    *meaning.crowd("bright", meaning.TILT, 8), *meaning.crowd("dull", -meaning.TILT, 4, seed=2),
    meaning.answer("gleaming", meaning.TILT),
]  # fmt: skip
BUILDER = WordBuilder({**dict.fromkeys(ASKED, "en"), "gleaming": "en"}, charts=None, thesaurus=meaning.thesaurus())
ARRAYS = derive(BUILDER, BUILDER(ANSWERS, ()), ASKED)
LEXICON = Lexicon(ARRAYS)


def test_every_word_that_something_leads_to_is_in_it_but_those_of_the_vocabulary() -> None:
    assert set(LEXICON) == {"shiny", "gleaming", "drab"}
    assert problem_with_lexicon(ARRAYS) is None


def test_a_word_does_what_its_synonyms_do_and_names_them() -> None:
    shiny, drab = LEXICON["shiny"], LEXICON["drab"]
    assert correlation(shiny.curve_db, UP) > 0.95 > -0.95 > correlation(drab.curve_db, UP)
    assert shiny.through[0] in {"bright", "gleaming"}
    assert drab.through[0] == "dull"
    assert "not bright" in drab.through


def test_what_one_person_was_asked_counts() -> None:
    assert LEXICON["gleaming"].people == 1
    assert LEXICON["shiny"].people == 0


def test_bytes_keep_a_curve_within_a_tenth_of_a_db() -> None:
    built = BUILDER(ANSWERS, ()).words["gleaming"]
    np.testing.assert_allclose(LEXICON["gleaming"].curve_db, built.curve_db, atol=0.15)


def test_without_a_thesaurus_the_lexicon_is_empty() -> None:
    assert len(Lexicon(empty_lexicon())) == 0
    assert problem_with_lexicon(empty_lexicon()) is None
