"""What an EQ does, and what each of its bands does of that."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from eqmorph.figures.style import (
    Look,
    Style,
    freq_axis,
    gain_axis,
    legend,
    one_panel,
    signed,
    spoken_hz,
)
from eqmorph.plot.curve import SampledCurve
from eqmorph.plot.shown import EqPicture

__all__ = ["draw_eq", "eq_figure", "shade"]

_MOST_LABELED = 10  # bands; of a graphic equalizer's thirty, numbers would only cover each other

_MOST_DB = 13.0  # of a shelf or bell; passes and notches go on and on


def eq_figure(picture: EqPicture, style: Style, *, title: str = "", note: str = "") -> Figure:
    """Draw an EQ with its bands, a panel for each channel where they differ."""
    return one_panel(style, 3.1, lambda ax, look: draw_eq(ax, picture, look), title=title, note=note)


def draw_eq(ax: Axes, picture: EqPicture, look: Look) -> None:
    """Draw what an EQ does, bold, over what each band does."""
    several = len(picture.whole) > 1
    freq_axis(ax, look)
    gain_axis(ax, look, [*picture.whole, *picture.bands])
    for number, band in enumerate(picture.bands):
        line = look.line(number)
        ax.plot(band.freqs_hz, band.gain_db, linewidth=1, alpha=0.9, zorder=2, label=_told(band), **line)
    for number, curve in enumerate(picture.whole):
        line = look.line(number) if several else {"color": look.ink}
        ax.plot(curve.freqs_hz, curve.gain_db, linewidth=2.2, zorder=4, label=curve.name or None, **line)
        marks = np.array(curve.marks_hz)
        ax.plot(marks, curve.at(marks), "o", color=line["color"], markeredgecolor=look.background, zorder=5)
    if not several and picture.whole:
        shade(ax, picture.whole[0], look)
    if several or 0 < len(picture.bands) <= _MOST_LABELED:
        legend(ax, look, loc="upper left", bbox_to_anchor=(1.0, 1.02), borderaxespad=0.4, handlelength=2.4)


def shade(ax: Axes, curve: SampledCurve, look: Look) -> None:
    """Tint what a curve adds, and hatch what it takes away."""
    freqs, gain = curve.freqs_hz, curve.gain_db
    ax.fill_between(freqs, gain, 0, where=(gain > 0).tolist(), color=look.added, alpha=0.3, linewidth=0, zorder=1)
    ax.fill_between(
        freqs, gain, 0, where=(gain < 0).tolist(), facecolor=look.taken, alpha=0.3, linewidth=0, hatch="////", zorder=1
    )


def _told(band: SampledCurve) -> str:
    """Say what a band is: its kind, how far it goes, and where it is."""
    farthest = float(band.gain_db[np.abs(band.gain_db).argmax()])
    gain = f" {signed(round(farthest, 1))} dB" if abs(farthest) <= _MOST_DB else ""
    return "\n".join([f"{band.name}{gain}", *(spoken_hz(at) for at in band.marks_hz[:1])])
