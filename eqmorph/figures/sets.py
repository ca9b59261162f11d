"""Several sounds or versions side by side: a ranking, what became of a folder, versions of one sound, a reference."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eqmorph.figures.style import (
    Look,
    Style,
    drawing,
    freq_axis,
    gain_axis,
    heading,
    label_text,
    legend,
    new_figure,
    one_panel,
    percent_axis,
)
from eqmorph.plot.curve import SampledCurve
from eqmorph.plot.shown import Balances, Ranked, SetOutcome, VersionsPicture

__all__ = ["balances_figure", "outcome_figure", "ranking_figure", "versions_figure"]

_MOST_NAMED = 40  # sounds; more are drawn as one line, with the first and last named
_ENDS = 3
_MARKS = "osD^vPX"
_FEW = 12  # sounds: each has a line of its own from before to after
_THE_SAME_DB = 0.5  # one EQ at two sample rates differs by less
_BINS = np.linspace(0, 100, 21)


def ranking_figure(
    sounds: Sequence[Ranked], words: Sequence[str], style: Style, *, title: str = "", note: str = ""
) -> Figure:
    """Draw where sounds stand: a row each, or one line where they are many."""
    is_short = len(sounds) <= _MOST_NAMED
    height_in, draw = (max(0.19 * len(sounds), 1.0) + 1.1, _draw_rows) if is_short else (3.6, _draw_line)
    return one_panel(style, height_in, lambda ax, look: draw(ax, sounds, words, look), title=title, note=note)


def _draw_rows(ax: Axes, sounds: Sequence[Ranked], words: Sequence[str], look: Look) -> None:
    rows = -np.arange(len(sounds))
    percent_axis(ax, look, label="place: percentile among usual sounds, %")
    ax.barh(rows, [100 * sound.place for sound in sounds], height=0.6, color=look.series[0], alpha=0.85, zorder=2)
    if len(words) > 1:
        for number, word in enumerate(words):
            at = [100 * sound.percentiles[number] for sound in sounds]
            ax.plot(
                at, rows, _MARKS[number % len(_MARKS)], color=look.background, markeredgecolor=look.ink, zorder=3,
                label=f"percentile of {label_text(word, 16)}", markersize=4.5,
            )  # fmt: skip
        legend(ax, look, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    ax.set_yticks(rows, [label_text(sound.name, 34) for sound in sounds])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(rows[-1] - 0.6, 0.6)


def _draw_line(ax: Axes, sounds: Sequence[Ranked], _words: Sequence[str], look: Look) -> None:
    places = np.array([100 * sound.place for sound in sounds])
    order = np.arange(1, len(sounds) + 1)
    percent_axis(ax, look, along="y", label="place, %")
    ax.fill_between(order, places, 0, color=look.series[0], alpha=0.2, linewidth=0, step="mid")
    ax.plot(order, places, color=look.series[0], drawstyle="steps-mid")
    ax.set_xlim(0.5, len(sounds) + 0.5)
    ax.set_xlabel("sounds, those with most of it first")
    first = "\n".join(label_text(sound.name, 34) for sound in sounds[:_ENDS])
    last = "\n".join(label_text(sound.name, 34) for sound in sounds[-_ENDS:])
    ax.annotate(f"{first}\n…", (0.99, 0.97), xycoords="axes fraction", ha="right", va="top")
    ax.annotate(f"…\n{last}", (0.99, 0.45), xycoords="axes fraction", ha="right", va="bottom", color=look.muted)


def outcome_figure(picture: SetOutcome, style: Style, *, title: str = "", note: str = "") -> Figure:
    """Draw what became of several sounds: how the words asked for are distributed before and after, and all EQs."""
    words = list(picture.moves)
    with drawing(style):
        figure = new_figure(style, 1.35 * max(len(words), 1) + 2.9 if words else 3.1)
        axes = figure.subplots(len(words) + 1, 1, squeeze=False, height_ratios=[*[1.35] * len(words), 2.6])[:, 0]
        for number, word in enumerate(words):
            _draw_distribution(axes[number], picture, word, style.look)
            if number < len(words) - 1:
                axes[number].set_xlabel("")
        _draw_all(axes[-1], picture, style.look)
        heading(figure, style.look, title, note)
        return figure


def _draw_distribution(ax: Axes, picture: SetOutcome, word: str, look: Look) -> None:
    moves = picture.moves[word]
    before, after = (100 * np.array([getattr(move, name) for move in moves]) for name in ("before", "after"))
    percent_axis(ax, look, label="percentile among usual sounds, %")
    rows = {"before": (1.0, before, look.muted, "none"), "after": (0.0, after, look.ink, look.ink)}
    if len(moves) <= _FEW:
        for start, end in zip(before, after, strict=True):
            ax.plot([start, end], [1, 0], color=look.grid, linewidth=1.2, zorder=1)
    for row, values, colour, fill in rows.values():
        if len(moves) <= _FEW:
            ax.plot(values, np.full(len(values), row), "o", color=fill, markeredgecolor=colour, linestyle="", zorder=3)
        else:
            counts, _ = np.histogram(values, _BINS)
            heights = 0.72 * counts / max(counts.max(), 1)
            ax.bar(
                (_BINS[:-1] + _BINS[1:]) / 2, heights, width=4.4, bottom=row - 0.36, color=colour, zorder=2,
                alpha=0.55 if fill == "none" else 0.95,
            )  # fmt: skip
        median = float(np.median(values))
        ax.plot([median, median], [row - 0.2, row + 0.2], color=look.series[1], linewidth=2.2, zorder=4)
        ax.annotate(
            f"{median:.0f}", (median, row + 0.2), (0, 1), textcoords="offset points", ha="center", fontsize="small",
            color=look.series[1],
        )  # fmt: skip
    ax.set_yticks([1, 0], [f"{label_text(word, 18)} before", "after"])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(-0.6, 1.75)


def _draw_all(ax: Axes, picture: SetOutcome, look: Look) -> None:
    curves = picture.curves
    freq_axis(ax, look)
    gain_axis(ax, look, curves)
    freqs_hz = min((curve.freqs_hz for curve in curves), key=lambda freqs_hz: float(freqs_hz[-1]))
    all_db = np.array([curve.at(freqs_hz) for curve in curves])
    if float(np.ptp(all_db, axis=0).max()) > _THE_SAME_DB:
        some = "" if len(curves) == picture.files else f"{len(curves)} of "
        for number, curve in enumerate(curves):
            name = f"EQ of each of {some}{picture.files} files" if number == 0 else None
            ax.plot(curve.freqs_hz, curve.gain_db, color=look.series[0], linewidth=0.7, alpha=0.5, label=name)
        ax.plot(freqs_hz, all_db.mean(axis=0), color=look.ink, linewidth=2.4, label="mean")
    else:
        ax.plot(freqs_hz, all_db[0], color=look.ink, linewidth=2.4, label=f"EQ of all {picture.files} files")
    legend(ax, look, loc="best")


def versions_figure(picture: VersionsPicture, style: Style, *, title: str = "", note: str = "") -> Figure:
    """Draw versions of one sound: what each EQ does, and the percentiles that each makes of the words."""
    with drawing(style):
        figure = new_figure(style, 3.0 + 0.26 * len(picture.words) + 0.5)
        top, low = figure.subplots(2, 1, height_ratios=[3.0, 0.26 * len(picture.words) + 0.4])
        freq_axis(top, style.look)
        gain_axis(top, style.look, picture.curves)
        percent_axis(low, style.look)
        rows = -np.arange(len(picture.words))
        for number, (name, curve) in enumerate(zip(picture.names, picture.curves, strict=True)):
            is_original = not curve.gain_db.any()
            line = {"color": style.look.muted, "linestyle": "-"} if is_original else style.look.line(number - 1)
            mark = "|" if is_original else _MARKS[(number - 1) % len(_MARKS)]
            shown = {"markersize": 13, "markeredgewidth": 2.0} if is_original else {"markersize": 5.5}
            top.plot(curve.freqs_hz, curve.gain_db, linewidth=1 if is_original else 1.9, **line)
            low.plot(
                100 * picture.percentiles[number], rows, mark, color=line["color"], linestyle="", zorder=3 + number,
                **shown,
            )  # fmt: skip
            top.plot([], [], label=label_text(name), marker=mark, **line, **{**shown, "markersize": 6})
        for row in rows:
            low.axhline(row, color=style.look.grid, linewidth=0.8, zorder=0)
        low.set_yticks(rows, [label_text(word, 18) for word in picture.words])
        low.tick_params(axis="y", length=0)
        low.set_ylim(rows[-1] - 0.6, 0.6)
        legend(top, style.look, loc="upper left", bbox_to_anchor=(1.0, 1.02), borderaxespad=0.4)
        heading(figure, style.look, title, note)
        return figure


def balances_figure(picture: Balances, style: Style, *, title: str = "", note: str = "") -> Figure:
    """Draw a sound beside a reference, what the EQ makes of it, and the EQ."""
    with drawing(style):
        look, freqs = style.look, picture.freqs_hz
        figure = new_figure(style, 4.6)
        top, low = figure.subplots(2, 1, sharex=True, height_ratios=[1.25, 1])
        freq_axis(top, look, label=False)
        top.plot(freqs, picture.sound_db, color=look.muted, linestyle=look.dashes[1], label="sound")
        top.plot(freqs, picture.reference_db, color=look.series[1], linewidth=2.4, alpha=0.8, label="reference")
        top.plot(freqs, picture.after_db, color=look.ink, label="sound after the EQ")
        top.fill_between(freqs, picture.after_db, picture.reference_db, color=look.series[1], alpha=0.18, linewidth=0)
        top.set_ylabel("level a third-octave, dB")
        top.grid(axis="y", color=look.grid)
        top.tick_params(labelbottom=False)
        legend(top, look, loc="lower left")
        freq_axis(low, look)
        missing = picture.reference_db - picture.sound_db
        known = np.isfinite(missing)
        gain_axis(low, look, [picture.eq, SampledCurve(freqs[known], missing[known])])
        low.plot(freqs, missing, color=look.series[1], linestyle=look.dashes[2], label="what is missing")
        low.plot(picture.eq.freqs_hz, picture.eq.gain_db, color=look.ink, linewidth=2.2, label="EQ")
        legend(low, look, loc="best", ncols=2)
        heading(figure, style.look, title, note)
        return figure
