"""Sounds for the tests of analysis, and the ear that hears them."""

import numpy as np
import pytest

from eqmorph._typing import Float32


@pytest.fixture
def music(rng: np.random.Generator) -> Float32:
    """Four seconds of stereo at 44.1 kHz (2, frames) with a spectrum like music's, loud and soft by turns."""
    rate, frames = 44_100, 4 * 44_100
    spectrum = np.fft.rfft(rng.standard_normal((2, frames)))
    hertz = np.fft.rfftfreq(frames, 1 / rate)
    shaped = np.fft.irfft(spectrum / (1 + (hertz / 150)) * (hertz > 25), frames)
    swell = 0.55 + 0.45 * np.sin(2 * np.pi * np.arange(frames) / rate)
    return (0.5 * shaped * swell / np.abs(shaped).max()).astype(np.float32)
