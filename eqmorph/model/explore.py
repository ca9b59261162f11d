"""Settings nobody has a word for: where people's settings are dense, but far from every named term."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.model.settings import rms
from eqmorph.model.space import SemanticSpace

__all__ = ["Discovery", "explore"]

Float64 = NDArray[np.float64]

_CROWDED = 0.6  # candidates keep to this share of people's settings, the denser one
_NAMED = 0.25  # confidence from which a word counts as named
_NEIGHBOURS = 8
_CANDIDATES = 4000
_UNNAMED = 0.08  # share of the dense candidates, farthest from named words, that is chosen from
_LEAST_RMS_DB = 1.0


@dataclass(frozen=True)
class Discovery:
    """A setting without a name: its bands, its curve (64,), the words it is nearest to, and where it lies.

    ``density`` is its place 0..1 among people's settings (1: where most people are), ``novelty`` 1 less its correlation
    with the nearest word that has some evidence.
    """

    bands: Bands
    curve_db: Float64
    nearest: tuple[tuple[str, float], ...]
    density: float
    novelty: float


def explore(space: SemanticSpace, count: int, *, seed: int = 0) -> list[Discovery]:
    """``count`` settings, diverse among themselves; the same seed finds the same.

    Raises:
        UsageError: ``count`` is below 1 or beyond what can be told apart.
    """
    most = int(_CANDIDATES * _CROWDED * _UNNAMED) // 2  # beyond that they are no longer diverse
    if not 1 <= count <= most:
        raise UsageError(f"can't find {count} settings", hint=f"Ask for 1 to {most}.")
    rng = np.random.default_rng(seed)
    people = space.people_curves[rms(space.people_curves) >= _LEAST_RMS_DB]
    shapes = people / np.linalg.norm(people, axis=1, keepdims=True)
    if len(shapes) <= _NEIGHBOURS:
        raise UsageError("this model holds too few people's settings to explore", hint="Use the shipped model.")
    candidates = _between_people(people, shapes, rng)
    density = _density(candidates, shapes)
    named = np.array([t.confidence >= _NAMED for t in space.terms.values()])
    if not named.any():
        named[:] = True
    novelty = 1 - space.likeness(candidates)[:, named].max(axis=1)
    dense = np.argsort(-density)[: int(len(candidates) * _CROWDED)]
    pool = dense[np.argsort(-novelty[dense])][: int(len(dense) * _UNNAMED)]
    chosen = _diverse(candidates[pool], novelty[pool], count)
    everyone = np.sort(_density(people, shapes))
    found = []
    for i in pool[chosen]:
        made, _ = space.bands_within(candidates[i])
        near = tuple(space.nearest_words(made.curve_db, 2, language="en"))
        place = float(np.searchsorted(everyone, density[i]) / len(everyone))
        found.append(Discovery(made.bands, made.curve_db, near, place, float(novelty[i])))
    return found


def _between_people(people: Float64, shapes: Float64, rng: np.random.Generator) -> Float64:
    """Curves (n, 64) that lie between a person's setting and that of one who went a similar way."""
    first = rng.integers(len(people), size=_CANDIDATES)
    likeness = shapes[first] @ shapes.T
    nearest = np.argsort(-likeness, axis=1)[:, 1 : _NEIGHBOURS + 1]
    second = nearest[np.arange(_CANDIDATES), rng.integers(_NEIGHBOURS, size=_CANDIDATES)]
    share = rng.uniform(0.2, 0.8, size=(_CANDIDATES, 1))
    return np.asarray((1 - share) * people[first] + share * people[second])


def _density(curves: Float64, shapes: Float64) -> Float64:
    """How alike a curve's nearest people's settings are to it: mean correlation with the next few (n,)."""
    unit = curves / np.linalg.norm(curves, axis=1, keepdims=True)
    return np.asarray(np.sort(unit @ shapes.T, axis=1)[:, -_NEIGHBOURS - 1 : -1].mean(axis=1))


def _diverse(curves: Float64, novelty: Float64, count: int) -> list[int]:
    """Rows chosen one by one, each the farthest in shape from those chosen, starting with the most novel."""
    unit = curves / np.linalg.norm(curves, axis=1, keepdims=True)
    chosen = [int(np.argmax(novelty))]
    nearest = unit @ unit[chosen[0]]
    while len(chosen) < count:
        nearest[chosen] = np.inf
        pick = int(np.argmin(nearest))
        chosen.append(pick)
        nearest = np.maximum(nearest, unit @ unit[pick])
    return chosen
