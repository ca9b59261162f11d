"""V1 against V2 as figures: what each makes of two words beside what people did, and on the way between them."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from eqmorph._typing import Float64
from eqmorph.bands import FREQ_RANGE_HZ, GAIN_RANGE_DB
from eqmorph.evaluate.story.run import StoryReport
from eqmorph.figures.style import Style, drawing, heading, legend, new_figure

__all__ = ["story_figures"]

_BANDS = ("low\nshelf", "bell 1", "bell 2", "bell 3", "high\nshelf")
_GAINS, _FREQS = slice(0, 5), slice(5, 10)
_MARKS = "sD^vPX"
_FARTHEST_DB = 24.0  # that is drawn: what lies beyond is put there


def story_figures(report: StoryReport, style: Style) -> dict[str, Figure]:
    """Return all figures of a report, by name."""
    return {"v1-v2": _bands(report, style), "v1-v2-way": _way(report, style)}


def _bands(report: StoryReport, style: Style) -> Figure:
    """Draw gains and frequencies of each word, band by band: people's means, and what each recipe says."""
    look, places = style.look, np.arange(5)
    with drawing(style):
        figure = new_figure(style, 5.2)
        grid = figure.subplots(2, len(report.people), sharex=True, sharey="row", squeeze=False)
        for column, (word, people) in enumerate(report.people.items()):
            said = {name: np.array(story.words[word]) for name, story in report.recipes.items()}
            everyone = {"people": np.array(people), **said}
            for row, (part, ax) in enumerate(zip((_GAINS, _FREQS), grid[:, column], strict=True)):
                for number, (name, values) in enumerate(everyone.items()):
                    shown, is_people = _held(values[part], row), number == 0
                    line = {"color": look.ink} if is_people else look.line(number - 1)
                    ax.plot(
                        places, shown, marker="o" if is_people else _MARKS[(number - 1) % len(_MARKS)], label=name,
                        linewidth=2.2 if is_people else 1.2, markersize=5, **line,
                    )  # fmt: skip
                ax.grid(axis="y", color=look.grid)
                ax.set_xticks(places, _BANDS)
            top, low = grid[:, column]
            top.axhline(0, color=look.muted, linewidth=0.8)
            top.annotate(word, (0.03, 0.97), xycoords="axes fraction", va="top", weight="bold")
            low.set_yscale("log")
            low.axhspan(*FREQ_RANGE_HZ, color=look.grid, alpha=0.45, zorder=0)
            low.set_yticks([10, 100, 1000, 10_000, 100_000, 1_000_000], ["10", "100", "1k", "10k", "100k", "1M"])
            low.minorticks_off()
        grid[0, 0].set_ylabel("gain, dB")
        grid[1, 0].set_ylabel("frequency, Hz")
        handles, labels = grid[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=5)
        heading(figure, look, "", "Grey: the frequencies that a band can have.")
        return figure


def _held(values: Float64, row: int) -> Float64:
    """Bring gains, or frequencies, to where they can be drawn."""
    return np.clip(values, -_FARTHEST_DB, _FARTHEST_DB) if row == 0 else np.maximum(values, 1.0)


def _way(report: StoryReport, style: Style) -> Figure:
    """Draw the gains of each recipe's bands on the way from one word to the other."""
    look = style.look
    start, end = report.counts
    with drawing(style):
        figure = new_figure(style, 2.9)
        axes = figure.subplots(1, len(report.recipes), sharey=True, squeeze=False)[0]
        for ax, (name, story) in zip(axes, report.recipes.items(), strict=True):
            path = np.clip(np.array(story.path)[:, _GAINS], -_FARTHEST_DB, _FARTHEST_DB)
            for band, gains in enumerate(path.T):
                ax.plot(
                    report.positions, gains, marker=_MARKS[band], markersize=3, label=_BANDS[band].replace("\n", " "),
                    **look.line(band),
                )  # fmt: skip
            ax.axhspan(*GAIN_RANGE_DB, color=look.grid, alpha=0.45, zorder=0)
            ax.axhline(0, color=look.muted, linewidth=0.8)
            ax.grid(axis="x", color=look.grid)
            ax.set_xticks([0, 1], [start, end])
            ax.set_xlabel(name)
        axes[0].set_ylabel("gain of a band, dB")
        legend(axes[-1], look, loc="upper left", bbox_to_anchor=(1.0, 1.02), borderaxespad=0.3)
        heading(figure, look, "", "Grey: the gains that a band can have.")
        return figure
