import json
from pathlib import Path

import numpy as np
import pytest

from eqmorph.errors import InputError, UsageError
from eqmorph.train.corpus import AUDEALIZE_HZ
from eqmorph.train.data import load_corpus, read_audealize, read_safe, read_socialfx
from eqmorph.train.describe_corpus import describe_corpus
from eqmorph.train.junk import junk_reason, split_words
from eqmorph.train.synthetic import SYNTHETIC_WORDS, synthetic_corpus

PARAMS = "3,120,-2,300,0.7,1,1000,0.71,0,3000,1,4,8000"


def safe_line(descriptor: str, params: str = PARAMS) -> str:
    return f"1,{descriptor},10.0.0.1,2,2,{params},Rock,guitar,London,3 years,33,x,y"


def entry(word: str, value: float = 0.1, *, people: int = 4, lang: str = "English") -> dict[str, object]:
    return {"lang": lang, "word": word, "settings": [value * i for i in range(40)], "num": people, "agreement": 0.5}


@pytest.fixture
def safe(tmp_path: Path) -> Path:
    path = tmp_path / "safe.csv"
    words = [
        "warm",
        "Warm ",
        "wawrm",
        "Brighter",
        "bright",
        "test",
        "re27",
        "guitar",
        "zonk",
        "warm bright",
        "a b c d e f",
    ]
    path.write_text("\n".join(safe_line(word) for word in words) + "\n", encoding="utf-8")
    return path


def test_safe_keeps_words_and_parameters_and_nothing_personal(safe: Path) -> None:
    corpus = read_safe(safe)
    assert [s.words for s in corpus.settings] == [("warm",)] * 3 + [("bright",)] * 2 + [("warm", "bright")]
    assert corpus.settings[0].params == tuple(map(float, PARAMS.split(",")))
    kept = repr(corpus)
    assert not any(personal in kept for personal in ("10.0.0.1", "London", "3 years", "Rock"))


def test_what_is_left_out_is_told_with_row_and_reason(safe: Path) -> None:
    dropped = {d.descriptor: (d.row, d.reason) for d in read_safe(safe).dropped}
    assert dropped["test"] == (6, "on the junk list")
    assert dropped["re27"] == (7, "digits or too short")
    assert dropped["guitar"] == (8, "on the junk list")
    assert dropped["zonk"] == (9, "used once, unknown elsewhere")
    assert sum(read_safe(safe).drop_summary().values()) == 5


def test_a_word_used_once_stays_if_the_crowd_knows_it(safe: Path) -> None:
    assert ("zonk",) in [s.words for s in read_safe(safe, known={"zonk"}).settings]


MALFORMED = [
    ("1,warm,,2,2,3,120", "7 columns instead of 25"),
    (safe_line("warm", PARAMS.replace("300", "loud")), "column 9: expected a number for bell 1 frequency"),
    (safe_line("warm", PARAMS.replace("1000", "1_000")), "column 12: expected a number for bell 2 frequency"),
    (safe_line("warm", PARAMS.replace("120", "१२०")), "column 7: expected a number for low shelf frequency"),
    (safe_line("warm").replace(",2,2,", ",٢,٢,"), "column 4: expected a number of channels"),
    (safe_line("warm") + ",extra", "26 columns instead of 25"),
    ("shifted," + safe_line("warm").rsplit(",", 1)[0], "column 4: expected a number of channels"),
]


