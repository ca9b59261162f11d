"""The sung vowels: harmonics of the glottis, shaped by the formants of the vowel of the moment."""

from __future__ import annotations

import numpy as np

from eqmorph.demo.tools import (
    CD_RATE,
    TWO_PI,
    FloatArray,
    Signal,
    bell,
    filtered,
    finished,
    high_pass,
    low_pass,
    noise,
    pitch_hz,
    with_room,
)

__all__ = ["voice_vowels"]


# Formants of a sung vowel: frequency in Hz, level in dB, bandwidth in Hz.
_VOWELS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "a": ((800, 0, 90), (1200, -5, 110), (2800, -16, 140), (3700, -20, 180), (4950, -34, 220)),
    "e": ((430, 0, 70), (1850, -12, 100), (2700, -17, 130), (3500, -22, 180), (4950, -36, 220)),
    "i": ((330, 0, 60), (2150, -14, 100), (2900, -17, 130), (3700, -22, 180), (4950, -36, 220)),
    "o": ((480, 0, 75), (850, -8, 95), (2800, -24, 140), (3500, -28, 180), (4950, -44, 220)),
    "u": ((350, 0, 65), (720, -14, 90), (2600, -32, 140), (3500, -38, 180), (4950, -50, 220)),
}
# (time in s at which the vowel and the pitch are reached, vowel, note)
_SUNG = (
    (0.0, "u", "A3"), (0.25, "a", "A3"), (0.75, "a", "A3"),
    (0.90, "i", "C4"), (1.35, "e", "C4"), (1.45, "e", "C4"),
    (1.60, "o", "D4"), (2.15, "o", "D4"),
    (2.35, "u", "E4"), (2.55, "a", "E4"), (3.15, "a", "E4"),
    (3.30, "i", "D4"), (3.50, "e", "D4"), (3.65, "e", "C4"), (3.95, "i", "C4"),
    (4.15, "o", "A3"), (4.70, "o", "A3"), (5.30, "u", "A3"),
)  # fmt: skip
_SUNG_LOUDNESS = (
    (0.0, 0.0), (0.08, 0.7), (0.3, 1.0), (0.75, 0.85), (0.85, 0.45), (1.0, 0.9), (1.45, 0.8), (1.53, 0.35), (1.7, 0.95),
    (2.15, 0.8), (2.3, 0.25), (2.6, 1.0), (3.15, 0.85), (3.25, 0.45), (3.45, 0.9), (4.0, 0.7), (4.08, 0.3), (4.3, 0.9),
    (4.8, 0.65), (5.3, 0.0),
)  # fmt: skip


def _vowel_levels(at_hz: Signal, formants: Signal) -> Signal:
    """Return the vocal tract's gain at ``at_hz`` ``(points,)``; ``formants`` ``(5, 3, points)``: Hz, dB, bandwidth."""
    away = (at_hz - formants[:, 0]) / (0.5 * formants[:, 2])
    peaks = 10.0 ** (formants[:, 1] / 20.0) / np.sqrt(1.0 + away**2)
    return np.asarray(np.sum(peaks, axis=0), dtype=np.float64)


def _steps_to_samples(levels: Signal, step: int) -> Signal:
    """Draw straight lines through control values ``(points,)``; shape ``((points - 1) * step,)``."""
    ramp = np.arange(step) / step
    return np.asarray((levels[:-1, None] + np.diff(levels)[:, None] * ramp).ravel(), dtype=np.float64)


def voice_vowels() -> FloatArray:
    """Sing a line: harmonics of the glottis, each as loud as the vowel of the moment lets it through. Mono."""
    rate, seconds, step = CD_RATE, 5.7, 256
    control_s = np.arange(int(seconds * rate / step) + 2) * step / rate
    moments = np.array([moment for moment, _, _ in _SUNG])
    spoken = np.array([_VOWELS[vowel] for _, vowel, _ in _SUNG], dtype=np.float64)
    formants = np.array(
        [[np.interp(control_s, moments, spoken[:, number, part]) for part in range(3)] for number in range(5)]
    )
    octaves = np.interp(control_s, moments, np.log2([pitch_hz(note) for _, _, note in _SUNG]))
    depth = np.interp(control_s, [0.3, 0.8, 4.2, 4.9], [0.0, 0.018, 0.015, 0.03])
    vibrato = depth * np.sin(TWO_PI * 5.4 * control_s)
    freq_hz = 2.0 ** (octaves + vibrato)
    loudness = np.interp(control_s, *np.array(_SUNG_LOUDNESS).T)

    turn = np.exp(1j * TWO_PI * np.cumsum(_steps_to_samples(freq_hz, step)) / rate)
    harmonic = np.ones_like(turn)
    voice = np.zeros(len(turn))
    for k in range(1, 33):
        harmonic = harmonic * turn
        level = loudness ** (1.0 + 0.02 * k) * _vowel_levels(k * freq_hz, formants) / k**0.9
        voice += _steps_to_samples(level, step) * harmonic.imag
    breath = filtered(noise(700, len(voice)), rate, high_pass(2500.0), low_pass(8000.0))
    voice += 0.012 * _steps_to_samples(loudness, step) * breath * (1.0 + turn.real)
    thin = filtered(voice, rate, high_pass(520.0, 0.8), bell(3000.0, 4.0, 0.8))
    room = with_room(np.stack([thin, thin]), rate, t60_s=0.7, wet=0.15, tone_hz=5000.0, seed=710)
    return finished(room[:1], rate, peak_db=-4.0)
