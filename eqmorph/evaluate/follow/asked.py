"""What is asked of every piece, and how it is rendered: by the very chain that files go through, with its defaults."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from eqmorph._typing import Float32
from eqmorph.adapt.eq import Choice, Eq
from eqmorph.analysis import Ear, Profile, listen
from eqmorph.audio.windows import Spectra
from eqmorph.process import Settings, process_audio
from eqmorph.request import EqRequest

__all__ = ["JUDGES", "MODES", "WEIGHTS", "Done", "blocks_of", "render", "within"]

#: The words that are asked for, each with the descriptors that judge it; its bars are about the first ones.
JUDGES = {
    "bright": ("loud_centroid", "high_low", "sharpness", "centroid"),
    "warm": ("loud_low_mid", "low_mid", "high_low", "loud_centroid"),
}
WEIGHTS = (0.5, 1.0)
#: How an EQ follows: not at all, by sections, or by windows of 4 s.
MODES: dict[str, Literal["sections"] | float | None] = {"static": None, "sections": "sections", "4 s": 4.0}
_BLOCK = 1 << 16


@dataclass(frozen=True)
class Done:
    """A sound after an EQ, what was decided, and how long that took."""

    samples: Float32
    choice: Choice
    seconds: float

    @property
    def stations(self) -> int:
        """How many EQs it got."""
        return 1 if self.choice.ride is None else len(self.choice.ride.stations)


def render(ear: Ear, samples: Float32, rate: int, word: str, weight: float, mode: str) -> Done:
    """Return a sound after a word of some weight, the EQ staying or following as one of `MODES`."""
    eq = _Timed(EqRequest(words=f"{word}:{weight:g}", follow=MODES[mode]).resolve(ear))
    done, _ = process_audio(samples, rate, Settings(eq))
    if eq.choice is None:
        raise ValueError("nothing was decided")
    return Done(done, eq.choice, eq.seconds)


def within(samples: Float32, rate: int) -> Spectra:
    """Return the windows of a sound."""
    return listen(blocks_of(samples), rate)


def blocks_of(samples: Float32) -> Sequence[Float32]:
    """Return a sound in blocks, as meters take it in little memory."""
    return [np.ascontiguousarray(samples[:, at : at + _BLOCK]) for at in range(0, samples.shape[1], _BLOCK)]


class _Timed:
    """An EQ that keeps what it decided on last, and the seconds that took."""

    def __init__(self, eq: Eq) -> None:
        self._eq = eq
        self.choice: Choice | None = None
        self.seconds = 0.0

    @property
    def ear(self) -> Ear | None:
        return self._eq.ear

    @property
    def doubts(self) -> Sequence[str]:
        return self._eq.doubts

    def facts(self) -> dict[str, Any]:
        return self._eq.facts()

    def for_set(self, hear_all: Callable[[], Sequence[Spectra]]) -> Eq:
        return self._eq.for_set(hear_all)

    def decide(self, sample_rate: int, spectra: Spectra | None, heard: Profile | None = None) -> Choice:
        started = time.process_time()
        self.choice = self._eq.decide(sample_rate, spectra, heard)
        self.seconds = time.process_time() - started
        return self.choice
