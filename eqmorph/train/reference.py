"""Building the neutral reference from folders of audio: one corpus each, every corpus with the same weight.

Of a corpus with many files an even choice is taken, so that a thousand drum hits take no longer than forty songs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from eqmorph.analysis import listen_to_file
from eqmorph.audio.windows import Spectra
from eqmorph.batch import find_sources
from eqmorph.errors import InputError, UsageError
from eqmorph.model.frontend import curves_of_levels, levels_db
from eqmorph.model.reference import Corpus, Reference

__all__ = ["FEWEST_CORPORA", "CorpusFolder", "build_reference", "evenly_chosen"]

T = TypeVar("T")
Float64 = NDArray[np.float64]

FEWEST_CORPORA = 2
_MOST_FILES = 120  # of a corpus
_ROUNDS = 25
_SETTLED_DB = 1e-3
_SPAN_DB = 70.0  # what lies deeper under a sound's loudest band is noise


@dataclass(frozen=True, slots=True)
class CorpusFolder:
    """A folder of audio and what to say of it in the model card."""

    name: str
    folder: Path
    kind: str = ""
    source: str = ""
    license: str = ""


def build_reference(
    corpora: Sequence[CorpusFolder],
    *,
    most_files: int = _MOST_FILES,
    tell: Callable[[str], None] = lambda _: None,
) -> Reference:
    """The reference of some corpora; ``tell`` hears of each file that was left out, and why.

    Raises:
        UsageError: too few corpora, or one without audio.
    """
    if len(corpora) < FEWEST_CORPORA:
        raise UsageError(
            f"a reference of {len(corpora)} corpora would be one of a kind",
            hint="Give several kinds of music and speech: --corpus NAME=FOLDER for each.",
        )
    known: list[Corpus] = []
    levels: list[Float64] = []
    for corpus in corpora:
        facts, rows = _hear_corpus(corpus, most_files, tell)
        known.append(facts)
        levels.append(rows)
    neutral = _neutral(levels)
    weights = np.concatenate([np.full(len(rows), 1 / (len(levels) * len(rows))) for rows in levels])
    return Reference(neutral, curves_of_levels(np.concatenate(levels), neutral), weights, tuple(known))


def _hear_corpus(corpus: CorpusFolder, most_files: int, tell: Callable[[str], None]) -> tuple[Corpus, Float64]:
    paths = [source.path for source in find_sources([corpus.folder])]
    chosen = evenly_chosen(paths, most_files)
    rows: list[Float64] = []
    digests: list[str] = []
    seconds = 0.0
    for path in chosen:
        try:
            spectra = listen_to_file(path)
        except InputError as error:
            tell(str(error))
            continue
        if spectra.is_silent:
            tell(f"{path}: is silent")
            continue
        rows.append(_levels(spectra))
        digests.append(hashlib.sha256(path.read_bytes()).hexdigest())
        seconds += spectra.frames / spectra.sample_rate
    if not rows:
        raise UsageError(f"corpus {corpus.name} holds no audio that can be read", path=corpus.folder)
    digest = hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()
    facts = Corpus(corpus.name, corpus.kind, corpus.source, corpus.license, len(rows), round(seconds, 1), digest)
    return facts, np.array(rows)


def evenly_chosen(items: Sequence[T], most: int) -> list[T]:
    """At most so many of some items, taken at even distances."""
    return [items[at] for at in np.unique(np.linspace(0, len(items) - 1, min(most, len(items))).astype(int))]


def _levels(spectra: Spectra) -> Float64:
    return levels_db(spectra.mean_power, spectra.sample_rate)


def _neutral(corpora: Sequence[Float64]) -> Float64:
    """The spectrum from which the corpora's curves (each (n, 64)) are, on balance, not away."""

    def centred(levels: Float64) -> Float64:
        held = np.maximum(levels, levels.max(axis=1, keepdims=True) - _SPAN_DB)
        return np.asarray(held - held.mean(axis=1, keepdims=True))

    neutral = np.mean([centred(levels).mean(axis=0) for levels in corpora], axis=0)
    for _ in range(_ROUNDS):
        step = np.mean([curves_of_levels(levels, neutral).mean(axis=0) for levels in corpora], axis=0)
        neutral = neutral + step
        if np.abs(step).max() < _SETTLED_DB:
            break
    return np.asarray(neutral - neutral.mean())
