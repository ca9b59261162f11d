from dataclasses import replace

import numpy as np
import pytest

from eqmorph.analysis import Ear, listen
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands, erb_rate
from eqmorph.model import GRID_HZ
from eqmorph.model.frontend import response_power

RATE = 44_100
TILTS = {"dark": "HS 3000 -9; LS 200 +3", "bright": "HS 3000 +8; LS 200 -2", "thin": "LS 250 -9", "heavy": "LS 250 +8"}


def shaped_noise(ear: Ear, curve_db: np.ndarray, seed: int = 0) -> Spectra:
    """Return noise with the reference's spectrum plus a curve (64,)."""
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft(rng.standard_normal(2 * RATE))
    freqs = np.fft.rfftfreq(2 * RATE, 1 / RATE)
    levels = np.interp(freqs, GRID_HZ, ear.reference.neutral_db + curve_db)
    noise = np.fft.irfft(spectrum * 10 ** (levels / 20))
    return listen([(0.1 * noise / np.abs(noise).max()).astype(np.float32)[None]], RATE)


@pytest.fixture(scope="session")
def sounds(ear: Ear) -> list[Spectra]:
    """Return a few sounds that differ from the reference by smooth curves."""
    places = (erb_rate(GRID_HZ) - 20) / 20
    curves = [0 * places, 5 * places, -5 * places, 4 * np.cos(3 * places), -4 * np.cos(3 * places)]
    return [shaped_noise(ear, curve, seed) for seed, curve in enumerate(curves)]


def tilted(spectra: Spectra, bands: Bands) -> Spectra:
    return replace(spectra, power=spectra.power * response_power(bands, spectra.sample_rate))
