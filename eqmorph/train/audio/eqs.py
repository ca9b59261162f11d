"""EQs to train with: people's, the crowd's, and ones the model decodes; every word is drawn as often as any other.

Uniform drawing would draw two words nine times out of ten, and an encoder so trained calls everything bright.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.bands import GAIN_RANGE_DB
from eqmorph.errors import InputError
from eqmorph.model import SemanticSpace
from eqmorph.model.network import LINEAR
from eqmorph.model.settings import settings_of
from eqmorph.train.dataset import TrainingSet

__all__ = ["EqPool", "SampledEq", "decoded_eqs", "pool_of"]


_FLAT, _MIRRORED = 0.1, 0.3  # of what is drawn
_STRENGTH = 0.3  # spread of the logarithm of how strong an EQ is made
_DECODED_PER_WORD = 6
_DECODED_STRENGTH = (0.3, 1.5)
_WAY = 0.15  # of the noise on the latents that are decoded
_FEWEST_VOICES = 3  # a word that fewer people vouch for is not one to train with


@dataclass(frozen=True)
class SampledEq:
    """Settings (n, 15) and the number of each one's word (n,); -1 for a flat or mirrored one."""

    settings: Float64
    words: NDArray[np.int64]


class EqPool:
    """EQs of two kinds, each with a word: people's (settings and the crowd's curves) and decoded ones."""

    def __init__(self, words: list[str], people: dict[str, Float64], decoded: dict[str, Float64]) -> None:
        self.words = words
        self._kinds = [
            [(words.index(word), settings) for word, settings in kind.items() if len(settings)]
            for kind in (people, decoded)
        ]
        self._kinds = [kind for kind in self._kinds if kind]
        if not self._kinds:
            raise InputError("no EQs to train with", hint="Give SAFE-DB's and Audealize's files.")

    @property
    def sha256(self) -> str:
        """Over all EQs."""
        digest = hashlib.sha256()
        for kind in self._kinds:
            for word, settings in kind:
                digest.update(f"{word}:".encode() + settings.astype(np.float32).tobytes())
        return digest.hexdigest()

    def draw(self, count: int, rng: np.random.Generator) -> SampledEq:
        """Draw ``count`` EQs, half of each kind and all words alike; some flat, some mirrored, each scaled."""
        settings = np.empty((count, 15))
        words = np.empty(count, dtype=np.int64)
        for at in range(count):
            kind = self._kinds[int(rng.integers(len(self._kinds)))]
            words[at], own = kind[int(rng.integers(len(kind)))]
            settings[at] = own[int(rng.integers(len(own)))]
        strength = np.exp(rng.normal(0, _STRENGTH, count))
        luck = rng.random(count)
        strength[luck < _FLAT] = 0
        mirrored = (luck >= _FLAT) & (luck < _FLAT + _MIRRORED)
        strength[mirrored] *= -1
        settings[:, :5] = np.clip(settings[:, :5] * strength[:, None], *GAIN_RANGE_DB)
        return SampledEq(settings, np.where(strength > 0, words, -1))


def pool_of(space: SemanticSpace, data: TrainingSet, *, seed: int) -> EqPool:
    """Return the EQs of some data and of a model's words that enough people vouch for."""
    known = {word for word, term in space.terms.items() if max(term.rows, term.people) >= _FEWEST_VOICES}
    rows: dict[str, list[Float64]] = {}
    for used, setting in zip(data.words, data.settings, strict=True):
        for word in used:
            rows.setdefault(word, []).append(setting)
    for word, curve in zip(data.crowd_words.tolist(), data.crowd, strict=True):
        span = float(np.ptp(curve))
        bands, _ = space.nearest_bands(curve * (GAIN_RANGE_DB[1] / max(span, 1e-9)))
        rows.setdefault(word, []).append(settings_of(bands))
    people = {word: np.array(settings) for word, settings in rows.items() if word in known}
    words = sorted(known)
    return EqPool(words, people, decoded_eqs(space, words, seed=seed))


def decoded_eqs(space: SemanticSpace, words: list[str], *, seed: int) -> dict[str, Float64]:
    """Return what the model decodes (n, 15) near each word's latent, weaker and stronger."""
    rng = np.random.default_rng([seed, 11])
    decoded = {}
    for word in words:
        latents = np.zeros((_DECODED_PER_WORD, LINEAR), np.float32)
        latents += space.encode(space.terms[word].curve_db)[:LINEAR]
        latents *= rng.uniform(*_DECODED_STRENGTH, (_DECODED_PER_WORD, 1)).astype(np.float32)
        latents += rng.normal(0, _WAY, latents.shape).astype(np.float32)
        decoded[word] = np.array([settings_of(space.decode(latent)) for latent in latents])
    return decoded
