"""Integrated loudness as ITU-R BS.1770-4 defines it, measured while the audio streams by.

The K-weighting is a high shelf and a high-pass at 38 Hz, then come mean squares of blocks of 400 ms that start every
100 ms, then two gates. Two things make it fast here:

- The shelf is pedalboard's, whose high shelf has the response of the standard's pre-filter.
- The high-pass removes low frequencies only, which a slow signal can hold. So it runs on the means of a few samples
  each, and what it removes from their energy is subtracted from the energy of the samples. What the averaging folds
  down to low frequencies is too weak to matter: the entire weighting is within 0.02 dB of the standard's filters from
  20 Hz up (tests/audio/test_loudness.py).

The standard gives its filters for 48 kHz and asks for the same response at other rates. As usual the filters are
derived again for each rate, and the level is set so that 997 Hz comes out the same at all of them.
"""

from __future__ import annotations

from array import array
from math import atan, log10, pi, sin, sqrt, tan
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pedalboard import HighpassFilter, HighShelfFilter, Pedalboard

from eqmorph.audio.truepeak import FloatArray, FrameBuffer, check_block
from eqmorph.errors import UsageError

__all__ = ["LoudnessMeter", "channel_weights", "standard_power"]

_Hz = TypeVar("_Hz", float, NDArray[np.float64])

_OFFSET_DB = -0.691  # the standard's: loudness = _OFFSET_DB + 10 log10(weighted power)
_GAIN_997_DB = 0.691  # the weighting's gain there: a full-scale sine in one channel is -3.01 LUFS
_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE = 0.1  # -10 LU as a factor of power
_HOPS_PER_SECOND = 10
_HOPS_PER_BLOCK = 4
_HOPS_PER_SHORT_TERM = 30

# The standard's filters as frequencies and quality factors, from which they can be made for any sample rate.
_SHELF_HZ, _SHELF_GAIN_DB, _SHELF_Q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
_SHELF_AMPLITUDE: float = 10.0 ** (_SHELF_GAIN_DB / 40.0)
_HIGHPASS_HZ = 38.13547087602444  # its Q is 0.5003: two equal first-order filters, within 0.006 dB

_LOWEST_RATE = 1_000  # Hz; slower signals are measured as if they had this rate
_SHELF_NEEDS_RATE = 3_600  # Hz; below, the shelf starts beyond what the rate can hold
_SLOW_RATE = 5_000  # Hz; what the high-pass runs at, at least
_MOST_AVERAGED = 1_024  # samples that make one of the slow signal
_CHUNK_SAMPLES = 131_072  # of all channels together: large enough for threads not to wait on each other

_SURROUND_WEIGHT = 1.41
# Bits of a WAVE channel mask.
_LFE = 3
_SURROUND = frozenset({4, 5, 8, 9, 10})  # back left, right and center, side left and right
# What the channels are if a file doesn't say: the order that WAVE and FLAC share. More than 8 have no usual places.
# (ffmpeg guesses otherwise for 3 channels, whose third it takes for LFE, and for 4, where it sees a back center.)
_USUAL_MASKS = {3: 0x7, 4: 0x33, 5: 0x37, 6: 0x3F, 7: 0x70F, 8: 0x63F}


def channel_weights(channels: int, channel_mask: int | None = None) -> tuple[float, ...]:
    """Return the weight of each channel's power: 1.41 for surrounds, 0 for LFE, else 1.

    ``channel_mask`` is that of WAVEFORMATEXTENSIBLE: bit by bit, from the lowest, the speakers of the channels.
    Channels beyond it have no speaker and count as 1. Without a mask, the number of channels decides.
    """
    mask = channel_mask or _USUAL_MASKS.get(channels, 0)
    speakers = [bit for bit in range(mask.bit_length()) if mask >> bit & 1][:channels]
    weights = [0.0 if bit == _LFE else _SURROUND_WEIGHT if bit in _SURROUND else 1.0 for bit in speakers]
    return (*weights, *[1.0] * (channels - len(weights)))


