"""Two halves: a stretch of music twice in a row, first made dark, then bright, and how much of that is left.

Both halves are the same music, so that all they differ by is what was done to them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from eqmorph._typing import Float32
from eqmorph.analysis import Ear
from eqmorph.bands import Bands
from eqmorph.evaluate.audio.descriptors import describe
from eqmorph.evaluate.follow.asked import JUDGES, WEIGHTS, render, within
from eqmorph.render import Renderer

__all__ = ["SHELF_HZ", "SHELVES_DB", "Difference", "half_key", "halves_of"]

SHELF_HZ = 2000.0
SHELVES_DB = (8.0, 4.0)  #: first lowered, then raised by
HALF_MODES = ("static", "sections")
_HALF_S, _BEGINS_AT = 30.0, 0.3  # of a piece, past its introduction
_HEADROOM = 0.25

#: A figure's name, and by how much the halves of one piece differ in it.
Difference = tuple[str, float]


def half_key(word: str, weight: float, shelf_db: float, mode: str, judge: str) -> str:
    """Return under which name the difference between halves is reported."""
    return f"halves.{word}.{weight:g}.{shelf_db:g}dB.{mode}.{judge}"


def halves_of(ear: Ear, samples: Float32, rate: int) -> Iterator[Difference]:
    """Yield by how much the halves made of a piece differ, after each EQ and by each descriptor."""
    frames = min(round(_HALF_S * rate), samples.shape[1])
    begin = min(round(_BEGINS_AT * samples.shape[1]), samples.shape[1] - frames)
    stretch = _HEADROOM * samples[:, begin : begin + frames]
    for shelf_db in SHELVES_DB:
        made = [
            Renderer(Bands.parse(f"HS {SHELF_HZ:g} {gain_db:+g}"), rate).process(stretch)
            for gain_db in (-shelf_db, shelf_db)
        ]
        halves = np.concatenate(made, axis=1)
        for word, judges in JUDGES.items():
            for weight in WEIGHTS:
                for mode in HALF_MODES:
                    done = render(ear, halves, rate, word, weight, mode).samples
                    dark, bright = (
                        describe(within(half, rate).mean_power, rate) for half in (done[:, :frames], done[:, frames:])
                    )
                    for judge in judges:
                        yield half_key(word, weight, shelf_db, mode, judge), float(bright[judge] - dark[judge])
