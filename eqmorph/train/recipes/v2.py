"""V2: log scale, min-max, a sigmoid at the end, the contrastive weight annealed from 0.1 to 0.5."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from eqmorph.train.dataset import TrainingSet
from eqmorph.train.loop import Schedule
from eqmorph.train.nets import ResidualMlp, supcon
from eqmorph.train.recipes.base import NetTrained, Options, SettingsNet, SettingsTask, train_net
from eqmorph.train.recipes.scaling import LogRange

__all__ = ["EPOCHS", "TITLE", "V2Task", "train"]

TITLE = "V2: log scale, min-max, sigmoid, annealed contrastive"
EPOCHS = 90
_LATENT, _WIDTH, _CONTRAST = 32, 128, (0.1, 0.5)


class _Net(SettingsNet):
    def __init__(self) -> None:
        super().__init__()
        self.scaling = LogRange()
        self.encoder = ResidualMlp(13, _WIDTH, 2, _LATENT)
        self.decoder = ResidualMlp(_LATENT, _WIDTH, 2, 13)

    def encode(self, settings: Tensor) -> Tensor:
        out: Tensor = self.encoder(self.scaling(settings))
        return out

    def scaled(self, latents: Tensor) -> Tensor:
        """Return parameters from 0 to 1."""
        return torch.sigmoid(self.decoder(latents))

    def decode(self, latents: Tensor) -> Tensor:
        return self.scaling.back(self.scaled(latents))


class V2Task(SettingsTask):
    """V2's losses, which the transformer shares: mean square of scaled parameters, annealed contrast."""

    def losses(self, rows: NDArray[np.intp], progress: float, _rng: np.random.Generator) -> dict[str, Tensor]:
        settings = self.settings[rows]
        latents = self.net.encode(settings)
        start, end = _CONTRAST
        weight = start + (end - start) * progress
        scaled, wanted = self.net.scaled(latents), self.net.scaling(settings)
        return {"parameters": 10 * F.mse_loss(scaled, wanted), "contrast": weight * supcon(latents, self.codes[rows])}


def train(data: TrainingSet, options: Options) -> NetTrained:
    """Train; see the module's text."""
    torch.manual_seed(options.seed)
    net = _Net()
    return train_net(V2Task(net, data, options.seed), net, options, Schedule(epochs=options.epochs or EPOCHS), "V2")
