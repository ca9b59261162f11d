"""The decision's one objective: the least and smoothest EQ that gives each word of a wish its share, within the limits.

First a curve. It lies as near as it can to what the words ask for together, is smooth, stays between the bounds,
moves no word the wrong way, and is to give each as much as it would get alone: a small convex problem in this sound's
own scores, which hardly depend on the curve and are looked at again where it led. It hardly goes to a side where nobody
asked for it. Then bands (`eqmorph.adapt.aim`): they begin where the model would have them for that curve, move to where
they serve it better, and their gains solve the same problem once more. What the result as a
whole must keep shrinks all gains together, and so does a blend of which no word gains: words that contradict.
A reference is one more curve that is asked for; words are then measured from where it would lead.

Everything here changes evenly with weights and amounts, so a slider never makes the EQ jump.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float64
from eqmorph.adapt.aim import Aim
from eqmorph.adapt.limits import Limit, Limits
from eqmorph.adapt.places import Places, broad_bands, five_for, many_for
from eqmorph.adapt.region import bend_to_limit
from eqmorph.adapt.solve import Needs, Problem
from eqmorph.adapt.wish import LITTLE, Wish
from eqmorph.analysis import Ear
from eqmorph.bands import Bands
from eqmorph.model.frontend import FARTHEST_DB
from eqmorph.model.settings import POINTS

__all__ = ["Conflict", "Move", "best_move"]

_SMOOTH = 0.2  # what the square of a second difference in dB counts, against that of a dB off what is asked for
_UNHEARD_COUNTS = 0.15  # what a point counts that cannot be heard
#: How firmly no word moves the wrong way: one of several words, and a single one.
_FIRM, _FIRM_ALONE = 60.0, 20.0
#: How firmly each gets what its curve would do within the limits: one of several words, and a single one.
_EASY, _EASY_ALONE = 5.0, 8.0
_LEAST_SHARE = 0.35  # of what a word would get alone: what is said if it gets less
_NOTICED = 0.065  # percentiles: by so much, or what it would get alone, a word of several is to go its way
_RIGHT_WAY = 0.04  # a score by which a word is to move its way at least ...
_STILL, _HALVINGS = 0.004, 7  # a score that falls by less stays; how exactly the share is found at which all do
_NO_SCORE = 0.001  # what a word gets alone that nobody misses
_SPARE = 0.05  # a score that a word which is hardly meant may lose beyond what it would in any case
_UNIT = 0.05  # scores: what a word is short of is told in units of what it would get alone, but of no less than this
#: How firmly no more than that is taken from the loudness, which would be made up for; how far quiet moments may rise,
#: levels matched.
_AS_LOUD, _TAKEN_DB, _FLOOR_RISE_DB = 15.0, 2.6, 2.4
_WORTH = 0.06  # of the reference's sounds, that the best word of several should pass
_PASSES, _LOOKS = 2, 2
_CATCHES_UP = (1.8, 1.0)  # of what bands lost of right way and share, what the next pass aims at on top
_DIPS = 5
_TAKEN_BACK = 0.5  # of the maximum gain: what a band may do beyond it that others take back, with a second word
#: How soon, with a second word, scores no longer tell where bands lie: to meet several words has more than one answer,
#: and a slider would jump between them.
_SHARED_SOON = 8.0
#: What may be done to a side where nobody asked for it: at all, by words that add, and by the skirts of bands. And how
#: many times what was asked for.
_BESIDE_DB, _MADE_UP_DB, _SKIRTS_DB, _BEYOND = 0.5, 1.0, 0.4, 10.0
_ROUGHNESS = np.diff(np.eye(POINTS), 2, axis=0).T @ np.diff(np.eye(POINTS), 2, axis=0) / POINTS


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two words that contradict each other in a sound.

    Attributes:
        word: loses most of what it would get alone.
        against: what it is against.
        likeness: how much the two words are the same here, -1 (the reverse) to 1.
    """

    word: str
    against: str
    likeness: float


