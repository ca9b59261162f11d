"""What documented filters do, worked out from their analog prototypes, which shares nothing with what is tested."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from eqmorph._typing import Complex128, Float64

Prototype = Callable[[Complex128, float, float], Complex128]

#: Transfer functions of the complex frequency 1 at the filter's own, with A = 10 ** (gain / 40) and Q.
_PROTOTYPES: dict[str, Prototype] = {
    "Peaking": lambda s, a, q: (s**2 + s * a / q + 1) / (s**2 + s / (a * q) + 1),
    "Lowshelf": lambda s, a, q: a * (s**2 + s * a**0.5 / q + a) / (a * s**2 + s * a**0.5 / q + 1),
    "Highshelf": lambda s, a, q: a * (a * s**2 + s * a**0.5 / q + 1) / (s**2 + s * a**0.5 / q + a),
    "Highpass": lambda s, _, q: s**2 / (s**2 + s / q + 1),
    "Lowpass": lambda s, _, q: 1 / (s**2 + s / q + 1),
    "Notch": lambda s, _, q: (s**2 + 1) / (s**2 + s / q + 1),
    "Bandpass": lambda s, _, q: (s / q) / (s**2 + s / q + 1),
    "HighpassFO": lambda s, _a, _q: s / (s + 1),
    "LowpassFO": lambda s, _a, _q: 1 / (s + 1),
    "ButterworthHighpass": lambda s, _a, _q: s**4 / _butterworth_4(s),
    "ButterworthLowpass": lambda s, _a, _q: 1 / _butterworth_4(s),
}


def _butterworth_4(s: Complex128) -> Complex128:
    return np.asarray(np.polyval([1.0, 2.613125929752753, 3.414213562373095, 2.613125929752753, 1.0], s))


def response(name: str, freq_hz: float, gain_db: float, q: float, freqs_hz: Float64, rate: int) -> Complex128:
    """Return what the digital filter does that the bilinear transform makes of a prototype, as CamillaDSP calls it."""
    s = 1j * np.tan(np.pi * freqs_hz / rate) / np.tan(np.pi * freq_hz / rate)
    return np.asarray(_PROTOTYPES[name](s, 10 ** (gain_db / 40), q))
