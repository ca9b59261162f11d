"""What an evaluation of the audio side found, and the bars that it must reach."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eqmorph.errors import InputError
from eqmorph.evaluate.audio.move_bars import move_bars
from eqmorph.evaluate.bars import Bar, CheckedBar, check_bars

__all__ = ["BARS", "AudioReport", "Figures", "Points", "read_earlier"]

Figures = dict[str, float]
Points = dict[str, list[float]]

BARS = (
    Bar("a known EQ raises its word's score, % of cases", "raised_percent", 99.0, at_least=True),
    Bar("area under the ROC curve, with against without the EQ", "auc", 0.87, at_least=True),
    Bar("bright against the spectral centroid, rank correlation", "rank.bright.centroid", 0.85, at_least=True),
    Bar("warm against the low-mid share of loudness", "rank.warm.loud_low_mid", 0.85, at_least=True),
    Bar("warm against the low-mid share of power", "rank.warm.low_mid_share", 0.85, at_least=True),
    Bar("predicted against rendered score, mean error", "rendered.mean", 0.005),
    Bar("predicted against rendered score, largest error", "rendered.max", 0.03),
    Bar("spread across tilts against fixed's, warm, low-mid energy", "rule.ours.warm.spread.low_mid", 0.65),
    Bar("the same by the low-mid share of loudness", "rule.ours.warm.spread.loud_low_mid", 0.65),
    Bar("spread across tilts against fixed's, bright, centroid", "rule.ours.bright.spread.centroid", 0.65),
    Bar("the same by sharpness", "rule.ours.bright.spread.sharpness", 0.65),
    Bar("warm moved the right way, %", "rule.ours.warm.right", 100.0, at_least=True),
    Bar("bright moved the right way, %", "rule.ours.bright.right", 100.0, at_least=True),
    Bar("other common words moved the right way, the least %", "others.least", 97.0, at_least=True),
    Bar("two or three words at once, each moved the right way, %", "together_percent", 90.0, at_least=True),
    Bar("newly excessive lows when warm is asked, %", "rule.ours.warm.excess", 12.0),
    Bar("newly excessive highs when bright is asked, %", "rule.ours.bright.excess", 3.0),
    Bar("excess against fixed's, the worse of both", "excess_against_fixed", 1.0),
    Bar("largest response, dB", "largest_db", 12.01),
    Bar("curve grows with the amount, % of cases", "monotone_percent", 100.0, at_least=True),
    Bar("refinement beats the unrefined on its own objective, %", "refine.better_percent", 95.0, at_least=True),
    Bar("refinement, seconds on one core for a sound (95th percentile)", "refine.p95_s", 0.5),
    Bar("windows of 1 s a second, one core", "windows_a_second", 500.0, at_least=True),
)


@dataclass
class AudioReport:
    """Figures by encoder, under dotted names, and the points that the figures' drawings show.

    ``sounds`` says how many of each kind and corpus moves were judged on, ``earlier`` what another report says of them.
    """

    corpora: dict[str, int]
    seed: int
    sounds: dict[str, dict[str, int]] = field(default_factory=dict)
    earlier: Figures | None = None
    figures: dict[str, Figures] = field(default_factory=dict)
    points: dict[str, Points] = field(default_factory=dict)
    seconds: float = 0.0

    def bars(self, encoder: str) -> list[CheckedBar]:
        """Return the bars with what an encoder reached."""
        return check_bars(BARS, self.figures[encoder])

    def move_bars(self, encoder: str) -> dict[str, list[CheckedBar]]:
        """Return, for each kind of sound, the bars of moves with what an encoder reached."""
        return {kind: check_bars(move_bars(kind), self.figures[encoder]) for kind in self.sounds}

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        encoders = {
            name: {
                "figures": figures,
                "bars": [bar.to_json() for bar in self.bars(name)],
                "move_bars": {kind: [bar.to_json() for bar in bars] for kind, bars in self.move_bars(name).items()},
            }
            for name, figures in self.figures.items()
        }
        return {
            "corpora": self.corpora,
            "sounds": self.sounds,
            "seed": self.seed,
            "seconds": round(self.seconds, 1),
            "encoders": encoders,
        }


def read_earlier(path: Path) -> Figures:
    """Read the figures of the first encoder from the JSON of an earlier report.

    Raises:
        InputError: it can't be read, or is no such report.
    """
    try:
        encoders = json.loads(path.read_text(encoding="utf-8"))["encoders"]
        figures = next(iter(encoders.values()))["figures"]
        return {str(name): float(value) for name, value in figures.items()}
    except OSError as error:
        raise InputError(error.strerror or str(error), path=path) from None
    except (ValueError, LookupError, TypeError, AttributeError, StopIteration):
        hint = "An evaluation of the audio side writes one, audio.json, into its folder."
        raise InputError("is no report on the audio side", hint=hint, path=path) from None
