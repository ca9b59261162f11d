"""Narrow notches, which single precision can't place.

At 48 kHz the cosine of 50 Hz is so near to 1 that the next one it can be told from belongs to 50.07 Hz: a filter of
pedalboard's that is to take a hum away stands beside it. So what a narrow notch takes is found where precision is
plenty: the sound is shifted down until the notch's middle lies at 0 Hz, a low-pass of first order keeps what is around
there, and shifted back that is a band-pass of second order, which is taken off the sound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from eqmorph._typing import Complex128, Float64
from eqmorph.bands.response import Biquad, biquad_response, rounded_first_order

__all__ = ["NARROW_Q", "NarrowNotch", "narrow_notch"]

#: From here on a notch is narrow.
NARROW_Q = 5.0


@dataclass(frozen=True, slots=True)
class NarrowNotch:
    """How a narrow notch is made.

    Attributes:
        shift_hz: by how much the sound is shifted down, and back.
        corner_hz: the low-pass in between.
        factor: by what the result is multiplied when it is shifted back; its real part is taken off the sound.
    """

    shift_hz: float
    corner_hz: float
    factor: complex

    def response(self, freqs_hz: Float64, sample_rate: float) -> Complex128:
        """Return what the notch does at frequencies (m,), as complex factors."""
        low_pass = rounded_first_order("first_low_pass", self.corner_hz, sample_rate)
        up, down = _shifted(low_pass, freqs_hz, self.shift_hz, sample_rate)
        return np.asarray(1 - (self.factor * up + self.factor.conjugate() * down) / 2)


@lru_cache(maxsize=256)
def narrow_notch(freq_hz: float, depth_db: float, q: float, sample_rate: float) -> NarrowNotch:
    """Return the notch of this depth that is as wide as a wider one of its Q is: its poles are the cookbook's."""
    omega = 2 * math.pi * freq_hz / sample_rate
    alpha = math.sin(omega) / (2 * q)
    radius = math.sqrt((1 - alpha) / (1 + alpha))
    corner_hz = math.atan((1 - radius) / (1 + radius)) * sample_rate / math.pi
    shift_hz = math.acos(math.cos(omega) / ((1 + alpha) * radius)) * sample_rate / (2 * math.pi)
    low_pass = rounded_first_order("first_low_pass", corner_hz, sample_rate)
    up, down = (complex(one[0]) for one in _shifted(low_pass, np.array([freq_hz]), shift_hz, sample_rate))
    # The factor c for which the band-pass, (c up + conj(c) down) / 2, takes just what it should take of the middle.
    equations = np.array([[up.real + down.real, down.imag - up.imag], [up.imag + down.imag, up.real - down.real]])
    share = 1 - 10 ** (depth_db / 20)
    real, imaginary = np.linalg.solve(equations, [2 * share, 0.0]).tolist()
    return NarrowNotch(shift_hz, corner_hz, complex(real, imaginary))


def _shifted(low_pass: Biquad, freqs_hz: Float64, shift_hz: float, sample_rate: float) -> tuple[Complex128, Complex128]:
    """Return the response of a low-pass whose middle was moved to a frequency, and to its mirror image."""
    return (
        biquad_response(low_pass, freqs_hz - shift_hz, sample_rate),
        biquad_response(low_pass, freqs_hz + shift_hz, sample_rate),
    )
