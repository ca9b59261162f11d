"""Noise that stands for music."""

import numpy as np

RATE = 44_100


def pink(rng: np.random.Generator, tilt_db: float = 0.0, seconds: float = 1.0) -> np.ndarray:
    """Return pink noise (frames,), its spectrum tilted by so much an octave."""
    frames = round(seconds * RATE)
    hertz = np.maximum(np.fft.rfftfreq(frames, 1 / RATE), 20)
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(frames)) * (hertz / 1000) ** (-0.5 + tilt_db / 6.02), frames)
    return (0.3 * noise / np.abs(noise).max()).astype(np.float32)
