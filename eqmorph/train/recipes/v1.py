"""V1: z-scored parameters, residual blocks, a bounded latent and an embedding that pulls words apart, bounded heads.

As published, it failed: see `eqmorph.train.recipes.v1_published`. Here its heads are what they were meant to be, and
their loss compares z-scores with z-scores.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from eqmorph.train.dataset import TrainingSet
from eqmorph.train.loop import Schedule
from eqmorph.train.nets import BlockMlp, supcon
from eqmorph.train.recipes.base import NetTrained, Options, SettingsNet, SettingsTask, train_net
from eqmorph.train.recipes.scaling import LinearRange, Scaling, Standardised, mistaken_for_scores

__all__ = ["EMBEDDING", "EPOCHS", "LATENT", "TITLE", "WIDTHS", "Heads", "train", "train_with"]

Heads = Literal["bounded", "linear", "mistaken"]

TITLE = "V1 as meant: z-scored parameters, residual blocks, contrastive, bounded heads"
EPOCHS = 100
LATENT, EMBEDDING, WIDTHS = 32, 128, (64, 128, 64)
_BATCH, _RATE, _CONTRAST = 32, 1e-3, 0.5
_HEAD = 32  # the width of each: gains, frequencies, Q


class _Net(SettingsNet):
    def __init__(self, scaling: Standardised, heads: Heads) -> None:
        super().__init__()
        self.scaling = scaling
        self.encoder = BlockMlp(13, WIDTHS, [(2 * LATENT, LATENT)])
        self.embedding = nn.Linear(LATENT, EMBEDDING)
        self.decoder = BlockMlp(LATENT, WIDTHS, [(_HEAD, 5), (_HEAD, 5), (_HEAD, 3)])
        self.bounded = heads != "linear"
        # Of bounded heads: what they mean, or, mistaken, Hz and dB that are taken for z-scores.
        self.range: Scaling | None = None
        if heads != "linear":
            self.range = LinearRange() if heads == "bounded" else mistaken_for_scores(LinearRange(), scaling)

    @property
    def output(self) -> Scaling:
        return self.range or self.scaling

    def encode(self, settings: Tensor) -> Tensor:
        return torch.tanh(self.encoder(self.scaling(settings)))

    def embed(self, latents: Tensor) -> Tensor:
        out: Tensor = self.embedding(latents)
        return out

    def scores(self, latents: Tensor) -> Tensor:
        """Return the z-scores (n, 13) of what is decoded."""
        values = self.scaled(latents) * self.output.size + self.output.middle
        return (values - self.scaling.middle) / self.scaling.size


class _Task(SettingsTask):
    net: _Net

    def losses(self, rows: NDArray[np.intp], _progress: float, _rng: np.random.Generator) -> dict[str, Tensor]:
        settings = self.settings[rows]
        latents = self.net.encode(settings)
        return {
            "parameters": F.mse_loss(self.net.scores(latents), self.net.scaling(settings)),
            "contrast": _CONTRAST * supcon(self.net.embed(latents), self.codes[rows]),
        }


def train_with(heads: Heads, data: TrainingSet, options: Options, name: str) -> NetTrained:
    """Train with some kind of heads."""
    torch.manual_seed(options.seed)
    net = _Net(Standardised(data.settings), heads)
    epochs = options.epochs or EPOCHS
    schedule = Schedule(epochs, batch=_BATCH, rate=_RATE, falls="never", weight_decay=0.0, patience=None)
    return train_net(_Task(net, data, options.seed), net, options, schedule, name)


def train(data: TrainingSet, options: Options) -> NetTrained:
    """Train; see the module's text."""
    return train_with("bounded", data, options, "V1")
