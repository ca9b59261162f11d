"""The decision: what a sound is, and what is wanted, become an EQ."""

from eqmorph.adapt.account import Account, WordChange
from eqmorph.adapt.decide import AdaptiveEq, Decision, decide, decide_album
from eqmorph.adapt.fixed import FixedEq, fixed_eq
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.sound_eq import SoundEq

__all__ = [
    "Account",
    "AdaptiveEq",
    "Decision",
    "FixedEq",
    "Goal",
    "SoundEq",
    "WordChange",
    "decide",
    "decide_album",
    "fixed_eq",
]
