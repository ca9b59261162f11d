"""The "lite" model: PCA to 8 dimensions on standardized parameters, and nearest neighbors to come back."""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float64
from eqmorph.train.dataset import TrainingSet
from eqmorph.train.loop import TrainingHistory
from eqmorph.train.recipes.base import Options, tensor
from eqmorph.train.recipes.scaling import Standardised

__all__ = ["EPOCHS", "TITLE", "train"]

TITLE = "lite: PCA 8-D and nearest neighbors on parameters"
EPOCHS = 1
_LATENT, _NEIGHBOURS, _RESIDUAL = 8, 5, 0.5


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
        distance = np.linalg.norm(latents[:, None] - self._known[None], axis=2)
        nearest = np.argsort(distance, axis=1)[:, :_NEIGHBOURS]
        closeness = 1 / (np.take_along_axis(distance, nearest, axis=1) + 1e-6)
        closeness /= closeness.sum(axis=1, keepdims=True)
        beyond = np.einsum("nk,nkp->np", closeness, self._left[nearest])
        return self._scaling.back(tensor(latents @ self._components + _RESIDUAL * beyond)).double().numpy()


def train(data: TrainingSet, options: Options) -> _Lite:
    """Train; nothing is random here, and ``options`` change nothing."""
    del options
    return _Lite(data.settings)
