"""True peak: how high the curve through the samples goes, at four times the sample rate (ITU-R BS.1770-4, annex 2).

Interpolating every sample would cost more than an equalizer does, and nearly all of it in vain: only the highest point
counts. So each stretch of samples first gets an upper bound of what lies between them, and only the
stretches whose bound exceeds the peak found so far are interpolated. The bound is exact, so the result is what
interpolating everything would give.

Where the bound comes from: a value between two samples is the straight line between them plus a weighted sum of the
second differences around (``_curvature_weights``). The line can't exceed its ends, and the sum can't exceed the sum of
its terms' magnitudes. Music has most of its level at low frequencies, where second differences are small, so the
bound is tight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from eqmorph.errors import UsageError

__all__ = ["TAPS", "FloatArray", "FrameBuffer", "TruePeakMeter", "check_block", "interpolation_taps"]

FloatArray: TypeAlias = NDArray[np.float32]
_Float64: TypeAlias = NDArray[np.float64]
_Indices: TypeAlias = NDArray[np.intp]

#: Samples that make one interpolated value: within 0.05 dB up to 0.45 of the sample rate.
TAPS = 32
_LEAD = TAPS // 2  # of these, how many lie on each side of it
_KAISER_BETA = 5.0
_PHASES = (0.25, 0.5, 0.75)  # places between two samples; the samples are the fourth
_SPAN = 4  # gaps between samples that share a bound and are interpolated together
_SEGMENT = 64  # gaps that share a largest sample in the first, coarse bound
_ROUNDING = 1.0001  # float32 sums may be too small by this factor at worst
_CHUNK_SAMPLES = 131_072  # of all channels together: a few numpy calls each, and half a MiB
_LARGEST_CHUNK, _SMALLEST_CHUNK = 65_536, 4_096  # frames
# OpenBLAS keeps products of up to this many multiplications in the calling thread. Waking its other threads for
# products as small as these costs far more than it gains, the more so when files are processed in parallel.
_ONE_THREAD_PRODUCT = 262_144


def check_block(block: FloatArray, channels: int) -> None:
    """Refuse a block that isn't of shape ``(channels, frames)``."""
    if block.ndim != 2 or block.shape[0] != channels:
        raise UsageError(
            f"a block of shape {block.shape} can't be measured: the meter was set up for {channels} channel(s)",
            hint="Blocks have the shape (channels, frames).",
        )


class FrameBuffer:
    """Cuts audio that comes in blocks of any size into chunks of one size, so that results don't depend on the blocks.

    ``data`` has shape ``(channels, history + frames)``: the last ``history`` frames of the chunk before (at first
    silence), then ``frames`` new ones.
    """

    def __init__(self, channels: int, frames: int, *, history: int = 0) -> None:
        self.data: FloatArray = np.zeros((channels, history + frames), dtype=np.float32)
        self.history = history
        self.filled = history

    def feed(self, block: FloatArray) -> Iterator[FloatArray]:
        """Take in ``block`` of shape ``(channels, frames)``, and yield ``data`` each time it is full."""
        capacity = self.data.shape[1]
        start = 0
        while start < block.shape[1]:
            taken = min(block.shape[1] - start, capacity - self.filled)
            self.data[:, self.filled : self.filled + taken] = block[:, start : start + taken]
            self.filled += taken
            start += taken
            if self.filled == capacity:
                yield self.data
                self.roll()

    def roll(self) -> None:
        """Keep the newest ``history`` frames and make room for new ones."""
        if self.history:
            self.data[:, : self.history] = self.data[:, -self.history :]
        self.filled = self.history


