"""The figures of an evaluation of the audio side."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from eqmorph.evaluate.audio.descriptors import DESCRIPTORS
from eqmorph.evaluate.audio.expected import MOVES
from eqmorph.evaluate.audio.report import AudioReport, Figures, Points
from eqmorph.evaluate.audio.rules import OURS, RULES
from eqmorph.figures.style import Style, drawing, new_figure

__all__ = ["audio_figures"]

_ALL_RULES = (*RULES, OURS)
_SHOWN = {"warm": "loud_low_mid", "bright": "centroid"}
_MARKS = "sD^vPX"


def audio_figures(report: AudioReport, style: Style) -> dict[str, Figure]:
    """Return all figures of the first encoder, by name."""
    encoder = next(iter(report.figures))
    figures, points = report.figures[encoder], report.points[encoder]
    return {
        "audio-adaptivity": _adaptivity(figures, style),
        "audio-scores": _scores(points, style),
        "audio-prediction": _prediction(points, style),
    }


def _adaptivity(figures: Figures, style: Style) -> Figure:
    """Draw how much of the tilts' spread each rule leaves, by every descriptor."""
    look = style.look
    with drawing(style):
        figure = new_figure(style, 3.6)
        axes = figure.subplots(1, len(MOVES), sharex=True)
        for ax, (word, moves) in zip(axes, MOVES.items(), strict=True):
            rows = -np.arange(len(moves))
            for number, rule in enumerate(_ALL_RULES):
                left = [figures[f"rule.{rule}.{word}.left.{name}"] for name in moves]
                mine = {"marker": "o", "color": look.ink, "markersize": 7, "zorder": 4}
                theirs = {
                    "marker": _MARKS[number % len(_MARKS)], "color": look.series[number % len(look.series)],
                    "markersize": 4.5, "zorder": 3,
                }  # fmt: skip
                ax.plot(left, rows, linestyle="", label=rule, **(mine if rule == OURS else theirs))
            for row in rows:
                ax.axhline(row, color=look.grid, linewidth=0.8, zorder=0)
            ax.axvline(1, color=look.muted, linewidth=1, linestyle=look.dashes[1])
            ax.set_yticks(rows, [name.replace("_", " ") for name in moves], fontsize="small")
            ax.tick_params(axis="y", length=0)
            ax.set_xlim(0, 2)
            ax.set_ylim(rows[-1] - 0.6, 0.6)
            ax.set_xlabel(f"{word}: spread after / before")
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3)
        return figure


def _scores(points: Points, style: Style) -> Figure:
    with drawing(style):
        figure = new_figure(style, 2.9)
        for ax, (word, name) in zip(figure.subplots(1, len(_SHOWN)), _SHOWN.items(), strict=True):
            ax.scatter(points[name], points[f"score.{word}"], s=10, color=style.look.series[0], alpha=0.7, linewidth=0)
            descriptor = DESCRIPTORS[name]
            ax.set(xlabel=f"{descriptor.title}\n({descriptor.unit})", ylabel=f"score of {word}")
            ax.grid(color=style.look.grid)
        return figure


def _prediction(points: Points, style: Style) -> Figure:
    with drawing(style):
        figure = new_figure(style, 3.6)
        ax = figure.subplots()
        both = points["predicted"] + points["rendered"]
        ends = [min(both), max(both)]
        ax.plot(ends, ends, color=style.look.muted, linewidth=1, linestyle=style.look.dashes[1])
        ax.scatter(points["predicted"], points["rendered"], s=14, color=style.look.ink, linewidth=0)
        ax.set(xlabel="score predicted in the power domain", ylabel="score of the rendered audio", aspect="equal")
        ax.grid(color=style.look.grid)
        return figure
