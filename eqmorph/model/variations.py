"""Other versions of a target, as other people would have made it.

Not noise on the mean: a version starts from a setting that somebody saved under the word, leans toward that of another
person who went a similar way, and keeps its own strength. Words with few settings of their own borrow the ways in which
people differ from the word most like them that has many.
"""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float64
from eqmorph.errors import UsageError
from eqmorph.model.settings import rms, without_mean
from eqmorph.model.space import Equalizer, SemanticSpace
from eqmorph.target import Target

__all__ = ["variations"]


_ENOUGH_ROWS = 8
_SAME_WAY = 0.3  # correlation with the word below which a saved setting meant something else
_STILL_IT = 0.6  # with what is asked for, below which a version is another word
_STILL_HEARD = 0.5  # the same for the bands that come of it
_CANDIDATES_EACH = 12
_DISTINCT_DB = 0.5
_STRENGTH = (0.6, 1.5)
_BORROWED = 0.7


def variations(space: SemanticSpace, target: Target, count: int, *, seed: int = 0) -> list[Equalizer]:
    """Return at most ``count`` versions of a target, as different from each other as people's own settings allow.

    All are distinct and correlate with the target's own curve by more than 0.5; where people don't differ in that many
    ways, fewer are returned.

    Raises:
        UsageError: ``count`` is below 1, or there is no version at all.
    """
    if count < 1:
        raise UsageError(f"the count must be at least 1, not {count}")
    rng = np.random.default_rng(seed)
    asked = space.curve(target)
    candidates = np.zeros((count * _CANDIDATES_EACH, space.curves.shape[1]))
    for term in target.terms:
        candidates += term.weight * _versions(space, term.word, len(candidates), rng)
    candidates = candidates[_correlation(candidates, asked) >= _STILL_IT]
    strongest = max((abs(t.weight) for t in target.terms), default=0.0)
    chosen = _spread_out(candidates, count, _DISTINCT_DB * strongest)
    made = [space.equalizer_for_curve(target, candidates[i]) for i in chosen]
    made = [m for m in made if _correlation(without_mean(m.curve_db), asked) > _STILL_HEARD]
    if not made:
        raise UsageError(f"no distinct variations of {target}", hint="Give its words more weight.")
    return made


def _correlation(curves: Float64, asked: Float64) -> Float64:
    """Return how alike curves (..., 64) of mean 0 are to what was asked for (64,), -1..1; 0 where either is flat."""
    lengths = np.linalg.norm(curves, axis=-1) * float(np.linalg.norm(asked))
    return np.asarray((curves @ asked) / np.maximum(lengths, 1e-12))


def _versions(space: SemanticSpace, word: str, count: int, rng: np.random.Generator) -> Float64:
    """Draw curves (count, 64) of how people would do a word, of its own strength on average."""
    mean = space.terms[word].curve_db
    unit, strength = _people_of(space, word)
    if len(unit) < _ENOUGH_ROWS:
        unit, strength = _borrowed(space, word, unit, strength)
    if not len(unit):
        return np.repeat(mean[None], count, axis=0)
    first = rng.integers(len(unit), size=count)
    versions = unit[first]
    nearest = np.argsort(-(unit @ unit.T), axis=1)[:, 1:6]  # five people who went a similar way
    if nearest.shape[1]:
        second = nearest[first, rng.integers(nearest.shape[1], size=count)]
        lean = rng.uniform(0.1, 0.5, size=(count, 1))
        versions = (1 - lean) * versions + lean * unit[second]
    versions /= rms(versions)[:, None]
    return versions * (strength[first] * float(rms(mean)))[:, None]


def _people_of(space: SemanticSpace, word: str) -> tuple[Float64, Float64]:
    """Return settings saved under a word that go its way: curves of unit rms (n, 64), strengths, 1 the median (n,)."""
    curves = space.people_curves[space.rows_of(word)]
    if not len(curves):
        return curves, np.zeros(0)
    size = rms(curves)
    unit = curves / size[:, None]
    term = space.terms[word].curve_db
    same = unit @ term / (len(term) * float(rms(term))) >= _SAME_WAY
    unit, size = unit[same], size[same]
    return unit, np.clip(size / np.median(size), *_STRENGTH) if len(size) else size


def _borrowed(space: SemanticSpace, word: str, own: Float64, own_strength: Float64) -> tuple[Float64, Float64]:
    """Return a word's few settings, and its curve with other people's differences from the word most like it."""
    term = space.terms[word].curve_db
    likeness = space.likeness(term)
    rich = np.flatnonzero(space.people_words.sum(axis=0) >= _ENOUGH_ROWS)
    rich = np.array([i for i in rich if space.words[i] != word], dtype=int)
    if not len(rich):
        return own, own_strength
    # The contrary of a word can be varied as well as its like: what counts is that people's ways of differing are
    # alike.
    model = int(rich[np.argmax(np.abs(likeness[rich]))])
    unit, strength = _people_of(space, space.words[model])
    if not len(unit):
        return own, own_strength
    sign = 1.0 if likeness[model] >= 0 else -1.0
    made = term / float(rms(term)) + sign * _BORROWED * (unit - unit.mean(axis=0))
    made /= rms(made)[:, None]
    return np.concatenate([own, made]), np.concatenate([own_strength, strength])


def _spread_out(curves: Float64, count: int, least_db: float) -> list[int]:
    """Choose rows one by one, each far from those before, none nearer than ``least_db`` rms to another."""
    if not len(curves):
        return []
    chosen = [0]
    distance = rms(curves - curves[0])
    while len(chosen) < count:
        # The middle of the far half, not its extreme: outliers are distinct, but few people's choice.
        order = np.argsort(distance)
        pick = int(order[int(0.85 * (len(order) - 1))])
        if distance[pick] < max(least_db, 1e-3):
            pick = int(order[-1])
            if distance[pick] < max(least_db, 1e-3):
                break
        chosen.append(pick)
        distance = np.minimum(distance, rms(curves - curves[pick]))
    return chosen
