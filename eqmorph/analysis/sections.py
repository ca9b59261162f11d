"""The sections of a piece: stretches that sound alike, found where what is heard changes for good.

A piece is cut where that makes its stretches most alike in themselves: the best cut of all, by dynamic programming over
the windows' scores and places in the latent plane. How much windows differ from their neighbors anyway says what is a
change and what is only the music; each cut must be worth several times as much.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from eqmorph._typing import Float64
from eqmorph.analysis.ear import MAIN_WORDS, Ear
from eqmorph.audio.windows import Spectra

__all__ = ["SHORTEST_S", "Section", "find_sections"]

SHORTEST_S = 5.0
_STEP_S = 1.0  # how finely it is looked at
_LONGEST_S = 180.0  # looked at as one; longer ones are put together again
_WORTH = 3.0  # what a cut must explain, in mean differences between neighbors
_WORTH_SAYING = 0.3  # of what is usual of a word between sounds: sections that differ by less in all words are one
_LEAST_VARIANCE = 1e-4  # of neighbors in a sound that never changes


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a piece, in seconds."""

    start_s: float
    end_s: float

    def to_dict(self) -> dict[str, float]:
        return {"start_s": round(self.start_s, 3), "end_s": round(self.end_s, 3)}


def find_sections(ear: Ear, spectra: Spectra) -> tuple[Section, ...]:
    """Return the sections of a sound, one after the other without a gap; a single one where nothing changes."""
    end_s = spectra.frames / spectra.sample_rate
    heard = np.flatnonzero(spectra.heard)
    step = max(1, round(_STEP_S / spectra.hop_s))
    step_s = step * spectra.hop_s
    shortest = max(2, round(SHORTEST_S / step_s))
    if len(heard) < 2 * step * shortest:
        return (Section(0.0, end_s),)
    moments = [heard[at : at + step] for at in range(0, len(heard) - step + 1, step)]
    of_windows = _features(ear, spectra)
    features = np.array([of_windows[windows].mean(axis=0) for windows in moments])
    cuts = _cuts(features, shortest, max(2 * shortest, round(_LONGEST_S / step_s)))
    # A window belongs to its middle, so the cut between two lies between their middles.
    middle_s = spectra.start_s + spectra.length_s / 2
    ends = [(moments[cut - 1][-1], moments[cut][0]) for cut in _told_apart(features, cuts)]
    places = [float(middle_s[before] + middle_s[after]) / 2 for before, after in ends]
    return tuple(Section(begin, end) for begin, end in pairwise([0.0, *places, end_s]))


def _features(ear: Ear, spectra: Spectra) -> Float64:
    """Return what windows are like (w, d), in units of what is usual between sounds."""
    words = [word for word in MAIN_WORDS if word in ear.space.terms]
    found = []
    for part in spectra.parts():
        curves = ear.window_curves(part)
        scores, _ = ear.words_in(curves, words)
        found.append(np.concatenate([scores, ear.plane.place(ear.space.encode(curves))], axis=1))
    spread = np.array([*(ear.spread(word) for word in words), *ear.plane.spread])
    return np.asarray(np.concatenate(found) / spread)


def _cuts(features: Float64, shortest: int, longest: int) -> list[int]:
    """Return where to cut windows (n, d) so that the stretches are most alike in themselves."""
    count = len(features)
    steps = np.diff(features, axis=0)
    worth = _WORTH * max(float(np.mean(np.sum(steps * steps, axis=1))), _LEAST_VARIANCE)
    sums = np.concatenate([np.zeros((1, features.shape[1])), np.cumsum(features, axis=0)])
    squares = np.concatenate([[0.0], np.cumsum(np.sum(features * features, axis=1))])
    least = np.full(count + 1, np.inf)  # what the best cut of the first windows leaves unexplained
    least[0] = 0.0
    before = np.zeros(count + 1, dtype=int)
    for end in range(shortest, count + 1):
        begins = np.arange(max(0, end - longest), end - shortest + 1)
        total = sums[end] - sums[begins]
        inside = squares[end] - squares[begins] - np.sum(total * total, axis=1) / (end - begins)
        costs = least[begins] + inside + worth
        at = int(costs.argmin())
        least[end], before[end] = costs[at], begins[at]
    cuts: list[int] = []
    at = count
    while (at := int(before[at])) > 0:
        cuts.insert(0, at)
    return cuts


def _told_apart(features: Float64, cuts: list[int]) -> list[int]:
    """Return the cuts without those between stretches that hardly differ, the slightest first."""
    while cuts:
        bounds = [0, *cuts, len(features)]
        means = np.array([features[begin:end].mean(axis=0) for begin, end in pairwise(bounds)])
        apart = np.abs(np.diff(means, axis=0)).max(axis=1)
        slightest = int(apart.argmin())
        if apart[slightest] >= _WORTH_SAYING:
            break
        cuts = [*cuts[:slightest], *cuts[slightest + 1 :]]
    return cuts
