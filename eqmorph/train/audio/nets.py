"""The networks: from what a sound is given as (n, t, f) to the linear part of its latent (n, 24).

* `AnalyticNet`: the analytic curve, and a correction to it that starts as none.
* `CnnNet`: convolutions over mel bands and time, attention over time.
* `TransformerNet`: mel patches of every stretch as tokens.

The last two begin from a linear map of the mean levels, which is what an EQ adds to.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from eqmorph.analysis.inputs import CURVE_SCALE_DB, MEL_SCALE_DB, InputKind
from eqmorph.errors import UsageError
from eqmorph.model.network import LINEAR
from eqmorph.model.settings import POINTS
from eqmorph.train.nets import EncoderNet

__all__ = ["ARCHES", "AudioNet", "inputs_of", "make_net"]

_LOG_POWER = MEL_SCALE_DB * math.log(10) / 10  # a network's number -> natural logarithm of power


class AnalyticNet(nn.Module):
    """A gain for each point of the curve, and what a small network adds to it: at first 1 and nothing."""

    def __init__(self, _: int, hidden: int = 96) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(POINTS))
        self.first = nn.Linear(2 * POINTS, hidden)
        self.last = nn.Linear(hidden, LINEAR)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, given: Tensor, encoder: EncoderNet) -> Tensor:
        rows = given[:, 0]
        curves = rows[:, :POINTS] * CURVE_SCALE_DB * self.gain
        added: Tensor = self.last(F.silu(self.first(rows)))
        return encoder.linear(curves - curves.mean(dim=1, keepdim=True)) + added


class _Pooled(nn.Module):
    """What both networks over mel bands end with: stretches weighed, and a linear map of the mean power's levels."""

    def __init__(self, bands: int, width: int) -> None:
        super().__init__()
        self.weigh = nn.Linear(width, 1)
        self.last = nn.Linear(width, LINEAR)
        self.straight = nn.Linear(bands, LINEAR)

    def forward(self, features: Tensor, given: Tensor) -> Tensor:
        """Map features (n, t, width) and what was given (n, t, bands) to (n, 24)."""
        shares = torch.softmax(self.weigh(features), dim=1)
        peak = given.amax(dim=1, keepdim=True)
        mean = peak[:, 0] + torch.log(torch.exp((given - peak) * _LOG_POWER).mean(dim=1)) / _LOG_POWER
        out: Tensor = self.last((shares * features).sum(dim=1)) + self.straight(mean)
        return out


class CnnNet(nn.Module):
    def __init__(self, bands: int, width: int = 96) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, 16, (1, 5), stride=(1, 2), padding=(0, 2))
        self.second = nn.Conv2d(16, 32, (3, 5), stride=(1, 2), padding=(1, 2))
        self.third = nn.Conv2d(32, 32, (3, 3), stride=(1, 2), padding=(1, 1))
        self.gather = nn.Linear(32 * -(-bands // 8), width)
        self.pooled = _Pooled(bands, width)

    def forward(self, given: Tensor, _: EncoderNet) -> Tensor:
        x = F.silu(self.first(given[:, None]))
        x = F.silu(self.second(x))
        x = F.silu(self.third(x))
        features = F.silu(self.gather(x.transpose(1, 2).flatten(2)))
        out: Tensor = self.pooled(features, given)
        return out


class TransformerNet(nn.Module):
    def __init__(self, bands: int, width: int = 48, depth: int = 2, patch: int = 8) -> None:
        super().__init__()
        if bands % patch:
            raise UsageError(f"{bands} mel bands can't be cut into patches of {patch}")
        self._patch = patch
        self.embed = nn.Linear(patch, width)
        self.places = nn.Parameter(0.02 * torch.randn(bands // patch, width))
        self.layers = nn.ModuleList(_Layer(width) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.gather = nn.Linear(width * (bands // patch), 2 * width)
        self.pooled = _Pooled(bands, 2 * width)

    def forward(self, given: Tensor, _: EncoderNet) -> Tensor:
        patches = given.reshape(*given.shape[:2], -1, self._patch)  # (n, t, p, patch)
        tokens = self.embed(patches) + self.places
        shape = tokens.shape
        x = tokens.flatten(1, 2)
        for layer in self.layers:
            x = layer(x)
        features = F.silu(self.gather(self.norm(x).reshape(shape).flatten(2)))
        out: Tensor = self.pooled(features, given)
        return out


class _Layer(nn.Module):
    """Attention and a small network, each after a norm and added to what came in."""

    def __init__(self, width: int, heads: int = 4) -> None:
        super().__init__()
        self._heads = heads
        self.norm = nn.LayerNorm(width)
        self.mixed = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.inner_norm = nn.LayerNorm(width)
        self.inner = nn.Sequential(nn.Linear(width, 2 * width), nn.SiLU(), nn.Linear(2 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = (
            part.reshape(*x.shape[:2], self._heads, -1).transpose(1, 2)
            for part in self.mixed(self.norm(x)).chunk(3, dim=2)
        )
        weights = torch.softmax(query @ key.transpose(2, 3) * query.shape[-1] ** -0.5, dim=-1)
        x = x + self.out((weights @ value).transpose(1, 2).flatten(2))
        out: Tensor = x + self.inner(self.inner_norm(x))
        return out


#: Name on the command line: (what it is given, network).
ARCHES: dict[str, tuple[InputKind, Callable[[int], nn.Module]]] = {
    "analytic": ("curve", AnalyticNet),
    "cnn": ("mel", CnnNet),
    "transformer": ("mel", TransformerNet),
}


class AudioNet(nn.Module):
    """A network and the model's frozen encoder: what a sound is given as (n, t, f) -> its latent and its curve.

    The semantic and the word part are what the model's encoder makes of the curve that the linear part stands for, so
    that all parts of a latent tell of one curve.
    """

    def __init__(self, net: nn.Module, encoder: EncoderNet) -> None:
        super().__init__()
        self.net = net
        self.encoder = encoder
        for weight in encoder.parameters():
            weight.requires_grad_(False)

    def forward(self, given: Tensor) -> tuple[Tensor, Tensor]:
        """Return latents (n, 40) and curves (n, 64)."""
        linear = self.net(given, self.encoder)
        curves = self.curves(linear)
        return torch.cat([linear, self.encoder.semantic(curves), self.encoder.word_part(curves)], dim=1), curves

    def curves(self, linear: Tensor) -> Tensor:
        """Return the curves (n, 64) that linear parts (n, 24) stand for."""
        basis = self.encoder.basis
        return linear @ basis * (4 * basis.shape[1])

    def within(self, curves: Tensor) -> Tensor:
        """Return what a linear part can express of curves (n, 64)."""
        return self.curves(self.encoder.linear(curves - curves.mean(dim=1, keepdim=True)))


def inputs_of(arch: str) -> InputKind:
    """Return what an architecture is given."""
    return _arch(arch)[0]


def make_net(arch: str, width: int, encoder: EncoderNet) -> AudioNet:
    """Build an architecture's network for ``width`` numbers a stretch."""
    return AudioNet(_arch(arch)[1](width), encoder)


def _arch(name: str) -> tuple[InputKind, Callable[[int], nn.Module]]:
    if name not in ARCHES:
        raise UsageError(f"unknown architecture {name!r}", hint=f"Use one of {', '.join(ARCHES)}.")
    return ARCHES[name]
