"""V1 as it was published, with its mistake: heads that say Hz and dB are compared with z-scores, and read as such.

No head can say 0 Hz, so every frequency comes out as at least its band's lowest times the data's spread: 3 kHz for the
low shelf, 1.6 MHz for the high one.
"""

from __future__ import annotations

from eqmorph.train.dataset import TrainingSet
from eqmorph.train.recipes.base import NetTrained, Options
from eqmorph.train.recipes.v1 import EPOCHS, train_with

__all__ = ["EPOCHS", "TITLE", "train"]

TITLE = "V1 as published: bounded heads, read as z-scores"


def train(data: TrainingSet, options: Options) -> NetTrained:
    """Train; see the module's text."""
    return train_with("mistaken", data, options, "V1 as published")
