"""`KindTeller`: tells kinds of sound by the course of their levels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float64
from eqmorph.kind import Kind

__all__ = ["KindTeller"]

_SURE = 0.5  # the probability from which a kind is believed: it is likelier than all others together
_FARTHEST = 3.0  # spreads: a trait beyond what it was trained on says no more


@dataclass(frozen=True)
class KindTeller:
    """Tells kinds by the traits of a sound's course (`eqmorph.audio.course`): multinomial logistic regression.

    Attributes:
        middle, spread: of each trait over what it was trained on (k,).
        weights, offset: what each trait, in units of its spread, says for each of `Kind` (3, k), and without any (3,).
    """

    middle: Float64
    spread: Float64
    weights: Float64
    offset: Float64

    def probabilities(self, traits: Float64) -> Float64:
        """Return how likely each of `Kind` is (..., 3) by traits (..., k); NaN says nothing."""
        odds = self.scaled(traits) @ self.weights.T + self.offset
        odds = np.exp(odds - odds.max(axis=-1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=-1, keepdims=True))

    def scaled(self, traits: Float64) -> Float64:
        """Return traits (..., k) in units of their spread."""
        return np.asarray(np.clip(np.nan_to_num((traits - self.middle) / self.spread), -_FARTHEST, _FARTHEST))

    def tell(self, traits: Float64) -> Kind | None:
        """Return the kind of a sound by its traits (k,); None if it can't be told."""
        return self.tell_each(traits[None])[0]

    def tell_each(self, traits: Float64) -> list[Kind | None]:
        """Return the kind of each sound by its traits (n, k), as `tell` does."""
        kinds, likely = list(Kind), self.probabilities(traits)
        best = likely.argmax(axis=-1)
        sure = likely.max(axis=-1) >= _SURE
        return [kinds[kind] if is_sure else None for kind, is_sure in zip(best, sure, strict=True)]
