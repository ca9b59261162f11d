"""The "lite" model: PCA to 8 dimensions on standardized parameters, and nearest neighbors to come back."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.model.recipe_decoders import read_decoder
from eqmorph.train.dataset import TrainingSet
from eqmorph.train.loop import TrainingHistory
from eqmorph.train.recipes.base import Options, tensor
from eqmorph.train.recipes.scaling import Standardised

__all__ = ["EPOCHS", "TITLE", "train"]

TITLE = "lite: PCA 8-D and nearest neighbors on parameters"
EPOCHS = 1
_LATENT = 8


class _Lite:
    def __init__(self, settings: Float64) -> None:
        self._scaling = Standardised(settings)
        scaled = self._scaled(settings)
        self._components = np.linalg.svd(scaled, full_matrices=False)[2][:_LATENT]
        self._known = scaled @ self._components.T
        self._left = scaled - self._known @ self._components
        self.history = TrainingHistory([{"unexplained": float(np.mean(self._left**2))}], [], 0)
        self.parameters = int(self._components.size + self._known.size + self._left.size)

    def _scaled(self, settings: Float64) -> Float64:
        scaled: Float64 = self._scaling(tensor(settings)).double().numpy()
        return scaled

    def encode(self, settings: Float64) -> Float64:
        return np.asarray(self._scaled(settings) @ self._components.T)

    def semantic(self, latents: Float64) -> Float64:
        return latents

    def words(self, latents: Float64) -> Float64:
        return latents

    def decode(self, latents: Float64) -> Float64:
        """Decode to the components' plane, and half of what the nearest known settings have beyond it."""
        return read_decoder(*self.decoder_parts())(latents)

    def decoder_parts(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        arrays = {"components": self._components, "known": self._known, "left": self._left}
        return {"kind": "neighbors", **self._scaling.about()}, {**arrays, **self._scaling.arrays()}

    def named_latents(self) -> None:
        return None


def train(data: TrainingSet, options: Options) -> _Lite:
    """Train; nothing is random here, and ``options`` change nothing."""
    del options
    return _Lite(data.settings)