class LoudnessMeter:
    """Integrated loudness of all channels together, measured block by block.

    Args:
        sample_rate: in Hz.
        channels: of the audio.
        channel_mask: that of WAVEFORMATEXTENSIBLE: which speakers they are.
        at_once: how many frames are gathered before they are measured; by default as many as is fastest. Fewer, a power
            of two, for `latest_lufs` to be up to date.
    """

    def __init__(
        self, sample_rate: int, channels: int, *, channel_mask: int | None = None, at_once: int | None = None
    ) -> None:
        if sample_rate < 1 or channels < 1:
            raise UsageError(
                f"{channels} channels at {sample_rate} Hz can't be measured", hint="Both have to be 1 or more."
            )
        weights = np.array(channel_weights(channels, channel_mask))
        self._channels = channels
        self._heard = np.flatnonzero(weights)
        self._weights = weights[self._heard]
        self._rate = max(sample_rate, _LOWEST_RATE)
        self._averaged = _averaged(self._rate)
        self._slow_rate = self._rate / self._averaged
        self._shelf = Pedalboard([_shelf(self._rate)] if self._rate >= _SHELF_NEEDS_RATE else [])
        self._highpass = Pedalboard([HighpassFilter(_HIGHPASS_HZ), HighpassFilter(_HIGHPASS_HZ)])
        least = self._averaged << int(self._heard.size).bit_length()
        frames = max(at_once, least) if at_once else _chunk_frames(self._heard.size, self._averaged)
        self._buffer = FrameBuffer(self._heard.size, frames)
        self._position = 0  # frames measured so far
        self._hops = array("d")  # weighted energy of each complete hop
        self._begun = 0.0  # the same for the hop that is still incomplete
        self._closed = False

    def add(self, block: FloatArray) -> None:
        """Measure a block: float32 of shape ``(channels, frames)``, any number of frames, left as it is."""
        if self._closed:
            raise UsageError("this meter has already been read", hint="Use a new meter.")
        check_block(block, self._channels)
        if not self._heard.size:
            return
        if self._heard.size < self._channels:
            block = block[self._heard]
        for chunk in self._buffer.feed(block):
            self._measure(chunk, chunk.shape[1])

    def integrated_lufs(self) -> float | None:
        """Return the gated loudness of all that was added, and end the measurement.

        None if no block of 400 ms is above the absolute gate of -70 LUFS, or if the audio is shorter than one.
        """
        self._close()
        hops = np.array(self._hops, dtype=np.float64)
        blocks = hops.size - _HOPS_PER_BLOCK + 1
        if blocks < 1:
            return None
        energy = sum(hops[start : start + blocks] for start in range(_HOPS_PER_BLOCK))
        edges = np.array([self._hop_edge(index) for index in range(hops.size + 1)])
        power = energy / (edges[_HOPS_PER_BLOCK:] - edges[:-_HOPS_PER_BLOCK])
        power *= _calibration(self._rate, self._averaged)
        heard = power[power > 10.0 ** ((_ABSOLUTE_GATE_LUFS - _OFFSET_DB) / 10.0)]
        if not heard.size:
            return None
        gated = heard[heard > heard.mean() * _RELATIVE_GATE]
        return _OFFSET_DB + 10.0 * log10(gated.mean())

    def short_term_lufs(self) -> NDArray[np.float64]:
        """Return the loudness of each 3 s (n,), one every 100 ms, and end the measurement; -inf for silence.

        None of it is gated. What is shorter has none.
        """
        self._close()
        energy = np.concatenate([[0.0], np.cumsum(self._hops)])
        edges = np.array([self._hop_edge(index) for index in range(energy.size)])
        power, frames = (some[_HOPS_PER_SHORT_TERM:] - some[:-_HOPS_PER_SHORT_TERM] for some in (energy, edges))
        power = np.maximum(power, 0.0) * _calibration(self._rate, self._averaged) / frames
        with np.errstate(divide="ignore"):
            return np.asarray(_OFFSET_DB + 10.0 * np.log10(power))

    def latest_lufs(self, seconds: float) -> float | None:
        """Return the ungated loudness of the latest ``seconds``, or of what there is of them. Measuring can go on.

        None before there are 400 ms, and for silence.
        """
        hops = min(round(seconds * _HOPS_PER_SECOND), len(self._hops))
        if hops < _HOPS_PER_BLOCK:
            return None
        frames = self._hop_edge(len(self._hops)) - self._hop_edge(len(self._hops) - hops)
        power = sum(self._hops[-hops:]) * _calibration(self._rate, self._averaged) / frames
        return _OFFSET_DB + 10.0 * log10(power) if power > 0.0 else None

    def power_db(self) -> float | None:
        """Return the ungated weighted mean power of all that was added, on the scale of LUFS; end the measurement.

        It exists even for sounds too short or too quiet to have a loudness. None for silence.
        """
        self._close()
        energy = (sum(self._hops) + self._begun) * _calibration(self._rate, self._averaged)
        return _OFFSET_DB + 10.0 * log10(energy / self._position) if energy > 0.0 else None

    def _close(self) -> None:
        """Measure what is left in the buffer."""
        if not self._closed:
            self._closed = True
            frames = self._buffer.filled
            self._buffer.data[:, frames:] = 0.0
            if frames:
                self._measure(self._buffer.data, frames)

    def _measure(self, chunk: FloatArray, frames: int) -> None:
        """Add the energy of the first ``frames`` frames of ``chunk``, silent after them, to the hops they belong to."""
        edges: list[int] = []
        while (edge := self._hop_edge(len(self._hops) + len(edges) + 1) - self._position) <= frames:
            edges.append(edge)
        starts = [0, *(edge for edge in edges if edge < frames)]
        energies = self._energies(chunk, starts, frames)
        energies[0] += self._begun
        self._hops.extend(energies[: len(edges)])
        self._begun = energies[len(edges)] if len(edges) < len(energies) else 0.0
        self._position += frames

    def _energies(self, chunk: FloatArray, starts: list[int], frames: int) -> list[float]:
        """Return the weighted energies of the parts of ``chunk`` ``(channels, frames)`` that begin at ``starts``."""
        shelved = self._shelf.process(chunk, self._rate, reset=False)
        slow = _means(shelved, self._averaged)
        passed = self._highpass.process(slow, self._slow_rate, reset=False)
        removed = np.square(slow) - np.square(passed)
        squares = np.square(shelved, out=shelved)
        means = -(-frames // self._averaged)
        slow_starts = [start // self._averaged for start in starts]
        energy = np.add.reduceat(squares[:, : means * self._averaged], starts, axis=1).astype(np.float64)
        energy -= np.add.reduceat(removed[:, :means], slow_starts, axis=1) * np.float64(self._averaged)
        weighted: list[float] = (self._weights @ energy).tolist()
        return weighted

    def _hop_edge(self, index: int) -> int:
        """Return the start of hop ``index``: each tenth of a second, moved back to the start of a mean."""
        return index * self._rate // (_HOPS_PER_SECOND * self._averaged) * self._averaged


def _averaged(rate: int) -> int:
    """Return how many samples make one of the slow signal: a power of two, so that they divide a chunk."""
    averaged = 1
    while averaged < _MOST_AVERAGED and rate >= 2 * averaged * _SLOW_RATE:
        averaged *= 2
    return averaged


def _means(signal: FloatArray, averaged: int) -> FloatArray:
    """Return means of ``averaged`` samples each, a power of two, in shape ``(channels, frames / averaged)``."""
    sums, samples = signal, 1
    while samples < averaged:
        sums, samples = sums[:, ::2] + sums[:, 1::2], 2 * samples
    means: FloatArray = sums * np.float32(1.0 / averaged)
    return means


def _chunk_frames(channels: int, averaged: int) -> int:
    """Return the power of two of frames that suits the caches and leaves more means than channels.

    pedalboard takes the longer side of an array for the frames.
    """
    fitting = 1 << (max(_CHUNK_SAMPLES // max(channels, 1), 1).bit_length() - 1)
    return max(fitting, averaged << channels.bit_length())


# --- the weighting ------------------------------------------------------------------------------------------


def _shelf_corner_tan(rate: int) -> float:
    """Return tan(pi f / rate) at the corner of pedalboard's shelf, which is the middle of its slope.

    The standard's frequency is that of the poles, which is higher by the fourth root of the gain.
    """
    return tan(pi * _SHELF_HZ / rate) / sqrt(_SHELF_AMPLITUDE)


def _shelf(rate: int) -> HighShelfFilter:
    """Return the standard's pre-filter at a sample rate of ``rate``."""
    corner_hz = rate / pi * atan(_shelf_corner_tan(rate))
    return HighShelfFilter(cutoff_frequency_hz=corner_hz, gain_db=_SHELF_GAIN_DB, q=_SHELF_Q)


def _shelf_power(ratio: _Hz) -> _Hz:
    """Return the power response of the shelf where tan(pi f / rate) is ``ratio`` times that of its corner."""
    square, gain = ratio * ratio, _SHELF_AMPLITUDE
    numerator, denominator = 1.0 - gain * square, gain - square
    damping = gain / (_SHELF_Q * _SHELF_Q) * square
    return gain * gain * (numerator * numerator + damping) / (denominator * denominator + damping)


def _highpass_power(ratio: _Hz) -> _Hz:
    """Return the power response of both high-passes where tan(pi f / rate) is ``ratio`` times that of their corner."""
    share = ratio * ratio / (1.0 + ratio * ratio)
    return share * share


def standard_power(freq_hz: _Hz) -> _Hz:
    """Return the standard's weighting of power at one or more frequencies, by its analogue model, exact at 997 Hz."""
    return _model_power(freq_hz) * float(10.0 ** (_GAIN_997_DB / 10.0) / _model_power(997.0))


def _model_power(freq_hz: _Hz) -> _Hz:
    return _shelf_power(freq_hz / _SHELF_HZ * sqrt(_SHELF_AMPLITUDE)) * _highpass_power(freq_hz / _HIGHPASS_HZ)


def _measured_power(freq_hz: float, rate: int, averaged: int) -> float:
    """Return the power response of the meter to a sine: shelf, means, and the high-pass on the means."""
    angle = pi * freq_hz / rate
    mean = sin(averaged * angle) / (averaged * sin(angle))
    passed = _highpass_power(tan(averaged * angle) / tan(averaged * pi * _HIGHPASS_HZ / rate))
    shelf = _shelf_power(tan(angle) / _shelf_corner_tan(rate)) if rate >= _SHELF_NEEDS_RATE else 1.0
    return shelf * (1.0 - mean * mean * (1.0 - passed))


def _calibration(rate: int, averaged: int) -> float:
    """Return the factor that gives a sine of 997 Hz, or of what a slower rate can hold, its power by the standard."""
    freq_hz = min(997.0, rate / 8.0)
    return standard_power(freq_hz) / _measured_power(freq_hz, rate, averaged)
