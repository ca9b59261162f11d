from pathlib import Path

import numpy as np
import pytest

from eqmorph.errors import InputError
from eqmorph.train.contributions import read_contributions
from eqmorph.train.corpus import AUDEALIZE_HZ
from eqmorph.train.data import load_corpus

HEADER = ",".join(["descriptor", "audio_id", "ratings_consistency", *(f"RSC_{hz}Hz_band" for hz in AUDEALIZE_HZ)])
RISING = np.linspace(-1, 1, len(AUDEALIZE_HZ))


def line(word: str, gains: np.ndarray = RISING, *, language: str = "English", consistency: object = 0.5) -> str:
    return ",".join([word, language, "8", str(consistency), *map(str, gains)])


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def test_an_answer_keeps_its_word_and_comes_at_unit_variance(tmp_path: Path) -> None:
    corpus = read_contributions(written(tmp_path / "a.csv", line("Bright", 3 * RISING + 2, consistency=0.25)))
    (answer,) = corpus.answers
    assert (answer.word, answer.language, answer.stimulus, answer.consistency) == ("bright", "en", 8, 0.25)
    assert np.std(answer.curve) == pytest.approx(1)
    assert np.mean(answer.curve) == pytest.approx(0)


def test_forms_of_a_word_are_one_word_of_several_people(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", line("bright"), line("Brighter"), line("frío", -RISING, language="Español"))
    corpus = read_contributions(path)
    assert [(c.word, c.language, c.people) for c in corpus.curves] == [("bright", "en", 2), ("frío", "es", 1)]


def test_a_crowds_curve_is_weighed_by_how_consistent_people_were(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", line("odd", RISING, consistency=0.9), line("odd", -RISING, consistency=0.1))
    (curve,) = read_contributions(path).curves
    assert curve.curve_db[-1] > 0


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("warm,English,8,0.5,1", "5 fields instead of 44"),
        (line("warm", consistency="nan"), "not a number where one belongs"),
        (line("warm", consistency=1.5), "a number out of range"),
        (line("warm", RISING * 100), "a number out of range"),
        (line("warm", RISING * 0), "all settings the same"),
        (line("warm", language="Klingon"), "a language other than English or Spanish"),
        (line("guitar"), "on the junk list"),
    ],
)
def test_a_bad_row_is_left_out_and_counted(tmp_path: Path, bad: str, reason: str) -> None:
    corpus = read_contributions(written(tmp_path / "a.csv", line("bright"), bad))
    assert [answer.word for answer in corpus.answers] == ["bright"]
    assert corpus.drop_summary() == {reason: 1}
    assert corpus.dropped_rows(reason) == {"a.csv": [3]}


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n"])
def test_what_holds_no_answer_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "none.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"none\.csv"):
        read_contributions(path)


def test_a_word_that_was_answered_is_not_taken_from_the_means_too(tmp_path: Path) -> None:
    means = tmp_path / "means.json"
    entries = [
        f'{{"lang": "English", "word": "{word}", "settings": {(-RISING).tolist()}, "num": 9, "agreement": 0.5}}'
        for word in ("bright", "dull")
    ]
    means.write_text(f"[{','.join(entries)}]", encoding="utf-8")
    answers = written(tmp_path / "a.csv", line("bright"))
    corpus = load_corpus(audealize=means, contributions=answers)
    assert {c.word: c.people for c in corpus.curves} == {"bright": 1, "dull": 9}
