"""Render an EQ with linear phase: by convolution with a symmetric filter, in time with the input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pedalboard

from eqmorph._typing import Float32
from eqmorph.bands import Bands, Channel
from eqmorph.render.fir import LONGEST_S, Fir, Miss, design_fir
from eqmorph.render.renderer import Routes

__all__ = ["LinearRenderer"]

_SHORT, _LONG = 8192, 32_768  # what pedalboard convolves at once: the fastest for short and for long filters
_AT_ONCE = 65_536  # of the rest that is still in the filter
_PAIRS: tuple[tuple[Channel, Channel], ...] = (("left", "right"), ("mid", "side"))


class LinearRenderer:
    """Filters a signal in blocks of any size; the result doesn't depend on where it was cut.

    It gives as many frames as it gets, none of them late: the first blocks come back short or empty, and `rest` gives
    what is then missing. Where bands act on single channels, see `Renderer`.

    Args:
        bands: the EQ, rendered as given (see `Bands.at_rate`).
        sample_rate: of the signal, in Hz.
    """

    LONGEST_S = LONGEST_S  #: of its filters, on each side

    def __init__(self, bands: Bands, sample_rate: float) -> None:
        self._rate = sample_rate
        self._firs: dict[Channel, Fir] = {"both": design_fir(bands.on("both"), sample_rate)}
        for pair in _PAIRS:
            if set(pair) & set(bands.channels):
                firs = [design_fir(bands.on(channel), sample_rate) for channel in pair]
                delay = max(fir.delay for fir in firs)  # whatever is mixed must be equally late
                self._firs |= {channel: fir.widened(delay) for channel, fir in zip(pair, firs, strict=True)}
        self._routes: Routes | None = None
        self._channels = 0
        self._late = self._left_out = 0

    @property
    def off_db(self) -> float:
        """The most by which it misses the magnitudes asked for: little, but for bands too narrow for any filter."""
        return max(fir.off_db for fir in self._firs.values())

    @property
    def miss(self) -> Miss | None:
        """Where it misses them most, if that may be heard."""
        misses = [fir.miss for fir in self._firs.values() if fir.miss is not None]
        return max(misses, key=lambda miss: miss.off_db, default=None)

    def process(self, block: Float32) -> Float32:
        """Filter the next block, (channels, frames), into a new array, as far as the result is known."""
        if self._routes is None:
            self._routes = self._begin(len(block))
        filtered = self._routes.process(block)
        skipped = min(self._late - self._left_out, filtered.shape[1])
        self._left_out += skipped
        return filtered[:, skipped:]

    def rest(self) -> Iterator[Float32]:
        """Yield what is left in the filter, as many frames as were missing."""
        missing = self._left_out
        while self._routes is not None and missing > 0:
            # As much silence goes in as is to come out, and first what a short signal never pushed out.
            frames = min(_AT_ONCE, missing + self._late - self._left_out)
            out = self.process(np.zeros((self._channels, frames), dtype=np.float32))
            missing -= out.shape[1]
            if out.shape[1]:
                yield out

    def _begin(self, channels: int) -> Routes:
        self._channels = channels
        firs = dict(self._firs)
        if channels == 1:
            firs = {channel: fir for channel, fir in firs.items() if channel in ("both", "mid")}
        filters = {channel: _Convolution(fir, self._rate) for channel, fir in firs.items()}
        after = sum(firs[second].delay for _, second in _PAIRS if second in firs)
        self._late = firs["both"].delay + (
            after if channels > 1 else sum(f.delay for c, f in firs.items() if c == "mid")
        )
        others = _Convolution(_delay(after), self._rate) if after and channels > 2 else None
        return Routes(filters, others)


class _Convolution:
    """Convolves all channels with one filter.

    pedalboard's convolution is JUCE's: without latency and for a signal in blocks of any size up to the first one's,
    but it leaves the third channel and those after it alone, and gives every impulse response the same energy.
    """

    def __init__(self, fir: Fir, sample_rate: float) -> None:
        self._fir, self._rate = fir, sample_rate
        self._frames = _SHORT if len(fir.taps) <= 2 * _SHORT else _LONG
        self._gain = self._gain_back()
        self._boards: Sequence[pedalboard.Pedalboard] = ()

    def process(self, block: Float32) -> Float32:
        """Filter the next block, (channels, frames) in and out, into a new array."""
        if len(self._fir.taps) == 1:
            return np.array(block, dtype=np.float32)
        if not self._boards:
            self._boards = [self._board(len(block[at : at + 2])) for at in range(0, len(block), 2)]
        done = [self._run(board, block[2 * at : 2 * at + 2]) for at, board in enumerate(self._boards)]
        filtered: Float32 = done[0] if len(done) == 1 else np.concatenate(done)
        filtered *= np.float32(self._gain)
        return filtered

    def _board(self, channels: int) -> pedalboard.Pedalboard:
        board = pedalboard.Pedalboard([pedalboard.Convolution(self._fir.taps, sample_rate=self._rate)])
        self._run(board, np.zeros((channels, self._frames), dtype=np.float32))  # as `Renderer` does it
        return board

    def _run(self, board: pedalboard.Pedalboard, block: Float32) -> Float32:
        filtered: Float32 = board.process(block, self._rate, buffer_size=self._frames, reset=False)
        return filtered

    def _gain_back(self) -> float:
        """Return the gain that undoes what pedalboard did to the filter's energy, found out by an impulse."""
        taps = self._fir.taps
        if len(taps) == 1:
            return 1.0
        impulse = np.zeros((1, len(taps)), dtype=np.float32)
        impulse[0, 0] = 1
        got = self._run(self._board(1), impulse)[0].astype(np.float64)
        exact = taps.astype(np.float64)
        return float((exact @ exact) / (exact @ got))


def _delay(frames: int) -> Fir:
    """Return a filter that does nothing but be late."""
    taps = np.zeros(2 * frames + 1, dtype=np.float32)
    taps[frames] = 1
    return Fir(taps, frames, 0.0)
