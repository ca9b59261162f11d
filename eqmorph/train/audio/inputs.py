"""`eqmorph.analysis.inputs` in torch, so that what an EQ does to a sound can be differentiated; pinned by a test."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor, nn

from eqmorph._typing import Float32
from eqmorph.analysis.inputs import CURVE_SCALE_DB, DEEPEST_DB, DEPTH_SCALE_DB, MEL_SCALE_DB, Inputs
from eqmorph.audio.windows import grid_at
from eqmorph.model.frontend import FARTHEST_DB, filterbank
from eqmorph.train.audio.front_end import cells_to_mel

__all__ = ["Stretches", "TorchInputs", "stack_stretches"]


_NONE = 1e-20
_LEVEL_ROUNDS = 8


class Stretches:
    """A batch of sounds: power in their cells (n, t, c), cells that a rate lacks empty, and each one's rate."""

    def __init__(self, power: Tensor, rates: tuple[int, ...]) -> None:
        self.power = power
        self.rates = rates

    @property
    def freq_hz(self) -> Tensor:
        """The middle of each cell (n, c)."""
        return torch.stack([_cell_freqs(rate, self.power.shape[2]) for rate in self.rates]).to(self.power.device)

    def equalized(self, gain_db: Tensor) -> Stretches:
        """Return the inputs after an EQ of this many dB in each cell (n, c)."""
        return Stretches(self.power * torch.pow(10.0, gain_db / 10)[:, None], self.rates)


def stack_stretches(power: Sequence[Float32], rates: Sequence[int]) -> Stretches:
    """Stack sounds (t, c) of several rates into one batch."""
    cells = max(part.shape[1] for part in power)
    stacked = np.zeros((len(power), power[0].shape[0], cells), np.float32)
    for row, part in zip(stacked, power, strict=True):
        row[:, : part.shape[1]] = part
    # Levels have no meaning here; float32 has the more of what is faint.
    stacked /= np.maximum(stacked.mean(axis=(1, 2), keepdims=True), _NONE)
    return Stretches(torch.from_numpy(stacked), tuple(rates))


class TorchInputs(nn.Module):
    """The numbers (n, t, f) that a network is given of a batch."""

    usual_db: Tensor

    def __init__(self, inputs: Inputs) -> None:
        super().__init__()
        self._inputs = inputs
        self.register_buffer("usual_db", torch.tensor(inputs.usual_db, dtype=torch.float32), persistent=False)

    def forward(self, batch: Stretches) -> Tensor:
        return self._curve(batch) if self._inputs.kind == "curve" else self._mel(batch)

    def _mel(self, batch: Stretches) -> Tensor:
        weights = {rate: cells_to_mel(rate, self._inputs.mel) for rate in set(batch.rates)}
        bands = torch.bmm(batch.power, _per_sound(weights, batch))
        whole = _decibels(bands.mean(dim=1, keepdim=True))
        floor = whole.amax(dim=2, keepdim=True) - DEEPEST_DB
        level = torch.maximum(whole, floor).mean(dim=2, keepdim=True)
        return (torch.maximum(_decibels(bands), floor) - level - self.usual_db) / MEL_SCALE_DB

    def _curve(self, batch: Stretches) -> Tensor:
        weights = {rate: filterbank(rate) for rate in set(batch.rates)}
        levels = _decibels(torch.bmm(batch.power.mean(dim=1, keepdim=True), _per_sound(weights, batch)))
        curves = _curves_of_levels(levels, self.usual_db) / CURVE_SCALE_DB
        depth = torch.clamp(levels - levels.amax(dim=2, keepdim=True), min=-DEEPEST_DB) / DEPTH_SCALE_DB
        return torch.cat([curves, depth], dim=2)


def _curves_of_levels(levels: Tensor, neutral_db: Tensor) -> Tensor:
    """Do as `eqmorph.model.frontend.curves_of_levels` for sounds that aren't silent (n, t, 64)."""
    heard = levels > 10 * float(np.log10(_NONE)) + 1e-3
    away = levels - neutral_db
    ordered = torch.where(heard, away, torch.inf).sort(dim=2).values
    count = heard.sum(dim=2, keepdim=True)
    level = (ordered.gather(2, (count - 1) // 2) + ordered.gather(2, count // 2)) / 2
    for _ in range(_LEVEL_ROUNDS):
        clipped = torch.clamp(away - level, -FARTHEST_DB, FARTHEST_DB)
        level = level + (clipped * heard).sum(dim=2, keepdim=True) / count
    return torch.clamp(away - level, -FARTHEST_DB, FARTHEST_DB)


def _per_sound(weights: dict[int, Float32], batch: Stretches) -> Tensor:
    """Return each sound's matrix (n, c, f), with empty rows for cells that its rate lacks."""
    cells = batch.power.shape[2]
    padded = {
        rate: torch.from_numpy(np.pad(matrix, ((0, cells - len(matrix)), (0, 0)))) for rate, matrix in weights.items()
    }
    return torch.stack([padded[rate] for rate in batch.rates]).to(batch.power.device)


def _decibels(power: Tensor) -> Tensor:
    return 10 * torch.log10(torch.clamp(power, min=_NONE))


@lru_cache(maxsize=32)
def _cell_freqs(rate: int, cells: int) -> Tensor:
    freqs = grid_at(rate).freq_hz
    return torch.tensor(np.pad(freqs, (0, cells - len(freqs)), mode="edge"), dtype=torch.float32)
