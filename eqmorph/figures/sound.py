"""What an EQ does to a sound: spectra before and after, how the EQ came about, and what becomes of the words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from eqmorph.figures.eq import draw_eq, shade
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
    percent_axis,
)
from eqmorph.plot.curve import AXIS_HZ, SampledCurve
from eqmorph.plot.shown import BeforeAfter, Decided, Mark, SoundPicture, WordMove

__all__ = ["draw_decided", "draw_moves", "draw_profile", "draw_spectra", "sound_figure"]

_DEEPEST_DB = 66.0  # below the loudest: what is further down is not shown
_ROOM_DB = 4.0
_MOST_WORDS, _ROWS = 8, 5
_OCTAVES_A_NAME, _RIGHT_HZ = 2.8, 4000.0
_ASKED_ROOM_DB = 3.0  # beyond the largest gain: an amount that is searched for asks for anything
_TIGHTER_DB = 0.3  # than the largest gain, where a limit of the sound itself is shown


def sound_figure(picture: SoundPicture, style: Style, *, title: str = "", note: str = "") -> Figure:
    """Draw a sound before and after over the EQ and how it came about; the words beside, where there are any."""
    decided = picture.decided
    words = decided.words[:_MOST_WORDS] if decided is not None else ()
    with drawing(style):
        figure = new_figure(style, 5.0)
        grid = figure.add_gridspec(2, 2 if words else 1, width_ratios=[3.4, 1] if words else [1], height_ratios=[1, 1])
        top = figure.add_subplot(grid[0, 0])
        low = figure.add_subplot(grid[1, 0], sharex=top)
        draw_spectra(top, picture.spectra, style.look, marks=decided.marks if decided is not None else ())
        top.set_xlabel("")
        top.tick_params(labelbottom=False)
        if decided is not None:
            draw_decided(low, decided, style.look)
        else:
            draw_eq(low, picture.eq, style.look)
        if words:
            draw_moves(figure.add_subplot(grid[:, 1]), words, style.look)
        heading(figure, style.look, title, note)
        return figure


def draw_spectra(ax: Axes, spectra: BeforeAfter, look: Look, *, marks: Sequence[Mark] = ()) -> None:
    """Draw a sound's spectrum before and after; what was added is tinted, what was taken hatched."""
    freqs, before, after = spectra.freqs_hz, spectra.before_db, spectra.after_db
    top = float(max(before.max(), after.max()))
    floor = max(float(min(before.min(), after.min())), top - _DEEPEST_DB)
    freq_axis(ax, look)
    ax.fill_between(
        freqs, before, after, where=(after > before).tolist(), interpolate=True, color=look.added, alpha=0.55,
        linewidth=0, label="added",
    )  # fmt: skip
    ax.fill_between(
        freqs, before, after, where=(after < before).tolist(), interpolate=True, facecolor=look.taken, alpha=0.45,
        linewidth=0, hatch="////", label="taken",
    )  # fmt: skip
    ax.plot(freqs, before, color=look.muted, linewidth=1.1, linestyle=look.dashes[1], label="before")
    ax.plot(freqs, after, color=look.ink, linewidth=1.7, label="after")
    ax.set_ylim(floor - 1, top + _ROOM_DB)
    ax.grid(axis="y", color=look.grid)
    ax.set_ylabel("level a third-octave, dB")
    legend(ax, look, loc="lower left", ncols=2, handlelength=1.8, columnspacing=1.2)
    _marked(ax, marks, look)


