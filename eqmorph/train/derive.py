"""The open vocabulary: what every other word of the thesaurus can be expected to do, as a small table.

A word gets in if its synonyms lead to words that are known, and if it is one word. What one person alone was asked for
counts too, but its synonyms are heard as well.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.model.lexicon import LANGUAGES, VIA, packed_words
from eqmorph.model.settings import POINTS, rms
from eqmorph.train.evidence import TERM_RMS_DB, Evidence, Word, WordBuilder, strength_of
from eqmorph.train.junk import GLUE, JUNK
from eqmorph.train.thesaurus import Key
from eqmorph.words import plain

__all__ = ["derive", "empty_lexicon"]

_COMPONENTS = 16  # of all derived curves: what is left is below a tenth of a dB
_LEAST_SIZE = 0.012  # rms of what synonyms say of a word, of which known words have about 1: less is chance
_LEAST_SHARE = 0.08  # of the most telling: a word that tells less is not named
_CONTRARY_SAYS = 0.5  # to a reader, of what a synonym says
_WORD = re.compile(r"[^\W\d_]{3,24}(?:-[^\W\d_]{2,24})?")
_STEP = 127.0


def derive(builder: WordBuilder, evidence: Evidence, vocabulary: Collection[str]) -> dict[str, NDArray[Any]]:
    """Return the arrays of ``lexicon.safetensors``: all words of the thesaurus that are not of the vocabulary."""
    graph = builder.graph
    if graph is None:
        return empty_lexicon()
    taken = {plain(word) for word in vocabulary} | JUNK | GLUE
    keys = graph.thesaurus.words
    places = [at for at, (_, word) in enumerate(keys) if word not in taken and _WORD.fullmatch(word)]
    known = [at for at, name in enumerate(builder.names) if float(rms(evidence.pulls[at])) > 0]
    names = [builder.names[at] for at in known]
    at_of = {builder.key(name): at for at, name in enumerate(names)}
    rows: dict[str, tuple[str, Word | None, Float64, float, tuple[int, ...]]] = {}
    nearness = graph.to_seeds(np.array(places, dtype=np.intp))[:, known]
    trust = np.array([evidence.words[name].confidence if name in evidence.words else 0.0 for name in names])
    spoken = np.array([builder.languages[name] for name in names])
    curves = nearness @ evidence.pulls[known]
    sizes = rms(curves)
    answered = {builder.key(word.word): word for word in evidence.words.values()}
    for at in np.flatnonzero(sizes >= _LEAST_SIZE):
        language, word = keys[places[at]]
        asked = answered.get((language, word))
        confidence = evidence.derived_confidence(float(sizes[at])) if asked is None else asked.confidence
        if word in rows and rows[word][3] >= confidence:
            continue
        curve = curves[at] if asked is None else asked.curve_db
        rows[word] = (
            language,
            asked,
            curve,
            confidence,
            _through(
                _says(nearness[at], evidence.pulls[known], curve) * trust * (spoken == language),
                nearness[at],
                own=at_of.get((language, word)),
            ),
        )
    return _packed(rows, names, graph.thesaurus.qualities)


def empty_lexicon() -> dict[str, NDArray[Any]]:
    """Return the arrays of a lexicon without words."""
    return _packed({}, [], frozenset())


def _says(nearness: Float64, pulls: Float64, curve: Float64) -> Float64:
    """Return how much each known word says of what a curve is (k,)."""
    return nearness * (pulls @ curve) * np.where(nearness < 0, _CONTRARY_SAYS, 1.0)


def _through(tells: Float64, nearness: Float64, own: int | None) -> tuple[int, ...]:
    """Return the words that tell a reader most of a derived one: their number from 1, negative for a contrary.

    The word itself is ``own``, where one person was asked about it: it is not named.
    """
    if own is not None:
        tells[own] = -np.inf
    order = [int(at) for at in np.argsort(-tells)[:VIA] if tells[at] > 0 and tells[at] >= _LEAST_SHARE * tells.max()]
    return tuple((at + 1) * (1 if nearness[at] > 0 else -1) for at in order)


def _packed(
    rows: Mapping[str, tuple[str, Word | None, Float64, float, tuple[int, ...]]],
    names: list[str],
    qualities: Collection[Key],
) -> dict[str, NDArray[Any]]:
    words = sorted(rows)
    curves = np.array([_sized(rows[word][2], rows[word][3]) for word in words]).reshape(-1, POINTS)
    parts = min(_COMPONENTS, len(words))
    # The components of some thousand words are those of all.
    sample = curves[:: max(1, len(curves) // 4000)]
    components = np.linalg.svd(sample, full_matrices=False)[2][:parts] if parts else np.zeros((0, POINTS))
    coefficients = curves @ components.T
    scale = np.maximum(np.abs(coefficients).max(axis=0, initial=0.0) / _STEP, 1e-9)
    through = np.zeros((len(words), VIA), dtype=np.int16)
    for at, word in enumerate(words):
        through[at, : len(rows[word][4])] = rows[word][4]
    return {
        "words": packed_words(words),
        "language": np.array([LANGUAGES.index(rows[word][0]) for word in words], dtype=np.uint8),
        "quality": np.array([_is_quality(word, qualities) for word in words], dtype=np.uint8),
        "asked": np.array([min(_people(rows[word][1]), 255) for word in words], dtype=np.uint8),
        "confidence": np.array([round(255 * rows[word][3]) for word in words], dtype=np.uint8),
        "coefficients": np.round(coefficients / scale).astype(np.int8),
        "through": through,
        "seeds": packed_words(names),
        "components": (components * scale[:, None]).astype(np.float32),
    }


def _is_quality(word: str, qualities: Collection[Key]) -> bool:
    return any((language, word) in qualities for language in LANGUAGES)


def _people(word: Word | None) -> int:
    return word.people if word is not None else 0


def _sized(curve: Float64, confidence: float) -> Float64:
    return curve * (TERM_RMS_DB * strength_of(confidence) / float(rms(curve)))
