"""The response of filters, in two forms.

`prototype_db` is the analog-prototype identity of the RBJ filters with ``x = tan(w/2) / tan(w0/2)``: smooth,
differentiable (`prototype_jacobian`), what fitting works on.

`biquad_db` is what pedalboard's filters really do: it computes its coefficients in float32, and at high sample
rates and low frequencies that rounding moves a filter by an audible amount (a Q 10 bell at 20 Hz and 192 kHz by 10 dB).
The same arithmetic is done here, and the response is evaluated from the rounded coefficients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eqmorph._typing import Complex128, Float64
from eqmorph.bands.band import Band

__all__ = [
    "BandArrays",
    "Biquad",
    "biquad_db",
    "biquad_response",
    "is_stable",
    "prototype_db",
    "prototype_jacobian",
    "rounded_biquad",
    "rounded_first_order",
]


_DB = 10.0 / np.log(10.0)  # natural logarithm of a power ratio -> dB
_LOG_A_PER_DB = np.log(10.0) / 40.0  # A = 10 ** (gain / 40)

#: Coefficients b0 b1 b2 a1 a2, of one filter or, each of shape (n,), of several.
Biquad = tuple[Float64, ...]


@dataclass(frozen=True, slots=True)
class BandArrays:
    """Several shelves and bells as columns: ``is_bell``, ``is_high`` (n,) bool; the rest (..., n).

    Leading axes are settings worked on at once.
    """

    is_bell: NDArray[np.bool_]
    is_high: NDArray[np.bool_]
    gain_db: Float64
    freq_hz: Float64
    q: Float64

    @classmethod
    def of(cls, bands: Sequence[Band]) -> BandArrays:
        return cls(
            is_bell=np.array([b.kind == "bell" for b in bands], dtype=bool),
            is_high=np.array([b.kind == "high_shelf" for b in bands], dtype=bool),
            gain_db=np.array([b.gain_db for b in bands], dtype=float),
            freq_hz=np.array([b.freq_hz for b in bands], dtype=float),
            q=np.array([b.q for b in bands], dtype=float),
        )


def _warped(freqs_hz: ArrayLike, sample_rate: float) -> Float64:
    warped: Float64 = np.tan(np.pi * np.asarray(freqs_hz, dtype=float) / sample_rate)
    return warped


def prototype_db(bands: BandArrays, freqs_hz: ArrayLike, sample_rate: float) -> Float64:
    """Return the summed response in dB (..., m) at ``freqs_hz`` (m,) of filters with exact coefficients."""
    total: Float64 = _terms(bands, freqs_hz, sample_rate)[0].sum(axis=-2)
    return total


def prototype_jacobian(
    bands: BandArrays, freqs_hz: ArrayLike, sample_rate: float
) -> tuple[Float64, Float64, Float64, Float64]:
    """Return the summed response (..., m) and its derivatives (..., n, m) by gain (dB), ln frequency and ln Q."""
    db, num, den, power, a, x2 = _terms(bands, freqs_hz, sample_rate)
    bell = bands.is_bell[:, None]
    inv_q2 = 1.0 / bands.q[..., None] ** 2
    a2 = a * a
    # Bell: num = u + A^2/Q^2, den = u + 1/(A^2 Q^2), u = x2 - 2 + 1/x2.
    # Shelf: num = (A - X)^2 + A X/Q^2, den = (1 - A X)^2 + A X/Q^2, X = x2 or its inverse (in ``power``).
    shelf_q = a * power * inv_q2
    num_by_log_a = np.where(bell, 2 * a2 * inv_q2, a * (2 * (a - power) + power * inv_q2))
    den_by_log_a = np.where(bell, -2 / a2 * inv_q2, a * (-2 * power * (1 - a * power) + power * inv_q2))
    num_by_log_q = np.where(bell, -2 * a2 * inv_q2, -2 * shelf_q)
    den_by_log_q = np.where(bell, -2 / a2 * inv_q2, -2 * shelf_q)
    bell_by_log_x0 = -2 * (x2 - 1 / x2)
    power_by_log_x0 = np.where(bands.is_high[:, None], 2.0, -2.0) * power
    num_by_log_x0 = np.where(bell, bell_by_log_x0, (-2 * (a - power) + a * inv_q2) * power_by_log_x0)
    den_by_log_x0 = np.where(bell, bell_by_log_x0, (-2 * a * (1 - a * power) + a * inv_q2) * power_by_log_x0)
    w0 = 2 * np.pi * bands.freq_hz / sample_rate
    x0_by_f0 = (w0 / np.sin(w0))[..., None]
    by_log_a = num_by_log_a / num - den_by_log_a / den + np.where(bell, 0.0, 2.0)
    by_gain = _DB * _LOG_A_PER_DB * by_log_a
    by_log_freq = _DB * x0_by_f0 * (num_by_log_x0 / num - den_by_log_x0 / den)
    by_log_q = _DB * (num_by_log_q / num - den_by_log_q / den)
    return db.sum(axis=-2), by_gain, by_log_freq, by_log_q


def _terms(
    bands: BandArrays, freqs_hz: ArrayLike, sample_rate: float
) -> tuple[Float64, Float64, Float64, Float64, Float64, Float64]:
    """Return for each band (..., n, m): dB, numerator, denominator, shelf power X, A and x^2."""
    log_a = _LOG_A_PER_DB * bands.gain_db[..., None]
    a = np.exp(log_a)
    inv_q2 = 1.0 / bands.q[..., None] ** 2
    x2 = (_warped(freqs_hz, sample_rate) / _warped(bands.freq_hz, sample_rate)[..., None]) ** 2
    power = np.where(bands.is_high[:, None], 1 / x2, x2)
    bell = bands.is_bell[:, None]
    u = x2 - 2 + 1 / x2
    shelf_q = a * power * inv_q2
    num = np.where(bell, u + a * a * inv_q2, (a - power) ** 2 + shelf_q)
    den = np.where(bell, u + inv_q2 / (a * a), (1 - a * power) ** 2 + shelf_q)
    db = _DB * (np.log(num / den) + np.where(bell, 0.0, 2 * log_a))
    return db, num, den, power, a, x2


def rounded_biquad(kind: str, freq_hz: ArrayLike, gain_db: ArrayLike, q: ArrayLike, sample_rate: float) -> Biquad:
    """Return the coefficients of a shelf or bell, each step rounded to float32 as pedalboard's C++ does it.

    Frequencies, gains and Qs are scalars or of one shape (n,), and so is each coefficient.
    """
    f32: Any = np.float32
    one, two = f32(1), f32(2)
    gain = f32(np.power(10.0, np.asarray(f32(gain_db) * f32(0.05), dtype=float)))
    a = np.sqrt(gain)
    omega = np.asarray((two * f32(np.pi) * f32(freq_hz)) / f32(sample_rate), dtype=float)
    # Sine and cosine are rounded once from float64: a 1-ulp difference here is 10 dB at 20 Hz and 192 kHz.
    sin, cos = f32(np.sin(omega)), f32(np.cos(omega))
    width = f32(q)
    if kind == "bell":
        alpha = sin / (width * two)
        middle = -two * cos
        raw = [one + alpha * a, middle, one - alpha * a, one + alpha / a, middle, one - alpha / a]
    else:
        beta = sin * np.sqrt(a) / width
        up, down = a + one, a - one
        down_cos, up_cos = down * cos, up * cos
        if kind == "low_shelf":
            raw = [
                a * (up - down_cos + beta),
                a * two * (down - up_cos),
                a * (up - down_cos - beta),
                up + down_cos + beta,
                -two * (down + up_cos),
                up + down_cos - beta,
            ]
        else:
            raw = [
                a * (up + down_cos + beta),
                a * -two * (down + up_cos),
                a * (up + down_cos - beta),
                up - down_cos + beta,
                two * (down - up_cos),
                up - down_cos - beta,
            ]
    inv_a0 = one / raw[3]
    return tuple(np.asarray(c * inv_a0, dtype=float) for c in (raw[0], raw[1], raw[2], raw[4], raw[5]))


def rounded_first_order(kind: str, freq_hz: float, sample_rate: float) -> Biquad:
    """Return the coefficients of a pass of first order, rounded in the same way."""
    f32: Any = np.float32
    one = f32(1)
    n = f32(np.tan(float(f32(np.pi) * f32(freq_hz) / f32(sample_rate))))
    b0, b1 = (one, -one) if kind == "first_high_pass" else (n, n)
    inv_a0 = one / (n + one)
    zero = np.zeros(())
    b0, b1, a1 = (np.asarray(value * inv_a0, dtype=float) for value in (b0, b1, n - one))
    return (b0, b1, zero, a1, zero)


def biquad_response(biquad: Biquad, freqs_hz: Float64, sample_rate: float) -> Complex128:
    """Return the response of biquads of shape (...), at ``freqs_hz`` (m,), as complex factors (..., m)."""
    above, below = _ratio(biquad, freqs_hz, sample_rate)
    return np.asarray(above / below)


def biquad_db(biquad: Biquad, freqs_hz: Float64, sample_rate: float) -> Float64:
    """Return the response in dB of biquads of shape (...), at ``freqs_hz`` (m,): (..., m)."""
    above, below = _ratio(biquad, freqs_hz, sample_rate)
    with np.errstate(divide="ignore"):  # at 0 Hz a rounded filter may let nothing pass at all
        db: Float64 = 20 * np.log10(np.abs(above) / np.abs(below))
    return db


def _ratio(biquad: Biquad, freqs_hz: Float64, sample_rate: float) -> tuple[Complex128, Complex128]:
    b0, b1, b2, a1, a2 = (c[..., None] if c.ndim else c for c in biquad)
    z1 = np.exp(-2j * np.pi * freqs_hz / sample_rate)
    z2 = z1 * z1
    return b0 + b1 * z1 + b2 * z2, 1 + a1 * z1 + a2 * z2


def is_stable(biquad: Biquad) -> NDArray[np.bool_]:
    """Tell whether biquads of shape (...) are stable: rounding can push the poles of a very low band outward."""
    _, _, _, a1, a2 = biquad
    return np.asarray((np.abs(a2) < 1) & (np.abs(a1) < 1 + a2))
