"""Bands fitted to curves."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.bands import Bands
from eqmorph.exchange.fitted import fit_closely, fit_curve
from eqmorph.exchange.measure import heard_hz

FREQS_HZ = heard_hz(48_000)
EQ = Bands.parse("LS 100 +5; PK 300 -4 Q2; PK 1000 +3 Q3; PK 2500 -5 Q2; PK 6000 +4 Q3; HS 9k -3")


def test_as_many_bands_as_it_takes() -> None:
    bands, off = fit_curve(EQ.response_db(FREQS_HZ), FREQS_HZ, 48_000, within_db=0.2, most_bands=12)
    assert off.db <= 0.2
    assert 5 < len(bands) <= 12
    assert bands.response_db(FREQS_HZ) == pytest.approx(EQ.response_db(FREQS_HZ), abs=0.25)


def test_no_more_than_are_allowed_and_how_near_they_come() -> None:
    curve_db = EQ.response_db(FREQS_HZ)
    bands, off = fit_closely([EQ[0]], curve_db, FREQS_HZ, 48_000, within_db=0.01, most_bands=3)
    assert len(bands) <= 3
    assert off.db == pytest.approx(np.max(np.abs(bands.response_db(FREQS_HZ) - curve_db)), abs=0.05)
