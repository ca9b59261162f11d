"""The baseline that needs no model: a setting is one of the words, and a word is the mean of its settings."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.errors import InputError
from eqmorph.model.recipe_decoders import read_decoder
from eqmorph.model.settings import curves_of, rms
from eqmorph.train.dataset import TrainingSet
from eqmorph.train.loop import TrainingHistory
from eqmorph.train.recipes.base import Options

__all__ = ["EPOCHS", "TITLE", "train"]

TITLE = "term mean: each word the mean of its settings"
EPOCHS = 1


class _TermMeans:
    def __init__(self, data: TrainingSet) -> None:
        if not data.classes:
            raise InputError("no word with enough settings to take a mean of", hint="Give more data.")
        self._means = np.array([data.settings[data.labels == c].mean(axis=0) for c in data.classes])
        curves = np.array([data.curves[data.labels == c].mean(axis=0) for c in data.classes])
        self._classes, self._sizes = data.classes, rms(curves)
        self._shapes = curves / np.linalg.norm(curves, axis=1, keepdims=True)
        self.history = TrainingHistory([{"none": 0.0}], [], 0)
        self.parameters = int(self._means.size + self._shapes.size)

    def encode(self, settings: Float64) -> Float64:
        """Return how much of each word there is (n, words): the projection on its mean curve, in dB rms."""
        return np.asarray(curves_of(settings) @ self._shapes.T / 8)

    def semantic(self, latents: Float64) -> Float64:
        return latents

    def words(self, latents: Float64) -> Float64:
        return latents

    def decode(self, latents: Float64) -> Float64:
        """Return the mean setting of the word there is most of; no word, no gain."""
        return read_decoder(*self.decoder_parts())(latents)

    def decoder_parts(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        return {"kind": "means"}, {"means": self._means}

    def named_latents(self) -> dict[str, Float64]:
        """Return for each word as much of it, and of no other, as its mean curve has."""
        return dict(zip(self._classes, np.diag(self._sizes), strict=True))


def train(data: TrainingSet, options: Options) -> _TermMeans:
    """Train; nothing is random here, and ``options`` change nothing."""
    del options
    return _TermMeans(data)
