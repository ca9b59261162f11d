"""Dots for a curve on the logarithmic axis: which of them it covers, and the braille characters that hold them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.plot.curve import AXIS_HZ, SampledCurve

__all__ = ["BRAILLE", "DOTS_ACROSS", "DOTS_DOWN", "braille_bits", "dot_edges_hz", "gain_ranges", "joined_runs"]

BRAILLE = 0x2800  # the cell without dots
DOTS_ACROSS, DOTS_DOWN = 2, 4  # of a cell
# The bit of each dot in a cell, by row and column.
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint32)


def braille_bits(dots: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """Return the bits of each cell (rows, columns) of dots (rows * 4, columns * 2); add `BRAILLE` for the character."""
    rows, columns = dots.shape[0] // DOTS_DOWN, dots.shape[1] // DOTS_ACROSS
    bits = np.zeros((rows, columns), dtype=np.uint32)
    for down in range(DOTS_DOWN):
        for across in range(DOTS_ACROSS):
            bits += dots[down::DOTS_DOWN, across::DOTS_ACROSS] * _BITS[down, across]
    return bits


def dot_edges_hz(across: int) -> Float64:
    """Return the frequencies between dot columns, (across + 1,)."""
    low_hz, high_hz = AXIS_HZ
    edges_hz: Float64 = low_hz * (high_hz / low_hz) ** (np.arange(across + 1) / across)
    return edges_hz


def gain_ranges(curve: SampledCurve, edges_hz: Float64) -> Float64:
    """Return the highest and the lowest gain to be drawn in each dot column, (2, columns that the curve reaches).

    It is the gain in the middle of the column, and every peak and dip inside it that its edges don't show.
    """
    middles_hz = np.sqrt(edges_hz[:-1] * edges_hz[1:])
    middles_hz = middles_hz[middles_hz <= curve.freqs_hz[-1]]  # the sample rate may reach no higher
    edges_hz = edges_hz[: len(middles_hz) + 1]
    middle, at_edges = curve.at(middles_hz), curve.at(edges_hz)
    highest, lowest = _extremes_between(curve, edges_hz)
    left, right = at_edges[:-1], at_edges[1:]
    highest = np.where(highest > np.maximum(left, right), np.maximum(highest, middle), middle)
    lowest = np.where(lowest < np.minimum(left, right), np.minimum(lowest, middle), middle)
    return np.stack([highest, lowest])


def _extremes_between(curve: SampledCurve, edges_hz: Float64) -> tuple[Float64, Float64]:
    """Return the highest and the lowest of the curve's points between each two edges, NaN where there are none."""
    bounds = np.searchsorted(curve.freqs_hz, edges_hz)
    is_empty = bounds[1:] <= bounds[:-1]
    points = np.append(curve.gain_db[: bounds[-1]], np.nan)  # the last entry is for edges beyond all points
    highest, lowest = (np.where(is_empty, np.nan, f.reduceat(points, bounds[:-1])) for f in (np.fmax, np.fmin))
    return highest, lowest


def joined_runs(runs: NDArray[np.intp]) -> NDArray[np.intp]:
    """Lengthen runs of dots (2, columns), top to bottom, half-way to a neighbor apart from them."""
    tops, bottoms = runs
    joined: NDArray[np.intp] = runs.copy()
    for here, there in ((slice(None, -1), slice(1, None)), (slice(1, None), slice(None, -1))):
        is_above = bottoms[here] + 1 < tops[there]
        half = (bottoms[here] + tops[there]) // 2
        np.maximum(joined[1, here], half, out=joined[1, here], where=is_above)
        np.minimum(joined[0, there], half + 1, out=joined[0, there], where=is_above)
    return joined
