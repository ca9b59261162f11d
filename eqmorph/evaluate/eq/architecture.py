"""The figure of how all of it hangs together: from words to a curve, from sound to a curve, and from both to bands."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from eqmorph.figures.style import Look, Style, drawing, new_figure, quiet

__all__ = ["architecture_figure"]

_WIDE, _HIGH = 120.0, 92.0
#: Each box: its place, what stands in it, and what it is: numbers, the network, the words, or sound.
_BOXES = {
    "setting": (1, 74, 17, 11, "setting\n5 bands", "numbers"),
    "curve": (25, 74, 19, 11, "curve\n64 ERB points\nmean removed", "numbers"),
    "linear": (52, 80, 20, 8.5, "24 linear\ncomponents", "network"),
    "semantic": (52, 69.5, 20, 8.5, "8 semantic\n2 tanh(MLP)", "network"),
    "words": (52, 59, 20, 8.5, "8 for words\nshrunk discriminant", "network"),
    "decoder": (79, 80, 17, 8.5, "residual MLP\n+ linear skip", "network"),
    "refine": (102, 80, 17, 8.5, "refinement\n≤ 6 LM steps", "numbers"),
    "five": (102, 66, 17, 8.5, "5 bands\nalways valid", "numbers"),
    "named": (79, 64, 17, 8.5, "which word?\nby direction", "words"),
    "people": (1, 45, 17, 11, "answers, settings,\ncharts, synonyms", "words"),
    "evidence": (25, 45, 19, 11, "words' curves\nweighed means\nof evidence", "words"),
    "target": (52, 45, 20, 11, "target\nwords with weights", "words"),
    "sound": (1, 22, 17, 11, "sound\nin blocks", "sound"),
    "cells": (25, 22, 19, 11, "windows\npower in cells\n¼ ERB wide", "sound"),
    "heard": (52, 22, 20, 11, "curve against\nwhat is usual\nof its kind", "sound"),
    "decision": (79, 33, 17, 14, "decision\nleast EQ that\ngives each word\nits share", "words"),
    "bands": (102, 35.5, 17, 9, "bands", "numbers"),
    "trajectory": (79, 22, 17, 8, "trajectory\nscores, sections", "sound"),
    "render": (25, 3, 19, 10, "render\npedalboard", "sound"),
    "level": (52, 3, 20, 10, "level\none gain, no limiter", "sound"),
    "file": (79, 3, 17, 10, "file\ntags and chunks\nkept", "sound"),
}
_ARROWS = [
    ("setting", "curve"), ("curve", "linear"), ("curve", "semantic"), ("curve", "words"), ("linear", "decoder"),
    ("decoder", "refine"), ("refine", "five"), ("semantic", "named"), ("words", "named"), ("people", "evidence"),
    ("evidence", "target"), ("target", "decision"), ("evidence", "curve"), ("sound", "cells"), ("cells", "heard"),
    ("heard", "decision"), ("heard", "trajectory"), ("decision", "bands"), ("sound", "render"),
    ("render", "level"), ("level", "file"),
]  # fmt: skip
_LANES = {90.0: "the semantic model", 57.5: "words", 34.5: "the audio side", 14.5: "the chain"}


def architecture_figure(style: Style) -> Figure:
    """Draw the parts of the system and what goes from each to which."""
    with drawing(style):
        figure = new_figure(style, 5.4)
        ax = figure.subplots()
        ax.set_xlim(0, _WIDE)
        ax.set_ylim(0, _HIGH + 2)
        quiet(ax)
        fills = dict(zip(("numbers", "network", "words", "sound"), (None, *style.look.series[:3]), strict=True))
        for x, y, wide, high, text, what in _BOXES.values():
            _box(ax, style.look, (x, y, wide, high), text, fills[what])
        for start, end in _ARROWS:
            _arrow(ax, style.look, start, end)
        _bent(ax, style.look, [(110.5, 65.7), (110.5, 54), (87.5, 54), (87.5, 47.6)])
        _bent(ax, style.look, [(110.5, 35.5), (110.5, 17.5), (34.5, 17.5), (34.5, 13.6)])
        for y, name in _LANES.items():
            ax.text(1, y, name, weight="bold", va="center", fontsize="small", color=style.look.muted)
        ax.text(
            97, 76.3, "toward the curve that\nthe linear part stands for", fontsize=5.2, ha="center", va="center",
            color=style.look.muted,
        )  # fmt: skip
        return figure


def _box(ax: Axes, look: Look, place: tuple[float, float, float, float], text: str, fill: str | None) -> None:
    x, y, wide, high = place
    ax.add_patch(
        FancyBboxPatch(
            (x, y), wide, high, boxstyle="round,pad=0.3,rounding_size=1", facecolor=fill or look.background,
            alpha=0.16 if fill else 1.0, linewidth=0, zorder=1,
        )
    )  # fmt: skip
    ax.add_patch(
        FancyBboxPatch(
            (x, y), wide, high, boxstyle="round,pad=0.3,rounding_size=1", facecolor="none",
            edgecolor=fill or look.ink, linewidth=0.9, zorder=2,
        )
    )  # fmt: skip
    ax.text(x + wide / 2, y + high / 2, text, ha="center", va="center", fontsize=6.4, linespacing=1.15, zorder=3)


def _arrow(ax: Axes, look: Look, start: str, end: str) -> None:
    """Draw an arrow from the side of one box to the nearest side of another."""
    x0, y0, wide0, high0 = _BOXES[start][:4]
    x1, y1, wide1, high1 = _BOXES[end][:4]
    if x1 >= x0 + wide0:
        ends = (x0 + wide0 + 0.5, y0 + high0 / 2), (x1 - 0.6, y1 + high1 / 2)
    elif y1 >= y0 + high0:
        ends = (x0 + wide0 / 2, y0 + high0 + 0.5), (x1 + wide1 / 2, y1 - 0.6)
    else:
        ends = (x0 + wide0 / 2, y0 - 0.5), (x1 + wide1 / 2, y1 + high1 + 0.6)
    _draw_arrow(ax, look, *ends)


def _bent(ax: Axes, look: Look, corners: list[tuple[float, float]]) -> None:
    """Draw an arrow around corners."""
    x, y = zip(*corners[:-1], strict=True)
    ax.plot(x, y, color=look.ink, linewidth=0.8, zorder=0)
    _draw_arrow(ax, look, corners[-2], corners[-1])


def _draw_arrow(ax: Axes, look: Look, start: tuple[float, float], end: tuple[float, float]) -> None:
    ax.add_patch(
        FancyArrowPatch(
            start, end, arrowstyle="-|>", mutation_scale=7, color=look.ink, linewidth=0.8, shrinkA=0, shrinkB=0,
            zorder=0,
        )
    )  # fmt: skip
