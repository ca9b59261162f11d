"""Several words at once: their curves added up, and corrected where one would undo another.

Words overlap: "warm" lowers the highs that "airy" raises, and where a sound asks for much of the one and little of the
other, less of a word could be left than before although more of it was wanted. So the sum is changed by as little as
makes every word move its way, by a share of what it would do alone. What is added are the words' own curves, each at
most for what is missing in proportion to its weight, so that nothing jumps when a weight leaves zero. It is worked out
in the scores of this particular sound, where all of that is linear, then tried on what five bands can make of it, and
corrected again for what they lose.
"""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float64
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.region import bend_to_limit, region_curve
from eqmorph.analysis import Ear

__all__ = ["curve_for"]


_LEAST_SHARE = 0.3  # of what a word would do alone ...
_LEAST = 0.1  # ... or of what it would do to a sound that is as usual, if that is more
_MOST = 2.5  # times its weight, of what a word's own curve does to its score
_EASE = 0.06  # how far words that contradict each other outright are let go
_ROUNDS, _SETTLED = 40, 1e-5
_TRIALS = 3  # of what bands make of the curve
_LITTLE = 0.1  # a weight below counts as much, so that what is hardly asked for does not decide


def curve_for(ear: Ear, sound_db: Float64, goal: Goal) -> Float64:
    """Return what the words of a goal ask of a sound with a curve (64,) at amount 1, within the goal's limit (64,)."""
    words = np.array([np.sign(term.weight) * ear.space.terms[term.word].curve_db for term in goal.terms])
    weights = np.array([abs(term.weight) for term in goal.terms])
    alone = weights[:, None] * np.array([region_curve(sound_db, word) for word in words])
    total: Float64 = alone.sum(axis=0)
    if len(words) == 1:
        return bend_to_limit(total, goal.max_gain_db)
    wanted = np.maximum(_LEAST_SHARE * np.diag(ear.effects(sound_db, alone, words)), _LEAST * weights)
    effects = ear.effects(sound_db, words, words).T
    missing = np.minimum(wanted - ear.effects(sound_db, total, words), _MOST * weights)
    total = total + _least_mend(missing, effects) @ words
    curves, lacks = [], []
    for _ in range(_TRIALS):
        curve = bend_to_limit(total, goal.max_gain_db)
        gained = ear.effects(sound_db, ear.space.fitted_curve(curve), words)
        lack = float((np.maximum(wanted - gained, 0) / np.maximum(weights, _LITTLE)).sum())
        if not lack:
            return curve
        curves.append(curve)
        lacks.append(lack)
        total = total + _least_mend(np.minimum(wanted - gained, weights), effects) @ words
    # The better one is, the more it counts: a choice would jump where another one becomes the best.
    shares = np.square(min(lacks) / np.array(lacks))
    return np.asarray(shares @ np.array(curves) / shares.sum())


def _least_mend(missing: Float64, effects: Float64) -> Float64:
    """Return how much of each word to add (t,), never below 0, so that none is missing; ``effects`` (t, t) by column.

    The least change has a multiplier for each word that is in need, and none for the others: sought word by word, and
    eased a little, so that words that are nearly opposites don't outbid each other.
    """
    rows, needed = effects.tolist(), missing.tolist()  # a few words: plain numbers are ten times as fast as arrays
    added = [0.0] * len(rows)
    for _ in range(_ROUNDS):
        moved = 0.0
        for at, row in enumerate(rows):
            others = sum(effect * much for effect, much in zip(row, added, strict=True)) - row[at] * added[at]
            much = max((needed[at] - others) / (row[at] + _EASE), 0.0)
            moved, added[at] = max(moved, abs(much - added[at])), much
        if moved < _SETTLED:
            break
    return np.array(added)
