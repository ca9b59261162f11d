"""What a stream sounded like lately, in memory that doesn't grow.

Nothing is kept of the past but running means over the frames' cells, which forget evenly: what was heard so long ago
counts less and less. Pauses are not heard: during them, everything stays as it was.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float32, Float64
from eqmorph.audio.windows import SILENCE, CellMeter, QuietMeter, Spectra

__all__ = ["Hearing"]

_RECENT_S = 0.7  # how old what the level follows from is on average
_LONG_S = 60.0  # the same of what stands for the piece as a whole
_QUIET_S = 60.0  # the same of the quietest frames, which are few
_PAUSE_DB = -40.0  # below the loudest frames, as in windows of files
_FALL_DB_A_SECOND = 2.0  # of what counts as the loudest, so that a piece that goes on softly is heard


class Hearing:
    """Takes a stream in blocks and tells what its last seconds were like.

    Args:
        sample_rate: in Hz.
        window_s: how many of the last seconds count. The mean forgets gradually; what it holds is as old on average as
            the last so many seconds are.
    """

    def __init__(self, sample_rate: int, window_s: float) -> None:
        self._meter = CellMeter(sample_rate)
        grid = self._meter.grid
        self.sample_rate, self.grid = sample_rate, grid
        self.hop = grid.frame // 2
        self._hop_s = self.hop / sample_rate
        self._window_s = window_s
        self._rest: Float32 | None = None  # (channels, n): what no complete frame holds yet
        self._lasting = _Mean(len(grid.freq_hz), window_s / 2 / self._hop_s)
        self._long = _Mean(len(grid.freq_hz), max(_LONG_S, window_s) / self._hop_s)
        self._recent = _Mean(len(grid.freq_hz), _RECENT_S / self._hop_s)
        self._quiet = QuietMeter(grid)
        self._loudest_db = -np.inf
        self.heard_s = 0.0

    def add(self, block: Float32) -> Float32:
        """Take the next block (channels, frames); return the cells (f, c) of those of its frames that are heard."""
        rest = self._rest if self._rest is not None else np.zeros((len(block), self.hop), np.float32)
        signal = np.concatenate([rest, block], axis=1)
        count = signal.shape[1] // self.hop - 1
        self._rest = signal[:, max(count, 0) * self.hop :].copy()
        if count < 1:
            return np.empty((0, len(self.grid.freq_hz)), np.float32)
        cells = self._meter.of_signal(signal)[1]
        heard: Float32 = cells[self._is_heard(cells)]
        self._lasting.add(heard)
        self._long.add(heard)
        self._recent.add(heard)
        self._quiet.forget(float(np.exp(-len(cells) * self._hop_s / _QUIET_S)))
        self._quiet.add(cells)
        self.heard_s += len(heard) * self._hop_s
        return heard

    @property
    def recent_power(self) -> Float64:
        """Mean power in the cells over the last seconds (c,)."""
        return self._recent.power

    def part(self, traits: Float64 | None) -> Spectra:
        """Return what was heard in the last seconds as a sound of one window; ``traits`` tell its kind."""
        return self._as_sound(self._lasting, traits)

    def whole(self, traits: Float64 | None) -> Spectra:
        """Return the same of the last two minutes, which stand for the piece."""
        return self._as_sound(self._long, traits)

    def _as_sound(self, mean: _Mean, traits: Float64 | None) -> Spectra:
        power = mean.power.astype(np.float32)
        return Spectra(
            self.sample_rate,
            round(self._window_s * self.sample_rate),
            self._window_s,
            self._window_s,
            np.zeros(1),
            np.array([self._window_s]),
            power[None],
            np.array([float(power @ self.grid.loudness)]),
            self._quiet.power,
            traits,
        )

    def _is_heard(self, cells: Float32) -> NDArray[np.bool_]:
        """Tell which frames (f, c) are no pause."""
        loudness = cells @ self.grid.loudness
        levels_db = 10 * np.log10(np.maximum(loudness, SILENCE / 10))
        falls = _FALL_DB_A_SECOND * self._hop_s * np.arange(1, len(cells) + 1)
        loudest = np.maximum(np.maximum.accumulate(levels_db + falls), self._loudest_db) - falls
        self._loudest_db = float(loudest[-1])
        return np.asarray((loudness > SILENCE) & (levels_db > loudest + _PAUSE_DB))


class _Mean:
    """A mean of rows that forgets: a row counts 1/e after so many more."""

    def __init__(self, width: int, rows: float) -> None:
        self._keep = float(np.exp(-1 / max(rows, 1.0)))
        self._sum = np.zeros(width)
        self._weight = 0.0

    def add(self, rows: Float32) -> None:
        if len(rows):
            weights = self._keep ** np.arange(len(rows) - 1, -1, -1.0)
            self._sum = self._keep ** len(rows) * self._sum + weights @ rows
            self._weight = self._keep ** len(rows) * self._weight + float(weights.sum())

    @property
    def power(self) -> Float64:
        return self._sum / max(self._weight, 1e-30)
