"""The decision: what a sound is, and what is wanted, become an EQ."""

from eqmorph.adapt.decide import Decision, decide, decide_album
from eqmorph.adapt.wish import Wish

__all__ = ["Decision", "Wish", "decide", "decide_album"]
