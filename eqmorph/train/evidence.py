"""What a word does and how well that is known: from settings saved under it and from the crowd's curve."""

from __future__ import annotations

from typing import Any

import numpy as np

from eqmorph._typing import Float64
from eqmorph.model.settings import rms
from eqmorph.model.space import SCORED
from eqmorph.model.terms import confidence_of
from eqmorph.train.corpus import Corpus
from eqmorph.train.dataset import TrainingSet, word_means

__all__ = ["TERM_RMS_DB", "correlation", "term_curve", "term_lines"]


TERM_RMS_DB = 4.0
_MOST_VOICES = 20


def correlation(a: Float64, b: Float64) -> float:
    """Return the correlation of two curves (64,) from 50 Hz to 14 kHz, where scores look."""
    a, b = a[SCORED] - a[SCORED].mean(), b[SCORED] - b[SCORED].mean()
    return float(np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b)))


def term_curve(saved: Float64 | None, rows: int, crowd: Float64 | None, people: int) -> Float64:
    """Return what a word does (64,): mean setting and crowd's curve at unit rms, by voices up to 20, at 4 dB rms."""
    parts = [
        (curve / rms(curve), min(voices, _MOST_VOICES))
        for curve, voices in ((saved, rows), (crowd, people))
        if curve is not None and voices > 0
    ]
    total = np.sum([curve * voices for curve, voices in parts], axis=0)
    return np.asarray(total * (TERM_RMS_DB / rms(total)))


def term_lines(data: TrainingSet, corpus: Corpus) -> tuple[Float64, list[dict[str, Any]]]:
    """Return every word's curve (t, 64) and its line in the model card, in alphabetical order."""
    means = word_means(data)
    crowd = dict(zip(data.crowd_words.tolist(), data.crowd, strict=True))
    answers = {c.word: c for c in corpus.curves}
    curves, lines = [], []
    for word in sorted(set(means) | set(crowd)):
        saved, rows = means.get(word, (None, 0))
        people = answers[word].people if word in answers else 0
        agreement = correlation(saved, crowd[word]) if saved is not None and word in crowd else None
        consistency = float(rms(saved)) if saved is not None and rows > 1 else None
        curves.append(term_curve(saved, rows, crowd.get(word), people))
        lines.append(
            {
                "word": word,
                "language": answers[word].language if word in answers else "en",
                "rows": rows,
                "people": people,
                "consistency": None if consistency is None else round(consistency, 3),
                "agreement": None if agreement is None else round(agreement, 3),
                "confidence": round(confidence_of(rows, people, consistency, agreement), 3),
            }
        )
    return np.array(curves), lines
