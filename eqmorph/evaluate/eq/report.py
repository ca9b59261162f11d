"""What an evaluation of recipes found, and the bars that the shipped one must reach."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from eqmorph.evaluate.bars import Bar, CheckedBar, check_bars
from eqmorph.train.dataset import FOLDS

__all__ = ["BARS", "SHIPPED", "EqReport"]

SHIPPED = "response"  # the recipe of the shipped model

BARS = (
    Bar("valid settings, %", "valid_percent", 100.0, at_least=True),
    Bar("decode(0), largest gain dB", "flat_db", 1e-6),
    Bar("response error, mean dB", "response_db", 0.45),
    Bar("response error, p95 dB", "response_p95_db", 1.3),
    Bar("ray, dB", "ray_db", 0.25),
    Bar("mix, dB", "mix_db", 0.40),
    Bar("negative, dB", "negative_db", 0.60),
    Bar("warm/bright silhouette (cosine)", "two_silhouette_cosine", 0.70, at_least=True),
    Bar("warm/bright Davies-Bouldin (cosine)", "two_davies_bouldin_cosine", 0.50),
    Bar("warm/bright accuracy", "two_accuracy", 0.90, at_least=True),
    Bar("crowd's curves at 12 dB range, mean dB", "crowd_db", 0.45),
    Bar("crowd's curves at 12 dB range, p90 dB", "crowd_p90_db", 0.85),
    Bar("SAFE only against people asked, warm", "cross_warm", 0.76, at_least=True),
    Bar("SAFE only against people asked, bright", "cross_bright", 0.88, at_least=True),
    Bar("all-word balanced accuracy", "all_balanced", 0.30, at_least=True),
)


@dataclass
class EqReport:
    """For each recipe the mean over folds of every figure, on held-out rows and on those it was trained on.

    ``losses``, ``watched`` and ``parts`` are of the first fold, epoch by epoch: what is reconstructed, the error on
    rows that training watched, and every part of the loss by name.
    """

    words: list[str]
    rows: int
    seed: int
    folds: int = FOLDS
    held_out: dict[str, dict[str, float]] = field(default_factory=dict)
    spread: dict[str, dict[str, float]] = field(default_factory=dict)
    trained_on: dict[str, dict[str, float]] = field(default_factory=dict)
    cross: dict[str, dict[str, float]] = field(default_factory=dict)
    losses: dict[str, list[float]] = field(default_factory=dict)
    watched: dict[str, list[float]] = field(default_factory=dict)
    parts: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def bars(self) -> list[CheckedBar]:
        """Return the bars with what the shipped recipe reached."""
        return check_bars(BARS, self.held_out.get(SHIPPED, {}))

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return {**self.__dict__, "bars": [bar.to_json() for bar in self.bars()]}
