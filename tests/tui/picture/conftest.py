"""An EQ and the spectra of a sound, as the widgets' tests have them."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.bands import Bands
from eqmorph.plot.terminal import Spectrum


@pytest.fixture
def eq() -> Bands:
    return Bands.parse("LS 120 +6; PK 500 -3; PK 3000 +4 Q3; HS 8k -5")


@pytest.fixture
def spectra(eq: Bands) -> tuple[Spectrum, Spectrum]:
    """Return the spectrum of a sound that falls by some dB per octave, and what the EQ makes of it."""
    freqs_hz = np.geomspace(20, 22_050, 300)
    level_db = -20 - 1.5 * np.log2(freqs_hz / 60) ** 2 + 2 * np.sin(9 * np.log(freqs_hz))
    return Spectrum(freqs_hz, level_db), Spectrum(freqs_hz, level_db + eq.response_db(freqs_hz))
