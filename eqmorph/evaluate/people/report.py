"""What was found about words and people, and the bars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from eqmorph._typing import Float64
from eqmorph.evaluate.bars import Bar, CheckedBar, check_bars
from eqmorph.evaluate.people.confidence import Calibration
from eqmorph.evaluate.people.derived import DerivedFigures

__all__ = ["BARS", "MEASURES", "SEVEN", "PeopleReport", "Shown"]

#: The words of the published benchmark.
SEVEN = ("warm", "soft", "harsh", "calm", "loud", "bright", "heavy")
#: What is measured of each row and word: its title and digits.
MEASURES = {
    "correlation": ("correlation", 2),
    "error_db": ("error dB", 2),
    "energy": ("energy distance dB", 2),
    "mmd_published": ("MMD as published", 2),
    "mmd_matched": ("MMD level-matched", 2),
}

BARS = (
    Bar("seven words, correlation with the other half, mean", "seven_correlation", 0.85, at_least=True),
    Bar("seven words, correlation of the least", "seven_least", 0.70, at_least=True),
    Bar("correlation above the best demo setting's, least lead", "lead", 0.0, at_least=True),
    Bar("all words with six answers, correlation, mean", "all_correlation", 0.66, at_least=True),
    Bar("confidence against held-out listeners, mean absolute error", "confidence_error", 0.12),
    Bar("confidence against agreement, rank correlation", "confidence_rank", 0.75, at_least=True),
    Bar("30 variations against people, level-matched MMD", "variations_mmd", 0.32),
    Bar("words from synonyms alone, share covered", "derived_coverage", 0.95, at_least=True),
    Bar("words from synonyms alone, correlation, mean", "derived_correlation", 0.55, at_least=True),
    Bar("the same, the surer half", "derived_surer_half", 0.65, at_least=True),
    Bar("the same, sure and wrong", "derived_wrong", 0.0),
    Bar("target to bands, median ms", "bands_ms", 1.0),
)

Figures = dict[str, float]  # measure -> mean over the splits


@dataclass(frozen=True, slots=True)
class Shown:
    """What is drawn of a word in one split: our curve, the judges' mean, demo settings' curves (n, 64)."""

    ours: Float64
    judges: Float64
    demos: Float64


@dataclass
class PeopleReport:
    """For each row and word the mean over splits of every measure, and what else was found.

    Attributes:
        words: the words with enough answers, and how many answers each has.
        answers: how many answers there are in all, of any word.
        settings: how many saved settings.
        splits: how many ways to halve the answers.
        seed: of the splits.
        figures: row, word, measure; curves are judged by everyone held out, demo settings by who heard their sound.
        by_sound: demo settings and our words: row, word, sound, correlation.
        calibration: of the confidence, None where no word has any.
        derived: words as their synonyms alone would have them; None where there is no thesaurus.
        bands_ms: how long a word takes to become bands.
        seconds: that all of it took.
        titles: of the rows.
        shown: the seven words in the first split, for the figures alone.
    """

    words: dict[str, int]
    answers: int
    settings: int
    splits: int
    seed: int
    figures: dict[str, dict[str, Figures]] = field(default_factory=dict)
    by_sound: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    calibration: Calibration | None = None
    derived: DerivedFigures | None = None
    bands_ms: float | None = None
    seconds: float = 0.0
    titles: dict[str, str] = field(default_factory=dict)
    shown: dict[str, Shown] = field(default_factory=dict)

    @property
    def seven(self) -> list[str]:
        """Those of the seven words that were asked about."""
        return [word for word in SEVEN if word in self.words]

    def known(self, row: str, words: Iterable[str]) -> list[str]:
        """Return those of some words that a row has."""
        return [word for word in words if word in self.figures.get(row, {})]

    def mean(self, row: str, measure: str, words: Iterable[str]) -> float | None:
        """Return a row's mean over those of some words that it has; None where it has none."""
        values = [self.figures[row][word][measure] for word in self.known(row, words)]
        return float(np.mean(values)) if values else None

    def least(self, row: str, words: Iterable[str]) -> float | None:
        """Return the least correlation of a row with the judges, over those of some words that it has."""
        return min((self.figures[row][word]["correlation"] for word in self.known(row, words)), default=None)

    def sound_mean(self, row: str, word: str) -> float | None:
        """Return the correlation of demo settings, or ours judged in their way: the mean over the sounds."""
        found = self.by_sound.get(row, {}).get(word)
        return float(np.mean(list(found.values()))) if found else None

    def bars(self) -> list[CheckedBar]:
        """Return the bars with what was reached."""
        values = {
            "seven_correlation": self.mean("ours", "correlation", self.seven),
            "seven_least": self.least("ours", self.seven),
            "lead": self._lead(),
            "all_correlation": self.mean("ours", "correlation", self.words),
            "confidence_error": self.calibration.error if self.calibration else None,
            "confidence_rank": self.calibration.rank if self.calibration else None,
            "variations_mmd": self.mean("ours", "mmd_matched", self.seven),
            "bands_ms": self.bands_ms,
        }
        if self.derived is not None:
            values |= {
                "derived_coverage": self.derived.coverage,
                "derived_correlation": self.derived.correlation,
                "derived_surer_half": self.derived.surer_half,
                "derived_wrong": float(len(self.derived.sure_and_wrong)),
            }
        return check_bars(BARS, {key: value for key, value in values.items() if value is not None})

    def _lead(self) -> float | None:
        """Return by how much our words lead the best of the demo settings, where they lead least."""
        leads = []
        for row, words in self.by_sound.items():
            for word in words if row != "ours" else ():
                ours, theirs = self.sound_mean("ours", word), self.sound_mean(row, word)
                if ours is not None and theirs is not None:
                    leads.append(ours - theirs)
        return min(leads) if leads else None

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return {
            "words": self.words,
            "seven": self.seven,
            "answers": self.answers,
            "settings": self.settings,
            "splits": self.splits,
            "seed": self.seed,
            "rows": self.titles,
            "figures": self.figures,
            "by_sound": self.by_sound,
            "calibration": self.calibration.to_json() if self.calibration else None,
            "derived": self.derived.to_json() if self.derived else None,
            "bands_ms": self.bands_ms,
            "bars": [bar.to_json() for bar in self.bars()],
            "seconds": self.seconds,
        }
