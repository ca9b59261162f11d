"""How recipes on parameters bring SAFE's 13 numbers to one size, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from eqmorph._typing import Float64
from eqmorph.model.settings import FREQ_LIMITS_HZ

__all__ = ["LinearRange", "LogRange", "LogSpan", "Scaling", "Standardised", "mistaken_for_scores", "values_of"]


_USED = [*range(10), 11, 12, 13]  # of the 15, the shelves' fixed Q left out
_SHELF_Q = float(np.log(0.71))


class Scaling(nn.Module):
    """Settings (n, 15) with ln frequency and ln Q to what a network sees (n, 13), and back."""

    middle: Tensor
    size: Tensor

    def __init__(self, middle: Float64, size: Float64, *, logarithmic: bool) -> None:
        super().__init__()
        self.logarithmic = logarithmic
        self.register_buffer("middle", torch.tensor(middle, dtype=torch.float32))
        self.register_buffer("size", torch.tensor(size, dtype=torch.float32))

    def __call__(self, settings: Tensor) -> Tensor:
        out: Tensor = super().__call__(settings)
        return out

    def forward(self, settings: Tensor) -> Tensor:
        """Map settings (n, 15) to (n, 13)."""
        values = settings[:, _USED]
        if not self.logarithmic:
            values = torch.cat([values[:, :5], torch.exp(values[:, 5:])], dim=1)
        return (values - self.middle) / self.size

    def back(self, scaled: Tensor) -> Tensor:
        """Map (n, 13) back to settings (n, 15)."""
        values = scaled * self.size + self.middle
        gains, places = values[:, :5], values[:, 5:]
        if not self.logarithmic:
            # A raw decoder may say "-300 Hz": there is no logarithm of that, so it becomes 0.001, which counts as
            # invalid.
            places = torch.log(torch.clamp(places, min=1e-3))
        shelf = torch.full_like(gains[:, :1], _SHELF_Q)
        return torch.cat([gains, places[:, :5], shelf, places[:, 5:], shelf], dim=1)

    def values(self, scaled: Tensor) -> Tensor:
        """Map (n, 13) to what it stands for, whether a band can be so or not: dB, Hz and Q."""
        values = scaled * self.size + self.middle
        return torch.cat([values[:, :5], torch.exp(values[:, 5:])], dim=1) if self.logarithmic else values

    def about(self) -> dict[str, Any]:
        """Return what a card says of it."""
        return {"logarithmic": self.logarithmic}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return its numbers by name."""
        return {"middle": self.middle.numpy(), "size": self.size.numpy()}


def values_of(settings: Float64) -> Float64:
    """Return settings (n, 15) as 13 numbers in dB, Hz and Q: gains, frequencies, the bells' Q."""
    values: Float64 = settings[:, _USED].copy()
    values[:, 5:] = np.exp(values[:, 5:])
    return values


def _limits() -> tuple[Float64, Float64]:
    low = np.concatenate([np.full(5, -12.0), np.log(FREQ_LIMITS_HZ[:, 0]), np.full(3, np.log(0.1))])
    high = np.concatenate([np.full(5, 12.0), np.log(FREQ_LIMITS_HZ[:, 1]), np.full(3, np.log(10.0))])
    return low, high


class Standardised(Scaling):
    """Raw parameters (Hz, dB, Q) with mean 0 and standard deviation 1."""

    def __init__(self, settings: Float64) -> None:
        raw = values_of(settings)
        super().__init__(raw.mean(axis=0), raw.std(axis=0) + 1e-6, logarithmic=False)


class LogRange(Scaling):
    """Logarithms of frequency and Q, everything from 0 to 1 over SAFE's ranges."""

    def __init__(self) -> None:
        low, high = _limits()
        super().__init__(low, high - low, logarithmic=True)


class LogSpan(Scaling):
    """Logarithms of frequency and Q, everything from 0 to 1: gains over ±12 dB, the rest over what some settings span.

    All bands share one span of frequencies, and all bells one of Q.
    """

    def __init__(self, settings: Float64) -> None:
        used = settings[:, _USED]
        low, high = np.full(13, -12.0), np.full(13, 12.0)
        for part in (slice(5, 10), slice(10, 13)):
            low[part], high[part] = used[:, part].min(), used[:, part].max()
        super().__init__(low, np.maximum(high - low, 1e-6), logarithmic=True)


class LinearRange(Scaling):
    """Raw parameters from 0 to 1 over SAFE's ranges."""

    def __init__(self) -> None:
        low, high = _limits()
        low[5:], high[5:] = np.exp(low[5:]), np.exp(high[5:])
        super().__init__(low, high - low, logarithmic=False)


def mistaken_for_scores(scaling: Scaling, scores: Standardised) -> Scaling:
    """Return the scaling that takes another's values in dB, Hz and Q for z-scores, and brings those back."""
    middle, size = (values.double().numpy() for values in (scaling.middle, scaling.size))
    mean, spread = scores.middle.double().numpy(), scores.size.double().numpy()
    return Scaling(middle * spread + mean, size * spread, logarithmic=False)
