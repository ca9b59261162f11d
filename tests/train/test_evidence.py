import numpy as np
import pytest

from eqmorph.model.settings import GRID_HZ, on_grid, rms
from eqmorph.train.charts import Charts, ChartWord
from eqmorph.train.corpus import AUDEALIZE_HZ, Corpus, Setting
from eqmorph.train.evidence import TERM_RMS_DB, WordBuilder, correlation, strength_of
from tests.train import made_up, meaning

UP = on_grid(meaning.TILT, AUDEALIZE_HZ)
CHARTS = Charts((ChartWord("drab", "en", (), ((3000.0, 20_000.0),), ("owsinski",)),), {"owsinski": "Owsinski"})
ALL = dict.fromkeys(meaning.WORDS, "en")


def builder() -> WordBuilder:
    return WordBuilder(ALL, charts=CHARTS, thesaurus=meaning.thesaurus())


def test_a_word_does_what_people_did_and_says_how_many() -> None:
    word = builder()(meaning.crowd("bright", meaning.TILT, 8), ()).words["bright"]
    assert correlation(word.curve_db, UP) > 0.95
    assert (word.people, word.rows, word.charts) == (8, 0, ())
    assert word.agreement is not None
    assert float(rms(word.curve_db)) == pytest.approx(TERM_RMS_DB)


def test_a_word_nobody_was_asked_about_follows_from_its_synonyms_and_contraries() -> None:
    words = builder()(meaning.crowd("bright", meaning.TILT, 8), (), charts=False).words
    assert correlation(words["shiny"].curve_db, UP) > 0.95
    assert correlation(words["drab"].curve_db, UP) < -0.95
    assert words["shiny"].people == 0
    assert "lonely" not in words


def test_without_a_thesaurus_nothing_follows() -> None:
    words = builder()(meaning.crowd("bright", meaning.TILT, 8), (), charts=False, thesaurus=False).words
    assert set(words) == {"bright"}


def test_many_answers_are_not_overruled_by_synonyms() -> None:
    answers = meaning.crowd("bright", meaning.TILT, 30) + meaning.crowd("shiny", meaning.BUMP, 12, seed=2)
    bump = on_grid(meaning.BUMP, AUDEALIZE_HZ)
    assert correlation(builder()(answers, ()).words["shiny"].curve_db, bump) > 0.8


def test_one_answer_is_not_turned_by_synonyms() -> None:
    answers = [*meaning.crowd("bright", meaning.TILT, 30), meaning.answer("shiny", -meaning.TILT)]
    assert correlation(builder()(answers, ()).words["shiny"].curve_db, UP) < 0


def test_what_synonyms_alone_lead_to_knows_nothing_of_the_word() -> None:
    answers = meaning.crowd("bright", meaning.TILT, 8) + meaning.crowd("shiny", meaning.BUMP, 8)
    evidence = builder()(answers, (), charts=False)
    alone = builder()(meaning.crowd("bright", meaning.TILT, 8), (), charts=False)
    assert correlation(evidence.expected["shiny"], alone.words["shiny"].curve_db) == pytest.approx(1, abs=1e-6)


def test_confidence_is_what_one_more_person_would_agree() -> None:
    rng = np.random.default_rng(3)
    words = [f"word{i}" for i in range(20)]
    noises = np.linspace(0.1, 3.0, 20)
    answers = [a for i, w in enumerate(words) for a in meaning.crowd(w, meaning.TILT, 15, seed=i, noise=noises[i])]
    built = WordBuilder(dict.fromkeys(words, "en"), charts=None, thesaurus=None)(answers, ()).words
    found = []
    for i, word in enumerate(words):
        more = meaning.crowd(word, meaning.TILT, 40, seed=int(rng.integers(1000, 9999)), noise=noises[i])
        curves = [on_grid(a.curve, AUDEALIZE_HZ) for a in more]
        found.append(np.mean([correlation(built[word].curve_db, c) for c in curves]))
    expected = [built[word].confidence for word in words]
    assert np.abs(np.array(expected) - found).mean() < 0.12
    assert np.corrcoef(expected, found)[0, 1] > 0.9


def test_people_who_disagree_move_less() -> None:
    contrary = [meaning.answer("bright", s * meaning.TILT + 0.3 * meaning.BUMP) for s in (1, -1) * 4]
    word = builder()(contrary, (), thesaurus=False).words["bright"]
    assert word.confidence < 0.45
    assert float(rms(word.curve_db)) < TERM_RMS_DB
    assert strength_of(0.9) == 1 > strength_of(0.3) > strength_of(0.0) == 0.5
    assert strength_of(0.0, is_charted=True) > 0.5


@pytest.mark.parametrize(("source", "vouches"), [("owsinski", True), ("practice", False)])
def test_only_a_publication_vouches_for_a_word_that_people_contradict_each_other_on(source: str, vouches: bool) -> None:
    charts = Charts((ChartWord("bright", "en", ((5000.0, 20_000.0),), (), (source,)),), {source: source})
    contrary = [meaning.answer("bright", sign * meaning.TILT + 0.3 * meaning.BUMP) for sign in (1, -1) * 4]
    word = WordBuilder(ALL, charts=charts, thesaurus=None)(contrary, ()).words["bright"]
    assert word.confidence < 0.2
    assert float(rms(word.curve_db)) == pytest.approx(TERM_RMS_DB * strength_of(word.confidence, is_charted=vouches))
    assert strength_of(word.confidence, is_charted=True) > 1.5 * strength_of(word.confidence)


def test_a_chart_alone_makes_a_word_that_points_where_it_says() -> None:
    word = builder()((), ()).words["drab"]
    assert word.charts == ("owsinski",)
    top = GRID_HZ >= 3000
    assert word.curve_db[top].mean() < word.curve_db.mean() - 1.5


def test_settings_are_evidence_too() -> None:
    corpus = made_up.corpus()
    words = WordBuilder.of(corpus).from_corpus(corpus).words
    assert words["bright"].rows == sum(s.words == ("bright",) for s in corpus.settings)
    assert words["warm"].people == 40
    assert words["frío"].language == "es"
    assert 0 < words["punchy"].confidence < 1


def test_a_setting_saved_twice_counts_once() -> None:
    setting = Setting(("bright",), (0, 120, 0, 300, 0.7, 0, 1000, 0.7, 0, 3000, 1, 6, 8000))
    words = WordBuilder({"bright": "en"}, charts=None, thesaurus=None)((), [setting, setting]).words
    assert words["bright"].rows == 1


def test_an_empty_corpus_has_no_words() -> None:
    assert WordBuilder.of(Corpus()).from_corpus(Corpus()).words == {}
