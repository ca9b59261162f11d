"""Train V1 in its forms and V2, and look at what they say of two words."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from eqmorph._typing import Float64
from eqmorph.bands import FREQ_RANGE_HZ, GAIN_RANGE_DB, Q_RANGE
from eqmorph.errors import UsageError
from eqmorph.train.dataset import LEAST_SETTINGS, TrainingSet
from eqmorph.train.loop import one_thread
from eqmorph.train.metrics import setting_metrics
from eqmorph.train.recipes import get_recipe
from eqmorph.train.recipes.base import NetTrained, Options
from eqmorph.train.recipes.scaling import values_of

__all__ = ["STORY", "WORDS", "RecipeStory", "StoryReport", "tell_story"]

STORY = ("v1-published", "v1-raw", "v1", "v2")
WORDS = ("warm", "bright")
_FREQS, _QS = slice(5, 10), slice(10, 13)
_ROUNDING = 1e-4


@dataclass
class RecipeStory:
    """What one recipe says, as it says it: 13 numbers are 5 gains in dB, 5 frequencies in Hz and the bells' 3 Q.

    Attributes:
        title: of the recipe.
        words: of each word what its mean latent is decoded to (13,).
        path: the same on the way from the first word to the second (steps, 13).
        figures: shares out of range in percent, the lowest and highest frequency, and errors, over all settings.
    """

    title: str
    words: dict[str, list[float]]
    path: list[list[float]]
    figures: dict[str, float]


@dataclass
class StoryReport:
    """What people did for two words, and what each recipe makes of that."""

    seed: int
    rows: int
    counts: dict[str, int]
    people: dict[str, list[float]]
    positions: list[float]
    recipes: dict[str, RecipeStory] = field(default_factory=dict)
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return asdict(self)


def tell_story(
    data: TrainingSet,
    *,
    recipes: Sequence[str] = STORY,
    words: tuple[str, str] = WORDS,
    steps: int = 5,
    seed: int = 0,
    epochs: int | None = None,
    say: Callable[[str], None] = lambda _: None,
    show: bool = False,
) -> StoryReport:
    """Train ``recipes`` on all of ``data``, and ask each for two words and the way between them.

    Raises:
        UsageError: there is too little data, or none of a word; or a recipe has no network.
    """
    if len(data.settings) < LEAST_SETTINGS:
        raise UsageError(
            f"{len(data.settings)} settings are too few to learn from", hint=f"Give at least {LEAST_SETTINGS}."
        )
    rows = {word: np.flatnonzero([word in used for used in data.words]) for word in words}
    for word, own in rows.items():
        if not len(own):
            raise UsageError(f"no setting was saved under {word!r}", hint="Give data that has it, such as SAFE-DB.")
    people = values_of(data.settings)
    report = StoryReport(
        seed,
        len(data.settings),
        {word: len(own) for word, own in rows.items()},
        {word: people[own].mean(axis=0).tolist() for word, own in rows.items()},
        np.linspace(0, 1, steps).tolist(),
    )
    started = time.perf_counter()
    for name in recipes:
        begun = time.perf_counter()
        recipe = get_recipe(name)
        with one_thread():
            model = recipe.train(data, Options(seed=seed, epochs=epochs, show=show))
        if not isinstance(model, NetTrained):
            raise UsageError(f"the recipe {name} has no network on parameters", hint=f"Use some of {', '.join(STORY)}.")
        latents = model.encode(data.settings)
        ends = [latents[own].mean(axis=0) for own in rows.values()]
        way = np.array([(1 - t) * ends[0] + t * ends[1] for t in report.positions])
        report.recipes[name] = RecipeStory(
            recipe.title,
            {word: model.values(end[None])[0].tolist() for word, end in zip(words, ends, strict=True)},
            model.values(way).tolist(),
            _figures(model, data, model.values(latents)),
        )
        say(f"{name}: {time.perf_counter() - begun:.0f} s")
    report.seconds = time.perf_counter() - started
    return report


def _figures(model: NetTrained, data: TrainingSet, values: Float64) -> dict[str, float]:
    ranges = (slice(0, 5), GAIN_RANGE_DB), (_FREQS, FREQ_RANGE_HZ), (_QS, Q_RANGE)
    out = [_is_outside(values[:, part], *limits) for part, limits in ranges]
    measured = setting_metrics(model, data)
    return {
        "gains_out_percent": 100 * float(out[0].mean()),
        "frequencies_out_percent": 100 * float(out[1].mean()),
        "q_out_percent": 100 * float(out[2].mean()),
        "valid_percent": measured["valid_percent"],
        "lowest_hz": float(values[:, _FREQS].min()),
        "highest_hz": float(values[:, _FREQS].max()),
        "lowest_q": float(values[:, _QS].min()),
        "highest_q": float(values[:, _QS].max()),
        "response_db": measured["response_db"],
        "last_loss": model.history.losses[-1]["parameters"],
    }


def _is_outside(values: Float64, low: float, high: float) -> Float64:
    """Return 1 for each value that is out of a range by more than rounding, else 0."""
    known = (values >= low - abs(low) * _ROUNDING) & (values <= high + abs(high) * _ROUNDING)
    return np.asarray(~known, dtype=float)
