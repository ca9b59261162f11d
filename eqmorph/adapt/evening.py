"""What a part of a piece gets, so that the whole is even in what is asked for.

The piece's own EQ says how much of each word it gets as a whole. A part gets that and, on top, what it differs by from
the rest where those words are at work: a dark verse gets more of "bright" than the chorus, and the bass that a bridge
lacks is nobody's business as long as nobody asked for "full". The same limits hold for it as for a sound by itself.
"""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float64
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.limits import Limits, limits_for
from eqmorph.adapt.move import best_move
from eqmorph.adapt.region import lobe_of, smoothing
from eqmorph.adapt.wish import Wish
from eqmorph.analysis import Ear
from eqmorph.audio.windows import Spectra
from eqmorph.bands import HIGHEST_BAND, Bands
from eqmorph.model.at_rate import limited_at_rate
from eqmorph.model.settings import POINTS

__all__ = ["even_bands", "work_of"]

_AT_WORK = 0.1  # of a word's height: where its curve is as high, what parts differ by is evened out in full
_WIDTH_ERB = 3.0  # details of a balance are the music's
_LEAST_HEARD = 1e-3
_FAINT_FROM_DB = 42.0  # what a dull part has little of, the piece has elsewhere: it may come up from further below
_MORE = 1.2  # than what a part differs by: bands and limits leave some of it
_MEANS = 1.3  # of the piece's own EQ: evening takes most from what is loudest, so that the whole would be left short
_AGAINST_DB = 2.0  # that a part may be moved by, against what the words ask for
_LEVELLED = 0.5  # of what it would change the loudness by


def work_of(ear: Ear, goal: Goal) -> Float64:
    """Return where a goal's words are at work (64,), 0..1; a reference is at work everywhere."""
    work = np.zeros(POINTS) if goal.reference is None else np.ones(POINTS)
    heaviest = abs(goal.main_weight) if goal.terms else 1.0
    for term in goal.terms:
        curve = ear.space.terms[term.word].curve_db
        heights = np.abs(curve if term.weight > 0 else lobe_of(curve))
        share = abs(term.weight) / heaviest
        work = np.maximum(work, share * np.minimum(heights / (_AT_WORK * heights.max()), 1.0))
    return work


def even_bands(ear: Ear, part: Spectra, goal: Goal, piece_db: Float64, common_db: Float64, work: Float64) -> Bands:
    """Return the bands for a part of a piece.

    Args:
        ear: of the piece's kind.
        part: the part, as one window.
        goal: what is asked of the piece.
        piece_db: what the piece's own EQ does (64,).
        common_db: what the parts are like on average (64,).
        work: where that is to be evened out (64,), 0..1.
    """
    curve = ear.curve(part)
    limits = limits_for(ear, [part], goal, faint_from_db=_FAINT_FROM_DB)
    amount = 1.0 if goal.to_percentile is not None else min(goal.amount, 1.0)
    means = _MEANS if goal.reference is None else 1.0
    evened = means * piece_db + _MORE * amount * work * _smooth(common_db - curve, limits)
    way = _way_of(ear, goal)
    asked = np.where(
        way < 0, np.minimum(evened, _AGAINST_DB), np.where(way > 0, np.maximum(evened, -_AGAINST_DB), evened)
    )
    # Its level means nothing, as that is made up for: an EQ that lowers as much as it raises can do more.
    asked -= _LEVELLED * (limits.loudness @ asked)
    nothing = np.zeros((0, POINTS))
    wish = Wish((), nothing, nothing, (), asked, broad_below_hz=HIGHEST_BAND * part.sample_rate)
    move = best_move(ear, curve, wish, limits, lambda bands: ear.curve(part, bands))
    return limited_at_rate(move.bands, part.sample_rate, goal.max_gain_db)


def _way_of(ear: Ear, goal: Goal) -> Float64:
    """Return what a goal's words raise and lower (64,); nothing with a reference, which is itself to be met."""
    if goal.reference is not None:
        return np.zeros(POINTS)
    return np.asarray(np.sum([term.weight * ear.space.terms[term.word].curve_db for term in goal.terms], axis=0))


def _smooth(difference_db: Float64, limits: Limits) -> Float64:
    """Return a difference (64,) without its details, and as what can be heard has it."""
    heard = np.maximum(limits.audible, _LEAST_HEARD)
    return np.asarray((_AROUND @ (heard * difference_db)) / (_AROUND @ heard))


_AROUND = smoothing(_WIDTH_ERB)
