import numpy as np
import pytest

from eqmorph.analysis import listen
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.evaluate.audio.descriptors import DESCRIPTORS, describe
from eqmorph.evaluate.audio.excerpts import equalized
from tests.evaluate.audio.noise import RATE, pink


def tone(freq_hz: float, seconds: float = 1.0) -> Spectra:
    time = np.arange(round(seconds * RATE)) / RATE
    return listen([(0.5 * np.sin(2 * np.pi * freq_hz * time)).astype(np.float32)[None]], RATE)


def described(spectra: Spectra) -> dict[str, float]:
    return {name: float(value) for name, value in describe(spectra.mean_power, spectra.sample_rate).items()}


def test_the_centroid_of_a_tone_is_its_frequency() -> None:
    for freq in (250.0, 1000.0, 4000.0):
        found = described(tone(freq))
        assert found["centroid"] == pytest.approx(np.log2(freq / 1000), abs=0.05)
    assert described(tone(300))["low_mid_share"] == pytest.approx(1, abs=0.01)
    assert described(tone(3000))["low_mid_share"] == pytest.approx(0, abs=0.01)


def test_sharpness_is_one_acum_for_the_narrow_noise_of_the_standard(rng: np.random.Generator) -> None:
    """DIN 45692: noise a critical band wide about 1 kHz; a simplification may be a quarter off."""
    frames = 4 * RATE
    spectrum = np.fft.rfft(rng.standard_normal(frames))
    hertz = np.fft.rfftfreq(frames, 1 / RATE)
    spectrum[(hertz < 920) | (hertz > 1080)] = 0
    noise = np.fft.irfft(spectrum, frames)
    found = described(listen([(0.3 * noise / np.abs(noise).max()).astype(np.float32)[None]], RATE))
    assert found["sharpness"] == pytest.approx(1, abs=0.25)


def test_descriptors_follow_a_tilt_and_not_the_level(rng: np.random.Generator) -> None:
    samples = pink(rng)
    plain, quiet = described(listen([samples[None]], RATE)), described(listen([0.05 * samples[None]], RATE))
    brighter = described(equalized(listen([samples[None]], RATE), Bands.parse("HS 2000 +9")))
    boomier = described(equalized(listen([samples[None]], RATE), Bands.parse("LS 200 +9")))
    assert set(plain) == set(DESCRIPTORS)
    for name in DESCRIPTORS:
        assert quiet[name] == pytest.approx(plain[name], abs=1e-3)
    for name in ("centroid", "loud_centroid", "sharpness", "high_low", "tilt"):
        assert brighter[name] > plain[name]
    for name in ("boom", "low"):
        assert boomier[name] > plain[name]
    assert plain["tilt"] == pytest.approx(-3, abs=0.3)
