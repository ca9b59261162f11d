"""The spectrum that a report keeps: levels that are right, of what is there."""

from __future__ import annotations

import numpy as np
import pytest

from eqmorph.analysis.spectrum import Spectrum, spectrum_db
from eqmorph.audio.windows import Spectra, WindowMeter
from eqmorph.model import GRID_HZ
from tests.support import noise


def heard(audio: np.ndarray, rate: int = 44_100) -> Spectra:
    meter = WindowMeter(rate)
    meter.add(np.ascontiguousarray(audio.T, dtype=np.float32))
    return meter.read()


def test_white_noise_rises_by_its_power_in_a_third_octave() -> None:
    audio = noise(8 * 44_100, 1, amplitude=0.5)
    levels = np.array(spectrum_db(heard(audio)), dtype=float)
    expected = 10 * np.log10(np.mean(audio**2) * 0.2316 * GRID_HZ / 22_050)
    within = (GRID_HZ > 200) & (GRID_HZ < 15_000)
    np.testing.assert_allclose(levels[within], expected[within], atol=0.7)


def test_what_is_not_there_is_none() -> None:
    assert set(spectrum_db(heard(np.zeros((44_100, 1))))) == {None}
    levels = spectrum_db(heard(noise(16_000, 1), rate=16_000))
    assert levels[-1] is None
    assert levels[20] is not None


def test_a_trim_moves_the_result_only() -> None:
    spectra = heard(noise(44_100, 1))
    spectrum = Spectrum.of(spectra, spectra)
    trimmed = spectrum.trimmed(-6.0)
    assert trimmed.before_db == spectrum.before_db
    assert trimmed.after_db is not None
    assert spectrum.after_db is not None
    assert np.array(trimmed.after_db, float) == pytest.approx(np.array(spectrum.after_db, float) - 6.0, nan_ok=True)
    assert Spectrum.of(spectra).trimmed(-6.0).after_db is None
