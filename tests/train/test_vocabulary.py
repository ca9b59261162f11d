from eqmorph.train.charts import Charts, ChartWord
from eqmorph.train.evidence import WordBuilder
from eqmorph.train.vocabulary import card_lines, vocabulary_of
from tests.train import meaning

TOP = ((3000.0, 20_000.0),)
CHARTS = Charts(
    (
        ChartWord("drab", "en", (), TOP, ("owsinski",)),
        ChartWord("shiny", "en", TOP, (), ("practice",)),
        ChartWord("lo-fi", "en", (), TOP, ("practice",)),
    ),
    {"owsinski": "Owsinski", "practice": "practice"},
)
ANSWERS = [
    *meaning.crowd("bright", meaning.TILT, 8), *meaning.crowd("dull", -meaning.TILT, 8, seed=3),
    meaning.answer("lonely", meaning.BUMP),
    *meaning.crowd("cold", meaning.TILT, 12, seed=4), *meaning.crowd("cold", -meaning.TILT, 7, seed=5),
]  # fmt: skip
BUILDER = WordBuilder(dict.fromkeys((*meaning.WORDS, "cold"), "en"), charts=CHARTS, thesaurus=meaning.thesaurus())
WORDS = vocabulary_of(BUILDER, BUILDER(ANSWERS, ()))


def test_two_voices_or_a_published_chart_make_a_word_of_the_vocabulary() -> None:
    """Others are derived, but a word that no thesaurus has."""
    assert [word.word for word in WORDS] == ["bright", "cold", "drab", "dull", "lo-fi"]


def test_the_card_names_evidence_and_the_other_sense() -> None:
    lines = {line["word"]: line for line in card_lines(WORDS)}
    assert lines["drab"]["charts"] == ["owsinski"]
    assert lines["bright"]["people"] == 8
    assert lines["bright"]["other_sense"] is None
    assert lines["cold"]["other_sense"] == "37% of people mean something like 'dull'"
