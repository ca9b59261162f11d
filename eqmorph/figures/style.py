"""How every figure looks: type, grid, colors, sizes, axes with their units, and the bytes it becomes.

Colors can be told apart by people who see few of them, and on a grey print by lightness, dash or mark: nothing is said
by hue alone. No figure comes from pyplot, which would keep it for ever; only what a notebook asks for does.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib
import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from eqmorph._typing import Float64
from eqmorph.errors import printable
from eqmorph.plot.curve import AXIS_HZ, FREQ_TICKS_HZ, SampledCurve, db_axis, freq_label
from eqmorph.plot.over_time import clock, time_ticks

__all__ = [
    "DARK",
    "LIGHT",
    "PAGE",
    "SLIDE",
    "STYLES",
    "Look",
    "Medium",
    "Style",
    "drawing",
    "encoded",
    "freq_axis",
    "gain_axis",
    "heading",
    "label_text",
    "legend",
    "look_of",
    "new_figure",
    "on_axes",
    "one_panel",
    "percent_axis",
    "quiet",
    "signed",
    "small_panels",
    "spoken_hz",
    "time_axis",
    "write_names",
]

Dash = str | tuple[float, Sequence[float]]

_DARK_BELOW = 0.5  # of the way from black to white
_SALT = "eqmorph"  # ids in an SVG follow from it, so the same figure gives the same file
_MOST_TIMES = 9
_LETTERS_PER_IN = 14.5  # of a page's type
_EDGE_IN, _LINE, _BIG = 0.07, 1.25, 1.35  # above a title; a line's height, and a title's, in sizes of the type
_FEWER_HZ = (100.0, 1000.0, 10_000.0)

_WITHIN = SampledCurve(np.array([20.0, 20_000.0]), np.array([-12.0, 12.0]))  # of many small pictures


@dataclass(frozen=True)
class Look:
    """Colors, by what they stand for.

    Attributes:
        background, ink, muted, grid: of the page, of what matters, of what is beside it, of the grid.
        series: for what is of equal rank; each goes with the dash of the same number.
        added, taken: what an EQ adds and takes.
        tones: from little to much.
        sound: from silent to loud.
    """

    background: str
    ink: str
    muted: str
    grid: str
    series: tuple[str, ...]
    added: str
    taken: str
    tones: Colormap
    sound: Colormap
    dashes: tuple[Dash, ...] = (
        "-",
        (0, (5, 1.5)),
        (0, (1.2, 1.2)),
        (0, (6, 1.5, 1.2, 1.5)),
        (0, (2.5, 1)),
        (0, (9, 2)),
    )

    def line(self, number: int) -> dict[str, Any]:
        """Return color and dash of the line with a number: no two alike among the first thirty-six."""
        return {
            "color": self.series[number % len(self.series)],
            "linestyle": self.dashes[(number + number // len(self.series)) % len(self.dashes)],
        }


def _ramp(name: str, *colours: str) -> Colormap:
    return LinearSegmentedColormap.from_list(name, list(colours))


LIGHT = Look(
    background="#ffffff",
    ink="#1f2328",
    muted="#6a717b",
    grid="#dfe2e6",
    series=("#1b4f9c", "#b95800", "#0b7a65", "#7b3fa0", "#8a6d00", "#c0326b"),
    added="#e08a2e",
    taken="#4a86cf",
    tones=_ramp("eqmorph-light", "#a8944e", "#45907e", "#2a6796", "#1d2b5a"),
    sound=_ramp("eqmorph-sound-light", "#ffffff", "#d5dcea", "#8aa0cc", "#46569b", "#1c1a4a"),
)
DARK = Look(
    background="#14171c",
    ink="#e8eaed",
    muted="#9aa2ad",
    grid="#2f353d",
    series=("#6aa9ff", "#ffb163", "#4fd1b0", "#cba3f3", "#ecd65e", "#ff7fa8"),
    added="#c9761f",
    taken="#3f78bd",
    tones=_ramp("eqmorph-dark", "#7a70a8", "#5b93c9", "#5fc7ae", "#f4e58a"),
    sound=_ramp("eqmorph-sound-dark", "#14171c", "#2b3560", "#56639f", "#9fb0dd", "#f4f6ff"),
)


@dataclass(frozen=True)
class Medium:
    """What a figure is made for: its width and type, its height where that is fixed, and the dots an inch of a PNG."""

    width_in: float
    type_pt: float
    dpi: int
    height_in: float | None = None


PAGE = Medium(6.3, 8.5, 200)  # the text of an A4 page is as wide
SLIDE = Medium(6.4, 8.5, 300, 3.6)  # 16:9, and 1920 px: type and lines are as large against it as on a page


@dataclass(frozen=True)
class Style:
    """A look on a medium."""

    look: Look
    medium: Medium

    @property
    def rc(self) -> dict[str, Any]:
        """The settings of matplotlib that make it so."""
        look, size = self.look, self.medium.type_pt
        return {
            "font.family": ["DejaVu Sans"],
            "font.size": size,
            "axes.titlesize": size * 1.05,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            "axes.labelsize": size,
            "xtick.labelsize": size * 0.92,
            "ytick.labelsize": size * 0.92,
            "legend.fontsize": size * 0.92,
            "legend.frameon": False,
            "figure.facecolor": look.background,
            "savefig.facecolor": look.background,
            "axes.facecolor": look.background,
            "axes.edgecolor": look.muted,
            "axes.labelcolor": look.ink,
            "axes.titlecolor": look.ink,
            "text.color": look.ink,
            "xtick.color": look.muted,
            "ytick.color": look.muted,
            "xtick.labelcolor": look.ink,
            "ytick.labelcolor": look.ink,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.linewidth": 0.08 * size,
            "xtick.major.width": 0.08 * size,
            "ytick.major.width": 0.08 * size,
            "xtick.major.size": 0.35 * size,
            "ytick.major.size": 0.35 * size,
            "axes.grid": False,
            "axes.axisbelow": True,
            "grid.color": look.grid,
            "grid.linewidth": 0.08 * size,
            "lines.linewidth": 0.17 * size,
            "lines.markersize": 0.55 * size,
            "hatch.linewidth": 0.06 * size,
            "hatch.color": look.muted,
            "axes.unicode_minus": True,
            "svg.fonttype": "none",  # text stays text: it can be searched, and read aloud
            "svg.hashsalt": _SALT,
            "pdf.fonttype": 42,
        }


STYLES = {
    "light": Style(LIGHT, PAGE),
    "dark": Style(DARK, PAGE),
    "slide": Style(LIGHT, SLIDE),
    "dark-slide": Style(DARK, SLIDE),
}


@contextmanager
def drawing(style: Style) -> Iterator[Style]:
    """Draw in a style while this lasts."""
    with matplotlib.style.context(style.rc):
        yield style


def new_figure(style: Style, height_in: float) -> Figure:
    """Return an empty figure, as high as is right on a page; a slide has its own height."""
    size = (style.medium.width_in, style.medium.height_in or height_in)
    figure = Figure(figsize=size, layout=ConstrainedLayoutEngine(w_pad=0.06, h_pad=0.05))
    FigureCanvasAgg(figure)
    return figure


def one_panel(
    style: Style, height_in: float, draw: Callable[[Axes, Look], None], *, title: str = "", note: str = ""
) -> Figure:
    """Return a figure of a single panel under its heading."""
    with drawing(style):
        figure = new_figure(style, height_in)
        draw(figure.subplots(), style.look)
        heading(figure, style.look, title, note)
        return figure


def encoded(figure: Figure, suffix: str, style: Style) -> bytes:
    """Return a figure as a file's content: the same figure, the same bytes."""
    kind = suffix.lower().lstrip(".")
    nothing_of_the_time: dict[str, Any] = {
        "png": {"Software": None},
        "svg": {"Date": None, "Creator": None},
        "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    }[kind]
    out = io.BytesIO()
    with drawing(style):
        figure.savefig(out, format=kind, dpi=style.medium.dpi, metadata=nothing_of_the_time)
    return out.getvalue()


def on_axes(ax: Axes | None, draw: Callable[[Axes, Look], None], *, height_in: float = 2.9) -> Axes:
    """Draw on axes, or on those of a new figure that a notebook shows; return them."""
    if ax is None:
        import matplotlib.pyplot as plt

        with drawing(STYLES["light"]):
            _, ax = plt.subplots(figsize=(PAGE.width_in, height_in), layout="constrained")
    look = look_of(ax)
    with drawing(Style(look, PAGE)):
        draw(ax, look)
    return ax


def look_of(ax: Axes) -> Look:
    """Return the colors that can be read on some axes."""
    red, green, blue = to_rgb(ax.get_facecolor())
    return DARK if 0.2126 * red + 0.7152 * green + 0.0722 * blue < _DARK_BELOW else LIGHT


# Axes.


def freq_axis(ax: Axes, look: Look, *, few: bool = False, label: bool = True) -> None:
    """Make the horizontal axis one of frequencies from 20 Hz to 20 kHz; ``few`` labels for a small picture."""
    ax.set_xscale("log")
    ax.set_xlim(*AXIS_HZ)
    shown = _FEWER_HZ if few else sorted(FREQ_TICKS_HZ)
    ax.set_xticks(shown, [freq_label(freq_hz) for freq_hz in shown])
    ax.minorticks_off()
    ax.grid(axis="x", color=look.grid)
    if label:
        ax.set_xlabel("frequency, Hz")


def gain_axis(ax: Axes, look: Look, curves: Sequence[SampledCurve], *, label: str = "gain, dB") -> None:
    """Make the vertical axis one of gains that holds some curves, as all pictures of curves have it."""
    axis = db_axis(curves)
    room = 0.04 * (axis.high_db - axis.low_db)
    ax.set_ylim(axis.low_db - room, axis.high_db + room)
    ax.set_yticks(axis.ticks_db, [signed(tick) for tick in axis.ticks_db])
    ax.grid(axis="y", color=look.grid)
    ax.axhline(0, color=look.muted, linewidth=0.8, zorder=1)
    ax.set_ylabel(label)


def percent_axis(ax: Axes, look: Look, *, along: str = "x", label: str = "percentile among usual sounds, %") -> None:
    """Make an axis one of percentiles."""
    ticks = [0, 25, 50, 75, 100]
    if along == "x":
        ax.set_xlim(-2, 102)
        ax.set_xticks(ticks)
        ax.set_xlabel(label)
    else:
        ax.set_ylim(-2, 102)
        ax.set_yticks(ticks)
        ax.set_ylabel(label)
    ax.grid(axis="x" if along == "x" else "y", color=look.grid)


def time_axis(ax: Axes, duration_s: float, *, label: bool = True) -> None:
    """Make the horizontal axis one of time."""
    ax.set_xlim(0, duration_s)
    ticks = time_ticks(duration_s, _MOST_TIMES)
    ax.set_xticks(ticks, [clock(tick) for tick in ticks] if label else [""] * len(ticks))
    if label:
        ax.set_xlabel("time, min:s")


def signed(value: float) -> str:
    """Format a gain with its sign, as it is written on axes."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{abs(value):g}"


def spoken_hz(freq_hz: float) -> str:
    """Format a frequency with its unit."""
    shown = float(f"{freq_hz:.3g}")
    return f"{shown / 1000:g} kHz" if shown >= 1000 else f"{shown:g} Hz"


def small_panels(style: Style, count: int) -> tuple[Figure, list[Axes]]:
    """Return a figure of many small pictures of curves within 13 dB, and the axes of each."""
    rows = -(-count // (4 if style.medium.height_in is None else 6))
    columns = -(-count // rows)
    figure = new_figure(style, 1.45 * rows + 0.7)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    axes = list(grid.flat)
    for ax in axes[count:]:
        ax.axis("off")
    for number, ax in enumerate(axes[:count]):
        freq_axis(ax, style.look, few=True)
        gain_axis(ax, style.look, [_WITHIN])
        ax.label_outer()
        if number + columns >= count:
            ax.tick_params(labelbottom=True)
            ax.set_xlabel("frequency, Hz")
    return figure, axes[:count]


# Words.


def heading(figure: Figure, look: Look, title: str, note: str = "") -> None:
    """Say above a figure what it shows, and under that in a line or two the rest."""
    room = int(_LETTERS_PER_IN * figure.get_figwidth())
    lines = textwrap.wrap(printable(note), room, max_lines=2, placeholder=" …") if note else []
    short = textwrap.shorten(printable(title), room * 4 // 5, placeholder=" …")
    if not short and not lines:
        return
    high, line_in = figure.get_figheight(), _LINE * PAGE.type_pt / 72
    title_in = _BIG * line_in if short else 0.0
    layout = figure.get_layout_engine()
    if isinstance(layout, ConstrainedLayoutEngine):  # what is below keeps clear
        layout.set(rect=(0, 0, 1, 1 - (_EDGE_IN + title_in + len(lines) * line_in) / high))
    figure.text(0.01, 1 - _EDGE_IN / high, _plain(short), va="top", weight="bold", color=look.ink, size="large")
    figure.text(0.01, 1 - (_EDGE_IN + title_in) / high, _plain("\n".join(lines)), va="top", color=look.muted)


def _plain(text: str) -> str:
    """Return a text in which a dollar is a dollar, and begins no formula."""
    return text.replace("$", r"\$")


def label_text(text: str, most: int = 40) -> str:
    """Return a name as it can stand in a figure: one line, of plain letters, not too long."""
    text = printable(text)
    return _plain(text if len(text) <= most else f"{text[: most - 1]}…")


def legend(ax: Axes, look: Look, **how: Any) -> None:
    """Add a legend for what has a name, if anything has."""
    handles, labels = ax.get_legend_handles_labels()
    if handles:
        ax.legend(handles, labels, labelcolor=look.ink, **how)


def quiet(ax: Axes) -> None:
    """Take away an axis' frame and ticks: its places mean nothing by themselves."""
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    ax.set_xticks([])
    ax.set_yticks([])


def write_names(
    ax: Axes,
    names: Sequence[str],
    at: Float64,
    *,
    radii_pt: Sequence[float] | Float64 = (),
    needed: int = 0,
    **how: Any,
) -> list[str]:
    """Write names beside their places (n, 2) on some axes, the first ones first, and none over another or a mark.

    The first ones, as many as are ``needed``, may cover marks if there is no other room. Returns those that were
    written. ``radii_pt`` are the sizes of the marks that the places have, ``how`` is as for text.
    """
    figure = ax.get_figure(root=True)
    if figure is None or not len(at):
        return []
    figure.draw_without_rendering()  # only now is known where the axes are
    scale = figure.dpi / 72
    points = ax.transData.transform(at)
    radii = scale * (np.asarray(radii_pt, dtype=float) if len(radii_pt) else np.full(len(at), 2.0))
    marks = np.stack([points[:, 0] - radii, points[:, 1] - radii, points[:, 0] + radii, points[:, 1] + radii], axis=1)
    inside = ax.get_window_extent()
    written: list[str] = []
    taken = np.zeros((0, 4))
    for number, (name, (x, y), r) in enumerate(zip(names, points, radii, strict=True)):
        text = ax.text(0, 0, label_text(name), ha="left", va="bottom", **how)
        box = text.get_window_extent()
        places = [
            place
            for place in _beside(x, y, r + 1.5 * scale, box.width, box.height)
            if inside.x0 <= place[0] and place[2] <= inside.x1 and inside.y0 <= place[1] and place[3] <= inside.y1
        ]
        places = [place for place in places if not _overlaps(place, taken)]
        others = np.delete(marks, number, axis=0)
        free = [place for place in places if not _overlaps(place, others)] or (places if number < needed else [])
        if not free:
            text.remove()
            continue
        text.set_position(tuple(ax.transData.inverted().transform(free[0][:2])))
        text.set_bbox({"facecolor": ax.get_facecolor(), "alpha": 0.75, "linewidth": 0, "pad": 0.4})
        taken = np.concatenate([taken, [free[0]]])
        written.append(name)
    return written


def _beside(x: float, y: float, gap: float, wide: float, high: float) -> list[tuple[float, float, float, float]]:
    """Return the boxes beside a place in which a name could stand, the best first."""
    near = 0.7 * gap
    corners = [
        (x + gap, y - high / 2),
        (x - gap - wide, y - high / 2),
        (x - wide / 2, y + gap),
        (x - wide / 2, y - gap - high),
        (x + near, y + near),
        (x - near - wide, y + near),
        (x + near, y - near - high),
        (x - near - wide, y - near - high),
    ]
    return [(left, low, left + wide, low + high) for left, low in corners]


def _overlaps(box: tuple[float, float, float, float], others: Float64) -> bool:
    left, low, right, high = box
    return bool(np.any((left < others[:, 2]) & (others[:, 0] < right) & (low < others[:, 3]) & (others[:, 1] < high)))
