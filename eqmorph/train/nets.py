"""Networks and losses in torch. The numpy twins that run without torch are in `eqmorph.model.network`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from eqmorph.model.settings import FREQ_LIMITS_HZ, GRID_HZ, IS_BELL, IS_HIGH, RATE

__all__ = ["BlockMlp", "DecoderNet", "EncoderNet", "ResidualMlp", "response_at", "response_db", "rms_error", "supcon"]

_DB = 10.0 / float(np.log(10.0))
_HIGHEST = 0.499  # of the sample rate: where a band or a point may lie


class ResidualMlp(nn.Module):
    """A layer in, residual layers of the same width, a linear layer out; SiLU between."""

    def __init__(self, inputs: int, width: int, depth: int, outputs: int) -> None:
        super().__init__()
        self.first = nn.Linear(inputs, width)
        self.hidden = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
        self.last = nn.Linear(width, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, inputs) to (n, outputs)."""
        h = F.silu(self.first(x))
        for layer in self.hidden:
            h = h + F.silu(layer(h))
        out: Tensor = self.last(h)
        return out


class Block(nn.Module):
    """A residual block: two layers, each followed by LayerNorm, dropout between, ReLU after the sum."""

    def __init__(self, inputs: int, outputs: int, dropout: float) -> None:
        super().__init__()
        self.first, self.first_norm = nn.Linear(inputs, outputs), nn.LayerNorm(outputs)
        self.second, self.second_norm = nn.Linear(outputs, outputs), nn.LayerNorm(outputs)
        self.skip = nn.Linear(inputs, outputs) if inputs != outputs else nn.Identity()
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, inputs) to (n, outputs)."""
        h = self.dropout(F.relu(self.first_norm(self.first(x))))
        return F.relu(self.second_norm(self.second(h)) + self.skip(x))


class BlockMlp(nn.Module):
    """Residual blocks, then heads side by side, each of two layers with ReLU between.

    ``heads`` are the width and the outputs of each.
    """

    def __init__(
        self, inputs: int, widths: Sequence[int], heads: Sequence[tuple[int, int]], dropout: float = 0.1
    ) -> None:
        super().__init__()
        sizes = [inputs, *widths]
        self.blocks = nn.ModuleList(Block(a, b, dropout) for a, b in pairwise(sizes))
        self.heads = nn.ModuleList(
            nn.Sequential(nn.Linear(sizes[-1], width), nn.ReLU(), nn.Linear(width, outputs)) for width, outputs in heads
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, inputs) to all heads' outputs (n, m)."""
        for block in self.blocks:
            x = block(x)
        return torch.cat([head(x) for head in self.heads], dim=1)


class EncoderNet(nn.Module):
    """A curve (n, 64) in dB -> its latent (n, 40): 24 linear, 8 semantic, 8 word parts; flat is the origin."""

    basis: Tensor
    words: Tensor
    words_offset: Tensor

    def __init__(self, basis: Tensor, words: Tensor, words_offset: Tensor, semantic: int = 8, width: int = 128) -> None:
        super().__init__()
        self.register_buffer("words", words)  # (8, 64)
        self.register_buffer("words_offset", words_offset)  # (8,)
        self.register_buffer("basis", basis)  # (24, 64), rows of length 1 / sqrt(64)
        self.meaning = ResidualMlp(basis.shape[1], width, 1, semantic)

    def linear(self, curves: Tensor) -> Tensor:
        """Return the linear part (n, 24)."""
        return curves @ self.basis.T / 4

    def semantic(self, curves: Tensor) -> Tensor:
        """Return the semantic part (n, 8), within +-2."""
        return 2 * torch.tanh(self.meaning(curves / 12) - self.meaning(torch.zeros_like(curves[:1])))

    def word_part(self, curves: Tensor) -> Tensor:
        """Return the word part (n, 8): see `eqmorph.train.discriminant`."""
        strength = torch.sqrt(torch.mean(curves * curves, dim=1, keepdim=True))
        shape = curves / torch.clamp(strength, min=1e-6)
        return torch.clamp(strength / 0.5, max=1.0) * (shape @ self.words.T - self.words_offset)

    def forward(self, curves: Tensor) -> Tensor:
        return torch.cat([self.linear(curves), self.semantic(curves), self.word_part(curves)], dim=1)


