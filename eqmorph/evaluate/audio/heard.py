"""Music as one ear hears it, as it is and tilted, and what EQs make of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.adapt.decide import decide
from eqmorph.adapt.goal import Goal
from eqmorph.analysis import Ear
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.evaluate.audio.descriptors import describe
from eqmorph.evaluate.audio.excerpts import HeardExcerpt, equalized
from eqmorph.evaluate.audio.rules import OURS, RULES
from eqmorph.model.limit import MOST_DB

__all__ = ["TILTS", "HeardMusic", "SoundSet"]


#: What sounds are made of the excerpts before a word is asked for.
TILTS = {
    "plain": Bands(),
    "dark": Bands.parse("HS 3000 -9; LS 200 +3"),
    "bright": Bands.parse("HS 3000 +8; LS 200 -2"),
    "thin": Bands.parse("LS 250 -9"),
    "heavy": Bands.parse("LS 250 +8"),
}
_EXCESSIVE = 0.95  # quantile of a descriptor over the plain excerpts


@dataclass(frozen=True)
class SoundSet:
    """Sounds, their curves by an ear (n, 64), and their physical descriptors."""

    spectra: list[Spectra]
    curves: Float64
    descriptors: dict[str, Float64]

    def rows(self, rows: Sequence[int] | NDArray[np.intp]) -> SoundSet:
        """Return some of the sounds."""
        at = np.asarray(rows)
        some = {name: values[at] for name, values in self.descriptors.items()}
        return SoundSet([self.spectra[i] for i in at], self.curves[at], some)

    def described_after(self, bands: Sequence[Bands]) -> dict[str, Float64]:
        """Return the descriptors after an EQ for each sound."""
        after = [equalized(s, b) for s, b in zip(self.spectra, bands, strict=True)]
        return _describe_all(after)


class HeardMusic:
    """Excerpts as an ear hears them.

    Attributes:
        excerpts: what is heard.
        plain: the excerpts as they are.
        tilted: the excerpts after each of `TILTS`, all excerpts of one tilt before those of the next.
        excessive: from which value on there is too much of a descriptor.
    """

    def __init__(self, ear: Ear, excerpts: Sequence[HeardExcerpt]) -> None:
        self.ear, self.space, self.excerpts = ear, ear.space, excerpts
        self.plain = self._hear([excerpt.spectra for excerpt in excerpts])
        self.tilted = self._hear([equalized(s, tilt) for tilt in TILTS.values() for s in self.plain.spectra])
        self.excessive = {name: np.quantile(values, _EXCESSIVE) for name, values in self.plain.descriptors.items()}

    def known(self, words: Iterable[str]) -> list[str]:
        """Return those of some words that the model knows."""
        return [word for word in words if word in self.space.terms]

    def scores(self, curves: Float64, word: str) -> Float64:
        """Return a word's scores in curves (n, 64)."""
        return np.asarray(self.ear.words_in(curves, [word])[0][..., 0])

    def curves_after(self, sounds: SoundSet, bands: Bands | Sequence[Bands]) -> Float64:
        """Return the ear's curves (n, 64) of sounds after one EQ, or each after its own."""
        each = [bands] * len(sounds.spectra) if isinstance(bands, Bands) else bands
        return np.array([self.ear.curve(s, b) for s, b in zip(sounds.spectra, each, strict=True)])

    def bands_by_rule(self, rule: str, word: str, sounds: SoundSet) -> list[Bands]:
        """Return what a rule decides on when a word is asked of each sound."""
        if rule == OURS:
            return self.decided(word, sounds)
        target = self.space.target(f"{word}:1")
        wanted = RULES[rule](sounds.curves, self.space.terms[word].curve_db, MOST_DB)
        return [self.space.equalizer_for_curve(target, curve, max_gain_db=MOST_DB).bands for curve in wanted]

    def decided(self, word: str, sounds: SoundSet) -> list[Bands]:
        """Return what the shipped rule decides on when a word is asked of each sound."""
        goal = Goal(self.space.target(f"{word}:1"), max_gain_db=MOST_DB)
        return [decide(self.ear, spectra, goal).bands for spectra in sounds.spectra]

    def _hear(self, sounds: list[Spectra]) -> SoundSet:
        curves = np.array([self.ear.curve(spectra) for spectra in sounds])
        return SoundSet(sounds, curves, _describe_all(sounds))


def _describe_all(sounds: Sequence[Spectra]) -> dict[str, Float64]:
    rows = [describe(s.mean_power, s.sample_rate) for s in sounds]
    return {name: np.array([row[name] for row in rows], dtype=float) for name in rows[0]}
