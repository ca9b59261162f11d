import numpy as np
import pytest

from eqmorph.evaluate.people.measures import at_strength, correlations
from eqmorph.evaluate.people.rows import VARIATIONS, plain_words, rows_of, saved_by_word
from eqmorph.evaluate.people.splits import halves
from eqmorph.model.settings import rms
from tests.evaluate.people import made_up


def test_plain_words_are_means_of_answers_and_settings() -> None:
    words = plain_words(made_up.answers(differ=0.0), ())
    assert set(words) == set(made_up.SHAPES)
    assert correlations(words["warm"].curve_db, words["bright"].curve_db) == pytest.approx(-1, abs=0.01)
    assert words["warm"].confidence > 0.8
    alone = plain_words((), made_up.settings())
    assert set(alone) == {"warm"}
    assert rms(alone["warm"].curve_db) == pytest.approx(4)


def test_who_agrees_less_is_less_sure() -> None:
    sure, less, least = (plain_words(made_up.answers(differ=differ), ())["warm"].confidence for differ in (0.2, 1, 5))
    assert sure > less > least >= 0


def test_saved_settings_that_do_nothing_are_left_out() -> None:
    flat = made_up.settings()[0]
    flat = type(flat)(("warm",), tuple(0.0 if i in (0, 2, 5, 8, 11) else v for i, v in enumerate(flat.params)))
    assert len(saved_by_word([*made_up.settings(), *made_up.settings(), flat])["warm"]) == 3
    assert saved_by_word([]) == {}


def test_rows_know_one_half_only_and_draw_the_same_for_a_seed() -> None:
    (split,) = halves(made_up.answers(), 1)
    ours = plain_words(split.taught, made_up.settings())

    def rows(seed: int):
        return rows_of(
            split, 0, list(made_up.SHAPES), made_up.settings(), ours, builder=plain_words,
            alone={"safe": plain_words((), made_up.settings())}, saved=saved_by_word(made_up.settings()),
            as_bands=lambda curve: curve, in_bands=["warm"], seed=seed,
        )  # fmt: skip

    found, again, other = rows(1), rows(1), rows(2)
    assert set(found["half"]) == set(found["ours"]) == set(made_up.SHAPES)
    assert set(found["safe"]) == set(found["bands"]) == {"warm"}
    assert found["thesaurus"] == {}  # plain words know none
    assert len(found["half"]["warm"].curves_db) == len(split.taught_by_word["warm"])
    variations = found["ours"]["warm"].curves_db
    assert 10 < len(variations) <= VARIATIONS
    assert min(np.corrcoef(curve, ours["warm"].curve_db)[0, 1] for curve in variations) > 0.5
    np.testing.assert_array_equal(variations, again["ours"]["warm"].curves_db)
    assert not np.array_equal(found["random"]["warm"].curves_db, other["random"]["warm"].curves_db)
    np.testing.assert_allclose(rms(at_strength(variations)), 4)


def test_the_thesaurus_row_knows_nothing_of_the_words_it_is_judged_by() -> None:
    (split,) = halves(made_up.answers(), 1)
    seen = []

    def builder(answers, settings, *, charts=True, thesaurus=True):
        seen.append(({a.word for a in answers}, {w for s in settings for w in s.words}, charts, thesaurus))
        return plain_words(made_up.answers(), ())

    words = list(made_up.SHAPES)
    found = rows_of(
        split, 0, words, made_up.settings(), {}, builder=builder, alone={}, saved={},
        as_bands=lambda curve: curve, in_bands=[], seed=0,
    )  # fmt: skip
    assert set(found["thesaurus"]) == {"warm"}
    assert seen == [(set(words) - {"warm"}, set(), False, True)]
