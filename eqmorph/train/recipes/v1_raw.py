"""V1 without bounds: linear heads say z-scores, and nothing keeps what becomes of them a frequency."""

from __future__ import annotations

from eqmorph.train.dataset import TrainingSet
from eqmorph.train.recipes.base import NetTrained, Options
from eqmorph.train.recipes.v1 import EPOCHS, train_with

__all__ = ["EPOCHS", "TITLE", "train"]

TITLE = "V1 raw: z-scored Hz, linear heads"


def train(data: TrainingSet, options: Options) -> NetTrained:
    """Train; see the module's text."""
    return train_with("linear", data, options, "V1 raw")
