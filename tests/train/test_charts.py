from pathlib import Path

import numpy as np
import pytest

from eqmorph._typing import Float64
from eqmorph.errors import InputError
from eqmorph.train.charts import Charts, ChartWord, Zone, chart_curve, read_charts
from eqmorph.words import base_form, plain

HELD_OUT = Path(__file__).parents[1] / "data" / "chart_zones.toml"
FREQ_HZ = np.geomspace(20, 20_000, 481)  # the same number of frequencies in each octave

SOURCE = '[sources.holt]\ntitle = "A Glossary"\nauthor = "J. Gordon Holt"\nyear = 1993\n'
WORD = '[words.boomy]\nraise_hz = [[70, 180]]\nsources = ["holt"]\n'


@pytest.fixture(scope="module")
def charts() -> Charts:
    return read_charts()


@pytest.fixture(scope="module")
def held_out() -> Charts:
    return read_charts(HELD_OUT)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "charts.toml"
    path.write_text(text, encoding="utf-8")
    return path


def entry(*raised: Zone, lower: tuple[Zone, ...] = ()) -> ChartWord:
    return ChartWord("word", "en", raised, lower, ("holt",))


def english(charts: Charts) -> dict[str, ChartWord]:
    return {word.word: word for word in charts.words if word.language == "en"}


def level(curve: Float64, zone: Zone) -> float:
    return float(curve[(zone[0] <= FREQ_HZ) & (zone[1] >= FREQ_HZ)].mean())


# The two files


def test_the_charts_hold_many_words_of_two_languages(charts: Charts) -> None:
    languages = [word.language for word in charts.words]
    assert languages.count("en") >= 120
    assert 20 <= languages.count("es") == len(languages) - languages.count("en")


def test_the_held_out_table_holds_words_of_its_own_sources(charts: Charts, held_out: Charts) -> None:
    assert len(held_out.words) >= 50
    assert not set(charts.sources) & set(held_out.sources)
    assert not set(charts.sources.values()) & set(held_out.sources.values())


@pytest.mark.parametrize("path", [None, HELD_OUT], ids=["shipped", "held out"])
def test_every_source_is_used(path: Path | None) -> None:
    read = read_charts(path)
    assert {key for word in read.words for key in word.sources} == set(read.sources)


@pytest.mark.parametrize("path", [None, HELD_OUT], ids=["shipped", "held out"])
def test_words_are_spelled_as_words_are_folded(path: Path | None) -> None:
    """No noun whose adjective is meant instead: nobody would find it."""
    english_words = [word.word for word in read_charts(path).words if word.language == "en"]
    assert [word for word in english_words if base_form(word) != plain(word)] == []


@pytest.mark.parametrize(
    ("word", "zone", "sign"),
    [
        ("dark", (3000, 20_000), -1),
        ("dull", (3000, 20_000), -1),
        ("muffled", (3000, 20_000), -1),
        ("mellow", (4000, 20_000), -1),
        ("airy", (10_000, 20_000), 1),
        ("clear", (2000, 6000), 1),
        ("present", (2000, 6000), 1),
        ("muddy", (200, 400), 1),
        ("boomy", (70, 180), 1),
        ("boxy", (300, 700), 1),
        ("nasal", (600, 1500), 1),
        ("sibilant", (5000, 9000), 1),
    ],
)
def test_words_that_all_charts_know_mean_what_they_say(charts: Charts, word: str, zone: Zone, sign: int) -> None:
    curve = chart_curve(english(charts)[word], FREQ_HZ)
    curve = curve - curve.mean()
    assert sign * level(4.0 * curve / curve.std(), zone) >= 1.5


def test_airy_is_highest_at_the_top(charts: Charts) -> None:
    curve = chart_curve(english(charts)["airy"], FREQ_HZ)
    assert FREQ_HZ[curve == curve.max()].min() >= 8000


def test_the_held_out_sources_agree_on_most_words(charts: Charts, held_out: Charts) -> None:
    known = english(charts)
    shared = [word for word in held_out.words if word.word in known]
    assert len(shared) >= 50
    agreeing = []
    for other in shared:
        curve = chart_curve(known[other.word], FREQ_HZ)
        raised = all(level(curve, zone) > curve.mean() for zone in other.raise_hz)
        if raised and all(level(curve, zone) < curve.mean() for zone in other.lower_hz):
            agreeing.append(other.word)
    differing = sorted({word.word for word in shared} - set(agreeing))
    assert len(agreeing) >= 0.85 * len(shared), f"differ: {', '.join(differing)}"


# Curves


def test_a_curve_is_one_inside_a_zone_and_zero_half_an_octave_outside() -> None:
    curve = chart_curve(entry((1000, 2000)), [100, 1000 / 2**0.5, 1000, 1500, 2000, 2000 * 2**0.5, 10_000])
    np.testing.assert_allclose(curve, [0, 0, 1, 1, 1, 0, 0], atol=1e-12)


def test_a_shoulder_is_half_way_down_a_quarter_of_an_octave_outside() -> None:
    np.testing.assert_allclose(chart_curve(entry((1000, 2000)), [1000 / 2**0.25, 2000 * 2**0.25]), 0.5)


