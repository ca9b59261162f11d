"""V1: z-scored raw parameters, a residual encoder and decoder, heads for gain, frequency and Q, a contrastive loss."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from eqmorph.train.dataset import TrainingSet
from eqmorph.train.loop import Schedule
from eqmorph.train.nets import ResidualMlp, supcon
from eqmorph.train.recipes.base import NetTrained, Options, SettingsNet, SettingsTask, train_net
from eqmorph.train.recipes.scaling import Standardised

__all__ = ["EPOCHS", "TITLE", "train"]

TITLE = "V1: z-scored parameters, residual nets, contrastive"
EPOCHS = 90
_LATENT, _WIDTH, _CONTRAST = 32, 128, 0.1


class _Net(SettingsNet):
    def __init__(self, scaling: Standardised) -> None:
        super().__init__()
        self.scaling = scaling
        self.encoder = ResidualMlp(13, _WIDTH, 2, _LATENT)
        self.trunk = ResidualMlp(_LATENT, _WIDTH, 2, _WIDTH)
        self.gain, self.frequency, self.q = (nn.Linear(_WIDTH, n) for n in (5, 5, 3))

    def encode(self, settings: Tensor) -> Tensor:
        out: Tensor = self.encoder(self.scaling(settings))
        return out

    def scaled(self, latents: Tensor) -> Tensor:
        """Return what the heads say, before it is brought back to Hz and dB: nothing keeps it in range."""
        h = F.silu(self.trunk(latents))
        return torch.cat([self.gain(h), self.frequency(h), self.q(h)], dim=1)

    def decode(self, latents: Tensor) -> Tensor:
        return self.scaling.back(self.scaled(latents))


class _Task(SettingsTask):
    net: _Net

    def losses(self, rows: NDArray[np.intp], _progress: float, _rng: np.random.Generator) -> dict[str, Tensor]:
        settings = self.settings[rows]
        latents = self.net.encode(settings)
        return {
            "parameters": F.mse_loss(self.net.scaled(latents), self.net.scaling(settings)),
            "contrast": _CONTRAST * supcon(latents, self.codes[rows]),
        }


def train(data: TrainingSet, options: Options) -> NetTrained:
    """Train; see the module's text."""
    torch.manual_seed(options.seed)
    net = _Net(Standardised(data.settings))
    return train_net(_Task(net, data, options.seed), net, options, Schedule(epochs=options.epochs or EPOCHS), "V1")
