"""The figures of an evaluation of recipes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eqmorph._typing import Float64
from eqmorph.evaluate.eq.architecture import architecture_figure
from eqmorph.evaluate.eq.report import SHIPPED, EqReport
from eqmorph.figures.style import Look, Style, drawing, heading, legend, new_figure, small_panels
from eqmorph.figures.words import draw_family
from eqmorph.model.settings import GRID_HZ, curves_of, rms
from eqmorph.plot.curve import SampledCurve
from eqmorph.plot.shown import Family
from eqmorph.train.dataset import TrainingSet, word_means
from eqmorph.train.evidence import Word
from eqmorph.train.recipes.base import Trained
from eqmorph.train.recipes.response import ResponseModel

__all__ = ["eq_figures"]


_SHOWN = ("warm", "bright", "airy", "muddy", "boomy", "tinny", "harsh", "soft", "deep", "clear", "heavy", "punchy")
_PARAMETERS = {"gain_db": "gain, dB", "frequency_octaves": "frequency, octaves", "q_octaves": "Q, octaves"}
_BANDS = ("low shelf", "bell 1", "bell 2", "bell 3", "high shelf")
_DIVERGENCE = "divergence"  # what recipes call the part of their loss that keeps latents near a normal distribution
_MARKS = "osD^vPX"


def eq_figures(
    report: EqReport, models: dict[str, Trained], data: TrainingSet, evidence: Mapping[str, Word], style: Style
) -> dict[str, Figure]:
    """Return all figures that the models at hand allow, by name, words as the evidence has them."""
    figures = {"training-curves": _training(report, style), "architecture": architecture_figure(style)}
    if any(_DIVERGENCE in parts for parts in report.parts.values()):
        figures["divergence"] = _divergence(report, style)
    figures["term-curves"] = _term_curves(data, evidence, style)
    ours = models.get(SHIPPED)
    if isinstance(ours, ResponseModel) and len(data.classes) > 1:
        figures["latent-map"] = _latent_map(ours, data, style)
        figures["interpolation"] = _flow(ours, data, style)
    return figures


def _line_of(report: EqReport, name: str, look: Look) -> dict[str, Any]:
    if name == SHIPPED:
        return {"color": look.ink, "linewidth": 2.2}
    return {**look.line(list(report.held_out).index(name)), "linewidth": 1.1}


def _training(report: EqReport, style: Style) -> Figure:
    """Draw losses and watched errors over epochs, and what each recipe's parameters are off in the end."""
    names = [name for name, losses in report.losses.items() if len(losses) > 1]
    with drawing(style):
        figure = new_figure(style, 4.8)
        grid = figure.add_gridspec(2, 6, height_ratios=[1.25, 1])
        left, right = figure.add_subplot(grid[0, :3]), figure.add_subplot(grid[0, 3:])
        for name in names:
            losses, watched = np.array(report.losses[name]), np.array(report.watched[name])
            line = _line_of(report, name, style.look)
            left.plot(np.arange(1, len(losses) + 1), losses / losses[0], label=name, **line)
            right.plot(np.arange(1, len(watched) + 1), watched, label=name, **line)
        for ax, label, ticks in (
            (left, "loss, first epoch = 1", [0.1, 0.2, 0.5, 1]),
            (right, "watched response error, dB", [0.5, 1, 2, 4]),
        ):
            ax.set(xlabel="epoch", ylabel=label, yscale="log")
            ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
            ax.minorticks_off()
            ax.grid(color=style.look.grid)
        legend(right, style.look, loc="upper left", bbox_to_anchor=(1.0, 1.02), borderaxespad=0.3)
        rows = [-number for number in range(len(report.held_out))]
        for number, (key, label) in enumerate(_PARAMETERS.items()):
            ax = figure.add_subplot(grid[1, 2 * number : 2 * number + 2])
            for figures, fill in ((report.trained_on, "none"), (report.held_out, style.look.ink)):
                values = [figures[name].get(key, np.nan) for name in report.held_out]
                ax.plot(
                    values, rows, "o", color=fill, markeredgecolor=style.look.ink, linestyle="", markersize=4,
                    label="held out" if fill != "none" else "trained on",
                )  # fmt: skip
            for row in rows:
                ax.axhline(row, color=style.look.grid, linewidth=0.7, zorder=0)
            ax.set_yticks(rows, list(report.held_out) if number == 0 else [""] * len(rows), fontsize="small")
            ax.tick_params(axis="y", length=0)
            ax.set_xlim(left=0)
            ax.set_xlabel(f"mean error of\n{label}")
        legend(ax, style.look, loc="upper left", bbox_to_anchor=(1.0, 1.02), borderaxespad=0.3)
        note = "Parameters may be far off without a sound of difference: what counts is the response."
        heading(figure, style.look, "", note)
        return figure


