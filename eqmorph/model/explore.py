"""Find settings nobody has a word for: where people's settings are dense, but far from every named word."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.model.settings import rms, without_mean
from eqmorph.model.space import SemanticSpace

__all__ = ["Discovery", "explore"]


_FAR = 0.6  # a find is less like any word than this
_PEOPLE_KNOW = 3  # settings and answers that make a word count as a name
_LONELY = 0.1  # a find is less lonely than this share of people's settings
_APART = 0.95  # two finds are less alike than this
_NEIGHBOURS = 8
_ROUNDS, _CANDIDATES = 6, 40_000  # few lie where people's settings are but no words
_LEAST_RMS_DB = 1.0


@dataclass(frozen=True)
class Discovery:
    """A setting without a name: its bands, their response (64,), the words it is nearest to, and where it lies.

    ``density`` is its place 0..1 among people's settings (1: where most people are), ``novelty`` 1 less its correlation
    with the nearest word that three people or more stand behind. ``nearest`` are English ones of these.
    """

    bands: Bands
    curve_db: Float64
    nearest: tuple[tuple[str, float], ...]
    density: float
    novelty: float


def explore(space: SemanticSpace, count: int, *, seed: int = 0) -> list[Discovery]:
    """Find ``count`` settings that are diverse among themselves; the same seed finds the same.

    What is promised holds for the bands' own response: none is more than 0.6 like any word that three people or more
    stand behind, nor 0.95 like another, nor lonelier than nine in ten of people's own settings.

    Raises:
        UsageError: ``count`` is below 1, or there aren't that many such settings.
    """
    if count < 1:
        raise UsageError(f"the count must be at least 1, not {count}")
    people = space.people_curves[rms(space.people_curves) >= _LEAST_RMS_DB]
    if len(people) <= _NEIGHBOURS:
        raise UsageError("this model holds too few people's settings to explore", hint="Use the shipped model.")
    names = np.array([t.rows + t.people >= _PEOPLE_KNOW for t in space.terms.values()])
    if not names.any():
        names[:] = True
    found = _unnamed(space, people, names, np.random.default_rng(seed))
    chosen = _diverse(np.array([d.curve_db for d in found]), count) if found else []
    if len(chosen) < count:
        raise UsageError(
            f"found only {len(chosen)} settings that no word names and that are unlike each other",
            hint=f"Ask for {len(chosen)} or fewer, or try another seed." if chosen else "Try another seed.",
        )
    return [found[i] for i in chosen]


def _unnamed(
    space: SemanticSpace, people: Float64, names: NDArray[np.bool_], rng: np.random.Generator
) -> list[Discovery]:
    """Find settings between people's that are far from all names, the most novel first."""
    shapes = people / np.linalg.norm(people, axis=1, keepdims=True)
    usual = np.sort(_density(people, shapes))

    def place(curves: Float64) -> Float64:
        return np.asarray(np.searchsorted(usual, _density(curves, shapes)) / len(people))

    tried = []
    for _ in range(_ROUNDS):
        candidates = _between_people(people, rng)
        far = candidates[space.likeness(candidates)[:, names].max(axis=1) < _FAR]
        tried += [space.bands_within(without_mean(curve))[0] for curve in far[place(far) >= _LONELY]]
    if not tried:
        return []
    curves = without_mean(np.array([made.curve_db for made in tried]))
    like = space.likeness(curves)
    english = np.flatnonzero(names & np.array([t.language == "en" for t in space.terms.values()]))
    found = []
    for made, density, row in zip(tried, place(curves), like, strict=True):
        novelty = 1 - float(row[names].max())
        if density >= _LONELY and novelty >= 1 - _FAR:
            best = english[np.argsort(-row[english])][:2]
            near = tuple((space.words[i], float(row[i])) for i in best)
            found.append(Discovery(made.bands, made.curve_db, near, float(density), novelty))
    return sorted(found, key=lambda d: -d.novelty)


def _between_people(people: Float64, rng: np.random.Generator) -> Float64:
    """Return curves (n, 64) that lie between two people's settings."""
    first, second = rng.integers(len(people), size=(2, _CANDIDATES))
    share = rng.uniform(0.2, 0.8, size=(_CANDIDATES, 1))
    mixed = (1 - share) * people[first] + share * people[second]
    return np.asarray(mixed[rms(mixed) >= _LEAST_RMS_DB])


def _density(curves: Float64, shapes: Float64) -> Float64:
    """Return how alike a curve and the nearest people's settings are: mean correlation with the next few (n,)."""
    unit = curves / np.linalg.norm(curves, axis=1, keepdims=True)
    return np.asarray(np.sort(unit @ shapes.T, axis=1)[:, -_NEIGHBOURS - 1 : -1].mean(axis=1))


def _diverse(curves: Float64, count: int) -> list[int]:
    """Choose at most ``count`` rows: the first, then each time the one least like those chosen, if unlike enough."""
    unit = without_mean(curves)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    chosen = [0]
    nearest = unit @ unit[0]
    while len(chosen) < count:
        pick = int(np.argmin(nearest))
        if nearest[pick] > _APART:
            break
        chosen.append(pick)
        nearest = np.maximum(nearest, unit @ unit[pick])
    return chosen
