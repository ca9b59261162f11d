"""Train a semantic model, from data to a folder: all of ``eqmorph train eq``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch

from eqmorph.errors import InputError, OutputError, UsageError
from eqmorph.model.card import CARD
from eqmorph.train.corpus import Corpus
from eqmorph.train.dataset import FOLDS, LEAST_SETTINGS, TrainingSet, check_enough, training_set
from eqmorph.train.export import export_model
from eqmorph.train.export_recipe import NETWORK, export_recipe
from eqmorph.train.metrics import algebra, crowd_metrics, setting_metrics
from eqmorph.train.recipes import get_recipe
from eqmorph.train.recipes.base import Generating, Options, Trained
from eqmorph.train.recipes.response import ResponseModel
from eqmorph.train.seal import MODEL_FILES
from eqmorph.train.synthetic import synthetic_corpus
from eqmorph.train.thesaurus import read_thesauri
from eqmorph.wording import Means, Phrase

__all__ = ["checks", "train_eq"]

_MADE_UP, _MADE_UP_SEED = 200, 1
_CHECKPOINT = "checkpoint.safetensors"


def train_eq(
    corpus: Corpus,
    out: Path,
    *,
    recipe: str = "response",
    thesauri: Sequence[Path] = (),
    seed: int = 0,
    epochs: int | None = None,
    resume: bool = False,
    evaluation: Callable[[TrainingSet], dict[str, Any]] | None = None,
    show: bool = False,
    overwrite: bool = False,
) -> list[str]:
    """Train ``recipe`` and write its model to ``out``; lines that say what came of it.

    ``evaluation`` gives the held-out figures of a model card; ``thesauri`` open the vocabulary to other words.

    Raises:
        InputError: too little data, or a checkpoint that is damaged or of another run.
        OutputError: the folder can't be written.
        UsageError: the folder holds a model that may not be overwritten, there is nothing to resume, or too little to
            evaluate.
    """
    _check_folder(out, resume=resume, overwrite=overwrite)
    thesaurus = read_thesauri(thesauri) if thesauri else None
    data = training_set(corpus)
    if len(data.settings) < LEAST_SETTINGS:
        raise InputError(
            f"{len(data.settings)} settings are too few to learn from",
            hint=f"Give at least {LEAST_SETTINGS}; made-up ones can be added.",
        )
    if evaluation is not None and recipe == "response":
        check_enough(data, hint="Give more data, or do without the evaluation.")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"can't make the folder: {error.strerror or error}", path=out) from None
    chosen = get_recipe(recipe)
    identity = f"{recipe} {data.sha256}"
    options = Options(
        seed=seed, epochs=epochs, checkpoint=out / _CHECKPOINT, resume=resume, identity=identity, show=show
    )
    model = chosen.train(data, options)
    lines = [_outcome(model)]
    for name in (CARD, *MODEL_FILES):  # of the model that is replaced, which may be another recipe's
        (out / name).unlink(missing_ok=True)
    if isinstance(model, ResponseModel):
        about = {
            "training": _training(model, recipe, seed, epochs or chosen.epochs, data),
            "checks": checks(model, data),
        }
        if evaluation is not None:
            if show:
                note = f"trained; now {FOLDS} models more for the card's held-out figures: minutes"
                print(note, file=sys.stderr, flush=True)
            about["evaluation"] = evaluation(data)
        card = export_model(out, model, data, corpus, thesaurus=thesaurus, about=about)
        derived = f"{card['counts']['derived']} derived, " if thesaurus is not None else ""
        lines.append(f"{card['counts']['terms']} words, {derived}{card['bytes'] / 1e6:.1f} MB in {out}")
    else:
        what: dict[str, Any] = {
            "recipe": recipe,
            "title": chosen.title,
            "training": _training(model, recipe, seed, epochs or chosen.epochs, data),
        }
        card = export_recipe(out, cast(Generating, model), data, corpus, about=what)
        lines.append(f"{card['counts']['terms']} words, {card['bytes'] / 1e6:.1f} MB in {out}")
    (out / _CHECKPOINT).unlink(missing_ok=True)
    return lines


def _check_folder(out: Path, *, resume: bool, overwrite: bool) -> None:
    finished = (out / CARD).exists() or (out / NETWORK).exists()
    if resume and finished:
        hint = Phrase(
            "A run's length shapes its learning rate, so a finished one can't be extended: "
            "start a longer one anew, replacing this one with {}.",
            Means.REPLACE,
        )
        raise UsageError("nothing to resume: the model here is finished", hint=hint, path=out)
    if finished and not overwrite:
        raise UsageError(
            "already holds a model",
            hint=Phrase("Choose another folder, or replace it with {}.", Means.REPLACE),
            path=out,
        )
    if resume and not (out / _CHECKPOINT).exists():
        raise UsageError("nothing to resume: no checkpoint here", hint="Start anew instead of resuming.", path=out)


def checks(model: ResponseModel, data: TrainingSet) -> dict[str, dict[str, float]]:
    """Return figures of the model itself for a test to find again: on made-up settings, and on the data it has seen."""
    made_up = training_set(synthetic_corpus(_MADE_UP, seed=_MADE_UP_SEED))
    found = {
        "synthetic": {**setting_metrics(model, made_up), **algebra(model, made_up)},
        "data": {**setting_metrics(model, data), **crowd_metrics(model, data)},
    }
    return {of: {name: round(value, 4) for name, value in figures.items()} for of, figures in found.items()}


def _outcome(model: Trained) -> str:
    watched, kept = model.history.held_out, model.history.best_epoch
    if not watched:
        return "nothing to train"
    return f"held-out response error before refinement: {watched[kept]:.3f} dB, epoch {kept + 1}"


def _training(model: Trained, recipe: str, seed: int, epochs: int, data: TrainingSet) -> dict[str, Any]:
    return {
        "recipe": recipe,
        "seed": seed,
        "epochs": epochs,
        "best_epoch": model.history.best_epoch + 1,
        "torch": torch.__version__.split("+")[0],
        "numpy": np.__version__,
        "labelled_words": data.classes,
    }
