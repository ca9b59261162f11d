"""V2: V1's network on logarithms from 0 to 1, a sigmoid at the end, the contrast's weight annealed from 0.1 to 0.5."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from eqmorph.train.dataset import TrainingSet
from eqmorph.train.loop import Schedule
from eqmorph.train.nets import BlockMlp, supcon
from eqmorph.train.recipes.base import NetTrained, Options, SettingsNet, SettingsTask, train_net
from eqmorph.train.recipes.scaling import LogSpan
from eqmorph.train.recipes.v1 import EMBEDDING, LATENT, WIDTHS

__all__ = ["EPOCHS", "TITLE", "V2Task", "train"]

TITLE = "V2: log scale, min-max, residual blocks, sigmoid, annealed contrastive"
EPOCHS = 150
_BATCH, _RATE, _CONTRAST = 64, 1e-3, (0.1, 0.5)


class _Net(SettingsNet):
    def __init__(self, scaling: LogSpan) -> None:
        super().__init__()
        self.scaling = scaling
        self.encoder = BlockMlp(13, WIDTHS, [(2 * LATENT, LATENT)])
        self.embedding = nn.Linear(LATENT, EMBEDDING)
        self.decoder = BlockMlp(LATENT, WIDTHS, [(WIDTHS[-1], 13)])

    def encode(self, settings: Tensor) -> Tensor:
        return torch.tanh(self.encoder(self.scaling(settings)))

    def embed(self, latents: Tensor) -> Tensor:
        out: Tensor = self.embedding(latents)
        return out


class V2Task(SettingsTask):
    """V2's losses, which the transformer shares: mean square of scaled parameters, annealed contrast."""

    error_weight = 1.0  # as much as the contrast at a weight of 1

    def losses(self, rows: NDArray[np.intp], progress: float, _rng: np.random.Generator) -> dict[str, Tensor]:
        settings = self.settings[rows]
        latents = self.net.encode(settings)
        start, end = _CONTRAST
        weight = start + (end - start) * progress
        error = F.mse_loss(self.net.scaled(latents), self.net.scaling(settings))
        return {
            "parameters": self.error_weight * error,
            "contrast": weight * supcon(self.net.embed(latents), self.codes[rows]),
        }


def train(data: TrainingSet, options: Options) -> NetTrained:
    """Train; see the module's text."""
    torch.manual_seed(options.seed)
    net = _Net(LogSpan(data.settings))
    epochs = options.epochs or EPOCHS
    schedule = Schedule(epochs, batch=_BATCH, rate=_RATE, falls="plateau", weight_decay=0.0, patience=None)
    return train_net(V2Task(net, data, options.seed), net, options, schedule, "V2")
