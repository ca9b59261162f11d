import numpy as np

from eqmorph.model.terms import from_card


def test_a_term_is_shown_in_short() -> None:
    term = from_card({"word": "warm", "rows": 12, "people": 40}, np.zeros(64))
    assert repr(term) == "Term('warm', 'en', rows=12, people=40)"