@pytest.mark.parametrize(("line", "reason"), MALFORMED)
def test_a_malformed_row_is_left_out_and_counted(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("\n".join([safe_line("warm"), line, safe_line("warm")]) + "\n", encoding="utf-8")
    corpus = read_safe(path)
    assert len(corpus.settings) == 2
    assert corpus.dropped_rows(reason) == {"bad.csv": [2]}
    assert not any(content in repr(corpus.dropped) for content in ("loud", "10.0.0.1", "shifted", "extra"))


@pytest.mark.parametrize(("line", "reason"), MALFORMED)
def test_a_file_of_malformed_rows_is_refused_with_the_first_reason(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(f"\n{line}\n1,2,3\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.csv") as caught:
        read_safe(path)
    assert f"no row can be used; row 2: {reason}" in str(caught.value)
    assert not any(content in str(caught.value) for content in ("loud", "10.0.0.1", "shifted", "extra"))


@pytest.mark.parametrize("value", ["nan", "1e9", "-5"])
def test_values_no_equalizer_has_are_dropped(tmp_path: Path, value: str) -> None:
    path = tmp_path / "odd.csv"
    lines = [safe_line("warm", PARAMS.replace(",300,", f",{value},")), safe_line("warm"), safe_line("warm")]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    corpus = read_safe(path)
    assert corpus.drop_summary() == {"bell 1 frequency out of range": 1}
    assert corpus.dropped_rows("bell 1 frequency out of range") == {"odd.csv": [1]}


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    empty, blank, binary = (tmp_path / f"{name}.csv" for name in ("empty", "blank", "binary"))
    empty.touch()
    blank.write_text("\n \n\n", encoding="utf-8")
    binary.write_bytes(b"\xff\xfe\x00warm")
    for path in (empty, blank, binary, tmp_path / "missing.csv"):
        with pytest.raises(InputError):
            read_safe(path)


def test_audealize_curves_are_read_in_db_and_forms_merged_by_people(tmp_path: Path) -> None:
    path = tmp_path / "words.json"
    path.write_text(json.dumps([entry("punchy", 0.1, people=3), entry("punch", 0.2, people=1), entry("cat")]))
    corpus = read_audealize(path)
    assert [(c.word, c.people) for c in corpus.curves] == [("punchy", 4)]
    assert corpus.curves[0].curve_db[1] == pytest.approx(5 * (0.1 * 3 + 0.2) / 4)
    assert corpus.drop_summary() == {"on the junk list": 1}


def test_audealize_keeps_spanish_words_as_they_are_spelled(tmp_path: Path) -> None:
    path = tmp_path / "words.json"
    path.write_text(json.dumps([entry("frío", lang="Español")]), encoding="utf-8")
    assert [(c.word, c.language) for c in read_audealize(path).curves] == [("frío", "es")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not valid JSON"),
        ("{}", "not a list of words"),
        ("[1]", "row 1: is not an entry"),
        (json.dumps([{**entry("warm"), "settings": [1, 2]}]), "row 1: expected 40 settings"),
        (json.dumps([entry("warm", lang="Klingon"), 1]), "row 1: expected a language"),
        ("[" * 100_000 + "]" * 100_000, "too deeply nested"),
        (f"[{'7' * 5000}]", "not valid JSON"),
        (json.dumps([{**entry("warm"), "word": ""}]), "row 1: has no word"),
    ],
)
def test_malformed_json_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_audealize(path)
    assert message in str(caught.value)
    assert "bad.json" in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("settings", ["x"] * 40, "expected numbers for settings"),
        ("settings", [0.1] * 39 + [10**400], "expected numbers for settings, from -20 to 20"),
        ("settings", [0.1] * 39 + [20.1], "expected numbers for settings, from -20 to 20"),
        ("settings", [0.1] * 39 + [float("nan")], "expected numbers for settings"),
        ("num", 0, "expected a whole number of people"),
        ("num", -3, "expected a whole number of people"),
        ("num", 2.5, "expected a whole number of people"),
        ("num", 10**400, "expected a whole number of people"),
        ("num", True, "expected a whole number of people"),
        ("agreement", 1.5, "expected a number for agreement, from -1 to 1"),
        ("agreement", 10**400, "expected a number for agreement, from -1 to 1"),
    ],
)
def test_a_crowd_that_makes_no_sense_is_left_out(tmp_path: Path, field: str, value: object, message: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(json.dumps([entry("bright"), {**entry("warm"), field: value}]), encoding="utf-8")
    corpus = read_audealize(path)
    assert [c.word for c in corpus.curves] == ["bright"]
    (left,) = corpus.dropped
    assert (left.row, left.descriptor) == (2, "warm")
    assert left.reason.startswith(message)


@pytest.mark.parametrize("value", [0.0, 3.0])
def test_a_curve_that_is_none_is_left_out_and_told(tmp_path: Path, value: float) -> None:
    path = tmp_path / "words.json"
    path.write_text(json.dumps([entry("bright"), {**entry("warm"), "settings": [value] * 40}]), encoding="utf-8")
    corpus = read_audealize(path)
    assert [c.word for c in corpus.curves] == ["bright"]
    assert corpus.dropped_rows("all settings the same") == {"words.json": [2]}


def test_crowds_put_together_are_one_by_people(tmp_path: Path) -> None:
    """Whatever form a word has in either of them, and in whichever order they come."""
    many, one = tmp_path / "many.json", tmp_path / "one.json"
    many.write_text(json.dumps([entry("warm", 0.1, people=122), entry("frío", lang="Español")]), encoding="utf-8")
    one.write_text(json.dumps([entry("Warmer", 0.4, people=2)]), encoding="utf-8")
    for corpus in (read_audealize(many) + read_audealize(one), read_audealize(one) + read_audealize(many)):
        curves = {c.word: c for c in corpus.curves}
        assert set(curves) == {"warm", "frío"}
        assert curves["warm"].people == 124
        assert curves["warm"].curve_db[2] == pytest.approx(10 * (122 * 0.1 + 2 * 0.4) / 124)
        assert curves["frío"] in read_audealize(many).curves


def test_socialfx_answers_are_averaged_by_word(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow", reason="SocialFX is parquet")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "eq.parquet"
    table = {
        "id": [1, 2, 3],
        "text": ["warm", "Warmer", "guitar"],
        "param_values": [[0.0] * 39 + [1.0], [2.0] * 39 + [1.0], [1.0] * 40],
    }
    parquet.write_table(arrow.table(table), path)
    corpus = read_socialfx(path)
    assert [(c.word, c.people, c.curve_db[0]) for c in corpus.curves] == [("warm", 2, 5.0)]
    assert [a.word for a in corpus.answers] == ["warm", "warm"]
    assert np.std(corpus.answers[0].curve) == pytest.approx(1)
    assert corpus.dropped_rows("on the junk list") == {"eq.parquet": [3]}
    path.write_bytes(b"no parquet")
    with pytest.raises(InputError, match="not a readable parquet"):
        read_socialfx(path)


@pytest.mark.parametrize(
    ("descriptor", "reason"),
    [
        ("warm", None),
        ("Warm and present", None),
        ("RE27-1", "digits or too short"),
        ("my snare", "digits or too short"),
        ("  ", "no words"),
        ("cuts room noise and brightens the trumpet loudly", "a note, not a quality"),
        ("GUITARRICHE", "on the junk list"),
    ],
)
def test_the_junk_rule(descriptor: str, reason: str | None) -> None:
    assert junk_reason(split_words(descriptor)) == reason


def test_synthetic_settings_are_seeded_and_valid() -> None:
    corpus = synthetic_corpus(40, seed=3)
    assert corpus == synthetic_corpus(40, seed=3)
    assert corpus != synthetic_corpus(40, seed=4)
    assert {s.words[0] for s in corpus.settings} == set(SYNTHETIC_WORDS)
    with pytest.raises(UsageError):
        synthetic_corpus(0)


def test_a_corpus_describes_itself(safe: Path, tmp_path: Path) -> None:
    path = tmp_path / "words.json"
    path.write_text(json.dumps([entry("warm"), entry("frío", lang="Español")]))
    about = describe_corpus(load_corpus(safe=safe, audealize=path))
    words = {w["word"]: w for w in about["words"]}
    assert (words["warm"]["rows"], words["warm"]["people"]) == (4, 4)
    assert -1 <= words["warm"]["agreement"] <= 1
    assert words["frío"]["rows"] == 0
    assert set(about["sha256"]) == {"safe.csv", "words.json"}
    assert len(AUDEALIZE_HZ) == 40
