"""The decoders of recipes other than the shipped one, in numpy: a latent to a setting, whatever that is.

What they compute is pinned to their torch twins when a model is written. Nothing here keeps a setting valid: a recipe
that says a frequency of 1.6 MHz says so here too, and `eqmorph.model.recipe_model` sees to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float32, Float64
from eqmorph.bands import SHELF_Q
from eqmorph.model.network import Mlp

__all__ = ["KINDS", "LEFT_COUNTS", "NEIGHBORS", "RecipeDecoder", "read_decoder"]

NEIGHBORS, LEFT_COUNTS = 5, 0.5  # of `lite`: how many are looked at, how much of what they have beyond the components
_NORM_EPSILON = 1e-5
_LEAST = 1e-3  # stands for a frequency or Q of 0 or less, which has no logarithm

Weights = Mapping[str, NDArray[Any]]


class RecipeDecoder(Protocol):
    """Latents (n, d) to settings (n, 15), which may be out of any range."""

    def __call__(self, latents: Float64) -> Float64: ...


def read_decoder(about: Mapping[str, Any], weights: Weights) -> RecipeDecoder:
    """Return the decoder that a card describes.

    Raises:
        KeyError, ValueError: it is of no known kind, or weights are missing.
    """
    return KINDS[about["kind"]](about, weights)


@dataclass(frozen=True)
class _Scaling:
    """Numbers (n, 13) of a decoder's own to settings (n, 15): `eqmorph.train.recipes.scaling.Scaling.back`."""

    middle: Float32
    size: Float32
    logarithmic: bool

    def back(self, scaled: Float32) -> Float64:
        values = scaled * self.size + self.middle
        out = np.empty((len(values), 15))
        out[:, :5] = values[:, :5]
        places = values[:, 5:] if self.logarithmic else np.log(np.maximum(values[:, 5:], np.float32(_LEAST)))
        out[:, 5:10], out[:, 11:14] = places[:, :5], places[:, 5:]
        out[:, [10, 14]] = np.log(SHELF_Q)
        return out


class _Network:
    """A network whose outputs, from 0 to 1 if they are bounded, stand for a setting."""

    def __init__(self, about: Mapping[str, Any], weights: Weights, net: Callable[[Float32], Float32]) -> None:
        self._net = net
        self._bounded = bool(about["bounded"])
        self._scaling = _Scaling(weights["middle"], weights["size"], bool(about["logarithmic"]))

    def scaled(self, latents: Float64) -> Float32:
        """Return the network's own numbers (n, 13)."""
        out = self._net(np.asarray(latents, np.float32))
        return _sigmoid(out) if self._bounded else out

    def __call__(self, latents: Float64) -> Float64:
        return self._scaling.back(self.scaled(latents))


def _mlp(about: Mapping[str, Any], weights: Weights) -> RecipeDecoder:
    return _Network(about, weights, Mlp.read(weights, "net"))


def _blocks(about: Mapping[str, Any], weights: Weights) -> RecipeDecoder:
    return _Network(about, weights, _Blocks(weights))


class _Blocks:
    """Residual blocks with LayerNorm, then heads side by side: `eqmorph.train.nets.BlockMlp`."""

    def __init__(self, weights: Weights) -> None:
        self._blocks = [_Block(weights, f"net.blocks.{at}") for at in range(_count(weights, "net.blocks."))]
        self._heads = [
            (_Layer(weights, f"net.heads.{at}.0"), _Layer(weights, f"net.heads.{at}.2"))
            for at in range(_count(weights, "net.heads."))
        ]

    def __call__(self, x: Float32) -> Float32:
        for block in self._blocks:
            x = block(x)
        out: Float32 = np.concatenate([last(_relu(first(x))) for first, last in self._heads], axis=1)
        return out


class _Block:
    def __init__(self, weights: Weights, name: str) -> None:
        self._first, self._second = _Layer(weights, f"{name}.first"), _Layer(weights, f"{name}.second")
        self._norms = [
            (weights[f"{name}.{n}_norm.weight"], weights[f"{name}.{n}_norm.bias"]) for n in ("first", "second")
        ]
        self._skip = _Layer(weights, f"{name}.skip") if f"{name}.skip.weight" in weights else None

    def __call__(self, x: Float32) -> Float32:
        h = _relu(_normalized(self._first(x), *self._norms[0]))
        h = _normalized(self._second(h), *self._norms[1])
        return _relu(h + (x if self._skip is None else self._skip(x)))


class _Layer:
    def __init__(self, weights: Weights, name: str) -> None:
        self._weight, self._bias = np.ascontiguousarray(weights[f"{name}.weight"].T), weights[f"{name}.bias"]

    def __call__(self, x: Float32) -> Float32:
        out: Float32 = x @ self._weight + self._bias
        return out


def _count(weights: Weights, prefix: str) -> int:
    """Return how many parts of a network are numbered after a prefix."""
    return len({name[len(prefix) :].split(".")[0] for name in weights if name.startswith(prefix)})


def _relu(x: Float32) -> Float32:
    out: Float32 = np.maximum(x, np.float32(0))
    return out


def _normalized(x: Float32, weight: Float32, bias: Float32) -> Float32:
    away = x - x.mean(axis=-1, keepdims=True)
    spread = np.sqrt(np.mean(away * away, axis=-1, keepdims=True) + np.float32(_NORM_EPSILON))
    out: Float32 = away / spread * weight + bias
    return out


def _sigmoid(x: Float32) -> Float32:
    half = np.float32(0.5)
    out: Float32 = half + half * np.tanh(x * half)
    return out


class _Neighbors:
    """`lite`: back from components, and half of what the nearest known settings have beyond them."""

    def __init__(self, about: Mapping[str, Any], weights: Weights) -> None:
        self._components, self._known, self._left = (weights[n].astype(float) for n in ("components", "known", "left"))
        self._scaling = _Scaling(weights["middle"], weights["size"], bool(about["logarithmic"]))

    def __call__(self, latents: Float64) -> Float64:
        distance = np.linalg.norm(latents[:, None] - self._known[None], axis=2)
        nearest = np.argsort(distance, axis=1, kind="stable")[:, :NEIGHBORS]
        closeness = 1 / (np.take_along_axis(distance, nearest, axis=1) + 1e-6)
        closeness /= closeness.sum(axis=1, keepdims=True)
        beyond = np.einsum("nk,nkp->np", closeness, self._left[nearest])
        return self._scaling.back(np.asarray(latents @ self._components + LEFT_COUNTS * beyond, np.float32))


class _Means:
    """`term-mean`: the mean setting of the word there is most of, or no gain where there is none of any."""

    def __init__(self, about: Mapping[str, Any], weights: Weights) -> None:  # noqa: ARG002  (as the others)
        self._means = weights["means"].astype(float)

    def __call__(self, latents: Float64) -> Float64:
        settings: Float64 = self._means[np.argmax(latents, axis=1)]
        settings[latents.max(axis=1) <= 0, :5] = 0.0
        return settings


KINDS: dict[str, Callable[[Mapping[str, Any], Weights], RecipeDecoder]] = {
    "mlp": _mlp,
    "blocks": _blocks,
    "neighbors": _Neighbors,
    "means": _Means,
}
