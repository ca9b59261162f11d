"""A sound over time: mel spectrogram, sections and words on one axis, and its way through the latent plane."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from eqmorph.figures.style import (
    Look,
    Style,
    drawing,
    heading,
    label_text,
    legend,
    new_figure,
    time_axis,
    write_names,
)
from eqmorph.plot.curve import freq_label
from eqmorph.plot.over_time import OverTime, clock
from eqmorph.plot.shown import Journey, Spectrogram

__all__ = ["draw_courses", "draw_over_time", "draw_path", "draw_spectrogram", "trajectory_figure"]

_MOST_WORDS = 20
_SHOWN_DB = 70.0  # from the loudest down
_MEL_TICKS_HZ = (200.0, 1000.0, 4000.0, 16_000.0)
_ROW_IN, _SPECTROGRAM_IN, _PATH_IN = 0.21, 1.5, 2.7
_SOUND_WIDE = 2.1  # of the path's width, on a slide
_ROOM = 0.12  # of the plane, around what lies in it


def trajectory_figure(picture: Journey, style: Style, *, title: str = "", note: str = "") -> Figure:
    """Draw a sound over time, and below or beside it its way through the latent plane."""
    rows = min(len(picture.over_time.courses), _MOST_WORDS)
    has_sound = picture.spectrogram is not None
    with drawing(style):
        over_time_in = _SPECTROGRAM_IN * has_sound + _ROW_IN * max(rows, 1)
        is_wide = style.medium.height_in is not None
        figure = new_figure(style, over_time_in + _PATH_IN + 0.9)
        if is_wide:
            parts = figure.subfigures(1, 2, squeeze=False, width_ratios=[_SOUND_WIDE, 1])
        else:
            parts = figure.subfigures(2, 1, squeeze=False, height_ratios=[over_time_in + 0.5, _PATH_IN])
        left, right = parts.flat
        axes = left.subplots(
            1 + has_sound, 1, sharex=True, squeeze=False,
            height_ratios=[_SPECTROGRAM_IN, _ROW_IN * max(rows, 1)] if has_sound else [1],
        )[:, 0]  # fmt: skip
        if picture.spectrogram is not None:
            draw_spectrogram(axes[0], picture.spectrogram, style.look)
        draw_courses(axes[-1], picture.over_time, style.look)
        for number, ax in enumerate(axes):
            _sections(ax, picture.over_time, style.look, with_numbers=number == 0)
            time_axis(ax, picture.over_time.duration_s, label=ax is axes[-1])
        draw_path(right.subplots(), picture, style.look, is_narrow=is_wide)
        heading(figure, style.look, title, note)
        return figure


def draw_over_time(ax: Axes, over_time: OverTime, look: Look) -> None:
    """Draw words over time, with the sections, on axes with a time of their own."""
    draw_courses(ax, over_time, look)
    _sections(ax, over_time, look, with_numbers=True)
    time_axis(ax, over_time.duration_s)


def draw_spectrogram(ax: Axes, spectrogram: Spectrogram, look: Look) -> None:
    """Draw power in mel bands over time: equal steps of the axis are equal steps of pitch as it is heard."""
    loudest = float(spectrogram.power_db.max())
    count = len(spectrogram.freqs_hz)
    times = spectrogram.times_s
    half = (times[1] - times[0]) / 2 if len(times) > 1 else 0.5
    image = ax.imshow(
        spectrogram.power_db - loudest, aspect="auto", origin="lower", cmap=look.sound, vmin=-_SHOWN_DB, vmax=0,
        extent=(float(times[0] - half), float(times[-1] + half), -0.5, count - 0.5), interpolation="nearest",
    )  # fmt: skip
    ticks = [hz for hz in _MEL_TICKS_HZ if hz < spectrogram.freqs_hz[-1]]
    ax.set_yticks(np.interp(ticks, spectrogram.freqs_hz, np.arange(count)), [freq_label(hz) for hz in ticks])
    ax.set_ylabel("mel bands, Hz")
    figure = ax.get_figure()
    if figure is not None:
        bar = figure.colorbar(image, ax=ax, pad=0.01, aspect=12, ticks=[-60, -30, 0])
        bar.set_ticklabels(["−60", "−30", "0 dB"])
        bar.outline.set_visible(False)


def draw_courses(ax: Axes, over_time: OverTime, look: Look) -> None:
    """Draw the percentile of each word over time in a row of its own, filled from what is usual (50 %)."""
    courses = over_time.courses[:_MOST_WORDS]
    has_after = any(course.after is not None for course in courses)
    for row, course in enumerate(courses):
        base = -row + 0.0
        before = base + 0.84 * (course.before - 0.5)
        ax.axhline(base, color=look.grid, linewidth=0.8, zorder=0)
        for where, colour, hatch in (
            (course.before > 0.5, look.added, None),
            (course.before < 0.5, look.taken, "////"),
        ):
            ax.fill_between(
                over_time.times_s, before, base, where=where.tolist(), interpolate=True, facecolor=colour, alpha=0.4,
                linewidth=0, hatch=hatch,
            )  # fmt: skip
        ax.plot(
            over_time.times_s, before, color=look.muted if has_after else look.ink, linewidth=1.1,
            label="before" if has_after and row == 0 else None,
        )  # fmt: skip
        if course.after is not None:
            after = base + 0.84 * (course.after - 0.5)
            ax.plot(over_time.times_s, after, color=look.ink, linewidth=1.6, label="after" if row == 0 else None)
    ax.set_yticks(-np.arange(len(courses)), [label_text(course.word, 16) for course in courses])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_ylim(-len(courses) + 0.5, 0.5)
    right = ax.secondary_yaxis("right")
    right.set_yticks([0], ["0–100 %"], fontsize="x-small")
    right.spines[:].set_visible(False)
    right.tick_params(length=0)
    legend(ax, look, loc="upper right", bbox_to_anchor=(1.0, 0.0), ncols=2, borderaxespad=1.6)


def _sections(ax: Axes, over_time: OverTime, look: Look, *, with_numbers: bool) -> None:
    """Mark where sections begin, and number them."""
    if len(over_time.sections_s) < 2:
        return
    for number, start_s in enumerate(over_time.sections_s, start=1):
        if number > 1:
            ax.axvline(start_s, color=look.ink, linewidth=0.9, linestyle=look.dashes[2])
        if with_numbers:
            ax.annotate(
                str(number), (start_s, 1), (2.5, -2), xycoords=("data", "axes fraction"), textcoords="offset points",
                weight="bold", fontsize="small", va="top",
                bbox={"facecolor": look.background, "alpha": 0.8, "linewidth": 0, "pad": 0.8},
            )  # fmt: skip


def draw_path(ax: Axes, picture: Journey, look: Look, *, is_narrow: bool = False) -> None:
    """Draw a sound's way through the plane in which sounds differ most, from its start to its end, with words."""
    heard = np.isfinite(picture.path[:, 0])
    path, times_s = picture.path[heard], picture.path_s[heard]
    words = np.array([(word.x, word.y) for word in picture.words]).reshape(-1, 2)
    for word in picture.words:
        ax.plot([0, word.x], [0, word.y], color=look.grid, linewidth=1, zorder=0)
    ax.plot(words[:, 0], words[:, 1], "x", color=look.muted, markersize=4)
    ax.axhline(0, color=look.grid, linewidth=0.8, zorder=0)
    ax.axvline(0, color=look.grid, linewidth=0.8, zorder=0)
    if len(path):
        shares = times_s / max(picture.over_time.duration_s, 1e-9)
        steps = np.stack([path[:-1], path[1:]], axis=1)
        ax.add_collection(
            LineCollection(list(steps), colors=look.tones((shares[:-1] + shares[1:]) / 2), linewidths=1.6)
        )
        ax.scatter(path[:, 0], path[:, 1], c=look.tones(shares), s=12, linewidths=0, zorder=3)
        ax.plot(*path[0], "o", color=look.background, markeredgecolor=look.ink, markersize=7, zorder=4)
        ax.plot(*path[-1], "s", color=look.ink, markersize=6, zorder=4)
    share = [f"{100 * part:.0f} %" for part in picture.share]
    ax.set_xlabel(
        f"first direction ({share[0]}{'' if is_narrow else ' of how sounds differ'})" if share else "first direction"
    )
    ax.set_ylabel(f"second ({share[1]})" if len(share) > 1 else "second direction")
    everything = np.concatenate([path, words, np.zeros((1, 2))])
    low, high = everything.min(axis=0), everything.max(axis=0)
    room = _ROOM * np.maximum(high - low, 1e-6)
    ax.set_xlim(low[0] - room[0], high[0] + room[0])
    ax.set_ylim(low[1] - room[1], high[1] + room[1])
    if len(path):
        ends = [f"start, {clock(float(times_s[0]))}", f"end, {clock(float(times_s[-1]))}"]
        write_names(ax, ends, path[[0, -1]], radii_pt=[4, 4], fontsize="small", weight="bold", color=look.ink)
    write_names(ax, [word.word for word in picture.words], words, fontsize="small", color=look.muted)
