"""The encoder and decoder in numpy: a few small matrix products, pinned to their torch twins by a parity test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float32, Float64
from eqmorph.bands import SHELF_Q
from eqmorph.model.settings import FREQ_LIMITS_HZ

__all__ = ["LINEAR", "SEMANTIC", "WORDS", "Decoder", "Encoder", "Mlp", "expected_shapes"]


LINEAR, SEMANTIC, WORDS = 24, 8, 8
_LINEAR_SCALE, _SEMANTIC_SCALE = 4.0, 12.0
_FAINT_DB = 0.5  # rms below which a curve's shape means less and less

_LOW = np.concatenate([np.log(FREQ_LIMITS_HZ[:, 0]), np.full(3, np.log(0.1))])
_HIGH = np.concatenate([np.log(FREQ_LIMITS_HZ[:, 1]), np.full(3, np.log(10.0))])
_CENTRE, _REACH = ((_LOW + _HIGH) / 2).astype(np.float32), ((_HIGH - _LOW) / 2).astype(np.float32)


@dataclass(frozen=True)
class Mlp:
    """A layer in, residual layers, a linear layer out: weights (outputs, inputs) and biases (outputs,)."""

    layers: tuple[tuple[Float32, Float32], ...]

    @classmethod
    def read(cls, weights: Mapping[str, Float32], name: str) -> Mlp:
        depth = sum(key.startswith(f"{name}.hidden.") and key.endswith(".weight") for key in weights)
        names = [f"{name}.first", *(f"{name}.hidden.{i}" for i in range(depth)), f"{name}.last"]
        # Row vectors times a transposed matrix: stored transposed and contiguous once, not on every call.
        return cls(tuple((np.ascontiguousarray(weights[f"{n}.weight"].T), weights[f"{n}.bias"]) for n in names))

    def __call__(self, x: Float32) -> Float32:
        (first, bias), *hidden, (last, last_bias) = self.layers
        h = _silu(x @ first + bias)
        for weight, bias in hidden:
            h = h + _silu(h @ weight + bias)
        out: Float32 = h @ last + last_bias
        return out


def _silu(x: Float32) -> Float32:
    """Return x sigmoid(x), in a form that cannot overflow."""
    half: Float32 = x * np.float32(0.5)
    return half + half * np.tanh(half)


class Encoder:
    """A curve (..., 64) in dB to its latent (..., 40): 24 linear, 8 semantic, 8 word parts. Flat is the origin."""

    def __init__(self, weights: Mapping[str, Float32]) -> None:
        self.basis = weights["basis"]
        self._to_linear = np.ascontiguousarray(self.basis.T / np.float32(_LINEAR_SCALE))
        self._to_curve = self.basis.astype(float) * (_LINEAR_SCALE * self.basis.shape[1])
        self._meaning = Mlp.read(weights, "meaning")
        self._flat = self._meaning(np.zeros((1, self.basis.shape[1]), np.float32))
        self._words, self._words_offset = np.ascontiguousarray(weights["words"].T), weights["words_offset"]

    def linear(self, curves: Float64) -> Float32:
        """Return the linear part (..., 24)."""
        out: Float32 = curves.astype(np.float32) @ self._to_linear
        return out

    def semantic(self, curves: Float64) -> Float32:
        """Return the semantic part (..., 8), in which the frequent words part."""
        rows = np.atleast_2d(curves).astype(np.float32) / np.float32(_SEMANTIC_SCALE)
        meaning = np.float32(2) * np.tanh(self._meaning(rows) - self._flat)
        # Products of one row and of many differ in the last bit; the origin is exact either way.
        meaning[~rows.any(axis=1)] = 0
        out: Float32 = meaning.reshape(*curves.shape[:-1], -1)
        return out

    def words(self, curves: Float64) -> Float32:
        """Return the word part (..., 8), in which all words part: a discriminant of the curve's shape."""
        rows = curves.astype(np.float32)
        strength = np.sqrt(np.mean(rows * rows, axis=-1, keepdims=True))
        shape = rows / np.maximum(strength, np.float32(1e-6))
        heard = np.minimum(strength / np.float32(_FAINT_DB), np.float32(1))
        out: Float32 = heard * (shape @ self._words - self._words_offset)
        return out

    def __call__(self, curves: Float64) -> Float32:
        return np.concatenate([self.linear(curves), self.semantic(curves), self.words(curves)], axis=-1)

    def curve(self, latents: Float32) -> Float64:
        """Return the curve (..., 64) that a latent's linear part stands for: what decoding aims at."""
        out: Float64 = latents[..., :LINEAR].astype(float) @ self._to_curve
        return out


class Decoder:
    """A latent (..., at least 24) to a setting (..., 15); whatever goes in, a valid setting comes out."""

    def __init__(self, weights: Mapping[str, Float32]) -> None:
        self._bands = Mlp.read(weights, "bands")
        self._skip = np.ascontiguousarray(weights["skip.weight"].T)
        self._flat = self._bands(np.zeros((1, LINEAR), np.float32))[:, :5]

    def __call__(self, latents: Float32) -> Float64:
        rows = np.atleast_2d(latents)[:, :LINEAR]
        raw = self._bands(rows) + rows @ self._skip
        out = np.empty((len(rows), 15))
        out[:, :5] = 12 * np.tanh(raw[:, :5] - self._flat)
        out[:, :5][~rows.any(axis=1)] = 0
        places = _CENTRE + _REACH * np.tanh(raw[:, 5:] / 2)
        out[:, 5:10], out[:, 11:14] = places[:, :5], places[:, 5:]
        out[:, [10, 14]] = np.log(SHELF_Q)
        return out.reshape(*latents.shape[:-1], 15)


def expected_shapes(part: str) -> dict[str, tuple[int, ...]]:
    """Return names and shapes of the weights of ``encoder`` or ``decoder``, by which a file is known as ours."""
    width = 128
    if part == "encoder":
        return {
            "basis": (LINEAR, 64),
            "words": (WORDS, 64),
            "words_offset": (WORDS,),
            **_mlp_shapes("meaning", 64, width, 1, SEMANTIC),
        }
    return {"skip.weight": (13, LINEAR), **_mlp_shapes("bands", LINEAR, width, 2, 13)}


def _mlp_shapes(name: str, inputs: int, width: int, depth: int, outputs: int) -> dict[str, tuple[int, ...]]:
    sizes = {
        f"{name}.first": (width, inputs),
        **{f"{name}.hidden.{i}": (width, width) for i in range(depth)},
        f"{name}.last": (outputs, width),
    }
    return {
        key: shape
        for layer, size in sizes.items()
        for key, shape in ((f"{layer}.weight", size), (f"{layer}.bias", size[:1]))
    }  # fmt: skip
