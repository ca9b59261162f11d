"""An EQ and the spectra of a sound, as the widgets' tests have them."""

from __future__ import annotations

import pytest

from eqmorph.bands import Bands


@pytest.fixture
def eq() -> Bands:
    return Bands.parse("LS 120 +6; PK 500 -3; PK 3000 +4 Q3; HS 8k -5")
