"""What a model knows, as pictures: the vocabulary as a map, the way between two targets, settings without a word."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.model.explore import Discovery
from eqmorph.model.path import Step
from eqmorph.model.settings import GRID_HZ
from eqmorph.model.space import SCORED, SemanticSpace
from eqmorph.plot.curve import SampledCurve
from eqmorph.plot.shown import Family, Find, Map, MapWord

__all__ = ["family_of", "finds_of", "map_of"]

_CLUSTERS = 8
_ROUNDS = 50
_LEAST_EVIDENCE = 2  # who vouches for a word that is on the map


def map_of(space: SemanticSpace, *, language: str = "en", marked: Sequence[str] = ()) -> Map:
    """Return the words of a language that two or more vouch for, alike ones near each other.

    Places are those of the two directions in which the words' curves differ most, each curve taken at the same
    strength, so that likeness is what counts. Clusters are those of likeness in all directions.
    """
    terms = [t for t in space.terms.values() if t.language == language and t.rows + t.people >= _LEAST_EVIDENCE]
    shapes = np.array([term.curve_db[SCORED] for term in terms])
    shapes -= shapes.mean(axis=1, keepdims=True)
    shapes /= np.maximum(np.linalg.norm(shapes, axis=1, keepdims=True), 1e-12)
    evidence = np.array([term.rows + term.people for term in terms], dtype=float)
    places, share = _plane(shapes)
    cluster = _clusters(shapes, evidence, min(_CLUSTERS, len(terms)))
    words = tuple(
        MapWord(term.word, float(x), float(y), term.rows + term.people, term.agreement, int(of))
        for term, (x, y), of in zip(terms, places, cluster, strict=True)
    )
    names = tuple(
        max((word for word in words if word.cluster == number), key=lambda word: word.evidence).word
        for number in range(int(cluster.max(initial=-1)) + 1)
    )
    return Map(words, names, share, tuple(marked))


def _plane(shapes: Float64) -> tuple[Float64, float]:
    """Return unit shapes (n, m) in the two directions in which they differ most (n, 2), and how much these show."""
    centered = shapes - shapes.mean(axis=0)
    left, lengths, axes = np.linalg.svd(centered, full_matrices=False)
    largest = np.abs(axes[:2]).argmax(axis=1)
    signs = np.sign(axes[[0, 1], largest])
    return left[:, :2] * lengths[:2] * signs, float(np.sum(lengths[:2] ** 2) / np.sum(lengths**2))


def _clusters(shapes: Float64, weights: Float64, count: int) -> NDArray[np.intp]:
    """Part unit shapes (n, m) into groups of likeness: k-means on the sphere, begun at words far from each other.

    The first start is the word with most evidence, each next one the well known word least like the starts before it,
    so nothing depends on chance. Groups are in the order of their evidence.
    """
    known = np.argsort(-weights, kind="stable")[: max(count, len(weights) // 3)]
    starts = [int(known[0])]
    while len(starts) < count:
        likeness = (shapes[known] @ shapes[starts].T).max(axis=1)
        starts.append(int(known[int(likeness.argmin())]))
    means = shapes[starts]
    found = np.zeros(len(shapes), dtype=np.intp)
    for _ in range(_ROUNDS):
        nearest = (shapes @ means.T).argmax(axis=1)
        if np.array_equal(nearest, found):
            break
        found = nearest
        sums = np.array([np.log1p(weights[found == at]) @ shapes[found == at] for at in range(count)])
        means = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    _, found = np.unique(found, return_inverse=True)  # without groups that lost all their words
    totals = np.bincount(found, weights=weights)
    rank = np.empty(len(totals), dtype=np.intp)
    rank[np.argsort(-totals, kind="stable")] = np.arange(len(totals))
    return rank[found]


def family_of(start: str, end: str, path: Sequence[Step]) -> Family:
    """Return the steps of a way between two targets as curves."""
    curves = tuple(step.bands.sampled() for step in path)
    return Family(start, end, tuple(step.position for step in path), curves)


def finds_of(space: SemanticSpace, found: Sequence[Discovery]) -> list[Find]:
    """Return settings without a word, each beside the curve of the word that comes nearest."""
    nearest = [
        SampledCurve(GRID_HZ, space.terms[one.nearest[0][0]].curve_db, one.nearest[0][0]) if one.nearest else None
        for one in found
    ]
    return [Find(one.bands.sampled(), one.nearest, curve) for one, curve in zip(found, nearest, strict=True)]
