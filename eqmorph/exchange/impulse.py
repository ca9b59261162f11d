"""An impulse response as a WAV of 32-bit floats, for whatever convolves: with the EQ's own phase, or none.

The filters' response is sampled so densely that what they ring on for doesn't wrap around, and cut where nothing is
left of it.
"""

from __future__ import annotations

import struct

import numpy as np

from eqmorph._typing import Float64
from eqmorph.bands.response import filter_response
from eqmorph.exchange.format import Format, Holds, Outgoing, Written

__all__ = ["LINEAR", "MINIMUM"]

_SECONDS = 4.0  # of ringing: the narrowest band at 20 Hz is down by 200 dB
_SILENT = 1e-6  # of the largest: below, an impulse response is cut off
_ROOM = 1.25
_FADE = 0.1  # of the length
_FLOAT_WAV, _BITS = 3, 32


def _write_minimum(eq: Outgoing) -> Written:
    size = _size(eq)
    response = np.fft.irfft(_response(eq, size), size)
    loud = np.flatnonzero(np.abs(response) > _SILENT * np.max(np.abs(response)))
    length = _length(int(loud[-1]) + 1, size)
    fade = max(1, int(_FADE * length))
    response = response[:length]
    response[-fade:] *= _half_hann(fade)
    return _written(eq, response, ())


def _write_linear(eq: Outgoing) -> Written:
    size = _size(eq)
    response = np.fft.fftshift(np.fft.irfft(np.abs(_response(eq, size)), size))
    middle = size // 2
    loud = np.flatnonzero(np.abs(response) > _SILENT * np.max(np.abs(response)))
    reach = min(middle - 1, _length(int(np.max(np.abs(loud - middle))) + 1, size) // 2 * 2)
    response = response[middle - reach : middle + reach + 1]
    fade = max(1, int(_FADE * reach))
    response[:fade] *= _half_hann(fade)[::-1]
    response[-fade:] *= _half_hann(fade)
    return _written(eq, response, (f"it is {reach} samples late, as linear phase must be",))


def _size(eq: Outgoing) -> int:
    return int(2 ** np.ceil(np.log2(_SECONDS * eq.sample_rate)))


def _response(eq: Outgoing, size: int) -> np.ndarray[tuple[int], np.dtype[np.complex128]]:
    freqs_hz = np.linspace(0.0, eq.sample_rate / 2, size // 2 + 1)
    return filter_response(eq.bands.bands, freqs_hz, eq.sample_rate) * 10 ** (eq.preamp_db / 20)


def _length(needed: int, most: int) -> int:
    """Return a length with room for a fade behind what is needed."""
    return min(most, max(64, int(needed * _ROOM)))


def _half_hann(size: int) -> Float64:
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * (np.arange(size) + 1) / (size + 1)))


def _written(eq: Outgoing, response: Float64, notes: tuple[str, ...]) -> Written:
    samples = response.astype("<f4").tobytes()
    rate, frame = eq.sample_rate, _BITS // 8
    shape = struct.pack("<HHIIHHH", _FLOAT_WAV, 1, rate, rate * frame, frame, _BITS, 0)
    chunks = (
        b"fmt " + struct.pack("<I", len(shape)) + shape,
        b"fact" + struct.pack("<II", 4, len(response)),
        b"data" + struct.pack("<I", len(samples)) + samples,
    )
    body = b"WAVE" + b"".join(chunks)
    said = [f"it is for sounds of {rate} Hz"]
    if eq.preamp_db:
        said.append(f"it is lowered by {-eq.preamp_db:.1f} dB so that nothing clips")
    return Written(b"RIFF" + struct.pack("<I", len(body)) + body, (*said, *notes))


MINIMUM = Format(
    "ir", "an impulse response, minimum phase (WAV)", ".wav", _write_minimum, holds=Holds("impulse", has_rate=True)
)
LINEAR = Format(
    "ir-linear", "an impulse response, linear phase (WAV)", ".wav", _write_linear, holds=Holds("impulse", has_rate=True)
)
