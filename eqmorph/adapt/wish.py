"""What a goal asks of one sound: a curve for each of its words, at its weight and within the limits.

A word asks for more of what the sound lacks of it and little of what it has (`eqmorph.adapt.region`). Less of a word
takes away what the word is named for, and adds nothing elsewhere. A reference asks for what the sound differs from it
by, level removed; words then say what is to differ from the reference, and are asked of the sound as that would have
it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.limits import Limits
from eqmorph.adapt.region import lobe_of, region_curve
from eqmorph.analysis import Ear
from eqmorph.balance import Balance
from eqmorph.model.settings import GRID_HZ, POINTS
from eqmorph.target import Weighted

__all__ = ["Wish", "difference_db", "wish_of"]

_FUTILE = 0.05  # percentiles that the most of an EQ should buy
_MOSTLY_OUT, _LITTLE = 0.5, 0.3  # the share of a move that can be heard below which it shrinks, and to what at least
_LEAST_RATIO_DB, _NO_SCORE = 1e-6, 1e-3
_TELLS_HZ = (50.0, 14_000.0)  # where a recording's balance is its own
_LEAST_HEARD = 1e-3  # of what there is to hear, in what a level is the mean of


@dataclass(frozen=True)
class Wish:
    """What is asked of one sound.

    Attributes:
        terms: the words and weights.
        words: their curves, toward the side asked for (t, 64).
        curves: what each asks for alone, at its weight (t, 64), no limit met.
        takes_only: where a goal that only takes away may do so (64,); None for one that adds.
        futile: the words that hardly anything could be done for.
        reference: what a reference asks for (64,); None without one.
    """

    terms: tuple[Weighted, ...]
    words: Float64
    curves: Float64
    takes_only: NDArray[np.bool_] | None
    futile: tuple[str, ...]
    reference: Float64 | None = None

    @property
    def asked(self) -> Float64:
        """What each asks for (n, 64): the words, what is plain, and the reference last, as far as there are any."""
        return self.curves if self.reference is None else np.concatenate([self.curves, self.reference[None]])

    def scaled(self, amount: float) -> Wish:
        """Return the same wish at ``amount`` times the words' weights."""
        return replace(self, curves=amount * self.curves)

    def plainer(self, share: float, plain_db: Float64) -> Wish:
        """Return a wish of which a share is a plain curve (64,), whatever the sound is like and whatever that adds."""
        curves = np.concatenate([(1 - share) * self.curves, share * plain_db[None]])
        return replace(self, curves=curves, takes_only=None)


def wish_of(ear: Ear, sound_db: Float64, goal: Goal, limits: Limits) -> Wish:
    """Return what a goal asks of a sound with a curve (64,): the words at amount 1, a reference at the goal's."""
    if goal.reference is None:
        return _words_wish(ear, sound_db, goal, limits)
    asked = goal.amount * difference_db(ear, goal.reference, sound_db, limits)
    if not goal.terms:
        return Wish((), np.zeros((0, POINTS)), np.zeros((0, POINTS)), None, (), asked)
    led_to = sound_db + limits.within(asked)
    return replace(_words_wish(ear, led_to, goal, limits), reference=asked, takes_only=None)


def difference_db(ear: Ear, reference: Balance, sound_db: Float64, limits: Limits) -> Float64:
    """Return what a sound with a curve (64,) is to be changed by to sound as a reference does, level removed.

    Where nothing is known of the reference, nothing is to be changed. At the ends recordings differ by codecs and
    high-passes more than by balance: there goes on what is asked at the last point that counts.
    """
    known = reference.known
    difference = ear.curve_of(reference) - sound_db
    within = np.clip(GRID_HZ, *_TELLS_HZ) == GRID_HZ
    counts = (known & within) * np.maximum(limits.audible, _LEAST_HEARD)
    asked = np.where(known, difference - (counts @ difference) / counts.sum(), 0.0)
    return np.interp(np.log(np.clip(GRID_HZ, *_TELLS_HZ)), np.log(GRID_HZ), asked)


def _words_wish(ear: Ear, sound_db: Float64, goal: Goal, limits: Limits) -> Wish:
    terms = goal.terms
    words = np.array([np.sign(term.weight) * ear.space.terms[term.word].curve_db for term in terms])
    lobes = np.array([lobe_of(ear.space.terms[term.word].curve_db) for term in terms])
    shapes = np.array([_shape(*one, sound_db, limits) for one in zip(terms, words, lobes, strict=True)])
    within, bought, places = _within_reach(ear, sound_db, terms, shapes, limits)
    shares = np.clip(np.minimum(within / _MOSTLY_OUT, bought / _FUTILE), _LITTLE, 1.0)
    weights = np.array([abs(term.weight) for term in terms])
    is_taking = all(term.weight < 0 for term in terms)
    futile = tuple(
        term.word
        for term, gain, place in zip(terms, bought, places, strict=True)
        if gain < _FUTILE and not goal.is_met(term, float(place))
    )
    return Wish(
        terms,
        words,
        (weights * shares)[:, None] * shapes,
        np.any(lobes != 0, axis=0) if is_taking else None,
        futile,
    )


def _shape(term: Weighted, word: Float64, lobe: Float64, sound_db: Float64, limits: Limits) -> Float64:
    """Return what one word asks for at weight 1 (64,)."""
    asked = region_curve(sound_db, word, limits.audible)
    if term.weight < 0:
        ratio = np.divide(asked, word, out=np.zeros_like(word), where=np.abs(word) > _LEAST_RATIO_DB)
        return np.asarray(-lobe * ratio)
    return np.asarray(asked)


def _within_reach(
    ear: Ear, sound_db: Float64, terms: tuple[Weighted, ...], shapes: Float64, limits: Limits
) -> tuple[Float64, Float64, Float64]:
    """Return how much of the most that could be done for each word the limits allow, and the percentiles it would buy.

    The first is a share of the score (t,): little where the sound has nothing of what the word is about. The last are
    the words' percentiles as they are.
    """
    shares, bought, now = [], [], []
    for term, shape in zip(terms, shapes, strict=True):
        height = float(np.abs(shape).max())
        most = shape * (limits.max_gain_db / height if height else 0.0)
        heard = np.array([sound_db, sound_db + most, sound_db + np.clip(most, limits.low_db, limits.high_db)])
        scores, places = (found[:, 0] for found in ear.words_in(heard, [term.word]))
        gained, sign = scores - scores[0], np.sign(term.weight)
        shares.append(sign * gained[2] / max(float(sign * gained[1]), _NO_SCORE))
        bought.append(sign * (places[2] - places[0]))
        now.append(places[0])
    return np.array(shares), np.array(bought), np.array(now)
