"""All recipes on the same folds: trained, measured on what was held out, put side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eqmorph.model.settings import POINTS, curves_of, rms
from eqmorph.train.dataset import FOLDS, TrainingSet, check_enough, folds
from eqmorph.train.loop import one_thread
from eqmorph.train.metrics import algebra, cross_dataset, crowd_metrics, latent_metrics, setting_metrics, speed_ms
from eqmorph.train.recipes import RECIPES, get_recipe
from eqmorph.train.recipes.base import Options, Trained
from eqmorph.train.recipes.response import ResponseModel

__all__ = ["BARS", "Bar", "Report", "card_figures", "evaluate"]

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Bar:
    """A figure the shipped recipe has to reach: where it is found, its limit and whether it is a least or a most."""

    title: str
    key: str
    limit: float
    at_least: bool = False

    def reached(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit


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
    Bar("SAFE only against Audealize, warm", "cross_warm", 0.76, at_least=True),
    Bar("SAFE only against Audealize, bright", "cross_bright", 0.88, at_least=True),
    Bar("all-word balanced accuracy", "all_balanced", 0.30, at_least=True),
)


@dataclass
class Report:
    """What was found: per recipe the mean over folds of every figure, held out and on what was trained on."""

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
    titles: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {**self.__dict__, "bars": self.bars()}

    def bars(self) -> list[dict[str, Any]]:
        """The bars with what the shipped recipe reached."""
        found = self.held_out.get("response", {})
        return [
            {
                "title": b.title,
                "limit": b.limit,
                "at_least": b.at_least,
                "value": found[b.key],
                "reached": b.reached(found[b.key]),
            }
            for b in BARS
            if b.key in found
        ]


def evaluate(
    data: TrainingSet,
    *,
    recipes: Sequence[str] = tuple(RECIPES),
    seed: int = 0,
    count: int = FOLDS,
    epochs: int | None = None,
    say: Callable[[str], None] | None = None,
    show: bool = False,
) -> tuple[Report, dict[str, Trained]]:
    """Train and measure ``recipes`` on ``count`` folds; also returns each recipe's model of the first fold.

    Raises:
        UsageError: that is too little data for so many folds.
    """
    check_enough(data, count=count)
    started = time.perf_counter()
    report = Report(data.classes, len(data.settings), seed, count)
    splits = folds(data, count=count, seed=seed)
    models: dict[str, Trained] = {}
    for name in recipes:
        recipe = get_recipe(name)
        report.titles[name] = recipe.title if not recipe.options else f"{recipe.title}, {recipe.options['latent']}-D"
        held_out, trained_on = [], []
        begun = time.perf_counter()
        with one_thread():
            for fold in splits:
                model = recipe.train(fold.train, Options(seed=seed, epochs=epochs, show=show))
                models.setdefault(name, model)
                held_out.append(_measure(model, fold.train, fold.test, data))
                trained_on.append(
                    {**setting_metrics(model, fold.train), **latent_metrics(model, fold.train, fold.train)}
                )
            train_s = (time.perf_counter() - begun) / len(splits)
            first = models[name]
            safe_only = recipe.train(data.without_crowd(), Options(seed=seed, epochs=epochs, show=show))
            report.cross[name] = cross_dataset(safe_only, data, data) if len(data.crowd) else {}
            figures = _mean(held_out)
            figures |= {f"cross_{word}": r for word, r in report.cross[name].items()}
            figures |= {"train_s": train_s, "one_ms": speed_ms(first, data), "parameters": float(first.parameters)}
        report.held_out[name], report.trained_on[name] = figures, _mean(trained_on)
        report.spread[name] = _spread(held_out)
        report.losses[name], report.watched[name] = first.history.main, first.history.held_out
        if say is not None:
            say(f"{name}: response error {figures['response_db']:.2f} dB, {time.perf_counter() - begun:.0f} s")
    report.seconds = time.perf_counter() - started
    return report, models


def _measure(model: Trained, train: TrainingSet, test: TrainingSet, data: TrainingSet) -> dict[str, float]:
    figures = {**setting_metrics(model, test), **latent_metrics(model, train, test), **algebra(model, test)}
    if isinstance(model, ResponseModel):
        unrefined = rms(curves_of(model.amortised(model.encode(test.settings))) - test.curves)
        figures |= {"unrefined_db": float(unrefined.mean()), **crowd_metrics(model, data)}
        figures["flat_db"] = float(
            np.abs(model.decode(np.zeros((1, model.encode_curves(np.zeros((1, POINTS))).shape[1])))[:, :5]).max()
        )
    return figures


def card_figures(data: TrainingSet, seed: int, epochs: int | None, *, show: bool) -> dict[str, Any]:
    """Held-out figures of the shipped recipe for a model's card: the model that is written has seen all rows."""
    report, _ = evaluate(data, recipes=["response"], seed=seed, epochs=epochs, show=show)
    rounded = {k: float(f"{v:.4g}") for k, v in report.held_out["response"].items() if k not in {"train_s", "one_ms"}}
    return {
        "what": f"means over {FOLDS} stratified folds, each held out from a model trained on the others",
        "held_out": rounded,
        "bars": report.bars(),
    }


def _mean(rows: list[dict[str, float]]) -> dict[str, float]:
    return {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}


def _spread(rows: list[dict[str, float]]) -> dict[str, float]:
    return {key: float(np.std([row[key] for row in rows])) for key in rows[0]}