def _divergence(report: EqReport, style: Style) -> Figure:
    """Draw the divergence from a normal distribution that recipes with a variational latent pay, as weighed."""
    with drawing(style):
        figure = new_figure(style, 3.0)
        ax = figure.subplots()
        for name, parts in report.parts.items():
            if _DIVERGENCE in parts:
                values = np.array(parts[_DIVERGENCE])
                ax.plot(np.arange(1, len(values) + 1), values, label=name, **_line_of(report, name, style.look))
        ax.set(xlabel="epoch", ylabel="KL divergence, as weighed in the loss")
        ax.set_ylim(bottom=0)
        ax.grid(color=style.look.grid)
        legend(ax, style.look, loc="best")
        return figure


def _term_curves(data: TrainingSet, evidence: Mapping[str, Word], style: Style) -> Figure:
    means = word_means(data)
    crowd = dict(zip(data.crowd_words.tolist(), zip(data.crowd, data.crowd_people.tolist(), strict=True), strict=True))
    words = [w for w in _SHOWN if w in means or w in crowd] or list(means)[:12]
    with drawing(style):
        figure, axes = small_panels(style, len(words))
        for number, (ax, word) in enumerate(zip(axes, words, strict=True)):
            saved, count = means.get(word, (None, 0))
            asked, people = crowd.get(word, (None, 0))
            lines = [
                (None if saved is None else 4 * saved / rms(saved), style.look.line(1), "settings saved (SAFE)", 1.1),
                (None if asked is None else 4 * asked / rms(asked), style.look.line(0), "people asked", 1.3),
                (evidence[word].curve_db, {"color": style.look.ink}, "the word", 1.9),
            ]
            for curve, line, name, width in lines:
                if curve is not None:
                    ax.plot(GRID_HZ, curve, linewidth=width, label=name, **line)
            ax.annotate(word, (0.04, 0.96), xycoords="axes fraction", va="top", weight="bold")
            ax.annotate(
                f"{count} settings, {people} people", (0.04, 0.03), xycoords="axes fraction", color=style.look.muted,
                fontsize="x-small",
            )  # fmt: skip
            if number == 0:
                figure.legend(*ax.get_legend_handles_labels(), loc="outside lower right", ncols=3)
        return figure


def _latent_map(model: ResponseModel, data: TrainingSet, style: Style) -> Figure:
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    points = model.semantic(model.encode(data.settings))
    unit = points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-9)
    maps = {
        "first two principal components": PCA(2, random_state=0).fit_transform(points),
        "t-SNE by cosine": TSNE(
            2, metric="cosine", init="pca", random_state=0, perplexity=min(30, len(unit) / 4)
        ).fit_transform(unit),
    }
    with drawing(style):
        figure = new_figure(style, 3.7)
        for ax, (title, at) in zip(figure.subplots(1, 2), maps.items(), strict=True):
            _scatter(ax, np.asarray(at), data, style.look)
            ax.set_xlabel(title)
            ax.set_xticks([])
            ax.set_yticks([])
        handles, labels = ax.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=5, markerscale=1.3)
        return figure


def _scatter(ax: Axes, at: Float64, data: TrainingSet, look: Look) -> None:
    rest = data.labels == ""
    ax.scatter(at[rest, 0], at[rest, 1], s=6, color=look.muted, alpha=0.6, label="other words", linewidths=0)
    for index, word in enumerate(data.classes):
        rows = data.labels == word
        is_main = index < 2
        ax.scatter(
            at[rows, 0], at[rows, 1], s=9 if is_main else 26, color=look.series[(1 - index if is_main else index) % 6],
            marker="o" if is_main else _MARKS[(index - 1) % len(_MARKS)], alpha=0.6 if is_main else 1.0,
            edgecolors="none" if is_main else look.background, linewidths=0.5, label=word,
        )  # fmt: skip


def _flow(model: ResponseModel, data: TrainingSet, style: Style) -> Figure:
    """Draw the way from one word to another along the straight line between their latents, decoded at every step."""
    words = data.classes[:2]
    shapes = data.curves / rms(data.curves)[:, None]
    means = [shapes[data.labels == word].mean(axis=0) for word in words]
    latents = model.encode_curves(np.array([4 * m / rms(m) for m in means]))
    steps = np.linspace(0, 1, 11)
    settings = model.decode(np.array([(1 - t) * latents[0] + t * latents[1] for t in steps]))
    curves = tuple(SampledCurve(GRID_HZ, curve) for curve in curves_of(settings))
    with drawing(style):
        figure = new_figure(style, 4.9)
        top, low = figure.subplots(2, 1, height_ratios=[1.3, 1])
        draw_family(top, Family(words[0], words[1], tuple(steps.tolist()), curves), style.look)
        names: Sequence[str] = _BANDS
        for band, name in enumerate(names):
            low.plot(steps, settings[:, band], marker=_MARKS[band], markersize=3.5, label=name, **style.look.line(band))
        low.axhline(0, color=style.look.muted, linewidth=0.8)
        low.set(ylabel="gain of a band, dB", xlabel=f"place on the way from {words[0]} to {words[1]}", xlim=(0, 1))
        low.grid(color=style.look.grid)
        legend(low, style.look, loc="upper left", bbox_to_anchor=(1.0, 1.02), borderaxespad=0.3)
        note = "Settings are encoded, the straight line between two words' latents is decoded, and bands are refined."
        heading(figure, style.look, "", note)
        return figure
