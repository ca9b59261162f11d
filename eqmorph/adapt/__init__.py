"""The decision: what a sound is, and what is wanted, become an EQ."""

from eqmorph.adapt.account import Account, WordChange
from eqmorph.adapt.decide import Adaptation, Decision, decide, decide_album
from eqmorph.adapt.fixed import FixedEq, fixed_eq
from eqmorph.adapt.goal import Wish
from eqmorph.adapt.sound_eq import SoundEq

__all__ = [
    "Account",
    "Adaptation",
    "Decision",
    "FixedEq",
    "SoundEq",
    "Wish",
    "WordChange",
    "decide",
    "decide_album",
    "fixed_eq",
]