def test_a_curve_has_no_steps() -> None:
    fine = np.geomspace(20, 20_000, 20_001)
    assert np.abs(np.diff(chart_curve(entry((300, 700), lower=((2000, 9000),)), fine))).max() < 0.005


def test_zones_that_reach_an_end_of_the_spectrum_stay_there() -> None:
    np.testing.assert_array_equal(chart_curve(entry((40, 80)), [1, 20, 30, 40]), 1)
    np.testing.assert_array_equal(chart_curve(entry((8000, 12_000)), [12_000, 18_000, 24_000]), 1)
    assert chart_curve(entry((50, 80)), [20])[0] == 0
    assert chart_curve(entry((8000, 11_000)), [20_000])[0] == 0


def test_lowered_zones_are_negative_and_zones_add_up() -> None:
    both = entry((70, 180), lower=((2000, 8000),))
    alone = chart_curve(entry((70, 180)), FREQ_HZ) - chart_curve(entry((2000, 8000)), FREQ_HZ)
    np.testing.assert_array_equal(chart_curve(both, FREQ_HZ), alone)
    assert level(chart_curve(both, FREQ_HZ), (2000, 8000)) == -1


# Reading


def test_what_was_written_is_read(tmp_path: Path) -> None:
    text = SOURCE + WORD + '[words_es."cálido"]\nlower_hz = [[8000, 20000], [20, 60.5]]\nsources = ["holt"]\n'
    read = read_charts(written(tmp_path, text))
    assert read.sources == {"holt": "J. Gordon Holt: A Glossary (1993)"}
    assert read.words == (
        ChartWord("boomy", "en", ((70.0, 180.0),), (), ("holt",)),
        ChartWord("cálido", "es", (), ((20.0, 60.5), (8000.0, 20_000.0)), ("holt",)),
    )


def test_a_source_needs_only_a_title(tmp_path: Path) -> None:
    text = '[sources.holt]\ntitle = "A Glossary"\n' + WORD
    assert read_charts(written(tmp_path, text)).sources == {"holt": "A Glossary"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[words", "is not valid TOML"),
        ("", "holds no words"),
        (SOURCE, "holds no words"),
        ("sources = 3\n" + WORD, "sources must be a table"),
        ("[sources.holt]\nauthor = 'H'\n" + WORD, "source 'holt' must have a title"),
        ("[sources.holt]\ntitle = 'A'\npage = 3\n" + WORD, "source 'holt' must have a title"),
        ("[sources]\nholt = 'A'\n" + WORD, "source 'holt' must have a title"),
        (SOURCE + "[wards.boomy]\n", "holds 'wards'"),
        (SOURCE + "[words_spanish.boomy]\n", "holds 'words_spanish'"),
        ("words = 3\n" + SOURCE, "holds 'words'"),
        (SOURCE + "[words]\nboomy = 3\n", "'boomy' must be a table"),
        (SOURCE + WORD.replace("boomy", "Boomy"), "'Boomy' is not a word in lower case"),
        (SOURCE + WORD.replace("boomy", '" boomy"'), "' boomy' is not a word"),
        (SOURCE + WORD + "gain_db = 3\n", "'boomy' holds 'gain_db'"),
        (SOURCE + WORD.replace("[[70, 180]]", "[]"), "'boomy' has no zones"),
        (SOURCE + WORD.replace("[[70, 180]]", "70"), "raise_hz that is not a list"),
        (SOURCE + WORD.replace("[[70, 180]]", "[70, 180]"), "not two numbers"),
        (SOURCE + WORD.replace("[[70, 180]]", "[[70, 180, 300]]"), "not two numbers"),
        (SOURCE + WORD.replace("[[70, 180]]", "[[70, true]]"), "not two numbers"),
        (SOURCE + WORD.replace("[[70, 180]]", "[[180, 70]]"), "from 180 to 70 Hz"),
        (SOURCE + WORD.replace("[[70, 180]]", "[[10, 70]]"), "from 10 to 70 Hz"),
        (SOURCE + WORD.replace("[[70, 180]]", "[[9000, 30000]]"), "from 9000 to 30000 Hz"),
        (SOURCE + WORD.replace("[[70, 180]]", "[[70, nan]]"), "from 70 to nan Hz"),
        (SOURCE + WORD.replace("[[70, 180]]", "[[70, 180], [100, 300]]"), "zones in raise_hz that overlap"),
        (SOURCE + WORD + "lower_hz = [[100, 300]]\n", "raises and lowers the same frequencies"),
        (SOURCE + WORD.replace('["holt"]', "[]"), "names no sources"),
        (SOURCE + WORD.replace('["holt"]', '"holt"'), "names no sources"),
        (SOURCE + WORD.replace('["holt"]', '["holt", "kulka"]'), "names kulka"),
    ],
)
def test_what_no_chart_holds_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError) as refused:
        read_charts(path)
    assert problem in refused.value.message
    assert refused.value.path == path


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_charts(tmp_path / "nowhere.toml")
    (tmp_path / "latin.toml").write_bytes("# cálido".encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        read_charts(tmp_path / "latin.toml")
