"""How near a sound is to a reference, and what should be said of the two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float64
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.portions import Portion
from eqmorph.analysis import Ear
from eqmorph.balance import distance_db
from eqmorph.kind import Kind

__all__ = ["Likeness", "likeness_of", "reference_notes"]

_THE_SAME_DB = 0.01  # a reference as near as this is the sound itself


@dataclass(frozen=True)
class Likeness:
    """How near a sound is to a reference, and what of an EQ brings it nearer.

    Attributes:
        name, kind: the reference's; its kind is None where it is mixed or can't be told.
        reference_db: the reference's curve, as the sound's ear hears it (64,); NaN where nothing is known of it.
        portion: what of the EQ is for the reference, under its name; None where nothing was done.
    """

    name: str
    kind: str | None
    reference_db: Float64
    portion: Portion | None = None

    def distance_db(self, sound_db: Float64) -> float:
        """Return how far a sound with a curve (64,) is from the reference, by third-octaves, level removed."""
        return distance_db(self.reference_db - sound_db)


def likeness_of(ear: Ear, goal: Goal, portion: Portion | None = None) -> Likeness | None:
    """Return what an ear says of the reference of a goal; None if it has none."""
    reference = goal.reference
    if reference is None:
        return None
    heard = np.where(reference.known, ear.curve_of(reference), np.nan)
    return Likeness(reference.name, reference.kind, heard, portion)


def reference_notes(likeness: Likeness | None, sound_db: Float64, kind: Kind | None) -> tuple[str, ...]:
    """Return what should be said of a reference for a sound with a curve (64,), of a kind."""
    if likeness is None:
        return ()
    if likeness.distance_db(sound_db) < _THE_SAME_DB:
        return (f"the reference {likeness.name} sounds just like this: it is the same recording, or its like",)
    if likeness.kind is not None and kind is not None and likeness.kind != kind.value:
        kinds = f"{_SAID[likeness.kind]}, and this is {_SAID[kind.value]}"
        return (f"the reference {likeness.name} is of another kind: it is {kinds}",)
    return ()


_SAID = {"mix": "a mix", "speech": "speech", "instrument": "an instrument"}
