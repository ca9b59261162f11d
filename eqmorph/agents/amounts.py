"""More of an EQ that adapts, by what it does: an amount that is held back by a limit says little about that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eqmorph.adapt.goal import MAX_AMOUNT
from eqmorph.agents.decided import decide_all, for_set
from eqmorph.agents.session import Session
from eqmorph.agents.work import Work
from eqmorph.bands import GAIN_RANGE_DB
from eqmorph.batch import Source
from eqmorph.request import EqRequest

__all__ = ["scaled_by_effect"]

_FILES = 2  # that are tried, of many
_HALVINGS = 7
_NEAR = 0.03  # of the size that is sought
_NOTHING_DB = 0.05
_DIGITS = 3


def scaled_by_effect(
    session: Session, work: Work, request: EqRequest, sources: Sequence[Source], factor: float
) -> tuple[EqRequest, list[str]]:
    """Return a request whose EQ is ``factor`` (1 or more) times as large in dB, as near as that can be, and notes.

    Where more is asked for than the largest gain allows, that is raised.
    """
    # An album's EQ follows from all of its files; of others, some are enough.
    heard = list(sources) if request.album else list(sources)[:: max(len(sources) // _FILES, 1)][:_FILES]

    def size_db(trial: EqRequest) -> float:
        eq = for_set(session, trial.resolve(session.ear), heard, work)
        decided, _ = decide_all(session, eq, heard[:_FILES], work)
        return float(np.mean([one.size_db for one in decided])) if decided else 0.0

    def at(amount: float, within: EqRequest) -> EqRequest:
        return replace(within, amount=round(amount, _DIGITS))

    own = request.preset.amount if request.preset is not None else 1.0
    most = MAX_AMOUNT / max(own, 1.0)
    wanted_db = factor * size_db(request)
    if wanted_db < _NOTHING_DB:  # nothing was done
        return at(min(request.amount * factor, most), request), []
    notes = []
    low, high = request.amount, most
    limit_db = request.effective_gain_db or GAIN_RANGE_DB[1]
    if size_db(at(most, request)) < (1 - _NEAR) * wanted_db:
        request = replace(request, max_gain_db=round(min(limit_db * factor, GAIN_RANGE_DB[1]), 1))
        notes.append(f"it was at its limit, which is now {request.max_gain_db:g} dB (max_gain_db)")
        low = 0.0
        if size_db(at(most, request)) < wanted_db:
            return at(most, request), [*notes, "that is the most that can be done"]
    found = at(high, request)
    for _ in range(_HALVINGS):
        found = at((low + high) / 2, request)
        size = size_db(found)
        if abs(size - wanted_db) <= _NEAR * wanted_db:
            break
        low, high = (found.amount, high) if size < wanted_db else (low, found.amount)
    return found, notes
