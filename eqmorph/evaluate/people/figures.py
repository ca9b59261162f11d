"""The figures of words judged by people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from eqmorph._typing import Float64
from eqmorph.evaluate.people.confidence import Calibration
from eqmorph.evaluate.people.measures import at_strength
from eqmorph.evaluate.people.report import PeopleReport
from eqmorph.figures.style import Style, drawing, new_figure, small_panels, write_names
from eqmorph.model.settings import GRID_HZ, on_grid, rms, without_mean
from eqmorph.train.corpus import AUDEALIZE_HZ, Answer
from eqmorph.train.said import agreement_of
from eqmorph.train.senses import camps_of

__all__ = ["people_figures"]

_NAMED = 14  # words named in the scatter: those farthest from where they were expected
_TWO_SENSES = 3  # words of two senses that are drawn beside the seven
_STRENGTH_DB = 4.0


def people_figures(report: PeopleReport, style: Style, answers: Sequence[Answer] = ()) -> dict[str, Figure]:
    """Return all figures that the report and the answers allow, by name."""
    figures = {"people-rows": _rows(report, style)}
    if report.calibration is not None:
        figures["people-confidence"] = _confidence(report.calibration, style)
    if report.shown:
        figures["people-curves"] = _curves(report, style)
    if answers:
        figures["people-answers"] = _answers(report, answers, style)
    return figures


def _rows(report: PeopleReport, style: Style) -> Figure:
    """Draw how every row correlates with the other half: each word a dot, their mean a bar."""
    words = report.seven or list(report.words)
    rows = [key for key in report.titles if report.known(key, words)][::-1]
    look = style.look
    with drawing(style):
        figure = new_figure(style, 0.26 * len(rows) + 0.9)
        ax = figure.subplots()
        for place, key in enumerate(rows):
            values = [report.figures[key][word]["correlation"] for word in report.known(key, words)]
            is_ours = key in ("ours", "bands")
            ax.barh(
                place, float(np.mean(values)), height=0.62, color=look.series[1] if is_ours else look.grid,
                edgecolor=look.ink if is_ours else look.muted, linewidth=0.8,
            )  # fmt: skip
            ax.plot(values, np.full(len(values), place), "o", color=look.ink, markersize=3, linestyle="", zorder=3)
        ax.set_yticks(range(len(rows)), [report.titles[key] for key in rows])
        ax.tick_params(axis="y", length=0)
        ax.set_xlabel("correlation with people who were not asked before\neach word a dot, their mean a bar")
        ax.set_xlim(-1, 1)
        ax.axvline(0, color=look.muted, linewidth=0.8)
        ax.grid(axis="x", color=look.grid)
        return figure


def _confidence(calibration: Calibration, style: Style) -> Figure:
    look = style.look
    with drawing(style):
        figure = new_figure(style, 4.4)
        ax = figure.subplots()
        words = list(calibration.expected)
        expected = np.array([calibration.expected[word] for word in words])
        found = np.array([calibration.found[word] for word in words])
        ends = [min(0.0, float(found.min()), float(expected.min())), max(1.0, float(expected.max()))]
        ax.plot(ends, ends, color=look.muted, linewidth=1, linestyle=look.dashes[1])
        ax.plot(expected, found, "o", color=look.series[0], markersize=4, linestyle="")
        ax.set(xlabel="confidence: correlation expected with one more listener", ylabel="correlation found")
        ax.grid(color=look.grid)
        ax.margins(0.06)
        order = np.argsort(-np.abs(expected - found))
        far = [words[at] for at in order[:_NAMED]]
        write_names(ax, far, np.column_stack([expected, found])[order[:_NAMED]], needed=_NAMED, fontsize="small")
        return figure


def _curves(report: PeopleReport, style: Style) -> Figure:
    """Draw our curve and the other half's mean of the first split, with demo settings behind them."""
    look = style.look
    with drawing(style):
        figure, axes = small_panels(style, len(report.shown))
        for ax, (word, shown) in zip(axes, report.shown.items(), strict=True):
            for number, curve in enumerate(shown.demos):
                name = "settings of other systems" if not number else None
                ax.plot(GRID_HZ, at_strength(curve), color=look.muted, alpha=0.6, linewidth=0.7, label=name)
            ax.plot(GRID_HZ, at_strength(shown.judges), linewidth=1.5, label="the other half", **look.line(1))
            ax.plot(GRID_HZ, at_strength(shown.ours), color=look.ink, linewidth=1.9, label="the word")
            ax.annotate(word, (0.04, 0.96), xycoords="axes fraction", va="top", weight="bold")
        if axes:
            figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower right", ncols=3)
        return figure


def _answers(report: PeopleReport, answers: Sequence[Answer], style: Style) -> Figure:
    """Draw every answer to the seven words and to some of two senses, thin, with means bold, a tone for each sense."""
    look = style.look
    of_word: dict[str, list[Answer]] = {word: [] for word in report.words}
    for answer in answers:
        if answer.word in of_word:
            of_word[answer.word].append(answer)
    seven = report.seven or list(report.words)[:7]
    parted = {word: _parted(of_word[word]) for word in report.words}
    two = [word for word in report.words if word not in seven and not parted[word][1].all()]
    words = [*seven, *two[:_TWO_SENSES]]
    with drawing(style):
        figure, axes = small_panels(style, len(words))
        for ax, word in zip(axes, words, strict=True):
            curves, in_larger = parted[word]
            for of_sense, number in ((in_larger, 0), (~in_larger, 1)):
                for curve in curves[of_sense]:
                    ax.plot(GRID_HZ, curve, color=look.series[number], linewidth=0.4, alpha=0.3, rasterized=True)
            for of_sense, number in ((in_larger, 0), (~in_larger, 1)):
                if of_sense.any():
                    name = ("mean of what most mean", "mean of the others")[number]
                    ax.plot(GRID_HZ, curves[of_sense].mean(axis=0), linewidth=2.2, label=name, **look.line(number))
            ax.annotate(f"{word}, {len(curves)}", (0.04, 0.96), xycoords="axes fraction", va="top", weight="bold")
        most = max(axes, key=lambda ax: len(ax.get_legend_handles_labels()[0]))
        figure.legend(*most.get_legend_handles_labels(), loc="outside lower right", ncols=2)
        return figure


def _parted(answers: Sequence[Answer]) -> tuple[Float64, NDArray[np.bool_]]:
    """Return answers as curves of one strength (p, 64), and which are of the larger sense."""
    curves = without_mean(np.array([on_grid(answer.curve, AUDEALIZE_HZ) for answer in answers]))
    strength = rms(curves)
    curves = _STRENGTH_DB * curves / np.maximum(strength, 1e-9)[:, None]
    weights = np.array([max(answer.consistency, 0.01) for answer in answers])
    camps = camps_of(curves, weights, agreement_of(curves))
    return curves, np.ones(len(curves), dtype=bool) if camps is None else camps.in_larger
