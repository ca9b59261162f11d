"""What a goal asks of one sound: a curve for each of its words, at its weight and within the limits.

A word asks for more of what the sound lacks of it and little of what it has (`eqmorph.adapt.region`). Less of a word
takes away what the word is named for, and adds nothing elsewhere. A reference asks for what the sound differs from it
by, level removed; words then say what is to differ from the reference, and are asked of the sound as that would have
it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from eqmorph._typing import Float64
from eqmorph.adapt.goal import USUAL_GAIN_DB, Goal
from eqmorph.adapt.limits import Limits
from eqmorph.adapt.region import bend_to_limit, lobe_of, region_curve
from eqmorph.analysis import Ear
from eqmorph.balance import Balance
from eqmorph.model.settings import GRID_HZ, POINTS
from eqmorph.target import Weighted

__all__ = ["LITTLE", "Wish", "difference_db", "wish_of"]

_FUTILE = 0.05  # percentiles that the most of an EQ should buy
_MOSTLY_OUT, LITTLE = 0.5, 0.3  # the share of a move that can be heard below which it shrinks, and to what at least
_LEAST_RATIO_DB, _NO_SCORE = 1e-6, 1e-3
_TELLS_HZ = (50.0, 14_000.0)  # where a recording's balance is its own
_MEANT_FROM = 0.3  # the weight from which on a word must be met
_LEAST_HEARD = 1e-3  # of what there is to hear, in what a level is the mean of


@dataclass(frozen=True)
class Wish:
    """What is asked of one sound.

    Attributes:
        terms: the words and weights.
        words: their curves, toward the side asked for (t, 64).
        curves: what each asks for alone, at its weight (t, 64), no limit met.
        futile: the words that hardly anything could be done for.
        reference: what a reference asks for (64,); None without one.
        amount: of the words.
        broad_below_hz: the bands are to be those that never move, none of them above; None for the usual ones.
        sparing: where some of it is plain, the words' curves (t, 64) as they would be otherwise.
    """

    terms: tuple[Weighted, ...]
    words: Float64
    curves: Float64
    futile: tuple[str, ...]
    reference: Float64 | None = None
    amount: float = 1.0
    broad_below_hz: float | None = None
    sparing: Float64 | None = None

    @property
    def alone(self) -> Float64:
        """What each word would be given alone, whatever becomes plain (t, 64)."""
        return self.curves[: len(self.terms)] if self.sparing is None else self.sparing

    @property
    def asked(self) -> Float64:
        """What each asks for (n, 64): the words, what is plain, and the reference last, as far as there are any."""
        return self.curves if self.reference is None else np.concatenate([self.curves, self.reference[None]])

    def scaled(self, amount: float) -> Wish:
        """Return the same wish at ``amount`` times the words' weights."""
        sparing = None if self.sparing is None else amount * self.sparing
        return replace(self, curves=amount * self.curves, amount=amount * self.amount, sparing=sparing)

    @property
    def meant(self) -> Float64:
        """How much each word counts as one that must be met (t,): 0 at no weight, 1 from `_MEANT_FROM` on."""
        weights = np.array([abs(term.weight) for term in self.terms])
        return np.minimum(self.amount * weights / _MEANT_FROM, 1.0)

    @property
    def is_shared(self) -> float:
        """How much there is to share with others, 0..1: what the second of the words counts; all with a reference."""
        if self.reference is not None:
            return 1.0
        return float(np.sort(self.meant)[-2]) if len(self.terms) > 1 else 0.0

    @property
    def meant_to_add(self) -> float:
        """How much the one that counts most counts, of the words to have more of and the reference, 0..1."""
        return 1.0 if self.reference is not None else self._most_meant(+1)

    @property
    def meant_to_take(self) -> float:
        """The same of the words to have less of."""
        return self._most_meant(-1)

    def _most_meant(self, sign: int) -> float:
        return max((float(m) for m, t in zip(self.meant, self.terms, strict=True) if sign * t.weight > 0), default=0.0)

    def plainer(self, share: float, plain_db: Float64) -> Wish:
        """Return a wish of which a share is a plain curve (64,), whatever the sound is like and whatever that adds."""
        curves = np.concatenate([(1 - share) * self.curves, share * plain_db[None]])
        return replace(self, curves=curves, sparing=self.alone)


