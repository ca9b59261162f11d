"""All recipes on the same folds: trained, measured on what was held out, put side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from eqmorph.evaluate.eq.report import SHIPPED, EqReport
from eqmorph.model.settings import POINTS, curves_of, rms
from eqmorph.train.dataset import FOLDS, Fold, TrainingSet, check_enough, folds
from eqmorph.train.loop import one_thread
from eqmorph.train.metrics import algebra, cross_dataset, crowd_metrics, latent_metrics, setting_metrics, speed_ms
from eqmorph.train.recipes import RECIPES, get_recipe
from eqmorph.train.recipes.base import Options, Trained
from eqmorph.train.recipes.response import ResponseModel

__all__ = ["card_figures", "evaluate_eq"]


def evaluate_eq(
    data: TrainingSet,
    *,
    recipes: Sequence[str] = tuple(RECIPES),
    seed: int = 0,
    count: int = FOLDS,
    epochs: int | None = None,
    say: Callable[[str], None] = lambda _: None,
    show: bool = False,
) -> tuple[EqReport, dict[str, Trained]]:
    """Train and measure ``recipes`` on ``count`` folds; also return each recipe's model of the first fold.

    Raises:
        UsageError: there is too little data for so many folds.
    """
    check_enough(data, count=count)
    started = time.perf_counter()
    report = EqReport(data.classes, len(data.settings), seed, count)
    splits = folds(data, count=count, seed=seed)
    options = Options(seed=seed, epochs=epochs, show=show)
    models: dict[str, Trained] = {}
    for name in recipes:
        begun = time.perf_counter()
        models[name] = _evaluate_recipe(report, name, data, splits, options)
        error_db = report.held_out[name]["response_db"]
        say(f"{name}: response error {error_db:.2f} dB, {time.perf_counter() - begun:.0f} s")
    report.seconds = time.perf_counter() - started
    return report, models


def _evaluate_recipe(
    report: EqReport, name: str, data: TrainingSet, splits: Sequence[Fold], options: Options
) -> Trained:
    """Add a recipe's figures to the report; return its model of the first fold."""
    recipe = get_recipe(name)
    report.titles[name] = recipe.title if not recipe.options else f"{recipe.title}, {recipe.options['latent']}-D"
    models, held_out, trained_on = [], [], []
    begun = time.perf_counter()
    with one_thread():
        for fold in splits:
            model = recipe.train(fold.train, options)
            models.append(model)
            held_out.append(_measure(model, fold.train, fold.test, data))
            trained_on.append({**setting_metrics(model, fold.train), **latent_metrics(model, fold.train, fold.train)})
        train_s = (time.perf_counter() - begun) / len(splits)
        first = models[0]
        safe_only = recipe.train(data.without_crowd(), options)
        report.cross[name] = cross_dataset(safe_only, data, data) if len(data.crowd) else {}
        figures = _mean(held_out)
        figures |= {f"cross_{word}": r for word, r in report.cross[name].items()}
        figures |= {"train_s": train_s, "one_ms": speed_ms(first, data), "parameters": float(first.parameters)}
    report.held_out[name], report.trained_on[name] = figures, _mean(trained_on)
    report.spread[name] = _spread(held_out)
    report.losses[name], report.watched[name] = first.history.main, first.history.held_out
    report.parts[name] = first.history.by_part
    return first


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
    """Return held-out figures of the shipped recipe for a model's card, whose own model has seen all rows."""
    report, _ = evaluate_eq(data, recipes=[SHIPPED], seed=seed, epochs=epochs, show=show)
    rounded = {k: float(f"{v:.4g}") for k, v in report.held_out[SHIPPED].items() if k not in {"train_s", "one_ms"}}
    return {
        "what": f"means over {FOLDS} stratified folds, each held out from a model trained on the others",
        "held_out": rounded,
        "bars": [bar.to_json() for bar in report.bars()],
    }


def _mean(rows: list[dict[str, float]]) -> dict[str, float]:
    return {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}


def _spread(rows: list[dict[str, float]]) -> dict[str, float]:
    return {key: float(np.std([row[key] for row in rows])) for key in rows[0]}
