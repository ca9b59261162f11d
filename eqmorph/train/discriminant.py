"""The part of the latent in which all words are told apart: a shrunk linear discriminant of a curve's shape.

Rare words have five to ten settings. Whatever is learned from them by a network is learned by heart; a closed form with
few numbers and strong shrinkage does better on held-out settings, and the crowd's curve of a word counts as some
settings more.
"""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float64
from eqmorph.model.network import WORDS
from eqmorph.model.settings import POINTS, rms
from eqmorph.train.dataset import TrainingSet

__all__ = ["word_discriminant"]


_COMPONENTS = 12
_SHRINKAGE = 0.1
_CROWD_COUNTS = 3.0  # settings


def word_discriminant(data: TrainingSet) -> tuple[Float64, Float64]:
    """Return weights (8, 64) and offset (8,): a curve of unit rms times the weights, less the offset, is its place.

    All words weigh the same in where the middle is and in which directions part them, however often they were used.
    """
    weights, offset = np.zeros((WORDS, POINTS)), np.zeros(WORDS)
    if len(data.classes) < 2:
        return weights, offset
    shapes = data.curves / rms(data.curves)[:, None]
    components = np.linalg.svd(shapes - shapes.mean(axis=0), full_matrices=False)[2][:_COMPONENTS]
    points = shapes @ components.T
    crowd = dict(zip(data.crowd_words.tolist(), data.crowd, strict=True))
    middles, within = [], np.zeros((len(components), len(components)))
    for word in data.classes:
        own = points[data.labels == word]
        middle = own.mean(axis=0)
        within += (own - middle).T @ (own - middle)
        if word in crowd:
            asked = components @ (crowd[word] / rms(crowd[word]))
            middle = (len(own) * middle + _CROWD_COUNTS * asked) / (len(own) + _CROWD_COUNTS)
        middles.append(middle)
    within /= np.trace(within)
    within = (1 - _SHRINKAGE) * within + _SHRINKAGE / len(within) * np.eye(len(within))
    whiten = np.linalg.cholesky(np.linalg.inv(within))
    centre = np.mean(middles, axis=0)
    ways = np.linalg.svd((np.array(middles) - centre) @ whiten, full_matrices=False)[2][:WORDS]
    projection = whiten @ ways.T
    # Whitened shapes are about as many times too long as unit rms is short of unit length.
    scale = 1 / np.linalg.norm((points - centre) @ projection, axis=1).mean()
    weights[: len(ways)] = scale * (components.T @ projection).T
    offset[: len(ways)] = scale * (centre @ projection)
    return weights, offset
