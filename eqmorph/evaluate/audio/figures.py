"""The figures of an evaluation of the audio side, as SVG and PNG."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from eqmorph.evaluate.audio.descriptors import DESCRIPTORS
from eqmorph.evaluate.audio.expected import MOVES
from eqmorph.evaluate.audio.report import AudioReport, Figures, Points
from eqmorph.evaluate.audio.rules import OURS, RULES
from eqmorph.evaluate.drawing import BRIGHT, INK, QUIET, WARM, save

__all__ = ["draw_audio"]

_COLOURS = dict(zip((*RULES, OURS), (QUIET, "#d9c27a", "#8f7fb8", "#6aa58c", BRIGHT, WARM), strict=True))
_SHOWN = {"warm": "loud_low_mid", "bright": "centroid"}


def draw_audio(report: AudioReport, out: Path) -> list[Path]:
    """Draw all figures of the first encoder; return the paths written."""
    encoder = next(iter(report.figures))
    figures, points = report.figures[encoder], report.points[encoder]
    return [
        *save(_adaptivity(figures), out, "audio-adaptivity"),
        *save(_scores(points), out, "audio-scores"),
        *save(_prediction(points), out, "audio-prediction"),
    ]


def _adaptivity(figures: Figures) -> Figure:
    """Draw how much of the tilts' spread each rule leaves, by every descriptor."""
    figure, axes = plt.subplots(1, len(MOVES), figsize=(11.5, 4.6), layout="constrained", sharey=True)
    for axis, (word, moves) in zip(axes, MOVES.items(), strict=True):
        places = np.arange(len(moves))
        width = 0.8 / len(_COLOURS)
        for at, rule in enumerate(_COLOURS):
            left = [figures[f"rule.{rule}.{word}.left.{name}"] for name in moves]
            axis.bar(places + (at - (len(_COLOURS) - 1) / 2) * width, left, width, label=rule, color=_COLOURS[rule])
        axis.axhline(1, color=QUIET, linewidth=1)
        axis.set_xticks(places, [name.replace("_", "\n") for name in moves], fontsize=8)
        axis.set(title=f"{word} asked of tilted sounds")
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set(ylabel="spread across tilts, after / before", ylim=(0, 2))
    axes[-1].legend(fontsize=8, frameon=False, ncols=3)
    return figure


def _scores(points: Points) -> Figure:
    figure, axes = plt.subplots(1, len(_SHOWN), figsize=(9, 4.2), layout="constrained")
    for axis, (word, name) in zip(axes, _SHOWN.items(), strict=True):
        axis.scatter(points[name], points[f"score.{word}"], s=12, color=BRIGHT, alpha=0.7, linewidth=0)
        descriptor = DESCRIPTORS[name]
        axis.set(xlabel=f"{descriptor.title}\n({descriptor.unit})", ylabel=f"score of {word}")
        axis.spines[["top", "right"]].set_visible(False)
    return figure


def _prediction(points: Points) -> Figure:
    figure, axis = plt.subplots(figsize=(4.6, 4.4), layout="constrained")
    both = points["predicted"] + points["rendered"]
    ends = [min(both), max(both)]
    axis.plot(ends, ends, color=QUIET, linewidth=1)
    axis.scatter(points["predicted"], points["rendered"], s=16, color=INK, linewidth=0)
    axis.set(xlabel="score predicted in the power domain", ylabel="score of the rendered audio")
    axis.spines[["top", "right"]].set_visible(False)
    return figure
