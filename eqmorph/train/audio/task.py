"""Batches of sounds with EQs, as a task for the shared training loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from eqmorph.analysis.inputs import BLOCKS
from eqmorph.model import SemanticSpace
from eqmorph.train.audio.eqs import EqPool
from eqmorph.train.audio.inputs import TorchInputs, stack_stretches
from eqmorph.train.audio.methods import Method, TrainingBatch
from eqmorph.train.audio.nets import AudioNet
from eqmorph.train.audio.sounds import SNAPSHOT_FRAMES, Sounds, TrainingSound, snapshot_bins

__all__ = ["AudioTask", "Examples"]

_WATCHED = 96
_FAINTEST, _FLOOR = 1e-9, 1e-3  # of magnitudes
_LOOKED_AT = 16  # sounds of a batch: quality at every bin costs more than all the rest
_ONE = 0.4  # how often a sound comes as one stretch, as windows do


@dataclass(frozen=True)
class Examples:
    """Where batches come from: sounds, EQs, and words to be reached."""

    sounds: Sounds
    eqs: EqPool
    space: SemanticSpace
    neutral_db: NDArray[np.float64]

    def batch(self, count: int, rng: np.random.Generator) -> TrainingBatch:
        """Draw ``count`` sounds alike from all corpora, with EQs and targets drawn alike from all words."""
        numbers = self.sounds.balanced(count, rng)
        chosen = [self.sounds.sounds[at] for at in numbers]
        stretches = 1 if rng.random() < _ONE else BLOCKS
        power = [sound.draw(stretches, rng) for sound in chosen]
        words = rng.integers(len(self.eqs.words), size=count)
        return TrainingBatch(
            stack_stretches(power, [sound.sample_rate for sound in chosen]),
            _tensor(self._curves[numbers]),
            _tensor(self.eqs.draw(count, rng).settings),
            _tensor([self.space.terms[self.eqs.words[at]].curve_db for at in words]),
            _snapshots(chosen[:_LOOKED_AT], rng),
        )

    @cached_property
    def _curves(self) -> NDArray[np.float64]:
        return np.array([sound.curve_db(self.neutral_db) for sound in self.sounds.sounds])


class AudioTask:
    """What the loop needs: a network, its losses, and its error on sounds that aren't trained on."""

    def __init__(
        self,
        net: AudioNet,
        inputs: TorchInputs,
        method: Method,
        train: Examples,
        watch: Examples,
        *,
        rows: int,
        seed: int,
    ) -> None:
        self.net = net
        self.rows = rows  # draws in an epoch: every batch is drawn anew
        self._inputs, self._method, self._examples = inputs, method, train
        self._watch = watch.batch(_WATCHED, np.random.default_rng([seed, 6]))

    def losses(self, rows: NDArray[np.intp], progress: float, rng: np.random.Generator) -> dict[str, Tensor]:
        return self._method.losses(self.net, self._inputs, self._examples.batch(len(rows), rng), progress)

    def held_out_error(self) -> float:
        """Return the method's own error in dB rms, the mean over sounds that aren't trained on."""
        return float(self._method.error(self.net, self._inputs, self._watch).mean())


def _snapshots(sounds: Sequence[TrainingSound], rng: np.random.Generator) -> list[tuple[Tensor, Tensor]]:
    """Draw one snapshot of each sound: for each resolution its magnitudes and their frequencies (n, b)."""
    rows = _tensor([sound.snapshots[int(rng.integers(len(sound.snapshots)))] for sound in sounds])
    # Their level means nothing; a floor, so that silence has a derivative too.
    rows = rows / torch.clamp(rows.square().mean(dim=1, keepdim=True).sqrt(), min=_FAINTEST) + _FLOOR
    sizes = [frame // 2 + 1 for frame in SNAPSHOT_FRAMES]
    freqs = [snapshot_bins(sound.sample_rate) for sound in sounds]
    return [(part, _tensor([f[at] for f in freqs])) for at, part in enumerate(torch.split(rows, sizes, dim=1))]


def _tensor(values: Sequence[NDArray[np.floating[Any]]] | NDArray[np.floating[Any]]) -> Tensor:
    return torch.tensor(np.asarray(values), dtype=torch.float32)
