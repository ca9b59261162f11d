"""An impulse response as a WAV of 32-bit floats, for whatever convolves: with the EQ's own phase, or none.

The filters' response is sampled so densely that what they ring on for doesn't wrap around, and cut where nothing is
left of it.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Complex128, Float64
from eqmorph.bands import SHAPED, Band, Bands
from eqmorph.bands.elements import filter_response
from eqmorph.exchange.format import Format, Holds, Outgoing, Written
from eqmorph.exchange.measure import Difference, decibels, difference_of_curves, heard_hz
from eqmorph.exchange.routes import routes_of

__all__ = ["LINEAR", "MINIMUM"]

_LONGEST_S, _SHORTEST_S = 12.0, 1.0
_UNTIL_SILENT = 16.0  # of the times in which ringing falls to a third: it is down by 140 dB
_SILENT = 1e-6  # of the largest: below, an impulse response is cut off
_ROOM = 1.25
_FADE = 0.1  # of the length
_FLOAT_WAV, _BITS = 3, 32


def _write_minimum(eq: Outgoing) -> Written:
    size = _size(eq)
    responses = [np.fft.irfft(_response(eq, bands, size), size) for bands in _channels(eq)]
    length = _length(max(_loud(response)[-1] for response in responses) + 1, size)
    fade = max(1, int(_FADE * length))
    for response in responses:
        response[length - fade : length] *= _half_hann(fade)
    return _written(eq, [response[:length] for response in responses], ())


def _write_linear(eq: Outgoing) -> Written:
    size = _size(eq)
    middle = size // 2
    responses = [np.fft.fftshift(np.fft.irfft(np.abs(_response(eq, bands, size)), size)) for bands in _channels(eq)]
    needed = max(int(np.max(np.abs(_loud(response) - middle))) for response in responses) + 1
    reach = min(middle - 1, _length(needed, size) // 2 * 2)
    responses = [response[middle - reach : middle + reach + 1] for response in responses]
    fade = max(1, int(_FADE * reach))
    for response in responses:
        response[:fade] *= _half_hann(fade)[::-1]
        response[-fade:] *= _half_hann(fade)
    return _written(eq, responses, (f"it is {reach} samples late, as linear phase must be",))


def _channels(eq: Outgoing) -> list[Bands]:
    """Return what each channel gets: one EQ for all, or two."""
    return [bands for _, (bands,) in routes_of(eq.bands)]


def _loud(response: Float64) -> NDArray[np.intp]:
    return np.flatnonzero(np.abs(response) > _SILENT * np.max(np.abs(response)))


def _size(eq: Outgoing) -> int:
    rings_s = max((_rings_s(band) for band in eq.bands), default=0.0)
    return int(2 ** np.ceil(np.log2(min(max(rings_s, _SHORTEST_S), _LONGEST_S) * 2 * eq.sample_rate)))


def _rings_s(band: Band) -> float:
    """Return for how long a band rings, a boost for longer than its Q says."""
    q = band.q * 10 ** (band.gain_db / 40) if band.kind in SHAPED else max(band.q, 1.5)
    return float(_UNTIL_SILENT * q / (np.pi * band.freq_hz))


def _response(eq: Outgoing, bands: Bands, size: int) -> Complex128:
    freqs_hz = np.linspace(0.0, eq.sample_rate / 2, size // 2 + 1)
    return np.asarray(filter_response(bands, freqs_hz, eq.sample_rate) * 10 ** (eq.preamp_db / 20))


def _length(needed: int, most: int) -> int:
    """Return a length with room for a fade behind what is needed."""
    return min(most, max(64, int(needed * _ROOM)))


def _half_hann(size: int) -> Float64:
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * (np.arange(size) + 1) / (size + 1)))


def _written(eq: Outgoing, responses: list[Float64], notes: tuple[str, ...]) -> Written:
    frames = np.stack(responses, axis=1).astype("<f4")
    rate, (length, channels) = eq.sample_rate, frames.shape
    frame = channels * _BITS // 8
    shape = struct.pack("<HHIIHHH", _FLOAT_WAV, channels, rate, rate * frame, frame, _BITS, 0)
    samples = frames.tobytes()
    chunks = (
        b"fmt " + struct.pack("<I", len(shape)) + shape,
        b"fact" + struct.pack("<II", 4, length),
        b"data" + struct.pack("<I", len(samples)) + samples,
    )
    body = b"WAVE" + b"".join(chunks)
    said = [f"it is for sounds of {rate} Hz"]
    if eq.preamp_db:
        said.append(f"it is lowered by {-eq.preamp_db:.1f} dB so that nothing clips")
    off = max((_off(eq, *pair) for pair in zip(_channels(eq), responses, strict=True)), key=lambda off: off.db)
    if off.is_worth_saying:
        said.append(f"it is cut off while it rings, which leaves it up to {off} off")
    return Written(b"RIFF" + struct.pack("<I", len(body)) + body, (*said, *notes))


def _off(eq: Outgoing, bands: Bands, response: Float64) -> Difference:
    """Return how far an impulse response is from what it should do."""
    freqs_hz = heard_hz(eq.sample_rate, bands)
    size = int(2 ** np.ceil(np.log2(max(4 * len(response), _size(eq)))))
    bins_hz = np.linspace(0.0, eq.sample_rate / 2, size // 2 + 1)
    factors = np.abs(np.fft.rfft(response, size)) / 10 ** (eq.preamp_db / 20)
    made_db = decibels(np.interp(freqs_hz, bins_hz, factors))
    return difference_of_curves(decibels(filter_response(bands, freqs_hz, eq.sample_rate)), made_db, freqs_hz)


_HOLDS = Holds("impulse", channels=("both", "left", "right"), has_rate=True)
MINIMUM = Format("ir", "an impulse response, minimum phase (WAV)", ".wav", _write_minimum, holds=_HOLDS)
LINEAR = Format("ir-linear", "an impulse response, linear phase (WAV)", ".wav", _write_linear, holds=_HOLDS)
