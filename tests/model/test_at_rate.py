"""Bands at a sound's own rate."""

import numpy as np
import pytest

from eqmorph.bands import Bands
from eqmorph.model import load_space
from eqmorph.model.at_rate import limited_at_rate


def test_at_a_usual_rate_nothing_changes() -> None:
    bands = Bands.parse("LS 120 +3; PK 1000 -2; HS 8k -3")
    assert limited_at_rate(bands, 44_100, 12) is bands


@pytest.mark.parametrize("rate", [8000, 11_025, 22_050, 176_400, 192_000])
def test_the_limit_holds_at_every_other_rate(rate: int) -> None:
    space = load_space()
    freqs = np.geomspace(20, min(20_000, rate * 0.499), 3000)
    over = 0
    targets = [f"{term.word}:2" for term in space.terms.values() if term.confidence > 0.2][::3]
    for text in targets:
        bands = space.equalizer(text).bands
        over += np.abs(bands.at_rate(rate).bands.response_db(freqs, rate)).max() > 12.005
        assert np.abs(limited_at_rate(bands, rate, 12).response_db(freqs, rate)).max() <= 12.02
    assert over > 0  # else this would prove nothing
