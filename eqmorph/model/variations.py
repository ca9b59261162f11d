"""Other versions of a target, as other people would have made it.

Not noise on the mean: a version is what somebody did for the word, or what one did with some of another's ways. People
differ far more than versions may, since half of them correlate with their word's curve by less than 0.5; so who went
another way is turned toward the word, just enough to be still it. Versions are then chosen so that together they are
spread as people are, none like another. The people of the three words that are most like it lend a word what they did:
few answers say little of how people differ, and those who were asked for another word for the same know it as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float64
from eqmorph.errors import UsageError
from eqmorph.model.settings import rms, without_mean
from eqmorph.model.space import Equalizer, SemanticSpace
from eqmorph.target import Target

__all__ = ["LENDS", "People", "variations", "versions"]


LENDS = 4  #: people at the least whom a word must have to lend them to others
_LIKES, _LENT = 3, 8.0
_STILL_IT = 0.52  # correlation with the word to which a version is turned, and with all that is asked for at the least
_STILL_HEARD = 0.5  # the same for the bands that come of it
_CANDIDATES_EACH = 12
_CANDIDATES = (300, 1200)  # at least and at most: their distances from each other are held at once
_DISTINCT = 0.3  # rms of the difference of two versions, as a share of the strength of what is asked for
_DISTINCT_HEARD = 0.14  # the same for their bands
_STRENGTH = (0.6, 1.5)
_TURN = (0.2, 0.5)  # radians from one person's ways toward another's
_SAVED_COUNT = 0.5  # all saved settings of a word together count at most so much of its answers


@dataclass(frozen=True, slots=True)
class People:
    """What people did for a word: ``shapes`` (n, 64) of unit rms, ``strengths`` (n,) 1 the usual, ``weights`` (n,)."""

    shapes: Float64
    strengths: Float64
    weights: Float64

    @classmethod
    def of(cls, curves: Float64, weights: Float64 | None = None) -> People:
        """Return people by their curves (n, 64), without flat ones; they count alike unless ``weights`` (n,) differ."""
        curves = without_mean(curves)
        size = rms(curves)
        heard = size > 1e-6
        curves, size = curves[heard], size[heard]
        strengths = np.clip(size / np.median(size), *_STRENGTH) if len(size) else size
        weights = np.ones(len(size)) if weights is None else weights[heard]
        return cls(curves / size[:, None], strengths, weights)

    @classmethod
    def of_two_kinds(cls, answers: Float64, saved: Float64) -> People:
        """Return who answered (n, 64) and who saved a setting (m, 64); however many the latter, answers count more."""
        share = min(1.0, _SAVED_COUNT * len(answers) / len(saved)) if len(answers) and len(saved) else 1.0
        both = [cls.of(answers), cls.of(saved, np.full(len(saved), share))]
        return both[0] + both[1]

    def __add__(self, other: People) -> People:
        """Both together."""
        return People(
            np.concatenate([self.shapes, other.shapes]),
            np.concatenate([self.strengths, other.strengths]),
            np.concatenate([self.weights, other.weights]),
        )

    def __len__(self) -> int:
        return len(self.shapes)

    def with_likes(self, likeness: Float64, people_of: Callable[[int], People]) -> People:
        """Return them with the people of the words most like theirs, who together count as eight more.

        Args:
            likeness: of other words (w,), -1..1. What was done for the contrary of a word is turned around.
            people_of: who did something for the word at a place of ``likeness``.
        """
        together = self
        for place in np.argsort(-np.abs(likeness), kind="stable")[:_LIKES].tolist():
            other = people_of(place)
            if len(other):
                weights = other.weights * (_LENT / _LIKES / other.weights.sum())
                together += People(float(np.sign(likeness[place])) * other.shapes, other.strengths, weights)
        return together


def variations(space: SemanticSpace, target: Target, count: int, *, seed: int = 0) -> list[Equalizer]:
    """Return at most ``count`` versions of a target, spread as people's own settings are.

    All are distinct and correlate with the target's own curve by more than 0.5; where people don't differ in that many
    ways, fewer are returned.

    Raises:
        UsageError: ``count`` is below 1, or there is no version at all.
    """
    if count < 1:
        raise UsageError(f"the count must be at least 1, not {count}")
    rng = np.random.default_rng(seed)
    asked = space.curve(target)
    number = int(np.clip(count * _CANDIDATES_EACH, *_CANDIDATES))
    usual = turned = np.zeros((number, space.curves.shape[1]))
    for term in target.terms:
        drawn = _drawn(space.terms[term.word].curve_db, _people_of(space, term.word), number, rng)
        usual, turned = (whole + term.weight * part for whole, part in zip((usual, turned), drawn, strict=True))
    made: list[Equalizer] = []
    least_db = _DISTINCT_HEARD * float(rms(asked))
    for candidate in _spread(usual, turned, asked, 2 * count):
        equalizer = space.equalizer_for_curve(target, candidate)
        heard = without_mean(equalizer.curve_db)
        apart = min((float(rms(heard - without_mean(m.curve_db))) for m in made), default=np.inf)
        if _correlation(heard, asked) > _STILL_HEARD and apart > least_db:
            made.append(equalizer)
        if len(made) == count:
            break
    if not made:
        raise UsageError(f"no distinct variations of {target}", hint="Give its words more weight.")
    return made


def versions(curve_db: Float64, people: People, count: int, *, seed: int = 0) -> Float64:
    """Return at most ``count`` curves (n, 64): versions of a word by its curve (64,) and what people did for it."""
    rng = np.random.default_rng(seed)
    number = int(np.clip(count * _CANDIDATES_EACH, *_CANDIDATES))
    return _spread(*_drawn(curve_db, people, number, rng), curve_db, count)


def _correlation(curves: Float64, asked: Float64) -> Float64:
    """Return how alike curves (..., 64) of mean 0 are to what was asked for (64,), -1..1; 0 where either is flat."""
    lengths = np.linalg.norm(curves, axis=-1) * float(np.linalg.norm(asked))
    return np.asarray((curves @ asked) / np.maximum(lengths, 1e-12))


def _drawn(word_db: Float64, people: People, count: int, rng: np.random.Generator) -> tuple[Float64, Float64]:
    """Draw curves (count, 64) of what people did for a word, as strong as it; also with some of another's ways."""
    strength = float(rms(word_db))
    if not len(people) or strength < 1e-9:
        return np.repeat(word_db[None], count, axis=0), np.repeat(word_db[None], count, axis=0)
    word = word_db / strength
    along, across = _parts(people.shapes, word)
    first, second = _dealt(people.weights, count, rng), _dealt(people.weights, count, rng)
    angle = rng.uniform(*_TURN, size=(count, 1))
    ways = np.cos(angle) * across[first] + np.sin(angle) * across[second]
    ways /= np.maximum(rms(ways), 1e-9)[:, None]
    size = (strength * people.strengths[first])[:, None]
    return size * _joined(word, along[first], across[first]), size * _joined(word, along[first], ways)