class DecoderNet(nn.Module):
    """A latent (n, >= 24) -> five bands (n, 15): gain in dB, ln frequency, ln Q; every output is a valid setting."""

    centre: Tensor
    reach: Tensor

    def __init__(self, linear: int = 24, width: int = 128) -> None:
        super().__init__()
        self.inputs = linear
        self.bands = ResidualMlp(linear, width, 2, 13)
        self.skip = nn.Linear(linear, 13, bias=False)
        low = np.concatenate([np.log(FREQ_LIMITS_HZ[:, 0]), np.full(3, np.log(0.1))])
        high = np.concatenate([np.log(FREQ_LIMITS_HZ[:, 1]), np.full(3, np.log(10.0))])
        self.register_buffer("centre", torch.tensor((low + high) / 2, dtype=torch.float32))
        self.register_buffer("reach", torch.tensor((high - low) / 2, dtype=torch.float32))

    def _raw(self, linear: Tensor) -> Tensor:
        out: Tensor = self.bands(linear) + self.skip(linear)
        return out

    def forward(self, latents: Tensor) -> Tensor:
        linear = latents[:, : self.inputs]
        raw = self._raw(linear)
        gains = 12 * torch.tanh(raw[:, :5] - self._raw(torch.zeros_like(linear[:1]))[:, :5])
        places = self.centre + self.reach * torch.tanh(raw[:, 5:] / 2)
        shelf_q = torch.full_like(gains[:, :1], float(np.log(0.71)))
        return torch.cat([gains, places, shelf_q], dim=1)[:, _ORDER]


_ORDER = [*range(10), 13, 10, 11, 12, 13]  # the shelves' Q, which is fixed, around the bells'

_LOG_X = torch.tensor(2 * np.log(np.tan(np.pi * GRID_HZ / RATE)), dtype=torch.float32)
_BELL = torch.tensor(IS_BELL)[:, None]
_SIGN = torch.tensor(np.where(IS_HIGH, -1.0, 1.0), dtype=torch.float32)[:, None]


def response_db(settings: Tensor) -> Tensor:
    """Return curves (n, 64) in dB of settings (n, 15), means removed: `bands.response.prototype_db` in float32."""
    db = _response(settings, _LOG_X.to(settings.device), torch.tensor(RATE))
    return db - db.mean(dim=1, keepdim=True)


def response_at(settings: Tensor, freq_hz: Tensor, rates: Tensor) -> Tensor:
    """Return what settings (n, 15) do at frequencies (n, m) and sample rates (n,), in dB (n, m).

    A band too high for its rate is brought to just below half of it.
    """
    x = torch.tan(np.pi * torch.minimum(freq_hz / rates[:, None], torch.tensor(_HIGHEST)))
    return _response(settings, 2 * torch.log(torch.clamp(x, min=1e-6))[:, None], rates[:, None, None])


def _response(settings: Tensor, log_x: Tensor, rates: Tensor) -> Tensor:
    """Return summed dB (n, m) at points given as 2 ln tan(pi f / rate) (..., m)."""
    sign, bell = (t.to(settings.device) for t in (_SIGN, _BELL))
    log_a = settings[:, :5, None] * (float(np.log(10.0)) / 40)
    places = torch.minimum(torch.exp(settings[:, 5:10, None]) / rates, torch.tensor(_HIGHEST))
    log_x0 = 2 * torch.log(torch.tan(places * np.pi))
    inv_q2 = torch.exp(-2 * settings[:, 10:, None])
    a = torch.exp(log_a)
    power = torch.exp(torch.clamp(sign * (log_x - log_x0), -40, 40))
    u = (1 - power) ** 2 / power
    wide = a * power * inv_q2
    num = torch.where(bell, u + a * a * inv_q2, (a - power) ** 2 + wide)
    den = torch.where(bell, u + inv_q2 / (a * a), (1 - a * power) ** 2 + wide)
    return (_DB * (torch.log(num) - torch.log(den) + torch.where(bell, 0.0, 2 * log_a))).sum(dim=1)


def rms_error(curves: Tensor, wanted: Tensor) -> Tensor:
    """Return distance in dB rms of each of n curves (n, 64) from what was wanted: (n,)."""
    return torch.sqrt(torch.mean((curves - wanted) ** 2, dim=1) + 1e-8)


def supcon(points: Tensor, labels: Tensor, temperature: float = 0.1) -> Tensor:
    """Return the supervised contrastive loss of points (n, d) with labels (n,), itself excluded; -1 has no label."""
    unit = F.normalize(points, dim=1, eps=1e-6)
    own = torch.eye(len(unit), dtype=torch.bool, device=unit.device)
    similarity = (unit @ unit.T / temperature).masked_fill(own, -1e9)
    alike = (labels[:, None] == labels) & ~own & (labels >= 0)[:, None]
    log_share = similarity - torch.logsumexp(similarity, dim=1, keepdim=True)
    has_alike = alike.any(dim=1)
    if not bool(has_alike.any()):
        return points.sum() * 0
    mean = (log_share * alike).sum(dim=1) / alike.sum(dim=1).clamp(min=1)
    return -mean[has_alike].mean()