@dataclass(frozen=True)
class Move:
    """What is done to a sound.

    Attributes:
        bands: five of them, more for a reference.
        wanted_db: the curve they stand for (64,).
        asked_db: what the words ask for (n, 64), no limit met; then what is plain, and what a reference asks for.
        held: what limits on the whole took off the curve before any band was placed (64,), with the sign of that.
        shrunk: the limits that shrink it as a whole, each with the share which it leaves by itself.
        kept: how much of what it would get alone each word gets, 0..1.
        conflicts: words that contradict each other here.
    """

    bands: Bands
    wanted_db: Float64
    asked_db: Float64
    held: Mapping[Limit, Float64]
    shrunk: Mapping[Limit, float]
    kept: tuple[float, ...]
    conflicts: tuple[Conflict, ...]


def best_move(ear: Ear, sound_db: Float64, wish: Wish, limits: Limits, curve_after: Callable[[Bands], Float64]) -> Move:
    """Return the best EQ for a sound with a curve (64,); ``curve_after`` tells its curve after an EQ."""
    together = wish.asked.sum(axis=0)
    asked = bend_to_limit(together, limits.max_gain_db)
    low, high = _bounds(wish, limits)
    weights = (_UNHEARD_COUNTS + (1 - _UNHEARD_COUNTS) * limits.audible) / POINTS
    words = _Words(ear, sound_db, wish, limits, curve_after)

    def needs(near: Float64) -> Needs:
        return sum(_needs_of_limits(limits, near).values(), words.needs(near))

    square, linear = np.diag(2 * weights) + _SMOOTH * _ROUGHNESS, 2 * weights * asked
    curve, made = asked, Bands()
    for number in range(_PASSES if len(wish.words) else 1):
        if number:
            words.catch_up(made)
        for _ in range(_LOOKS):
            wanted = needs(curve)
            curve = Problem(square, linear, low, high, wanted).least(start=curve)
        freely = max(1 - _SHARED_SOON * wish.is_shared, 0.0)
        most_db = (1 + _TAKEN_BACK * (1 - freely)) * limits.max_gain_db
        aim = Aim(curve, weights, *_bounds(wish, limits, _SKIRTS_DB), needs, most_db, freely)
        places, gains = aim.met_by(_places_for(ear, wish, curve, asked))
        made = places.bands(gains)

    def at(share: float) -> Bands:
        return places.bands(share * gains)

    share, shrunk = limits.shrunk(at)
    share *= words.worth(at(share))
    share *= words.unharmed(lambda of: at(of * share))
    bands = at(share)
    kept = words.kept(bands)
    held = {}
    of_limits = _needs_of_limits(limits, curve)
    for limit in [limit for limit, one in of_limits.items() if one.are_missed(curve)]:
        others = sum([one for other, one in of_limits.items() if other is not limit], words.needs(curve))
        held[limit] = Problem(square, linear, low, high, others).least(start=curve) - curve
    return Move(bands, curve, wish.asked, held, shrunk, tuple(kept.tolist()), words.conflicts(kept))


def _needs_of_limits(limits: Limits, near: Float64) -> dict[Limit, Needs]:
    """Return what curves near a curve (64,) must keep of levels, by the limits that ask for it.

    That is of the loudness, and of that of quiet moments. A level in decibels is told by its tangent at the curve: it
    is convex, so what the tangent keeps of the loudness is kept.
    """
    loud, rest = _level_near(limits.loudness, near)
    quiet, rest_quiet = _level_near(limits.quiet, near) if limits.quiet.any() else (loud, rest)
    return {
        Limit.MAKE_UP: Needs(_AS_LOUD * loud[None], _AS_LOUD * np.array([-rest - _TAKEN_DB])),
        Limit.FLOOR: Needs(_AS_LOUD * (loud - quiet)[None], _AS_LOUD * np.array([rest_quiet - rest - _FLOOR_RISE_DB])),
    }


def _level_near(shares: Float64, near: Float64) -> tuple[Float64, float]:
    """Return the level in dB that curves near a curve (64,) have where power is shared so: slope, rest."""
    powers = shares * 10 ** (near / 10)
    slope = powers / powers.sum()
    return slope, float(10 * np.log10(powers.sum()) - slope @ near)


