"""Words: the vocabulary as a map, what people did for one of them, settings without a word, the way between two."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

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
    quiet,
    write_names,
)
from eqmorph.plot.curve import SampledCurve
from eqmorph.plot.shown import Family, Find, Map, PeopleOfWord

__all__ = ["draw_family", "draw_map", "draw_people", "explore_figure", "map_figure", "morph_figure", "people_figure"]

_MARKS = "osD^vPX*h"  # of clusters: told apart without color
_LEAST_PT, _MOST_PT = 2.0, 9.0
_EVIDENCES = (1, 10, 100)  # of the key
_AGREEMENT = (-0.1, 0.7)  # the ends of the scale of tones
_MOST_FINDS, _COLUMNS, _COLUMNS_WIDE = 12, 3, 5
_LABELED_STEPS = 12
_NEEDED = 30  # words that are to be named on the map, the best known
_MANY = 100  # curves: as dots they take less room in an SVG than as lines


def map_figure(picture: Map, style: Style, *, title: str = "", note: str = "") -> Figure:
    """Draw the vocabulary as a map."""
    return one_panel(style, 5.6, lambda ax, look: draw_map(ax, picture, look), title=title, note=note)


def draw_map(ax: Axes, picture: Map, look: Look) -> None:
    """Draw words: alike ones near, sized by evidence, toned by agreement, marked by cluster; the known ones named."""
    tone = Normalize(*_AGREEMENT, clip=True)
    places = np.array([(word.x, word.y) for word in picture.words]).reshape(-1, 2)
    sizes = np.array([_size(word.evidence) for word in picture.words])
    for number, _ in enumerate(picture.clusters):
        of_cluster = [at for at, word in enumerate(picture.words) if word.cluster == number]
        known = [at for at in of_cluster if picture.words[at].agreement is not None]
        hollow = [at for at in of_cluster if picture.words[at].agreement is None]
        mark = _MARKS[number % len(_MARKS)]
        tones = look.tones(tone([picture.words[at].agreement or 0.0 for at in known]))
        x, y = places.T
        ax.scatter(
            x[known], y[known], s=sizes[known] ** 2, marker=mark, c=tones, linewidths=0.5, edgecolors=look.background
        )
        ax.scatter(
            x[hollow],
            y[hollow],
            s=sizes[hollow] ** 2, marker=mark, facecolors="none", linewidths=0.8,
            edgecolors=look.muted,
        )  # fmt: skip
    quiet(ax)
    ax.margins(0.04)
    figure = ax.get_figure()
    if figure is not None:
        bar = figure.colorbar(
            ScalarMappable(tone, look.tones), ax=ax, shrink=0.5, pad=0.01, aspect=16, ticks=[0, 0.2, 0.4, 0.6],
            extend="both",
        )  # fmt: skip
        bar.set_label("agreement, r (hollow: not asked)")
        bar.outline.set_visible(False)
    key = [
        Line2D([], [], marker="o", linestyle="", color=look.muted, markersize=_size(count), label=f"{count}")
        for count in _EVIDENCES
    ]
    sizes_key = ax.legend(
        handles=key, title="settings and answers", loc="upper left", bbox_to_anchor=(0.0, 0.0), ncols=3,
        handletextpad=0.1, columnspacing=0.9, labelcolor=look.ink, alignment="left",
    )  # fmt: skip
    ax.add_artist(sizes_key)
    marks = [
        Line2D([], [], marker=_MARKS[n % len(_MARKS)], linestyle="", color=look.muted, markersize=5, label=name)
        for n, name in enumerate(picture.clusters)
    ]
    ax.legend(
        handles=marks, title="like", loc="upper right", bbox_to_anchor=(1.0, 0.0), ncols=4, handletextpad=0.1,
        columnspacing=0.9, labelcolor=look.ink, alignment="left",
    )  # fmt: skip
    order = sorted(range(len(picture.words)), key=lambda at: -picture.words[at].evidence)
    marked = [at for at in order if picture.words[at].word in picture.marked]
    ax.plot(
        *places[marked].T, "o", markersize=_MOST_PT + 4, markerfacecolor="none", markeredgecolor=look.ink,
        markeredgewidth=1.4, linestyle="",
    )  # fmt: skip
    order = [*marked, *(at for at in order if at not in marked)]
    names = [picture.words[at].word for at in order]
    write_names(ax, names, places[order], radii_pt=sizes[order] / 2, needed=_NEEDED, fontsize="small", color=look.ink)


def _size(evidence: int) -> float:
    """Return how large the mark of a word is, in points."""
    return float(min(_LEAST_PT + 2.2 * np.log10(1 + evidence) * 1.5, _MOST_PT + 3))


def people_figure(picture: PeopleOfWord, style: Style, *, title: str = "", note: str = "") -> Figure:
    """Draw what people did for a word."""
    return one_panel(style, 3.4, lambda ax, look: draw_people(ax, picture, look), title=title, note=note)


def draw_people(ax: Axes, picture: PeopleOfWord, look: Look) -> None:
    """Draw every answer thin and their mean bold; where people mean two things, each in a tone of its own."""
    freqs, in_larger = picture.freqs_hz, picture.in_larger
    freq_axis(ax, look)
    shown = [SampledCurve(freqs, picture.word_db)]
    senses = [(in_larger, "most", 0), (~in_larger, "the others", 1)] if not in_larger.all() else [(in_larger, "", 0)]
    for of_sense, name, number in senses:
        curves = picture.curves_db[of_sense]
        if not len(curves):
            continue
        line = look.line(number)
        ax.add_collection(
            LineCollection(
                [np.column_stack([freqs, curve]) for curve in curves],
                colors=line["color"],
                linewidths=0.6,
                alpha=0.5 if len(curves) < _MANY else 0.25,
                rasterized=len(curves) >= _MANY,
                label=f"each of {len(curves)}{' of ' + name if name else ' people'}",
            ),
            autolim=False,
        )
        mean = curves.mean(axis=0)
        shown += [SampledCurve(freqs, mean), SampledCurve(freqs, np.percentile(curves, 95, axis=0))]
        shown.append(SampledCurve(freqs, np.percentile(curves, 5, axis=0)))
        ax.plot(freqs, mean, linewidth=2.4, zorder=4, label=f"mean{' of ' + name if name else ''}", **line)
    ax.plot(freqs, picture.word_db, color=look.ink, linewidth=2.4, zorder=5, label="the word, by all evidence")
    for number, curve in enumerate(picture.variations, start=1):
        ax.plot(
            curve.freqs_hz, curve.gain_db, color=look.ink, linewidth=1.3, zorder=4,
            linestyle=look.dashes[number % (len(look.dashes) - 1) + 1], label=f"version {number}",
        )  # fmt: skip
    gain_axis(ax, look, [*shown, *picture.variations])
    legend(ax, look, loc="upper left", bbox_to_anchor=(1.0, 1.02), borderaxespad=0.4)


def morph_figure(picture: Family, style: Style, *, title: str = "", note: str = "") -> Figure:
    """Draw the way from one target to another as a family of curves."""
    return one_panel(style, 3.3, lambda ax, look: draw_family(ax, picture, look), title=title, note=note)


def draw_family(ax: Axes, picture: Family, look: Look) -> None:
    """Draw curves in tones from the first to the last, the ends bold and named."""
    freq_axis(ax, look)
    gain_axis(ax, look, picture.curves)
    last = len(picture.curves) - 1
    for number, (place, curve) in enumerate(zip(picture.positions, picture.curves, strict=True)):
        is_end = number in (0, last)
        ax.plot(
            curve.freqs_hz, curve.gain_db, color=look.tones(place), linewidth=2.4 if is_end else 1.1,
            linestyle=look.dashes[1] if number == last else "-", zorder=3 + is_end,
        )  # fmt: skip
    figure = ax.get_figure()
    if figure is not None:
        bar = figure.colorbar(
            ScalarMappable(Normalize(0, 1), look.tones), ax=ax, pad=0.02, aspect=18, ticks=list(picture.positions)
            if last < _LABELED_STEPS else [0, 0.25, 0.5, 0.75, 1],
        )  # fmt: skip
        labels = [f"{tick:.2f}" for tick in bar.get_ticks()]
        labels[0], labels[-1] = label_text(picture.start, 24), label_text(picture.end, 24)
        bar.set_ticklabels(labels)
        bar.outline.set_visible(False)


def explore_figure(finds: list[Find], style: Style, *, title: str = "", note: str = "") -> Figure:
    """Draw settings that no word names, each beside the word that comes nearest."""
    shown = finds[:_MOST_FINDS]
    rows = -(-len(shown) // (_COLUMNS if style.medium.height_in is None else _COLUMNS_WIDE))
    columns = -(-len(shown) // rows)
    with drawing(style):
        figure = new_figure(style, 1.55 * rows + 0.7)
        grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        everything = [find.curve for find in shown]
        everything += [find.nearest_curve for find in shown if find.nearest_curve is not None]
        for number, ax in enumerate(grid.flat):
            if number >= len(shown):
                ax.axis("off")
                continue
            _draw_find(ax, shown[number], number + 1, everything, style.look)
            ax.label_outer()
            if number + columns >= len(shown):  # nothing is below it
                ax.tick_params(labelbottom=True)
                ax.set_xlabel("frequency, Hz")
        left = len(finds) - len(shown)
        heading(figure, style.look, title, note + (f" {left} more are not drawn." if left else ""))
        return figure


def _draw_find(ax: Axes, find: Find, number: int, everything: list[SampledCurve], look: Look) -> None:
    freq_axis(ax, look, few=True)
    gain_axis(ax, look, everything)
    if (nearest := find.nearest_curve) is not None:
        ax.plot(nearest.freqs_hz, nearest.gain_db, color=look.muted, linestyle=look.dashes[1], linewidth=1.1)
    ax.plot(find.curve.freqs_hz, find.curve.gain_db, color=look.ink, linewidth=1.9)
    word = f"{label_text(find.nearest[0][0], 14)} {find.nearest[0][1]:.2f}" if find.nearest else ""
    ax.annotate(f"{number}", (0.03, 0.97), xycoords="axes fraction", va="top", weight="bold")
    ax.annotate(word, (0.97, 0.97), xycoords="axes fraction", va="top", ha="right", color=look.muted, fontsize="small")