def draw_decided(ax: Axes, decided: Decided, look: Look) -> None:
    """Draw what was asked for, what the limits left of it, and what the bands do."""
    freqs, fitted = decided.freqs_hz, decided.fitted
    freq_axis(ax, look)
    gain_axis(ax, look, decided.curves(float(decided.high_db.max()) + _ASKED_ROOM_DB))
    low, high = ax.get_ylim()
    most = float(decided.high_db.max())
    name: str | None = "out of bounds"
    for bound, edge, is_tight in (
        (decided.high_db, high, decided.high_db < most - _TIGHTER_DB),
        (decided.low_db, low, decided.low_db > -most + _TIGHTER_DB),
    ):
        if is_tight.any():
            shown = np.clip(bound, low, high)
            ax.fill_between(
                freqs, shown, edge, where=_grown(is_tight).tolist(), facecolor=look.muted, alpha=0.16, linewidth=0,
                hatch="....", label=name,
            )  # fmt: skip
            name = None
    ax.plot(freqs, decided.asked_db, color=look.series[1], linestyle=look.dashes[2], linewidth=1.6, label="asked")
    ax.plot(freqs, decided.limited_db, color=look.series[0], linestyle=look.dashes[1], linewidth=1.5, label="limited")
    ax.plot(fitted.freqs_hz, fitted.gain_db, color=look.ink, linewidth=2.2, label="fitted")
    at = np.array(fitted.marks_hz)
    ax.plot(at, fitted.at(at), "o", color=look.ink, markeredgecolor=look.background, zorder=5)
    ax.set_ylim(low, high)
    legend(ax, look, loc="upper left", bbox_to_anchor=(-0.02, -0.26), ncols=4, handlelength=1.9, columnspacing=0.9)
    _marked(ax, decided.marks, look)


def draw_profile(ax: Axes, curve: SampledCurve, look: Look, *, title: str = "") -> None:
    """Draw how a sound differs from what is usual, at every frequency."""
    freq_axis(ax, look)
    gain_axis(ax, look, [curve], label="against what is usual, dB")
    ax.plot(curve.freqs_hz, curve.gain_db, color=look.ink, linewidth=2.2)
    shade(ax, curve, look)
    ax.set_title(label_text(title, 60), loc="center")  # where one's own goes: it takes its place


def draw_moves(ax: Axes, words: Sequence[WordMove], look: Look) -> None:
    """Draw each word's percentile before and after, hollow and filled."""
    percent_axis(ax, look, label="percentile, %")
    ax.set_xticks([0, 50, 100])
    for place, move in enumerate(words):
        before, after = 100 * move.before, 100 * move.after
        ax.plot([before, after], [-place, -place], color=look.ink, linewidth=2.2)
        ax.plot(before, -place, "o", color=look.background, markeredgecolor=look.ink, markeredgewidth=1.1)
        ax.plot(after, -place, "o", color=look.ink, markersize=6)
        text = f"{label_text(move.word, 22)}\n{before:.0f} → {after:.0f} %"
        ax.annotate(text, (0, -place), (0, 6), textcoords="offset points", xycoords=("axes fraction", "data"))
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_ylim(-max(len(words), _ROWS) + 0.6, 0.75)


def _marked(ax: Axes, marks: Sequence[Mark], look: Look) -> None:
    """Mark where limits bound, each with its name, in rows that don't cover each other."""
    found = sorted((mark.at_hz, mark) for mark in marks if mark.at_hz is not None)
    ends: list[float] = []  # of each row, in octaves
    for at_hz, mark in found:
        at = float(np.log2(at_hz / AXIS_HZ[0]))
        row = next((number for number, end in enumerate(ends) if at > end), len(ends))
        ends[row : row + 1] = [at + _OCTAVES_A_NAME]
        is_right = at_hz > _RIGHT_HZ
        took = f" −{mark.took_db:.1f} dB" if mark.took_db is not None else ""
        ax.axvline(at_hz, color=look.muted, linewidth=0.8, linestyle=look.dashes[2], zorder=1)
        ax.annotate(
            f"{mark.name}{took}", (at_hz, 1), (-3 if is_right else 3, -2 - 11 * row),
            xycoords=("data", "axes fraction"), textcoords="offset points", va="top",
            ha="right" if is_right else "left", color=look.muted, fontsize="small",
        )  # fmt: skip


def _grown(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return flags that hold next to where they did, too: a filled area then reaches to the crossing."""
    return np.convolve(flags, np.ones(3), mode="same") > 0
