"""What bands do to tilted sounds when a word was asked for, as the descriptors see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from eqmorph.bands import Bands
from eqmorph.evaluate.audio.expected import EXCESS_OF, MOVES
from eqmorph.evaluate.audio.heard import TILTS, HeardMusic, SoundSet
from eqmorph.evaluate.audio.report import Figures
from eqmorph.model import GRID_HZ

__all__ = ["effect_figures", "spread_against_fixed"]

_MANY_HZ = np.geomspace(20, 20_000, 2000)


def effect_figures(music: HeardMusic, word: str, sounds: SoundSet, bands: Sequence[Bands]) -> Figures:
    """Measure what bands do to sounds that come in groups, one group for each tilt."""
    after, before = sounds.described_after(bands), sounds.descriptors
    count = len(sounds.spectra) // len(TILTS)
    found: Figures = {}
    for name, sign in MOVES[word].items():
        spread_after, spread_before = (
            values[name].reshape(len(TILTS), count).std(axis=0).mean() for values in (after, before)
        )
        found[f"left.{name}"] = float(spread_after / spread_before)
        found[f"right.{name}"] = 100 * float(np.mean(sign * (after[name] - before[name]) > 0))
    raised = music.scores(music.curves_after(sounds, bands), word) - music.scores(sounds.curves, word)
    found["right.score"] = 100 * float(np.mean(raised > 0))
    found["right"] = min(found["right.score"], found[f"right.{next(iter(MOVES[word]))}"])
    found["raised"] = float(raised.mean())
    excess, limit = EXCESS_OF[word], music.excessive[EXCESS_OF[word]]
    found["excess"] = 100 * float(np.mean((after[excess] > limit) & (before[excess] <= limit)))
    responses = np.array([b.response_db(GRID_HZ) for b in bands])
    rates = [spectra.sample_rate for spectra in sounds.spectra]
    found["largest_db"] = max(_largest_db(*one) for one in zip(bands, rates, strict=True))
    found["rms_db"] = float(responses.std(axis=1).mean())
    return found


def _largest_db(bands: Bands, sample_rate: int) -> float:
    """Return the most that bands do as a rate renders them."""
    freqs_hz = np.minimum(_MANY_HZ, 0.499 * sample_rate)
    return float(np.abs(bands.response_db(freqs_hz, sample_rate)).max())


def spread_against_fixed(found: Figures, word: str, rules: Iterable[str], key: str) -> Figures:
    """Return the spread that each rule leaves as a share of what the fixed one leaves, from figures under ``key``."""
    return {
        f"{key}.{rule}.{word}.spread.{name}": found[f"{key}.{rule}.{word}.left.{name}"]
        / found[f"{key}.fixed.{word}.left.{name}"]
        for rule in rules
        for name in MOVES[word]
    }
