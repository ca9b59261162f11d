"""How much of a word is in a sound: the slope of the sound's curve on the word's, where the sound is heard.

A score of 1 says that the sound is to the reference what the word's own EQ would make of it. Each point of the curves
weighs the square root of the sound's specific loudness there: what a sound hardly has, above 10 kHz in an old
recording or below a flute's range, says little of what it is like, and from 35 dB below the loudest point on it fades
from view. And each point weighs as much as the word has to say there, so that words with lobes in different places are
told apart. A difference in level alone says nothing. With the root, scores agree with centroids and band shares of
power and of loudness alike: see docs/evaluation-audio.md.
"""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float64
from eqmorph.audio.loudness import standard_power
from eqmorph.model import GRID_HZ, SCORED

__all__ = ["Weigher"]


_HARDLY = 0.02  # of a word's square: what is heard of it counts in full from well above that
_FADES_DB, _GONE_DB = 35.0, 45.0  # below the loudest point: where a sound fades from what is looked at
_LOUDNESS = 0.27  # the power of energy that loudness goes with: between Zwicker's 0.23 and Stevens' 0.3


class Weigher:
    """Scores curves against a reference's neutral spectrum (64,)."""

    def __init__(self, neutral_db: Float64) -> None:
        self._heard_db = (neutral_db + 10 * np.log10(standard_power(GRID_HZ)))[SCORED]

    def scores(self, curves_db: Float64, terms_db: Float64) -> Float64:
        """Return how much of words (t, 64) is in sounds with curves (..., 64): (..., t)."""
        return self.effects(curves_db, curves_db, terms_db)

    def effects(self, sounds_db: Float64, curves_db: Float64, terms_db: Float64) -> Float64:
        """Return how much of words (t, 64) is in curves (..., 64) to a listener of sounds (..., 64): (..., t).

        For the curve of an EQ it is what the EQ adds to the scores of a sound, as long as it does not change much what
        is heard of it.
        """
        curves, terms = curves_db[..., SCORED], terms_db[:, SCORED].T
        named = np.abs(terms)  # how much each word has to say at each point
        heard = self._weights(sounds_db[..., SCORED], _LOUDNESS / 2)
        heard = heard * np.clip((_GONE_DB - self._below(sounds_db)) / (_GONE_DB - _FADES_DB), 0.0, 1.0)
        weighted, total = heard * curves, heard @ named
        term_means = (heard @ (named * terms)) / total
        shared = weighted @ (named * terms) - (weighted @ named) * term_means
        told = heard @ (named * terms**2) - total * term_means**2
        # Where hardly any of what the word is about can be heard, hardly anything is said of it.
        return np.asarray(shared / (told + _HARDLY * (named * terms**2).mean(axis=0)))

    def loudness_shares(self, curves_db: Float64) -> Float64:
        """Return each scored point's share in the loudness of sounds with curves (..., 64): (..., m)."""
        return self._weights(curves_db[..., SCORED], _LOUDNESS)

    def _below(self, curves_db: Float64) -> Float64:
        """Return how far each scored point is below the loudest, in dB (..., m)."""
        levels = self._heard_db + curves_db[..., SCORED]
        return np.asarray(levels.max(axis=-1, keepdims=True) - levels)

    def _weights(self, curves_db: Float64, exponent: float) -> Float64:
        levels = self._heard_db + curves_db
        weights = 10 ** (exponent / 10 * (levels - levels.max(axis=-1, keepdims=True)))
        return np.asarray(weights / weights.sum(axis=-1, keepdims=True))
