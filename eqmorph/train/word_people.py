"""What people did for one word, as a picture: every answer and every setting, parted where they mean two things."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eqmorph.bands import Bands
from eqmorph.errors import UsageError
from eqmorph.model.settings import GRID_HZ, rms, without_mean
from eqmorph.model.space import SemanticSpace
from eqmorph.model.terms import FULL_RMS_DB
from eqmorph.plot.shown import PeopleOfWord
from eqmorph.train.senses import camps_of

__all__ = ["FEWEST", "people_of"]

_LEAST_RMS_DB = 0.1  # of a curve that says something
#: Whose settings a picture needs.
FEWEST = 2


def people_of(space: SemanticSpace, word: str, variations: Sequence[Bands] = ()) -> PeopleOfWord:
    """Return what people did for a word, each curve at the strength of a word, since they chose none.

    Raises:
        UsageError: the model holds too few people's curves of it.
    """
    rows = space.rows_of(word)
    curves = without_mean(space.people_curves[rows])
    strength = rms(curves)
    heard = strength >= _LEAST_RMS_DB
    rows, curves = rows[heard], FULL_RMS_DB * curves[heard] / strength[heard, None]
    if len(curves) < FEWEST:
        raise UsageError(
            f"the model holds the settings of {len(curves)} people for {word!r}, and a picture of them needs {FEWEST}",
            hint="Draw a word that more were asked about.",
        )
    answered = space.people_answered[rows]
    in_larger = np.ones(len(rows), dtype=bool)
    camps = camps_of(curves[answered], np.ones(int(answered.sum())), space.terms[word].agreement)
    if camps is not None:  # settings that were saved under the word are with those whom they are like
        in_larger[answered] = camps.in_larger
        larger, other = (curves[answered][of].mean(axis=0) for of in (camps.in_larger, ~camps.in_larger))
        saved = curves[~answered]
        in_larger[~answered] = saved @ larger >= saved @ other
    return PeopleOfWord(
        word,
        GRID_HZ,
        curves,
        in_larger,
        space.terms[word].curve_db,
        tuple(bands.sampled() for bands in variations),
        answered,
    )
