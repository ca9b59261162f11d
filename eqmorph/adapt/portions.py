"""Who does what in an EQ: what each word of a goal has of it, what limits took off, what words lost to each other.

What an EQ does at a frequency is divided among the words that asked for it there: among those on the side to which it
went, in proportion to what each asked for. Nothing is solved for. Fitting the words' curves to the EQ would give words
that are much alike, such as warm and full, all or nothing by turns; in proportion, the parts change evenly, add up to
the EQ, and a word that asked for nothing has none. What goes beyond twice of what all asked for, such as the skirt of
a band, is nobody's. What a limit takes off is divided in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from eqmorph._typing import Float64
from eqmorph.adapt.limits import Bound, Limit, Limits
from eqmorph.adapt.move import Move
from eqmorph.model import GRID_HZ

__all__ = ["Portion", "bounds_of", "parts_of", "portions_of", "summit"]

_MOST = 2.0  # times what was asked for: the rest of what is done is nobody's
_LEVEL = 0.95  # of a summit: what is as high belongs to it
_TAKES_DB, _SHRINKS_DB = 0.5, 0.1  # what a limit takes that is worth a word: off a wish, and off a whole EQ


@dataclass(frozen=True, slots=True)
class Portion:
    """What a word has of a decision.

    Attributes:
        word: the word, or the name of a reference.
        asked_db: the curve that it asks for (64,), no limit met.
        kept: how much of what it would get alone it gets, 0..1.
        bounds: what limits took off its part.
    """

    word: str
    asked_db: Float64 = field(compare=False, repr=False)
    kept: float
    bounds: tuple[Bound, ...]


def parts_of(curve_db: Float64, asked_db: Float64) -> Float64:
    """Divide a curve (64,) among those who asked for curves (t, 64): (t, 64)."""
    if len(asked_db) == 1:
        return curve_db[None]
    on_its_side = np.maximum(asked_db * np.sign(curve_db), 0.0)
    together = on_its_side.sum(axis=0)
    share = np.divide(np.abs(curve_db), together, out=np.zeros_like(curve_db), where=together > 0)
    return np.asarray(np.sign(curve_db) * on_its_side * np.minimum(share, _MOST))


def summit(curve_db: Float64) -> tuple[float, int]:
    """Return how far from 0 a curve (64,) goes, and where: of a shelf, which goes on to the end, where that begins."""
    top = int(np.abs(curve_db).argmax())
    is_lower = curve_db * np.sign(curve_db[top]) < _LEVEL * abs(curve_db[top])
    before, after = np.flatnonzero(is_lower[:top]), top + np.flatnonzero(is_lower[top:])
    at = top
    if len(after) and not len(before):
        at = int(after[0]) - 1
    elif len(before) and not len(after):
        at = int(before[-1]) + 1
    return float(curve_db[top]), at


def bounds_of(limits: Limits, move: Move, *, is_sought: bool) -> tuple[Bound, ...]:
    """Return what limits took off a move as a whole. ``is_sought``: its amount follows from a percentile."""
    together = move.asked_db.sum(axis=0)
    found = _bounds(limits, together, move.wanted_db, _taken(limits, move), move.shrunk)
    return tuple(_sought(bound) if is_sought else bound for bound in found)


def portions_of(limits: Limits, move: Move, names: tuple[str, ...], *, is_sought: bool) -> tuple[Portion, ...]:
    """Return what each word of a move has of it, and the reference, by their names."""
    asked = move.asked_db
    made = parts_of(move.wanted_db, asked)
    taken = {limit: parts_of(took, asked) for limit, took in _taken(limits, move).items()}
    kept_by = (*move.kept, *[1.0] * (len(names) - len(move.kept)))  # a reference loses nothing that is told
    portions = []
    for at, (word, kept) in enumerate(zip(names, kept_by, strict=True)):
        found = _bounds(limits, asked[at], made[at], {limit: parts[at] for limit, parts in taken.items()}, move.shrunk)
        bounds = tuple(_sought(bound) if is_sought else bound for bound in found)
        portions.append(Portion(word, asked[at], kept, bounds))
    return tuple(portions)


def _taken(limits: Limits, move: Move) -> dict[Limit, Float64]:
    """Return what each limit took off a move at each frequency (64,), before it shrank as a whole."""
    taken = limits.taken(move.asked_db.sum(axis=0))
    nothing = np.zeros_like(move.wanted_db)
    return {limit: taken.get(limit, nothing) + move.held.get(limit, nothing) for limit in (*taken, *move.held)}


def _bounds(
    limits: Limits, asked_db: Float64, made_db: Float64, taken: Mapping[Limit, Float64], shrunk: Mapping[Limit, float]
) -> Iterator[Bound]:
    """Yield what each limit took off a curve that was asked for, and of which so much was made before it shrank."""
    for limit in Limit:
        found = []
        if limit in taken:
            took_db, at = summit(taken[limit])
            if abs(took_db) >= _TAKES_DB:
                above = abs(float(asked_db[at]))  # the others take what the size left
                of = above if limit is Limit.SIZE else min(above, limits.max_gain_db)
                left = 1 - abs(took_db) / max(of, abs(took_db))
                found.append(Bound(limit, abs(took_db), float(GRID_HZ[at]), max(left, 0.0)))
        if limit in shrunk:
            took = float(np.abs(made_db).max()) * (1 - shrunk[limit])
            if took >= _SHRINKS_DB:
                found.append(Bound(limit, took, None, shrunk[limit]))
        if found:
            yield max(found, key=lambda bound: bound.took_db or 0.0)


def _sought(bound: Bound) -> Bound:
    """Leave out how much the size took: an amount that is searched for asks for as much as there is."""
    return replace(bound, took_db=None, share=None) if bound.limit is Limit.SIZE else bound
