"""What people say is read as they mean it, or not at all."""

from __future__ import annotations

import time
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqmorph.errors import UsageError
from eqmorph.model import load_space
from eqmorph.target import HIGHEST_WEIGHT, parse_target, read_target
from eqmorph.words import Vocabulary
from tests.language.phrases import REFUSED, TABLES, expected_weights, phrases, vocabulary

WORDS = vocabulary()
FORMS = {"warm": "warm", "bright": "brightness", "muddy": "mud", "harsh": "harshness", "airy": "air", "boomy": "boom"}
FORWARD = ["{}", "more {}", "add {}", "give it more {}", "needs {}", "not enough {}", "lacks {}", "please add some {}"]
BACKWARD = [
    "no {}",
    "less {}",
    "without {}",
    "cut the {}",
    "too much {}",
    "reduce {}",
    "get rid of the {}",
    "take the {} out",
]
DEGREES = ["", "a bit", "slightly", "much", "way", "a touch", "very slightly"]


def weights(text: str) -> dict[str, float]:
    return {term.word: term.weight for term in parse_target(text, WORDS).terms}


def is_as_meant(phrase: str, expected: str) -> bool:
    """Tell whether a phrase is read as its line of a table says: refused, or with these signs and weights."""
    try:
        found = weights(phrase)
    except UsageError as error:
        return expected == REFUSED and error.exit_code == 2
    if expected == REFUSED:
        return False
    wanted = expected_weights(expected)
    return found.keys() == wanted.keys() and all(
        (found[word] > 0) == (value == "+") if isinstance(value, str) else found[word] == pytest.approx(value)
        for word, value in wanted.items()
    )


@pytest.mark.parametrize("table", TABLES)
def test_every_phrase_is_read_as_it_is_meant(table: str) -> None:
    misread = [phrase for phrase, expected in phrases(table) if not is_as_meant(phrase, expected)]
    assert misread == []


def test_the_tables_are_long_enough_to_mean_something() -> None:
    assert len(phrases("phrases.tsv")) > 450
    assert len(phrases("phrases_of_others.tsv")) > 150


def test_degrees_are_in_order() -> None:
    said = ["very slightly", "slightly", "a bit", "somewhat", "", "noticeably", "much", "dramatically", "way"]
    found = [weights(f"{degree} warmer")["warm"] for degree in said]
    assert found == sorted(found)
    assert len(set(found)) == len(found)
    assert found[-1] == HIGHEST_WEIGHT


@pytest.mark.parametrize("frame", ["{} less harsh", "{} too harsh", "it's {} too harsh", "{} harsher", "harsher {}"])
def test_a_degree_changes_how_much_and_never_which_way(frame: str) -> None:
    signs = {weights(frame.format(degree).strip())["harsh"] > 0 for degree in ("", "a bit", "way", "slightly")}
    assert len(signs) == 1


said = st.lists(
    st.tuples(st.sampled_from(sorted(FORMS)), st.sampled_from([*FORWARD, *BACKWARD])),
    min_size=1,
    max_size=5,
    unique_by=lambda pair: pair[0],
)


def spoken(parts: list[tuple[str, str]]) -> tuple[list[str], dict[str, bool]]:
    clauses = [frame.format(FORMS[word]) for word, frame in parts]
    return clauses, {word: frame in FORWARD for word, frame in parts}


def is_directed(frame: str) -> bool:
    return frame != "{}"


@given(said)
def test_clauses_joined_by_commas_keep_their_signs(parts: list[tuple[str, str]]) -> None:
    clauses, signs = spoken([(word, frame if is_directed(frame) else "more {}") for word, frame in parts])
    try:
        found = weights(", ".join(clauses))
    except UsageError:  # "not enough air, no boom" may be how it sounds: it is refused, and never misread
        assert any(clause.startswith(("no ", "too ", "lacks", "not ")) for clause in clauses)
        return
    assert {word: weight > 0 for word, weight in found.items()} == signs


@given(said, st.sampled_from([" and ", " but ", ", ", "; ", ". ", "\n", " "]))
def test_no_clause_is_ever_read_with_the_wrong_sign(parts: list[tuple[str, str]], join: str) -> None:
    clauses, signs = spoken(parts)
    try:
        found = weights(join.join(clauses))
    except UsageError:
        return
    # A bare word after a negation is negated, or is refused; one that says its direction keeps it.
    for word, frame in parts:
        if is_directed(frame) and word in found:
            assert (found[word] > 0) == signs[word]


@given(
    st.sampled_from(DEGREES),
    st.sampled_from(["less", "not", "no", "without", "too", "not so"]),
    st.sampled_from(sorted(FORMS)),
)
def test_a_negated_word_is_negative_however_much(degree: str, negator: str, word: str) -> None:
    said = f"{degree} {negator} {FORMS[word] if negator in ('no', 'without', 'less') else word}".strip()
    try:
        assert weights(said)[word] < 0
    except UsageError:  # "no air" may be how it sounds
        assert degree or negator == "no"


