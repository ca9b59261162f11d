import gzip
from pathlib import Path

import pytest

from eqmorph.errors import InputError
from eqmorph.train.thesaurus import read_thesauri

ENGLISH = """UTF-8
bright|2
(adj)|brilliant|shiny (similar term)|dull (antonym)
(noun)|light (generic term)
dull|1
(adj)|Matte
"""
DICTIONARY = "00-database-short\n  Spanish-English\nbrillante /bɾiʎˈante/\nbright, brilliant\n"


def near(path: Path) -> dict[tuple[str, str], float]:
    thesaurus = read_thesauri([path])
    words = [f"{language}:{word}" for language, word in thesaurus.words]
    return {(words[i], words[j]): float(n) for (i, j), n in zip(thesaurus.pairs, thesaurus.nearness, strict=True)}


def mythes(folder: Path, text: str = ENGLISH, name: str = "th_en_US_v2.dat", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_synonyms_are_near_and_contraries_negative(tmp_path: Path) -> None:
    found = near(mythes(tmp_path))
    assert found["en:bright", "en:brilliant"] == 1
    assert found["en:bright", "en:shiny"] == 1
    assert found["en:bright", "en:dull"] == -1
    assert found["en:dull", "en:matte"] == 1


def test_adjectives_and_what_translates_them_are_qualities(tmp_path: Path) -> None:
    path = tmp_path / "freedict-spa-eng.dict"
    path.write_text(DICTIONARY, encoding="utf-8")
    found = read_thesauri([mythes(tmp_path, ENGLISH + "light|1\n(noun)|lamp\n"), path]).qualities
    assert found == {("en", "bright"), ("en", "dull"), ("es", "brillante")}


def test_a_class_of_things_and_other_parts_of_speech_say_less(tmp_path: Path) -> None:
    assert 0 < near(mythes(tmp_path))["en:bright", "en:light"] < 0.1


def test_the_first_line_names_the_encoding(tmp_path: Path) -> None:
    text = "ISO8859-1\ncálido|1\n-|tibio|templado\n"
    found = near(mythes(tmp_path, text, "th_es_ES_v2.dat", "iso-8859-1"))
    assert {pair for pair, _ in found.items()} == {("es:calido", "es:tibio"), ("es:calido", "es:templado")}


@pytest.mark.parametrize("packed", [True, False])
def test_a_dictionary_joins_two_languages(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / ("freedict-spa-eng.dict.dz" if packed else "freedict-spa-eng.dict")
    path.write_bytes(gzip.compress(DICTIONARY.encode()) if packed else DICTIONARY.encode())
    found = near(path)
    assert found["es:brillante", "en:bright"] == found["es:brillante", "en:brilliant"] > 1


def test_files_are_one_graph(tmp_path: Path) -> None:
    path = tmp_path / "freedict-spa-eng.dict"
    path.write_text(DICTIONARY, encoding="utf-8")
    both = read_thesauri([mythes(tmp_path), path])
    assert both.files == ("freedict-spa-eng.dict", "th_en_US_v2.dat")
    assert both.place["en", "bright"] != both.place["es", "brillante"]
    assert sum(word == "bright" for _, word in both.words) == 1


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("words.txt", b"UTF-8\n", "not a thesaurus or dictionary by its name"),
        ("th_en_US_v2.dat", b"klingon\nbright|1\n", "names no encoding"),
        ("th_en_US_v2.dat", b"UTF-8\nbright\n", "line 2: expected word|number of senses"),
        ("freedict-spa-eng.dict.dz", b"no gzip", "not a readable dictionary"),
    ],
)
def test_what_is_none_is_refused(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_thesauri([tmp_path / name])
    assert reason in str(caught.value)
    assert name in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="th_en_US_v2"):
        read_thesauri([tmp_path / "th_en_US_v2.dat"])