def wish_of(ear: Ear, sound_db: Float64, goal: Goal, limits: Limits) -> Wish:
    """Return what a goal asks of a sound with a curve (64,): the words at amount 1, a reference at the goal's."""
    if goal.reference is None:
        return _words_wish(ear, sound_db, goal, limits)
    asked = goal.amount * difference_db(ear, goal.reference, sound_db, limits)
    if not goal.terms:
        return Wish((), np.zeros((0, POINTS)), np.zeros((0, POINTS)), (), asked)
    led_to = sound_db + limits.within(asked)
    return replace(_words_wish(ear, led_to, goal, limits), reference=asked)


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
    curves = [ear.space.terms[term.word].curve_db for term in terms]
    words = np.array([np.sign(term.weight) * curve for term, curve in zip(terms, curves, strict=True)])
    shapes = np.array([_shape(*one, sound_db, limits) for one in zip(terms, curves, strict=True)])
    within, bought, places = _within_reach(ear, sound_db, terms, shapes, limits)
    shares = np.clip(np.minimum(within / _MOSTLY_OUT, bought / _FUTILE), LITTLE, 1.0)
    weights = np.array([abs(term.weight) for term in terms])
    futile = tuple(
        term.word
        for term, gain, place in zip(terms, bought, places, strict=True)
        if gain < _FUTILE and not goal.is_met(term, float(place))
    )
    return Wish(terms, words, _little(weights[:, None] * shapes, shares, limits.max_gain_db), futile)


def _shape(term: Weighted, curve: Float64, sound_db: Float64, limits: Limits) -> Float64:
    """Return what one word asks for at weight 1 (64,)."""
    if term.weight >= 0:
        return region_curve(sound_db, curve, limits.audible)
    # Less of a word is a dip of its lobe's shape: as deep as there is of it, but no deeper than may be, where it would
    # become a shelf.
    lobe, asked = lobe_of(curve), region_curve(sound_db, -curve, limits.audible)
    square = lobe * lobe
    ratio = np.divide(asked, -curve, out=np.zeros_like(curve), where=np.abs(curve) > _LEAST_RATIO_DB)
    height = float(np.abs(lobe).max())
    depth = min(float(square @ ratio / square.sum()) * height, limits.max_gain_db)
    return np.asarray(-lobe * depth / height)


def _little(asked: Float64, shares: Float64, max_gain_db: float) -> Float64:
    """Return what is left of curves (t, 64) of which shares (t,) are worth while: little is little of what may be."""
    heights = np.maximum(np.abs(asked).max(axis=1), max_gain_db)
    sized = (max_gain_db / heights) ** ((1 - shares) / (1 - LITTLE))
    return np.asarray((shares * sized)[:, None] * asked)


def _within_reach(
    ear: Ear, sound_db: Float64, terms: tuple[Weighted, ...], shapes: Float64, limits: Limits
) -> tuple[Float64, Float64, Float64]:
    """Return how much of the usual limit's worth could be done for each word, and how far that would move the sound.

    The first is a share of the score (t,): little where the sound has nothing of what the word is about. The last are
    the words' percentiles as they are.
    """
    usual = USUAL_GAIN_DB / limits.max_gain_db
    low_db, high_db = usual * limits.low_db, usual * limits.high_db
    shares, bought, now = [], [], []
    for term, shape in zip(terms, shapes, strict=True):
        height = float(np.abs(shape).max())
        at_least = shape * (max(USUAL_GAIN_DB / height, 1.0) if height else 0.0)
        most = bend_to_limit(at_least, USUAL_GAIN_DB)
        heard = np.array([sound_db, sound_db + most, sound_db + np.clip(most, low_db, high_db)])
        scores, places = (found[:, 0] for found in ear.words_in(heard, [term.word]))
        gained, sign = scores - scores[0], np.sign(term.weight)
        shares.append(sign * gained[2] / max(float(sign * gained[1]), _NO_SCORE))
        # What a sound has far too much of stays far too much for long, and yet each dB less is worth it.
        bought.append(places[2] - places[0] if sign > 0 else -ear.gained(term.word, heard[0], heard[2]))
        now.append(places[0])
    return np.array(shares), np.array(bought), np.array(now)