@given(said, st.text("bcdfgjkqvxz", min_size=5, max_size=9), st.integers(0, 60))
def test_an_unknown_word_anywhere_is_refused(parts: list[tuple[str, str]], word: str, at: int) -> None:
    clauses, _ = spoken(parts)
    words = ", ".join(clauses).split(" ")
    words.insert(at % (len(words) + 1), word)
    with pytest.raises(UsageError):
        parse_target(" ".join(words), WORDS)


@given(st.text(max_size=60))
@settings(max_examples=300)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        target = parse_target(text, WORDS)
    except UsageError:
        return
    assert all(abs(term.weight) <= HIGHEST_WEIGHT for term in target.terms)


tokens_of_all = sorted({word for table in TABLES for phrase, _ in phrases(table) for word in phrase.split()})


@given(st.lists(st.sampled_from(tokens_of_all), max_size=9))
@settings(max_examples=500)
def test_any_words_in_any_order_are_read_or_refused(words: list[str]) -> None:
    try:
        reading = read_target(" ".join(words), WORDS)
    except UsageError:
        return
    assert parse_target(str(reading.target), WORDS) == reading.target


def test_nothing_depends_on_a_word_being_unknown() -> None:
    """Where the vocabulary has words of grammar too, they stay grammar."""
    said_words = ["last", "thing", "want", "than", "without", "less", "please", "vocals", "could", "bit", "down", "cut"]
    said_words += ["more", "not", "too", "very", "make", "reduce", "around", "with"]
    lexicon = load_space().lexicon
    known = Vocabulary([*WORDS.values(), *said_words], lexicon, lambda: lexicon.qualities)
    for phrase, expected in phrases("phrases.tsv"):
        if expected != REFUSED:
            open_found = {t.word: t.weight for t in parse_target(phrase, known).terms}
            assert open_found == weights(phrase)


def test_the_pieces_cover_what_was_said() -> None:
    text = "it's too dark, more air but keep the warmth"
    reading = read_target(text, WORDS)
    assert [piece.text for piece in reading.pieces] == ["it's too dark", "more air", "keep the warmth"]
    assert [text[piece.start : piece.end] for piece in reading.pieces] == [piece.text for piece in reading.pieces]
    assert [piece.kept for piece in reading.pieces] == [(), (), ("warm",)]
    assert "complaint" in reading.pieces[0].why


def test_what_is_refused_says_what_was_understood() -> None:
    with pytest.raises(UsageError, match="flibber") as caught:
        parse_target("warm, less mud, flibber", WORDS)
    assert "understood: warm:1, muddy:-1" in str(caught.value)
    assert "not understood: 'flibber'" in str(caught.value)
    with pytest.raises(UsageError, match="'more bright' or 'less bright'"):
        parse_target("less muddy and bright", WORDS)


def test_decibels_are_refused_with_what_takes_them() -> None:
    with pytest.raises(UsageError, match="decibels") as caught:
        parse_target("cut 300 Hz by 3 dB", WORDS)
    assert "PK" in caught.value.hint


def test_reading_a_phrase_takes_a_fraction_of_a_millisecond() -> None:
    short = [phrase for phrase, _ in phrases("phrases.tsv") if len(phrase) < 40]

    def seconds(phrase: str) -> float:
        start = time.perf_counter()
        try:
            parse_target(phrase, WORDS)
        except UsageError:
            return 0.0  # hints take longer, and nobody waits for them twice
        return time.perf_counter() - start

    assert median(min(seconds(phrase) for _ in range(3)) for phrase in short) < 0.001


AROUND = [
    "please {}",
    "{}!",
    "{}, more crunch",
    "{} but keep the crunch",
    "more crunch, {}",
    "maybe {}",
    "too crunchy. {}",
]


@pytest.mark.parametrize("frame", AROUND)
def test_what_stands_around_a_phrase_changes_no_sign_in_it(frame: str) -> None:
    refused = 0
    for table in TABLES:
        for phrase, expected in phrases(table):
            if expected == REFUSED or "crunch" in phrase:
                continue
            try:
                found = weights(frame.format(phrase))
            except UsageError:
                refused += 1
                continue
            alone = weights(phrase)
            assert {word: found[word] > 0 for word in alone} == {word: weight > 0 for word, weight in alone.items()}
            assert found.keys() - alone.keys() <= {"crunchy"}
    assert refused < 80


@pytest.mark.parametrize("frame", ["{}", "{}:1", "more {}", "make it {}"])
def test_grammar_takes_no_word_from_the_vocabulary(frame: str) -> None:
    """Words of sound that are words of grammar too ("even", "pretty", "forward") are still words of sound."""
    taken = []
    for word in set(WORDS.values()):
        try:
            found = weights(frame.format(word))
        except UsageError as error:
            found = {str(error): 0.0}
        if found != {word: 1.0}:
            taken.append(word)
    assert taken == []
