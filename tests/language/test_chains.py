from itertools import product

import pytest

from eqmorph.language.chains import EXPLAINED, meaning_of

NEGATIONS = ("NOT", "NO", "LESS")
OPERATORS = (*NEGATIONS, "MORE", "TOO", "ENOUGH", "STATE", "EXIST", "INC", "DEC", "KEEP", "NEED", "SO")


def test_two_negations_mean_nothing() -> None:
    for pair in product(NEGATIONS, repeat=2):
        assert meaning_of(pair, is_wish=False) is None, pair


def test_every_meaning_is_explained() -> None:
    for length in range(4):
        for row in product(OPERATORS, repeat=length):
            meaning = meaning_of(row, is_wish=False)
            assert meaning is None or meaning in EXPLAINED


@pytest.mark.parametrize(
    ("row", "meaning"),
    [("", "+"), ("LESS", "-"), ("TOO", "complaint"), ("STATE NOT ENOUGH", "too little"), ("NOT TOO", "limit"),
     ("NOT DEC", "keep")],
)  # fmt: skip
def test_a_row_of_operators_has_one_meaning(row: str, meaning: str) -> None:
    assert meaning_of(tuple(row.split()), is_wish=False) == meaning
