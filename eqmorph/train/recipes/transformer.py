"""V2 with a transformer encoder: the five bands as a sequence, each band a token of gain, frequency, Q and kind."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from eqmorph.train.dataset import TrainingSet
from eqmorph.train.loop import Schedule
from eqmorph.train.nets import ResidualMlp
from eqmorph.train.recipes.base import NetTrained, Options, SettingsNet, train_net
from eqmorph.train.recipes.scaling import LogRange
from eqmorph.train.recipes.v2 import V2Task

__all__ = ["EPOCHS", "TITLE", "train"]

TITLE = "Transformer encoder over the bands, V2's decoder and losses"
EPOCHS = 60
_LATENT, _WIDTH, _HEADS, _LAYERS = 32, 48, 4, 2


class _Net(SettingsNet):
    def __init__(self) -> None:
        super().__init__()
        self.scaling = LogRange()
        self.token = nn.Linear(3, _WIDTH)
        self.place = nn.Parameter(0.1 * torch.randn(5, _WIDTH))
        layer = nn.TransformerEncoderLayer(_WIDTH, _HEADS, 2 * _WIDTH, dropout=0.0, batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(layer, _LAYERS, enable_nested_tensor=False)
        self.out = nn.Linear(5 * _WIDTH, _LATENT)
        self.decoder = ResidualMlp(_LATENT, 128, 2, 13)

    def encode(self, settings: Tensor) -> Tensor:
        scaled = self.scaling(settings)
        zero = torch.zeros_like(scaled[:, :1])
        q = torch.cat([zero, scaled[:, 10:], zero], dim=1)
        tokens = torch.stack([scaled[:, :5], scaled[:, 5:10], q], dim=2)
        out: Tensor = self.out(self.layers(self.token(tokens) + self.place).flatten(1))
        return out


class _Task(V2Task):
    error_weight = 10.0


def train(data: TrainingSet, options: Options) -> NetTrained:
    """Train; see the module's text."""
    torch.manual_seed(options.seed)
    net = _Net()
    schedule = Schedule(epochs=options.epochs or EPOCHS, rate=1e-3)
    return train_net(_Task(net, data, options.seed), net, options, schedule, "transformer")