def _parts(shapes: Float64, word: Float64) -> tuple[Float64, Float64]:
    """Return how much of a word (64,) of unit rms shapes (n, 64) have (n,), and what else, at unit rms (n, 64)."""
    along = shapes @ word / len(word)
    across = shapes - along[:, None] * word
    return along, across / np.maximum(rms(across), 1e-9)[:, None]


def _joined(word: Float64, along: Float64, across: Float64) -> Float64:
    """Return shapes (n, 64) of unit rms with so much of a word, and no less than makes them still the word."""
    share = np.clip(along, _STILL_IT, 1.0)[:, None]
    joined = share * word + np.sqrt(1 - share**2) * across
    return np.asarray(joined / rms(joined)[:, None])


def _dealt(weights: Float64, count: int, rng: np.random.Generator) -> Float64:
    """Draw places (count,) by weight, as evenly as can be, in any order."""
    steps = (np.arange(count) + rng.uniform()) / count
    places = np.searchsorted(np.cumsum(weights) / weights.sum(), steps)
    return rng.permutation(np.minimum(places, len(weights) - 1))


def _people_of(space: SemanticSpace, word: str) -> People:
    """Return what people did for a word and for those most like it."""
    rows = space.rows_of(word)
    answered = space.people_answered[rows]
    people = People.of_two_kinds(space.people_curves[rows[answered]], space.people_curves[rows[~answered]])
    many = np.flatnonzero(space.people_words.sum(axis=0) >= LENDS)
    others = [int(i) for i in many if space.words[int(i)] != word]
    likeness = space.likeness(space.terms[word].curve_db)[others]
    return people.with_likes(likeness, lambda i: People.of(space.people_curves[space.rows_of(space.words[others[i]])]))


def _spread(usual: Float64, turned: Float64, asked: Float64, count: int) -> Float64:
    """Choose from curves (n, 64) and ``turned`` ones (m, 64) some that lie as the former do, all distinct.

    One by one, each where most of the curves are that those before do not stand for (kernel herding).
    """
    candidates = np.concatenate([usual, turned])
    fitting = _correlation(candidates, asked) >= _STILL_IT - 1e-6
    if not fitting.any():
        return candidates[:0]
    candidates = candidates[fitting]
    apart = _distances(candidates, candidates)
    width = float(np.median(apart))
    if width < 1e-9:
        return candidates[:1]
    near = np.exp(-0.5 * (apart / width) ** 2)
    wanted = np.exp(-0.5 * (_distances(candidates, usual) / width) ** 2).mean(axis=1)
    least_db = _DISTINCT * float(rms(asked))
    left = np.ones(len(candidates), dtype=bool)
    chosen: list[int] = []
    held = np.zeros(len(candidates))
    while len(chosen) < count and left.any():
        pick = int(np.argmax(np.where(left, wanted - held / (len(chosen) + 1), -np.inf)))
        chosen.append(pick)
        held += near[pick]
        left &= apart[pick] >= least_db
    return candidates[chosen]


def _distances(a: Float64, b: Float64) -> Float64:
    """Return the rms of the differences of curves (n, 64) and (m, 64), as (n, m)."""
    squares = np.mean(a * a, axis=1)[:, None] + np.mean(b * b, axis=1)[None] - 2 / a.shape[1] * (a @ b.T)
    return np.asarray(np.sqrt(np.maximum(squares, 0.0)))
