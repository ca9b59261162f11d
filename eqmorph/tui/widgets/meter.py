"""The meter: loudness and true peak of what plays, and how far it is below the ceiling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from eqmorph.tui.widgets.cells import EIGHTHS
from eqmorph.tui.widgets.line_widget import LineWidget

__all__ = ["Levels", "MeterView"]

_SPAN_DB = 48.0  # of the bars
_HOT_DB = -6.0  # from here on a peak is near the top
_NUMBERS = 4  # lines
_UNITS_FROM = 16  # lines: from here on units have lines of their own
_BARS_FROM = 7
_BAR = 2  # columns of a bar
_STEPS_DB = (6, 12, 24)  # of the scale, the best first
_LEAST_STEP = 1.5  # rows


@dataclass(frozen=True, slots=True)
class Levels:
    """What a meter shows; None is not known, or silence.

    Attributes:
        momentary_lufs, short_term_lufs: loudness over 0.4 s and 3 s.
        peak_db: the peak of this moment, for the bar.
        true_peak_db: the highest true peak so far, which is held.
        ceiling_db: what true peaks are to stay below.
    """

    momentary_lufs: float | None = None
    short_term_lufs: float | None = None
    peak_db: float | None = None
    true_peak_db: float | None = None
    ceiling_db: float = -1.0

    @property
    def headroom_db(self) -> float | None:
        """How far the true peak is below the ceiling."""
        return None if self.true_peak_db is None else self.ceiling_db - self.true_peak_db

    @property
    def state(self) -> str:
        """Say in a word whether it fits: under the ceiling, above it, or over full scale."""
        if self.true_peak_db is None or self.headroom_db is None:
            return ""
        return "OVER" if self.true_peak_db > 0 else "high" if self.headroom_db < 0 else "fits"


class MeterView(LineWidget):
    """Two bars, momentary loudness and peak, from -48 dB to full scale; below them the numbers.

    At the top is the light: ``fits`` under the ceiling, ``high`` above it, ``OVER`` above full scale. The true peak is
    held until the meter is reset by a click.
    """

    HELP: ClassVar[str] = """\
**Meter**

Loudness of what is heard: M over 0.4 s, S over 3 s, in LUFS. TP is the highest true peak since play began, the EQ
changed or the meter was clicked; head is what is left to the ceiling of -1 dBTP.
"""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"meter--{part}" for part in ("label", "number", "bar", "hot", "over", "rail", "high")
    }

    DEFAULT_CSS = """
    MeterView {
        width: 11;
        height: 1fr;
        padding: 0 1;

        & > .meter--label { color: $text-muted; }
        & > .meter--number { color: $foreground; }
        & > .meter--bar { color: $success 80%; }
        & > .meter--hot { color: $warning 90%; }
        & > .meter--over { color: $text; background: $error; text-style: bold; }
        & > .meter--high { color: $text-warning; text-style: bold; }
        & > .meter--rail { color: $foreground 12%; }
    }
    """

    ALLOW_SELECT = False

    levels: reactive[Levels] = reactive(Levels, repaint=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[list[Segment]] = []

    class Reset(Message):
        """Posted when the meter is clicked: what it holds is to be forgotten."""

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Reset())

    def watch_levels(self) -> None:
        """Repaint only the lines that have changed: it moves all the time."""
        size = self.size
        former, self._lines = self._lines, self._draw(size)
        if len(former) != len(self._lines):
            self.refresh()
            return
        changed = [y for y, (old, new) in enumerate(zip(former, self._lines, strict=True)) if old != new]
        if changed:
            self.refresh(*(Region(0, y, size.width, 1) for y in changed))

    def notify_style_update(self) -> None:
        """Drop the cached lines when colors change."""
        super().notify_style_update()
        self._lines = []

    def render_line(self, y: int) -> Strip:
        size = self.size
        if len(self._lines) != size.height:
            self._lines = self._draw(size)
        return Strip(self._lines[y]).adjust_cell_length(size.width, self.ground)

    def _draw(self, size: Size) -> list[list[Segment]]:
        """Draw all lines: the light, the bars, and the numbers."""
        numbers = self._numbers(has_units=size.height >= _UNITS_FROM)
        bars = size.height - len(numbers) - 1 if size.height >= _BARS_FROM else 0
        above = [[self._light(size.width)], *(self._bars(row, bars) for row in range(bars))] if bars else []
        return [*above, *numbers, *([] for _ in range(size.height))][: size.height]

    def _light(self, width: int) -> Segment:
        state = self.levels.state
        part = {"OVER": "over", "high": "high"}.get(state, "label")
        return Segment((state or "idle").center(width), self.style_of(f"meter--{part}"))

    def _numbers(self, *, has_units: bool) -> list[list[Segment]]:
        levels = self.levels
        loudness = [("M", _number(levels.momentary_lufs)), ("S", _number(levels.short_term_lufs))]
        peaks = [
            ("max" if has_units else "TP", _number(levels.true_peak_db)),
            ("head", _number(levels.headroom_db, sign="+")),
        ]
        if not has_units:
            return [self._named(*line) for line in (*loudness, *peaks)]
        return [
            *([], self._named("LUFS", "")),
            *(self._named(*line) for line in loudness),
            *([], self._named("dBTP", "")),
            *(self._named(*line) for line in peaks),
        ]

    def _named(self, name: str, number: str) -> list[Segment]:
        room = self.size.width - len(name)
        return [
            Segment(name, self.style_of("meter--label")),
            Segment(number.rjust(room), self.style_of("meter--number")),
        ]

    def _bars(self, row: int, rows: int) -> list[Segment]:
        floor = 8 * (rows - 1 - row)
        high_db = -_SPAN_DB * row / rows
        part = "hot" if high_db > _HOT_DB else "bar"
        segments = []
        for value in (self.levels.momentary_lufs, self.levels.peak_db):
            share = 0.0 if value is None else min(max(1 + value / _SPAN_DB, 0.0), 1.0)
            eighths = int(np.clip(round(share * rows * 8) - floor, 0, 8))
            if eighths:
                segments.append(Segment(chr(EIGHTHS[eighths]) * _BAR, self.style_of(f"meter--{part}")))
            else:
                segments.append(Segment("·" * _BAR, self.style_of("meter--rail")))
            segments.append(Segment(" ", self.ground))
        step_db = next((step for step in _STEPS_DB if step / _SPAN_DB * rows >= _LEAST_STEP), _STEPS_DB[-1])
        scale = {round(db / _SPAN_DB * rows): -db for db in range(0, int(_SPAN_DB), step_db)}
        label = f"{scale[row]:>3}" if row in scale else ""
        return [*segments, Segment(label, self.style_of("meter--label"))]


def _number(value: float | None, *, sign: str = "") -> str:
    return "–" if value is None else f"{value:{sign}.1f}"