class TruePeakMeter:
    """The highest true peak of all channels, measured block by block.

    Args:
        channels: of the audio.
        at_once: how many frames are gathered before they are measured, a power of two; by default as many as is
            fastest. Fewer make `peak` quick to ask for while measuring goes on.
    """

    def __init__(self, channels: int, *, at_once: int | None = None) -> None:
        if channels < 1:
            raise UsageError(f"{channels} channels can't be measured", hint="Give 1 or more.")
        self._channels = channels
        self._frames = max(at_once, _SMALLEST_CHUNK) if at_once else _chunk_frames(channels)
        self._buffer = FrameBuffer(channels, self._frames, history=TAPS)
        self._peak = 0.0
        self._tables = _tables()
        # Scratch space, reused for each chunk. Curvature lies at the place of its sample in the buffer's data.
        self._scratch: FloatArray = np.empty((channels, self._frames + TAPS), dtype=np.float32)
        self._curvature: FloatArray = np.zeros((channels, self._frames + _SEGMENT), dtype=np.float32)
        per_segment = (channels, self._frames // _SEGMENT, _SEGMENT // _SPAN)
        self._excess: FloatArray = np.empty(per_segment, dtype=np.float32)
        self._bounds: FloatArray = np.empty(per_segment, dtype=np.float32)
        self._segment_starts = np.arange(0, self._frames, _SEGMENT)
        # Views of the buffer by channel and span: the ends of its gaps, and all samples that its values depend on.
        data = self._buffer.data
        self._gap_ends = sliding_window_view(data, _SPAN + 1, axis=1)[:, _LEAD : _LEAD + self._frames : _SPAN]
        self._windows = sliding_window_view(data, _SPAN + TAPS - 1, axis=1)[:, 1::_SPAN]

    def add(self, block: FloatArray) -> None:
        """Measure a block: float32 of shape ``(channels, frames)``, any number of frames, left as it is."""
        check_block(block, self._channels)
        for _ in self._buffer.feed(block):
            self._scan()

    def peak(self) -> float:
        """Return the true peak so far, linear, as if silence followed; 0.0 for silence. Measuring can go on."""
        buffer = self._buffer
        kept, filled, peak = buffer.data.copy(), buffer.filled, self._peak
        try:
            buffer.data[:, filled:] = 0.0
            self._scan()
            buffer.roll()  # a second time, for what the last samples do after the end of the chunk
            buffer.data[:, buffer.history :] = 0.0
            self._scan()
            return self._peak
        finally:
            buffer.data[:], buffer.filled, self._peak = kept, filled, peak

    def _scan(self) -> None:
        """Raise the peak to that of the full buffer: of the ``frames`` gaps after sample ``_LEAD``, and their ends."""
        samples = self._buffer.data
        loudest = self._loudest_per_segment(samples)
        loudest_inside = float(loudest.max())
        self._peak = max(self._peak, loudest_inside)
        loudest_around = float(max(np.abs(samples[:, :_LEAD]).max(), np.abs(samples[:, -_LEAD:]).max()))
        if max(loudest_inside, loudest_around) * self._tables.largest_gain <= self._peak:
            return
        self._bound_excess(samples)
        bounds = np.add(self._excess, loudest[:, :, np.newaxis], out=self._bounds)
        spans = np.flatnonzero(bounds > self._peak)
        if spans.size:
            self._interpolate(spans)

    def _loudest_per_segment(self, samples: FloatArray) -> FloatArray:
        """Return the largest magnitude at the ends of each segment's gaps, shape ``(channels, segments)``."""
        frames = self._frames
        magnitude = np.abs(samples[:, _LEAD : _LEAD + frames + 1], out=self._scratch[:, : frames + 1])
        loudest: FloatArray = np.maximum.reduceat(magnitude, self._segment_starts, axis=1)
        # The last gap of a segment ends at the first sample of the next.
        np.maximum(loudest[:, :-1], magnitude[:, _SEGMENT:frames:_SEGMENT], out=loudest[:, :-1])
        return loudest

    def _bound_excess(self, samples: FloatArray) -> None:
        """Work out for each span how far, at most, the curve leaves the straight lines between its samples."""
        capacity = samples.shape[1]
        slope = np.subtract(samples[:, 1:], samples[:, :-1], out=self._scratch[:, : capacity - 1])
        curvature = np.subtract(slope[:, 1:], slope[:, :-1], out=self._curvature[:, 1 : capacity - 1])
        np.abs(curvature, out=curvature)
        near, far = self._tables.near, self._tables.far
        rows = min(self._frames // _SEGMENT, _ONE_THREAD_PRODUCT // near.size)
        shape = (self._channels, -1, rows, _SEGMENT)
        excess = self._excess.reshape(self._channels, -1, rows, _SEGMENT // _SPAN)
        np.matmul(self._curvature[:, :-_SEGMENT].reshape(shape), near, out=excess)
        more = self._bounds.reshape(excess.shape)  # not in use yet
        excess += np.matmul(self._curvature[:, _SEGMENT:].reshape(shape), far, out=more)

    def _interpolate(self, spans: _Indices) -> None:
        """Raise the peak to that of those ``spans`` (numbered through all channels) that may exceed it."""
        channel, place = np.divmod(spans, self._frames // _SPAN)
        ends = self._gap_ends[channel, place]
        loudest = np.maximum.reduceat(np.abs(ends, out=ends).reshape(-1), np.arange(0, ends.size, _SPAN + 1))
        bounds = loudest + self._excess.reshape(-1)[spans]
        winners = np.flatnonzero(bounds > self._peak)
        order = winners[np.argsort(-bounds[winners], kind="stable")]
        channel, place, bounds = channel[order], place[order], bounds[order]
        batch = _ONE_THREAD_PRODUCT // self._tables.interpolation.size
        for start in range(0, order.size, batch):
            if bounds[start] <= self._peak:
                break  # no later bound is higher
            these = slice(start, start + batch)
            values = self._windows[channel[these], place[these]] @ self._tables.interpolation
            self._peak = max(self._peak, float(values.max()), -float(values.min()))


def _chunk_frames(channels: int) -> int:
    """Return the power of two of frames that suits the caches."""
    fitting = 1 << (max(_CHUNK_SAMPLES // channels, 1).bit_length() - 1)
    return max(_SMALLEST_CHUNK, min(_LARGEST_CHUNK, fitting))


@dataclass(frozen=True, eq=False)
class _Tables:
    """The matrices of the meter, float32.

    ``interpolation`` ``(_SPAN + TAPS - 1, phases * _SPAN)`` takes the samples around a span to the values in its gaps.
    ``near`` and ``far`` ``(_SEGMENT, _SEGMENT // _SPAN)`` take the curvature magnitudes of a segment's stretch of the
    buffer and of the next to the excess of each of its spans. ``largest_gain`` bounds any value by the largest sample.
    """

    interpolation: FloatArray
    near: FloatArray
    far: FloatArray
    largest_gain: float


@cache
def _tables() -> _Tables:
    taps = interpolation_taps()
    interpolation = np.zeros((_SPAN + TAPS - 1, len(_PHASES), _SPAN))
    for gap in range(_SPAN):
        interpolation[gap : gap + TAPS, :, gap] = taps.T
    weights = _curvature_weights(taps)
    excess = np.zeros((2 * _SEGMENT, _SEGMENT // _SPAN))
    for gap in range(_SEGMENT):
        # Gap 0 is interpolated from the buffer's samples 1 to TAPS, and the first of these has no curvature.
        reached = excess[gap + 2 : gap + 2 + weights.size, gap // _SPAN]
        np.maximum(reached, weights, out=reached)
    excess *= _ROUNDING
    return _Tables(
        interpolation=interpolation.reshape(_SPAN + TAPS - 1, -1).astype(np.float32),
        near=excess[:_SEGMENT].astype(np.float32),
        far=excess[_SEGMENT:].astype(np.float32),
        largest_gain=float(np.abs(taps).sum(axis=1).max() * _ROUNDING),
    )


def interpolation_taps() -> _Float64:
    """Return a Kaiser-windowed sinc, shape ``(phases, TAPS)``, corrected to reproduce straight lines exactly."""
    rows = []
    for phase in _PHASES:
        distance = np.arange(1 - _LEAD, _LEAD + 1) - phase
        window = np.i0(_KAISER_BETA * np.sqrt(1.0 - (distance / _LEAD) ** 2)) / np.i0(_KAISER_BETA)
        taps = np.sinc(distance) * window
        moments = np.array([[np.sum(window * distance ** (i + j)) for j in range(2)] for i in range(2)])
        offset, tilt = np.linalg.solve(moments, [1.0 - taps.sum(), -np.sum(taps * distance)])
        rows.append(taps + (offset + tilt * distance) * window)
    return np.array(rows)


def _curvature_weights(taps: _Float64) -> _Float64:
    """Return the magnitudes of the second differences' weights in an interpolated value, the largest of all phases.

    Taps that reproduce straight lines exactly, minus those of the straight line between the two samples next to the
    value, are second differences of a shorter row, which summing twice recovers. Shape ``(TAPS - 2,)``.
    """
    remainder = taps.copy()
    remainder[:, _LEAD - 1] -= 1.0 - np.array(_PHASES)
    remainder[:, _LEAD] -= np.array(_PHASES)
    weights: _Float64 = np.abs(np.cumsum(np.cumsum(remainder, axis=1), axis=1)[:, :-2]).max(axis=0)
    return weights
