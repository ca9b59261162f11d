"""The figures of words judged by people, as SVG and PNG."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from eqmorph.evaluate.drawing import BRIGHT, INK, QUIET, WARM, save
from eqmorph.evaluate.people.confidence import Calibration
from eqmorph.evaluate.people.measures import at_strength
from eqmorph.evaluate.people.report import PeopleReport
from eqmorph.model.settings import GRID_HZ

__all__ = ["draw_people"]

_NAMED = 12  # words named in the scatter: those farthest from where they were expected


def draw_people(report: PeopleReport, out: Path) -> list[Path]:
    """Draw all figures that the report allows; return the paths written."""
    written = save(_rows(report), out, "people-rows")
    if report.calibration is not None:
        written += save(_confidence(report.calibration), out, "people-confidence")
    if report.shown:
        written += save(_curves(report), out, "people-curves")
    return written


def _rows(report: PeopleReport) -> Figure:
    """Draw how every row correlates with the other half: each word a dot, their mean a bar."""
    words = report.seven or list(report.words)
    rows = [key for key in report.titles if report.known(key, words)][::-1]
    figure, axes = plt.subplots(figsize=(8.5, 0.42 * len(rows) + 1.1), layout="constrained")
    for place, key in enumerate(rows):
        values = [report.figures[key][word]["correlation"] for word in report.known(key, words)]
        axes.barh(place, float(np.mean(values)), height=0.62, color=WARM if key in ("ours", "bands") else QUIET)
        axes.scatter(values, np.full(len(values), place), s=14, color=INK, zorder=3, linewidth=0)
    axes.set_yticks(range(len(rows)), [report.titles[key] for key in rows])
    axes.set(xlabel="correlation with people who were not asked before", xlim=(-1, 1))
    axes.axvline(0, color=INK, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _confidence(calibration: Calibration) -> Figure:
    figure, axes = plt.subplots(figsize=(5.6, 5.2), layout="constrained")
    words = list(calibration.expected)
    expected = np.array([calibration.expected[word] for word in words])
    found = np.array([calibration.found[word] for word in words])
    ends = [min(0.0, float(found.min()), float(expected.min())), max(1.0, float(expected.max()))]
    axes.plot(ends, ends, color=QUIET, linewidth=1)
    axes.scatter(expected, found, s=16, color=BRIGHT, linewidth=0)
    for i in np.argsort(-np.abs(expected - found))[:_NAMED]:
        axes.annotate(words[i], (expected[i], found[i]), xytext=(3, 3), textcoords="offset points", fontsize=8)
    axes.set(xlabel="confidence: correlation expected with one more listener", ylabel="correlation found")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _curves(report: PeopleReport) -> Figure:
    """Draw our curve and the other half's mean of the first split, with demo settings behind them."""
    words = list(report.shown)
    columns = min(4, len(words))
    rows = -(-len(words) // columns)
    figure, grid = plt.subplots(
        rows, columns, figsize=(2.9 * columns, 2.2 * rows), layout="constrained", sharey=True, squeeze=False
    )
    for axes in grid.flat[len(words) :]:
        axes.axis("off")
    for axes, word in zip(grid.flat, words, strict=False):
        shown = report.shown[word]
        for number, curve in enumerate(shown.demos):
            label = "demo settings of other systems" if not number else None
            axes.plot(GRID_HZ, at_strength(curve), color=QUIET, linewidth=0.8, label=label)
        axes.plot(GRID_HZ, at_strength(shown.judges), color=INK, linewidth=1.4, label="the other half")
        axes.plot(GRID_HZ, at_strength(shown.ours), color=WARM, linewidth=1.8, label="our word")
        axes.set_xscale("log")
        axes.set_xlim(20, 20_000)
        axes.set_xticks([50, 500, 5000], ["50", "500", "5k"])
        axes.minorticks_off()
        axes.grid(alpha=0.25)
        axes.set_title(word, fontsize=10)
    grid.flat[0].set_ylim(-13, 13)
    grid.flat[0].set_ylabel("dB at 4 dB rms")
    handles, labels = grid.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower right", ncols=3, frameon=False, fontsize=8)
    return figure
