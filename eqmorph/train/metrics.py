"""What is measured of every recipe, by the same code: on settings, on the latent space, on algebra in it."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.bands import FREQ_RANGE_HZ, GAIN_RANGE_DB, Q_RANGE
from eqmorph.model.settings import curves_of, rms
from eqmorph.train.dataset import TrainingSet
from eqmorph.train.evidence import correlation
from eqmorph.train.recipes.base import Trained, clipped
from eqmorph.train.recipes.response import ResponseModel, crowd_in_range

__all__ = ["algebra", "cross_dataset", "latent_metrics", "nearest_centroid", "setting_metrics", "speed_ms"]

Labels = NDArray[np.str_]

_ROUNDING = 1e-4
_LEAST_CROSS_ROWS = 3
_CENTROID_CLASSES = 2


def setting_metrics(model: Trained, data: TrainingSet) -> dict[str, float]:
    """Measure validity (%), response error (dB rms, mean and p95) and parameter errors through the latent."""
    decoded = model.decode(model.encode(data.settings))
    error = rms(curves_of(clipped(decoded)) - data.curves)
    off = np.abs(np.nan_to_num(clipped(decoded)) - data.settings)
    return {
        "valid_percent": 100.0 * float(np.mean(_valid(decoded))),
        "response_db": float(error.mean()),
        "response_p95_db": float(np.quantile(error, 0.95)),
        "gain_db": float(off[:, :5].mean()),
        "frequency_octaves": float(off[:, 5:10].mean() / np.log(2)),
        "q_octaves": float(off[:, 11:14].mean() / np.log(2)),
    }


def _valid(settings: Float64) -> NDArray[np.bool_]:
    """Tell which settings (n, 15) every equalizer would take: all of gain, frequency and Q in range."""
    limits = np.array([GAIN_RANGE_DB, np.log(FREQ_RANGE_HZ), np.log(Q_RANGE)])
    low, high = np.repeat(limits[:, 0], 5) - _ROUNDING, np.repeat(limits[:, 1], 5) + _ROUNDING
    return np.asarray(np.all(np.isfinite(settings) & (settings >= low) & (settings <= high), axis=1))


def latent_metrics(model: Trained, train: TrainingSet, data: TrainingSet) -> dict[str, float]:
    """Measure how well words part in the latent: silhouette, Davies-Bouldin, nearest centroid; two words and all.

    Centroids are those of ``train``, whatever ``data`` is.
    """
    latents, held = model.encode(train.settings), model.encode(data.settings)
    out: dict[str, float] = {}
    for name, classes, part in (
        ("two", train.classes[:_CENTROID_CLASSES], model.semantic),
        ("all", train.classes, model.words),
    ):
        known, points = part(latents), part(held)
        used, used_known = np.isin(data.labels, classes), np.isin(train.labels, classes)
        labels = data.labels[used]
        if len(set(labels.tolist())) < _CENTROID_CLASSES:
            continue
        out |= {f"{name}_{key}": value for key, value in _clusters(points[used], labels).items()}
        guessed = nearest_centroid(known[used_known], train.labels[used_known], points[used])
        right = guessed == labels
        out[f"{name}_accuracy"] = float(right.mean())
        out[f"{name}_balanced"] = float(np.mean([right[labels == c].mean() for c in sorted(set(labels.tolist()))]))
    return out


def _clusters(points: Float64, labels: Labels) -> dict[str, float]:
    from sklearn.metrics import davies_bouldin_score, silhouette_score

    unit = _unit(points)
    return {
        "silhouette_cosine": float(silhouette_score(unit, labels, metric="cosine")),
        "silhouette_euclidean": float(silhouette_score(points, labels)),
        "davies_bouldin_cosine": float(davies_bouldin_score(unit, labels)),
        "davies_bouldin_euclidean": float(davies_bouldin_score(points, labels)),
    }


def nearest_centroid(known: Float64, labels: Labels, points: Float64) -> Labels:
    """Return the word whose mean direction in ``known`` (n, d) is nearest, by cosine, to each of ``points`` (m, d)."""
    classes = np.unique(labels)
    unit = _unit(known)
    centroids = _unit(np.array([unit[labels == c].mean(axis=0) for c in classes]))
    return np.asarray(classes[np.argmax(_unit(points) @ centroids.T, axis=1)])


def _unit(points: Float64) -> Float64:
    return np.asarray(points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-9))


def algebra(model: Trained, data: TrainingSet, *, seed: int = 0) -> dict[str, float]:
    """Measure how true arithmetic on latents is, against the same arithmetic on curves, in dB rms.

    ``ray`` strengthens or weakens (0.25 to 1.5), ``mix`` adds a of one and b of another (a 0 to 1.5, b -1 to 1),
    ``negative`` mirrors, ``flat`` is the largest gain in dB that the origin decodes to. The origin is where a setting
    without gain lies.
    """
    rng = np.random.default_rng(seed)
    flat = np.median(data.settings, axis=0)[None]
    flat[:, :5] = 0.0
    origin = model.encode(flat)
    away = model.encode(data.settings) - origin
    n = len(away)
    other = rng.permutation(n)
    ray = rng.uniform(0.25, 1.5, (n, 1))
    a, b = rng.uniform(0, 1.5, (n, 1)), rng.uniform(-1, 1, (n, 1))

    def error(latents: Float64, wanted: Float64) -> float:
        return float(rms(curves_of(clipped(model.decode(origin + latents))) - wanted).mean())

    return {
        "ray_db": error(ray * away, ray * data.curves),
        "mix_db": error(a * away + b * away[other], a * data.curves + b * data.curves[other]),
        "negative_db": error(-away, -data.curves),
        "flat_db": float(np.abs(np.nan_to_num(model.decode(origin)[:, :5], nan=np.inf)).max()),
    }


def cross_dataset(model: Trained, data: TrainingSet, crowd: TrainingSet) -> dict[str, float]:
    """Compare a model trained on SAFE alone with the crowd, word by word where both know it.

    The figure is the correlation (50 Hz to 14 kHz) of the decoded mean of a word's settings with the crowd's curve.
    """
    curves = dict(zip(crowd.crowd_words.tolist(), crowd.crowd, strict=True))
    out: dict[str, float] = {}
    latents = model.encode(data.settings)
    for word in sorted(set(curves) & {w[0] for w in data.words if len(w) == 1}):
        rows = np.array([words == (word,) for words in data.words])
        if rows.sum() >= _LEAST_CROSS_ROWS:
            decoded = curves_of(clipped(model.decode(latents[rows].mean(axis=0, keepdims=True))))[0]
            out[word] = correlation(decoded, curves[word]) if float(rms(decoded)) > 1e-6 else 0.0
    return out


def speed_ms(model: Trained, data: TrainingSet, *, calls: int = 60) -> float:
    """Return the median time in ms from one setting to its latent and back, one at a time."""
    times = []
    for i in range(calls):
        row = data.settings[i % len(data.settings)][None]
        start = time.perf_counter()
        model.decode(model.encode(row))
        times.append(time.perf_counter() - start)
    return 1000 * float(np.median(times))


def crowd_metrics(model: ResponseModel, data: TrainingSet) -> dict[str, float]:
    """Measure the error on the crowd's curves at 12 dB range, refined and not: only this recipe can take curves."""
    if not len(data.crowd):
        return {}
    curves = crowd_in_range(data)
    latents = model.encode_curves(curves)
    refined = rms(curves_of(model.decode(latents)) - curves)
    start = rms(curves_of(model.amortised(latents)) - curves)
    return {
        "crowd_db": float(refined.mean()),
        "crowd_p90_db": float(np.quantile(refined, 0.9)),
        "crowd_unrefined_db": float(start.mean()),
    }
