"""The mel spectrogram against torchaudio's."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from eqmorph.audio.windows import WindowMeter
from eqmorph.errors import UsageError
from eqmorph.model.mel import MelBands, decibels, mel_of_cells, mel_spectrogram, mel_weights

DATA = Path(__file__).parents[1] / "data"
CASES = ["defaults", "htk", "slaney"]


def maker() -> ModuleType:
    """Return the script that made the golden file."""
    spec = importlib.util.spec_from_file_location("make_mel_reference", DATA / "make_mel_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def ours(name: str) -> NDArray[np.float64]:
    """Return a case's mel spectrogram (2, mels, t) from its arguments as torchaudio names them."""
    script = maker()
    rate, arguments = script.CASES[name]
    bands = MelBands(
        count=arguments.get("n_mels", 128),
        low_hz=arguments.get("f_min", 0.0),
        high_hz=arguments.get("f_max", rate / 2),
        scale=arguments.get("mel_scale", "htk"),
        equal_area=arguments.get("norm") == "slaney",
    )
    frame = arguments["n_fft"]
    return mel_spectrogram(script.signal(rate), rate, bands, frame=frame, hop=arguments.get("hop_length"))


def assert_alike(found: NDArray[np.float64], expected: NDArray[np.float32]) -> None:
    """Within 1e-4 of the loudest, and within 0.01 dB wherever there is anything to be heard."""
    assert found.shape == expected.shape
    assert np.max(np.abs(found - expected)) <= 1e-4 * max(1.0, float(expected.max()))
    heard = expected > 1e-6 * expected.max()
    assert heard.mean() > 0.5
    assert np.max(np.abs(np.log10(found[heard]) - np.log10(expected[heard]))) <= 1e-3


@pytest.mark.parametrize("name", CASES)
def test_it_is_what_torchaudio_says(name: str) -> None:
    """As torchaudio said it when the golden file was made."""
    with np.load(DATA / "mel_reference.npz") as golden:
        assert_alike(ours(name), golden[name])


@pytest.mark.parametrize("name", CASES)
def test_it_is_what_torchaudio_says_now(name: str) -> None:
    try:
        import torchaudio  # noqa: F401
    except (ImportError, OSError) as error:
        pytest.skip(f"torchaudio does not load: {error}")
    assert_alike(ours(name), maker().by_torchaudio(name))


@pytest.mark.parametrize("rate", [22_050, 44_100, 96_000])
def test_cells_give_the_same_bands(rate: int, rng: np.random.Generator) -> None:
    """Noise, whose power is spread evenly, has in the cells' bands what it has in the waveform's."""
    noise = rng.uniform(-0.5, 0.5, (1, 2 * rate)).astype(np.float32)
    meter = WindowMeter(rate, window_s=2.0)
    meter.add(noise)
    power = meter.read().power[0]
    bands = MelBands(count=40, low_hz=30.0, high_hz=min(16_000.0, 0.4 * rate))
    frame = meter.read().grid.frame
    found = decibels(power @ mel_of_cells(rate, bands))
    expected = decibels(mel_spectrogram(noise, rate, bands, frame=frame).mean(axis=2)[0])
    away = found - expected
    assert np.ptp(away) < 0.5
    scale = 2 / (frame * np.sum(np.hanning(frame + 1)[:-1] ** 2))
    assert away.mean() == pytest.approx(decibels(np.array(scale)), abs=0.1)


def test_bands_above_what_a_rate_holds_are_empty() -> None:
    weights = mel_of_cells(8000, MelBands(count=64, low_hz=20.0))
    assert not weights[:, -1].any()
    assert weights[:, 10].any()


def test_equal_area_means_it() -> None:
    freqs = np.linspace(0, 20_000, 40_001)
    for scale in ("htk", "slaney"):
        weights = mel_weights(freqs, MelBands(count=30, scale=scale, equal_area=True))
        np.testing.assert_allclose(weights.sum(axis=0) * 0.5, 1, atol=2e-3)


@pytest.mark.parametrize(
    "wrong", [{"count": 0}, {"low_hz": 500.0, "high_hz": 400.0}, {"low_hz": -1.0}, {"scale": "bark"}]
)
def test_bands_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        MelBands(**wrong)


def test_too_short_audio_is_refused() -> None:
    with pytest.raises(UsageError, match="too few"):
        mel_spectrogram(np.zeros((1, 1024), np.float32), 44_100, MelBands())
