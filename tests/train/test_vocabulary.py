from eqmorph.train.charts import Charts, ChartWord
from eqmorph.train.evidence import WordBuilder
from eqmorph.train.vocabulary import card_lines, vocabulary_of
from tests.train import meaning

CHARTS = Charts((ChartWord("drab", "en", (), ((3000.0, 20_000.0),), ("owsinski",)),), {"owsinski": "Owsinski"})
ANSWERS = [
    *meaning.crowd("bright", meaning.TILT, 8), *meaning.crowd("dull", -meaning.TILT, 8, seed=3),
    meaning.answer("lonely", meaning.BUMP),
    *meaning.crowd("cold", meaning.TILT, 12, seed=4), *meaning.crowd("cold", -meaning.TILT, 7, seed=5),
]  # fmt: skip
WORDS = WordBuilder(
    dict.fromkeys((*meaning.WORDS, "cold"), "en"), charts=CHARTS, thesaurus=meaning.thesaurus()
)(ANSWERS, ())  # fmt: skip


def test_two_voices_or_a_chart_make_a_word_of_the_vocabulary() -> None:
    assert [word.word for word in vocabulary_of(WORDS)] == ["bright", "cold", "drab", "dull"]


def test_the_card_names_evidence_and_the_other_sense() -> None:
    lines = {line["word"]: line for line in card_lines(vocabulary_of(WORDS))}
    assert lines["drab"]["charts"] == ["owsinski"]
    assert lines["bright"]["people"] == 8
    assert lines["bright"]["other_sense"] is None
    assert lines["cold"]["other_sense"] == "37% of people mean something like 'dull'"
