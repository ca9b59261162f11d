"""The figure of an EQ that follows: how even each piece becomes, and what that does to its loudness."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from eqmorph.evaluate.follow.asked import MODES
from eqmorph.evaluate.follow.report import FollowReport
from eqmorph.figures.style import Style, drawing, new_figure

__all__ = ["follow_figures"]

_MARKS = "osD^vPX"


def follow_figures(report: FollowReport, style: Style) -> dict[str, Figure]:
    """Return all figures of a report, by name."""
    return {"follow": _pieces(report, style)}


def _pieces(report: FollowReport, style: Style) -> Figure:
    """Draw for each piece and way how far its word lies apart, and how much its loudness range widens."""
    look = style.look
    cases = list(dict.fromkeys((row.word, row.weight) for row in report.rows))
    with drawing(style):
        figure = new_figure(style, 0.42 * len(cases) + 1.5)
        spread, loudness = figure.subplots(1, 2, sharey=True)
        for number, mode in enumerate(MODES):
            line = {"color": look.muted} if number == 0 else {"color": look.series[number - 1]}
            for place, case in enumerate(cases):
                rows = [row for row in report.rows if (row.word, row.weight, row.mode) == (*case, mode)]
                at = np.full(len(rows), -place - 0.2 * (number - 1))
                for ax, values in ((spread, [row.spread for row in rows]), (loudness, [row.range_lu for row in rows])):
                    ax.plot(values, at, _MARKS[number], markersize=3.5, alpha=0.7, linestyle="", **line)
                    if values:
                        ax.plot(np.mean(values), at[0], "|", markersize=13, markeredgewidth=2, **line)
            spread.plot([], [], _MARKS[number], linestyle="", label=mode, **line)
        spread.set_yticks(-np.arange(len(cases)), [f"{word}:{weight:g}" for word, weight in cases])
        spread.tick_params(axis="y", length=0)
        spread.set_xlim(left=0)
        spread.set_xlabel("spread over a piece, percentile points")
        loudness.axvline(0, color=look.muted, linewidth=0.8)
        loudness.set_xlabel("loudness range wider by, LU")
        for ax in (spread, loudness):
            ax.grid(axis="x", color=look.grid)
        handles, labels = spread.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3, title="each piece a mark, the mean a bar")
        return figure
