"""Bands at a sound's own rate."""

import numpy as np
import pytest

from eqmorph.adapt.rate import bands_at_rate
from eqmorph.bands import Bands
from eqmorph.model import load_space


def test_at_a_usual_rate_nothing_changes() -> None:
    bands = Bands.parse("LS 120 +3; PK 1000 -2; HS 8k -3")
    assert bands_at_rate(bands, 44_100, 12) is bands


@pytest.mark.parametrize("rate", [8000, 11_025, 22_050])
def test_the_limit_holds_where_bands_are_made_anew(rate: int) -> None:
    space = load_space()
    freqs = np.geomspace(20, rate * 0.499, 3000)
    over = 0
    for word in [term.word for term in space.terms.values() if term.confidence > 0.4][::3]:
        bands = space.realise(space.target(word), 2 * space.terms[word].curve_db).bands
        over += np.abs(bands.at_rate(rate).bands.response_db(freqs, rate)).max() > 12.01
        assert np.abs(bands_at_rate(bands, rate, 12).response_db(freqs, rate)).max() <= 12.02
    assert over > 0  # else this would prove nothing
