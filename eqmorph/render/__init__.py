"""Bands and blocks in, blocks out: all filtering is pedalboard's."""

from eqmorph.render.gliding_eq import GlidingEq, Voice
from eqmorph.render.renderer import Renderer

__all__ = ["GlidingEq", "Renderer", "Voice"]
