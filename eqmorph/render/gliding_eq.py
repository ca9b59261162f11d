"""An EQ that can be changed while it is heard.

Changing a filter's coefficients under a signal makes its output jump: by more than a tenth of a tone's amplitude where
a shelf moves by a decibel. So no filter is ever changed. Each new EQ gets filters of its own, which first run through
what was just played, to be in the state they would have had they run from the start; then the sound fades from the
old filters to the new ones. Fades may overlap: a slider that is dragged is followed at once, however fast. And they
may be long: what an EQ between two others does is a fade that stands still, so a fade over seconds is an EQ that moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float32
from eqmorph.bands import Bands
from eqmorph.render.fades import fade_frames, ramp
from eqmorph.render.renderer import Filters, Renderer

__all__ = ["GLIDE_S", "GlidingEq", "Voice"]

GLIDE_S = 0.02
_WARM_UP_S = 0.2  # of what was just played, for new filters; a bell of Q 10 at 50 Hz rings that long
_MAX_VOICES = 5  # at once, each fading in over those before
_AT_ONCE = np.zeros(0, dtype=np.float32)  # weights of a voice that is not faded in


class Voice:
    """An EQ with its filters, ready to be heard.

    Args:
        bands: the EQ; it is rendered as `Bands.at_rate` allows.
        gain_db: a gain on top, to match loudness.
        sample_rate: the sound's rate in Hz.
    """

    def __init__(self, bands: Bands, gain_db: float, sample_rate: float) -> None:
        self._renderer = Renderer(bands.at_rate(sample_rate).bands, sample_rate)
        self._gain = np.float32(10 ** (gain_db / 20))

    def process(self, block: Float32) -> Float32:
        """Process the next block, (channels, frames) in and out, as a new array."""
        filtered = self._renderer.process(block)
        if self._gain != 1:
            filtered *= self._gain
        return filtered


@dataclass
class _Layer:
    """A voice, the weights (n,) that fade it in over those before, and how many of them are done."""

    voice: Filters
    weights: Float32
    faded: int = 0

    @property
    def covers(self) -> bool:
        """Whether nothing of the voices before is heard any more."""
        return self.faded >= len(self.weights)

    def next_weights(self, frames: int) -> Float32:
        weights = self.weights[self.faded : self.faded + frames]
        self.faded += frames
        return np.pad(weights, (0, frames - len(weights)), constant_values=1)


class GlidingEq:
    """Renders blocks through the latest `Voice`, fading to it from those before.

    With one voice and nothing fading, the samples are those of `Renderer`.

    Args:
        voice: the first voice.
        sample_rate: the sound's rate in Hz.
        channels: the channels of the blocks.
    """

    def __init__(self, voice: Filters, sample_rate: float, channels: int) -> None:
        self._ramp = ramp(fade_frames(GLIDE_S, sample_rate))
        self._warm_up_frames = fade_frames(_WARM_UP_S, sample_rate)
        self._past = np.zeros((channels, 0), dtype=np.float32)
        self._layers = [_Layer(voice, _AT_ONCE)]

    @property
    def can_follow(self) -> bool:
        """Whether another voice may begin now; if not, a fade must end first."""
        return len(self._layers) < _MAX_VOICES

    @property
    def past_frames(self) -> int:
        """How much of what was just played a voice first runs through."""
        return self._past.shape[1]

    def glide_to(self, voice: Filters, weights: Float32 | None = None) -> None:
        """Fade to a voice, from wherever the fades have come.

        ``weights`` (n,) are its share of what is heard in each of the next frames, up to 1; by default a short ramp.
        """
        self._warm_up(voice)
        self._layers.append(_Layer(voice, self._ramp if weights is None else weights))

    def jump_to(self, voice: Filters) -> None:
        """Switch to a voice at once, while nothing is heard."""
        self._warm_up(voice)
        self._layers = [_Layer(voice, _AT_ONCE)]

    def process(self, block: Float32) -> Float32:
        """Process the next block, (channels, frames) in and out, as a new array."""
        first, *others = self._layers
        mixed = first.voice.process(block)
        for layer in others:
            mixed += layer.next_weights(block.shape[1]) * (layer.voice.process(block) - mixed)
        self._drop_covered_layers()
        self._past = np.concatenate([self._past, block], axis=1)[:, -self._warm_up_frames :]
        return mixed

    def _warm_up(self, voice: Filters) -> None:
        """Run a voice through what was just played, faded in so that the filters hear no click."""
        if self._past.shape[1]:
            past = self._past.copy()
            soft = past.shape[1] // 4
            past[:, :soft] *= ramp(soft)
            voice.process(past)

    def _drop_covered_layers(self) -> None:
        done = [number for number, layer in enumerate(self._layers) if layer.covers]
        self._layers = self._layers[done[-1] :]