def _places_for(ear: Ear, wish: Wish, curve: Float64, asked: Float64) -> Places:
    """Return bands for a curve (64,), of which so much is asked (64,)."""
    if wish.broad_below_hz is not None:
        return broad_bands(wish.broad_below_hz)
    if wish.reference is not None:
        return many_for(curve)
    if len(wish.terms) == 1 and not wish.meant_to_add:  # a dip of what the word is named for, always in the same places
        return many_for(asked, _DIPS)
    return five_for(ear, curve)


def _bounds(wish: Wish, limits: Limits, more_db: float = 0.0) -> tuple[Float64, Float64]:
    """Return how far a curve may go down and up (64,): not far to a side where nobody asked for it.

    Words that add may do a little elsewhere to make up for what can't be done; those that take away hardly may.
    """
    beside_db = max(wish.meant_to_take, wish.meant_to_add) * (_BESIDE_DB + more_db) + wish.meant_to_add * _MADE_UP_DB
    down, up = (_BEYOND * np.maximum(side * wish.asked, 0.0).sum(axis=0) + beside_db for side in (-1, 1))
    return np.maximum(limits.low_db, -down), np.minimum(limits.high_db, up)


class _Words:
    """The words of a wish, and what each may not be left without."""

    def __init__(
        self, ear: Ear, sound_db: Float64, wish: Wish, limits: Limits, curve_after: Callable[[Bands], Float64]
    ) -> None:
        self._ear, self._sound_db, self._wish, self._curve_after = ear, sound_db, wish, curve_after
        led = np.zeros(POINTS) if wish.reference is None else limits.within(wish.reference)
        self._before = self._scores(led)
        self._tells = np.abs(sound_db) < FARTHEST_DB  # beyond, a curve says no more than "far more" and "far less"
        self._is_blend = len(wish.words) > 1 or wish.reference is not None
        # Of a single word what can't be done is to be made up for elsewhere; with each other word that is meant, less.
        shared = wish.is_shared

        def alone(curves: Float64) -> Float64:
            """Return what each word would get of its own curve (t,)."""
            freely = led + bend_to_limit(curves[: len(wish.words)], limits.max_gain_db)
            within = np.clip(freely, limits.low_db, limits.high_db)
            led_to = shared * within + (1 - shared) * freely
            return np.maximum([self._gained(curve)[at] for at, curve in enumerate(led_to)], 0.0)

        self._alone = alone(wish.curves)
        self._sparing = self._alone if wish.sparing is None else alone(wish.sparing)
        self._unit = np.maximum(self._alone, _UNIT)
        self._firm = _FIRM_ALONE ** (1 - shared) * _FIRM**shared
        self._easy = _EASY_ALONE ** (1 - shared) * _EASY**shared
        plain = self._gained(limits.within(wish.asked.sum(axis=0)))
        self._right_way = self._as_meant(plain, self._noticeable(sound_db + led))
        self._share = self._as_meant(plain, self._alone + _RIGHT_WAY)
        self._unharmed = self._as_meant(plain, -_STILL)
        self._late = np.zeros((2, len(wish.words)))
        self._last: tuple[Bands, Float64] | None = None

    def _noticeable(self, sound_db: Float64) -> Float64:
        """Return by how much the score of each word (t,) should go its way to be noticed, if it would do so alone."""
        least = []
        for term, now in zip(self._wish.terms, self._before, strict=True):
            sign = float(np.sign(term.weight))
            place = self._ear.percentile(term.word, sound_db)
            least.append(sign * (self._ear.score_at(term.word, place + sign * _NOTICED) - sign * now))
        return np.asarray(np.clip(least, _RIGHT_WAY, np.maximum(self._alone, _RIGHT_WAY)))

    def _as_meant(self, plain: Float64, aim: Float64 | float) -> Float64:
        """Return an aim of words (t,), and for those that are hardly meant as little as they would get anyway.

        So a word comes in evenly, as its weight does.
        """
        meant = self._wish.meant**2
        return np.minimum(aim * meant, meant * aim + (1 - meant) * (np.minimum(plain, 0.0) - _SPARE))

    def needs(self, near: Float64) -> Needs:
        """Return what curves near a curve (64,) must do."""
        effects = self._ear.effects(self._sound_db + near, _EACH_POINT, self._wish.words).T
        already = self._before - effects @ self._sound_db
        rows = self._tells * effects
        way, share = (aim + already for aim in (self._right_way + self._late[0], self._share + self._late[1]))
        return Needs(
            np.concatenate([self._firm / _UNIT * rows, self._easy * rows / self._unit[:, None]]),
            np.concatenate([self._firm * way / _UNIT, self._easy * share / self._unit]),
        )

    def catch_up(self, made: Bands) -> None:
        """Aim the higher next time, the more some bands left undone."""
        gained = self._gained_by(made)
        missing = [np.maximum(aim - gained, 0.0) for aim in (self._right_way, self._share)]
        self._late += np.array([much * short for much, short in zip(_CATCHES_UP, missing, strict=True)])

    def worth(self, made: Bands) -> float:
        """Return how much of a move of several words is worth while, 0..1: little, where even the best gains little."""
        worth_while = _WORTH * self._wish.meant.max(initial=0.0)
        if len(self._wish.words) < 2 or not worth_while:
            return 1.0
        after_db = self._after(made)
        gained = [
            np.sign(term.weight) * self._ear.gained(term.word, self._sound_db, after_db) for term in self._wish.terms
        ]
        return float(np.clip(max(gained) / worth_while, LITTLE, 1.0))

    def unharmed(self, made_at: Callable[[float], Bands]) -> float:
        """Return the largest share (0..1) of a move that harms no word of several."""
        if not self.harms(made_at(1.0)):
            return 1.0
        low, high = 0.0, 1.0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (low, middle) if self.harms(made_at(middle)) else (middle, high)
        return low

    def harms(self, made: Bands) -> bool:
        """Tell whether a word of several goes the wrong way, as it will be heard."""
        return self._is_blend and bool(np.any(self._gained_by(made) < self._unharmed))

    def kept(self, made: Bands) -> Float64:
        """Return how much each word gets of what it would get alone (t,), 0..1: all, where there is nothing to get."""
        if not self._is_blend:
            return np.ones(len(self._wish.words))
        shares = self._gained_by(made) / (self._sparing + _RIGHT_WAY)
        return np.where(self._sparing > _NO_SCORE, np.clip(shares, 0.0, 1.0), 1.0)

    def conflicts(self, kept: Float64) -> tuple[Conflict, ...]:
        """Return the words that keep (t,) too little, each with the word that is most against it."""
        lost = np.flatnonzero(kept < _LEAST_SHARE)
        if not len(lost) or len(self._wish.words) == 1:
            return ()
        names = [term.word for term in self._wish.terms]
        each = self._ear.effects(self._sound_db, self._wish.words, self._wish.words)
        signs = np.sign([term.weight for term in self._wish.terms])
        likeness = np.outer(signs, signs) * np.sign(each) * np.sqrt(np.maximum(each * each.T, 0.0))
        against = self._ear.effects(self._sound_db, self._wish.alone, self._wish.words)
        np.fill_diagonal(against, np.inf)
        found = []
        for at in lost:
            other = int(against[:, at].argmin())
            found.append(Conflict(names[at], names[other], float(np.clip(likeness[other, at], -1, 1))))
        return tuple(found)

    def _gained(self, curve: Float64) -> Float64:
        """Return by how much each word's score goes its way (t,)."""
        return np.asarray(self._scores(curve) - self._before)

    def _gained_by(self, bands: Bands) -> Float64:
        """Return the same for bands, as it will be heard."""
        after = self._after(bands)
        return np.asarray(self._ear.effects(after, after, self._wish.words) - self._before)

    def _after(self, bands: Bands) -> Float64:
        """Return the sound's curve (64,) after some bands; of the last ones it is known."""
        if self._last is None or self._last[0] != bands:
            self._last = bands, self._curve_after(bands)
        return self._last[1]

    def _scores(self, curve: Float64) -> Float64:
        heard = np.clip(self._sound_db + curve, -FARTHEST_DB, FARTHEST_DB)
        return self._ear.effects(heard, heard, self._wish.words)


_EACH_POINT = np.eye(POINTS)
