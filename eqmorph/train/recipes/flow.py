"""FlowEQ's recipe: a beta-VAE on parameters scaled linearly to 0..1, with a latent of 2, 3 or 8 dimensions."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from eqmorph.train.dataset import TrainingSet
from eqmorph.train.loop import Schedule
from eqmorph.train.nets import ResidualMlp
from eqmorph.train.recipes.base import NetTrained, Options, SettingsNet, SettingsTask, train_net
from eqmorph.train.recipes.scaling import LinearRange

__all__ = ["EPOCHS", "TITLE", "train"]

TITLE = "beta-VAE on linear parameters (FlowEQ's recipe)"
EPOCHS = 90
_WIDTH, _BETA = 128, 0.001


class _Net(SettingsNet):
    def __init__(self, latent: int) -> None:
        super().__init__()
        self.scaling = LinearRange()
        self.latent = latent
        self.encoder = ResidualMlp(13, _WIDTH, 1, 2 * latent)
        self.decoder = ResidualMlp(latent, _WIDTH, 1, 13)

    def spread(self, settings: Tensor) -> tuple[Tensor, Tensor]:
        """Return the mean and log variance of the latent."""
        out: Tensor = self.encoder(self.scaling(settings))
        return out[:, : self.latent], out[:, self.latent :]

    def encode(self, settings: Tensor) -> Tensor:
        return self.spread(settings)[0]


class _Task(SettingsTask):
    net: _Net

    def losses(self, rows: NDArray[np.intp], _progress: float, _rng: np.random.Generator) -> dict[str, Tensor]:
        settings = self.settings[rows]
        mean, log_variance = self.net.spread(settings)
        latents = mean + torch.exp(log_variance / 2) * torch.randn_like(mean)
        divergence = -0.5 * (1 + log_variance - mean**2 - log_variance.exp()).sum(dim=1).mean()
        return {
            "parameters": F.mse_loss(self.net.scaled(latents), self.net.scaling(settings)),
            "divergence": _BETA * divergence,
        }


def train(data: TrainingSet, options: Options) -> NetTrained:
    """Train; see the module's text."""
    torch.manual_seed(options.seed)
    net = _Net(options.latent)
    schedule = Schedule(epochs=options.epochs or EPOCHS)
    return train_net(_Task(net, data, options.seed), net, options, schedule, f"beta-VAE {options.latent}-D")
