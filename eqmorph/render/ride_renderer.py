"""Render an EQ that changes in the course of a sound."""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float32
from eqmorph.bands import Glide, Ride
from eqmorph.render.fades import fade_frames
from eqmorph.render.gliding_eq import GLIDE_S, GlidingEq, Voice

__all__ = ["RideRenderer"]

_AT_ONCE = 1 << 16


class RideRenderer:
    """Filters a signal in blocks of any size as a ride says; the result doesn't depend on where it was cut.

    Args:
        ride: the EQ over time.
        sample_rate: of the signal, in Hz.
        from_frame: where in the sound the signal begins; before its start, the EQ is that of the start.
    """

    def __init__(self, ride: Ride, sample_rate: float, *, from_frame: int = 0) -> None:
        self._rate = sample_rate
        self._ride = ride
        self._glides = [
            glide for glide in ride.glides if glide.before.bands != glide.after.bands and self._ends(glide) > from_frame
        ]
        self._first = self._glides[0].before if self._glides else ride.stations[-1]
        self._eq: GlidingEq | None = None
        self._frame = from_frame

    @property
    def frame(self) -> int:
        """Where in the sound the next block belongs."""
        return self._frame

    def process(self, block: Float32) -> Float32:
        """Filter the next block, (channels, frames) in and out, into a new array."""
        if self._eq is None:
            self._eq = GlidingEq(Voice(self._first.bands, 0.0, self._rate), self._rate, len(block))
        gain = self._gain(block.shape[1])
        parts = []
        while self._glides and self._begins(self._glides[0]) < self._frame + block.shape[1]:
            glide = self._glides.pop(0)
            until = max(self._begins(glide) - self._frame, 0)
            parts.append(self._next(self._eq, block[:, :until]))
            block = block[:, until:]
            self._eq.glide_to(Voice(glide.after.bands, 0.0, self._rate), self._weights(glide))
        parts.append(self._next(self._eq, block))
        return gain * (parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1))

    def _gain(self, frames: int) -> Float32:
        """Return the gain in each of the next frames (n,), as a factor."""
        times_s = (self._frame + np.arange(frames)) / self._rate
        return (10 ** (self._ride.gain_db(times_s) / 20)).astype(np.float32)

    def _begins(self, glide: Glide) -> int:
        return round(glide.before.to_s * self._rate)

    def _ends(self, glide: Glide) -> int:
        return round(glide.after.from_s * self._rate)

    def _weights(self, glide: Glide) -> Float32 | None:
        """Return the later EQ's share in each frame left of a glide; None for one so short that it would click."""
        frames = self._ends(glide) - self._frame
        if frames < fade_frames(GLIDE_S, self._rate):
            return None
        weights = np.empty(frames, dtype=np.float32)
        for at in range(0, frames, _AT_ONCE):  # a slow glide takes minutes
            part = weights[at : at + _AT_ONCE]
            part[:] = glide.shares((self._frame + at + 1 + np.arange(len(part))) / self._rate, self._rate)
        return weights

    def _next(self, eq: GlidingEq, block: Float32) -> Float32:
        self._frame += block.shape[1]
        return eq.process(block) if block.shape[1] else block
