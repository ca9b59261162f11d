"""The same EQ for every sound: what a goal's words do of themselves."""

from __future__ import annotations

from dataclasses import dataclass

from eqmorph.adapt.goal import Goal
from eqmorph.bands import AtRate, Bands
from eqmorph.model import SemanticSpace
from eqmorph.model.at_rate import limited_at_rate

__all__ = ["FixedEq", "fixed_eq"]


@dataclass(frozen=True, slots=True)
class FixedEq:
    """Five bands for every sound; no frequency is moved by more than ``max_gain_db``, whatever a sound's rate."""

    bands: Bands
    max_gain_db: float

    def at_rate(self, sample_rate: int) -> AtRate:
        """The EQ as it is rendered at a sample rate, and what had to be changed for it."""
        notes = self.bands.at_rate(sample_rate).notes
        return AtRate(limited_at_rate(self.bands, sample_rate, self.max_gain_db), notes)


def fixed_eq(space: SemanticSpace, goal: Goal) -> FixedEq:
    """The EQ for a goal that no sound is heard for."""
    wanted = goal.amount * space.curve(goal.target)
    return FixedEq(space.equalizer_for_curve(goal.target, wanted, max_gain_db=goal.max_gain_db).bands, goal.max_gain_db)
