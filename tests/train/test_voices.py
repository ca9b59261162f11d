"""Words that too few people stand behind."""

from dataclasses import replace

from eqmorph.train.corpus import AUDEALIZE_HZ, Answer, Corpus, Setting
from eqmorph.train.voices import voices, with_least_voices
from tests.train import made_up

ANSWER = Answer("warm", "en", 1, 0.5, tuple(float(at) for at in range(len(AUDEALIZE_HZ))))


def corpus() -> Corpus:
    """Two settings of warm, one of them of dull as well, which alone says so; the crowd knows warm and frío."""
    params = (1.0,) * 13
    settings = (Setting(("warm",), params), Setting(("warm", "dull"), params), Setting(("dull",), params))
    return Corpus(settings, made_up.crowd(), answers=(ANSWER, replace(ANSWER, word="frío")))


def test_settings_and_people_are_counted_together() -> None:
    assert voices(corpus()) == {"warm": 42, "dull": 2, "frío": 5}


def test_a_word_of_few_voices_is_left_out_everywhere() -> None:
    kept, rare = with_least_voices(corpus(), 6)
    assert rare == ["dull", "frío"]
    assert [s.words for s in kept.settings] == [("warm",), ("warm",)]
    assert [c.word for c in kept.curves] == [a.word for a in kept.answers] == ["warm"]


def test_one_voice_is_enough_by_default() -> None:
    assert with_least_voices(corpus(), 1) == (corpus(), [])
