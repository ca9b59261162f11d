"""The figures of an evaluation, as SVG and PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from eqmorph._typing import Float64
from eqmorph.evaluate.drawing import BRIGHT, INK, QUIET, WARM, save
from eqmorph.evaluate.eq.report import SHIPPED, EqReport
from eqmorph.model.settings import GRID_HZ, curves_of, rms
from eqmorph.train.dataset import TrainingSet, word_means
from eqmorph.train.evidence import Word
from eqmorph.train.recipes.base import Trained
from eqmorph.train.recipes.response import ResponseModel

__all__ = ["draw_eq"]


_SHOWN = ("warm", "bright", "airy", "muddy", "boomy", "tinny", "harsh", "soft", "deep", "clear", "heavy", "punchy")


def draw_eq(
    report: EqReport, models: dict[str, Trained], data: TrainingSet, evidence: Mapping[str, Word], out: Path
) -> list[Path]:
    """Draw all figures that the models at hand allow, words as the evidence has them; return the paths written."""
    written = [*save(_architecture(), out, "architecture"), *save(_training(report), out, "training-curves")]
    written += save(_term_curves(data, evidence), out, "term-curves")
    ours = models.get(SHIPPED)
    if isinstance(ours, ResponseModel) and len(data.classes) > 1:
        written += save(_latent_map(ours, data), out, "latent-map")
        written += save(_flow(ours, data), out, "interpolation")
    return written


def _frequency_axis(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.set_xlim(20, 20_000)
    axes.set_xticks([50, 200, 1000, 5000, 20_000], ["50", "200", "1k", "5k", "20k"])
    axes.minorticks_off()
    axes.grid(alpha=0.25)
    axes.axhline(0, color=INK, linewidth=0.6)


def _architecture() -> Figure:
    figure, axes = plt.subplots(figsize=(11.5, 4.2), layout="constrained")
    axes.set_xlim(0, 115)
    axes.set_ylim(0, 46)
    axes.axis("off")
    boxes = {
        "setting": (1, 17, 13, 10, "setting\n5 bands", "#f3e7dc"),
        "curve": (19, 17, 15, 10, "curve\n64 ERB points\nmean removed", "#f3e7dc"),
        "linear": (41, 32, 18, 10, "24 linear\ncomponents", "#dce9f3"),
        "semantic": (41, 17, 18, 10, "8 semantic\n2 tanh(MLP)", "#dce9f3"),
        "words": (41, 2, 18, 10, "8 for words\nshrunk discriminant", "#dce9f3"),
        "decoder": (65, 32, 15, 10, "residual MLP\n+ linear skip", "#e2f0dd"),
        "refine": (85, 32, 13, 10, "refinement\n≤ 6 LM steps", "#e2f0dd"),
        "bands": (102, 32, 12, 10, "5 bands\nalways valid", "#f3e7dc"),
        "frequent": (65, 17, 15, 10, "frequent words\nby direction", "#eee6f3"),
        "all": (65, 2, 15, 10, "all words\nby direction", "#eee6f3"),
    }
    for x, y, width, height, text, colour in boxes.values():
        style = "round,pad=0.4"
        axes.add_patch(FancyBboxPatch((x, y), width, height, boxstyle=style, facecolor=colour, edgecolor=INK))
        axes.text(x + width / 2, y + height / 2, text, ha="center", va="center", fontsize=9.5)
    arrows = [("setting", "curve"), ("curve", "linear"), ("curve", "semantic"), ("curve", "words"),
              ("linear", "decoder"), ("decoder", "refine"), ("refine", "bands"), ("semantic", "frequent"),
              ("words", "all")]  # fmt: skip
    for start, end in arrows:
        x0, y0, width, height = boxes[start][:4]
        x1, y1, _, other = boxes[end][:4]
        ends = (x0 + width + 0.7, y0 + height / 2), (x1 - 0.7, y1 + other / 2)
        axes.add_patch(FancyArrowPatch(*ends, arrowstyle="-|>", mutation_scale=13, color=INK, shrinkA=0, shrinkB=0))
    note = "toward the curve that\nthe linear part stands for"
    axes.text(91.5, 25.5, note, fontsize=8.5, color="#555555", ha="center")
    return figure


def _training(report: EqReport) -> Figure:
    names = [name for name, losses in report.losses.items() if len(losses) > 1]
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8), layout="constrained")
    for index, name in enumerate(names):
        losses, watched = np.array(report.losses[name]), np.array(report.watched[name])
        style = (
            {"color": WARM, "linewidth": 2.2}
            if name == SHIPPED
            else {"color": plt.cm.tab10((index + 1) % 10), "linewidth": 1.1}
        )
        left.plot(np.arange(1, len(losses) + 1), losses / losses[0], label=name, **style)
        right.plot(np.arange(1, len(watched) + 1), watched, label=name, **style)
    left.set(xlabel="epoch", ylabel="reconstruction loss, first epoch = 1", yscale="log")
    right.set(xlabel="epoch", ylabel="response error on watched rows, dB", yscale="log")
    left.set_yticks([0.1, 0.2, 0.5, 1], ["0.1", "0.2", "0.5", "1"])
    right.set_yticks([0.5, 1, 2, 4], ["0.5", "1", "2", "4"])
    left.minorticks_off()
    right.minorticks_off()
    for axes in (left, right):
        axes.grid(alpha=0.25)
    if names:
        right.legend(fontsize=8, ncols=2)
    return figure


def _term_curves(data: TrainingSet, evidence: Mapping[str, Word]) -> Figure:
    means = word_means(data)
    crowd = dict(zip(data.crowd_words.tolist(), zip(data.crowd, data.crowd_people.tolist(), strict=True), strict=True))
    words = [w for w in _SHOWN if w in means or w in crowd] or list(means)[:12]
    columns = min(4, len(words))
    rows = -(-len(words) // columns)
    figure, grid = plt.subplots(
        rows, columns, figsize=(2.9 * columns, 2.1 * rows), layout="constrained", sharey=True, squeeze=False
    )
    for axes in grid.flat[len(words) :]:
        axes.axis("off")
    for axes, word in zip(grid.flat, words, strict=False):
        saved, count = means.get(word, (None, 0))
        asked, people = crowd.get(word, (None, 0))
        if saved is not None:
            axes.plot(GRID_HZ, 4 * saved / rms(saved), color=WARM, linewidth=1, label="SAFE")
        if asked is not None:
            axes.plot(GRID_HZ, 4 * asked / rms(asked), color=BRIGHT, linewidth=1, label="people asked")
        axes.plot(GRID_HZ, evidence[word].curve_db, color=INK, linewidth=1.8, label="the word")
        _frequency_axis(axes)
        axes.set_ylim(-13, 13)
        axes.set_title(f"{word}  ({count} rows, {people} people)", fontsize=9)
    grid[0, 0].legend(fontsize=7, loc="lower left")
    for axes in grid[:, 0]:
        axes.set_ylabel("dB")
    return figure


def _latent_map(model: ResponseModel, data: TrainingSet) -> Figure:
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    points = model.semantic(model.encode(data.settings))
    unit = points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-9)
    maps = {
        "PCA": PCA(2, random_state=0).fit_transform(points),
        "t-SNE (cosine)": TSNE(
            2, metric="cosine", init="pca", random_state=0, perplexity=min(30, len(unit) / 4)
        ).fit_transform(unit),
    }
    figure, both = plt.subplots(1, 2, figsize=(11.5, 5), layout="constrained")
    for axes, (title, at) in zip(both, maps.items(), strict=True):
        _scatter(axes, np.asarray(at), data)
        axes.set_title(f"semantic part of the latent, {title}", fontsize=10)
        axes.set_xticks([])
        axes.set_yticks([])
    both[1].legend(fontsize=8, markerscale=1.5, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def _scatter(axes: Axes, at: Float64, data: TrainingSet) -> None:
    rest = data.labels == ""
    axes.scatter(at[rest, 0], at[rest, 1], s=8, color=QUIET, label="other words", linewidths=0)
    for index, word in enumerate(data.classes):
        rows = data.labels == word
        if index < 2:
            colour = (WARM, BRIGHT)[index]
            axes.scatter(at[rows, 0], at[rows, 1], s=10, color=colour, alpha=0.55, label=word, linewidths=0)
        else:
            axes.scatter(
                at[rows, 0], at[rows, 1], s=34, color=plt.cm.Dark2((index - 2) % 8), marker="o^sDvPX"[(index - 2) % 7],
                edgecolors="white", linewidths=0.5, label=word,
            )  # fmt: skip


def _flow(model: ResponseModel, data: TrainingSet) -> Figure:
    """Draw the way from one word to another along the straight line between their latents, decoded at every step."""
    words = data.classes[:2]
    shapes = data.curves / rms(data.curves)[:, None]
    means = [shapes[data.labels == word].mean(axis=0) for word in words]
    latents = model.encode_curves(np.array([4 * m / rms(m) for m in means]))
    steps = np.linspace(0, 1, 11)
    settings = model.decode(np.array([(1 - t) * latents[0] + t * latents[1] for t in steps]))
    curves = curves_of(settings)
    figure, (left, right) = plt.subplots(1, 2, figsize=(11.5, 4.2), layout="constrained")
    for t, curve in zip(steps, curves, strict=True):
        left.plot(GRID_HZ, curve, color=plt.cm.coolwarm_r(t), linewidth=1.6)
    _frequency_axis(left)
    left.set(title=f"decoded curves, {words[0]} to {words[1]}", ylabel="dB", xlabel="Hz")
    names: Sequence[str] = ("low shelf", "bell 1", "bell 2", "bell 3", "high shelf")
    for band, name in enumerate(names):
        right.plot(steps, settings[:, band], marker="o", markersize=3, label=name)
    right.set(title="gains along the way", ylabel="dB", xlabel=f"{words[0]} → {words[1]}")
    right.grid(alpha=0.25)
    right.legend(fontsize=8)
    return figure
