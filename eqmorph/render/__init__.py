"""Bands and blocks in, blocks out: all filtering is pedalboard's."""

from eqmorph.render.gliding_eq import GlidingEq, Voice
from eqmorph.render.linear_renderer import LinearRenderer
from eqmorph.render.renderer import Renderer
from eqmorph.render.ride_renderer import RideRenderer

__all__ = ["GlidingEq", "LinearRenderer", "Renderer", "RideRenderer", "Voice"]
