"""The timeline: how loud a file is over time, how much of a word is in it, its EQ, and where the playhead is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from eqmorph.tui.widgets.line_widget import LineWidget

__all__ = ["RIBBON_HZ", "Timeline", "TimelineData"]

#: The frequencies that the EQ over time is asked for: nine in each of the ribbon's parts.
RIBBON_HZ = np.geomspace(40, 16_000, 36)

_HEIGHTS = " ▁▂▃▄▅▆▇█"
_LEAST_SPAN_DB = 6.0  # from the softest column to a full one, so that a steady sound looks steady
_MOST_SPAN_DB = 48.0
_SOFT_PERCENT = 5  # of the file is softer than what the strip begins at
_SOFTEST = 0.08  # of a row's height, for what is heard at all
_LONGEST_LABEL = 12
_WIDE = 60  # columns; from here on every label has room
_ROWS_FOR_BOTH = 3  # one each for the level and the score before and after
_SHORT_S = 20.0  # times of shorter files have tenths
_BETWEEN_TIMES = 3  # columns at least
_SECTION = "┊"
# The rows of an EQ over time, by how many there are: parts of the spectrum from the highest, by their middle.
_PARTS = {4: ("10k", "2k", "400", "80"), 2: ("highs", "lows"), 0: ()}
_BOOSTS, _CUTS = "·▂▄▆█", "·╌─═≡"  # from nothing to the most
_STEP_DB = 1.0  # from one of these to the next


@dataclass(frozen=True, eq=False)
class TimelineData:
    """A file in windows of equal length: its level, and the score 0..1 of one word, all (n,).

    ``after`` is the score with the EQ, if it is known. Windows without a score, such as silence, are NaN.
    ``sections_s`` are where sections begin, the first at 0. ``ribbon_db`` (n, f) is what an EQ that moves does in each
    window at `RIBBON_HZ`.
    """

    duration_s: float
    level_db: NDArray[np.float64]
    score: NDArray[np.float64]
    word: str
    after: NDArray[np.float64] | None = None
    sections_s: tuple[float, ...] = ()
    ribbon_db: NDArray[np.float64] | None = None


class Timeline(LineWidget, can_focus=True):
    """Level, score and an EQ that moves over time, with the playhead (┃) and a loop (the line between [ and ]).

    It can be scrubbed by mouse and keys: it then moves its own playhead and posts `Seek`.

    Args:
        data: what to show; without it, only the times are shown.
        duration_s: the file's duration, while there is no data.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "move(-1)", "Back", show=False, id="timeline.back", tooltip="Go back one second"),
        Binding("right,l", "move(1)", "Forward", show=False, id="timeline.forward", tooltip="Go forward one second"),
        Binding(
            "shift+left,H", "move(-10)", "Far back", show=False, id="timeline.far_back", tooltip="Go back ten seconds"
        ),
        Binding(
            "shift+right,L",
            "move(10)",
            "Far forward",
            show=False,
            id="timeline.far_forward",
            tooltip="Go forward ten seconds",
        ),
        Binding("home", "go(0)", "Start", show=False, id="timeline.start", tooltip="Go to the start"),
        Binding("end", "go(1)", "End", show=False, id="timeline.end", tooltip="Go to the end"),
        Binding(
            "left_square_bracket",
            "loop_from",
            "Loop from",
            show=False,
            id="timeline.loop_from",
            tooltip="Start the loop here",
        ),
        Binding(
            "right_square_bracket",
            "loop_to",
            "Loop to",
            show=False,
            id="timeline.loop_to",
            tooltip="End the loop here",
        ),
        Binding(
            "backspace", "clear_loop", "Clear loop", show=False, id="timeline.clear_loop", tooltip="Play without a loop"
        ),
    ]

    HELP: ClassVar[str] = """\
**Time**

At the top, how loud the file is, from its softest to its loudest, with its sections (┊); below, how much of the word is
in it before (○) and after (●).
┃ is the playhead. Where the EQ follows the sound, the last rows are the EQ over time, from high to low frequencies:
▂▄▆█ are boosts, ╌─═≡ are cuts, one step a decibel.

- click or drag: go there
"""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "timeline--level",
        "timeline--score",
        "timeline--after",
        "timeline--section",
        "timeline--boost",
        "timeline--cut",
        "timeline--label",
        "timeline--playhead",
        "timeline--loop",
    }

    DEFAULT_CSS = """
    Timeline {
        height: 4;
        min-height: 3;
        pointer: pointer;

        & > .timeline--level { color: $foreground 30%; }
        & > .timeline--score { color: $foreground 22%; }
        & > .timeline--after { color: $text-primary 70%; }
        & > .timeline--section { color: $text-muted; }
        & > .timeline--boost { color: $success; }
        & > .timeline--cut { color: $text-error; }
        & > .timeline--label { color: $text-muted; }
        & > .timeline--playhead { color: $text-accent; text-style: bold; }
        & > .timeline--loop { color: $text-warning; text-style: bold; }
        &:focus { background: $boost; }
        &:focus > .timeline--label { color: $text-accent; text-style: bold; }
    }
    """

    ALLOW_SELECT = False

    data: reactive[TimelineData | None] = reactive(None, always_update=True)
    note: reactive[str] = reactive("")
    """What to say where there is no data."""
    duration_s: reactive[float] = reactive(0.0)
    position_s: reactive[float] = reactive(0.0, repaint=False)
    """Where the playhead is."""
    loop_s: reactive[tuple[float, float] | None] = reactive(None)

    class Seek(Message):
        """Posted when the user moves the playhead."""

        def __init__(self, timeline: Timeline, seconds: float) -> None:
            super().__init__()
            self.timeline = timeline
            self.seconds = seconds

        @property
        def control(self) -> Timeline:
            return self.timeline

    class LoopChanged(Message):
        """Posted when the user sets another loop, or none."""

        def __init__(self, timeline: Timeline, loop_s: tuple[float, float] | None) -> None:
            super().__init__()
            self.timeline = timeline
            self.loop_s = loop_s

        @property
        def control(self) -> Timeline:
            return self.timeline

    def __init__(
        self,
        data: TimelineData | None = None,
        *,
        duration_s: float = 0.0,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._is_dragging = False
        self._cached_graphs: tuple[NDArray[np.float64], ...] = ()
        self._cache_key: tuple[TimelineData | None, int] | None = None
        self._cached_ribbon = np.zeros((0, 0))
        self._ribbon_key: tuple[TimelineData | None, int, int] | None = None
        self.set_reactive(Timeline.duration_s, duration_s)
        if data is not None:
            self.set_reactive(Timeline.data, data)
            self.set_reactive(Timeline.duration_s, data.duration_s)

    def watch_data(self, data: TimelineData | None) -> None:
        if data is not None:
            self.duration_s = data.duration_s

    def watch_position_s(self, before_s: float, after_s: float) -> None:
        """Repaint only what looks otherwise: it moves twenty times a second, by a part of a column."""
        if self._shown_at(before_s) != self._shown_at(after_s):
            self.refresh()

    def _shown_at(self, seconds: float) -> tuple[int, str]:
        return self._column(seconds), self._playhead_time(seconds)

    # Going somewhere.

    def action_move(self, seconds: int) -> None:
        self._go_to(self.position_s + seconds)

    def action_go(self, share: int) -> None:
        self._go_to(share * self.duration_s)

    def action_loop_from(self) -> None:
        end_s = self.loop_s[1] if self.loop_s else self.duration_s
        self._set_loop(self.position_s, end_s if end_s > self.position_s else self.duration_s)

    def action_loop_to(self) -> None:
        start_s = self.loop_s[0] if self.loop_s else 0.0
        self._set_loop(start_s if start_s < self.position_s else 0.0, self.position_s)

    def action_clear_loop(self) -> None:
        self.loop_s = None
        self.post_message(self.LoopChanged(self, None))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        x = event.get_content_offset_capture(self).x
        if event.button == 1 and self._gutter() <= x < self.size.width:
            self._is_dragging = True
            self.capture_mouse()
            self._go_to(self._seconds_at(x))
            event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._is_dragging:
            self._go_to(self._seconds_at(event.get_content_offset_capture(self).x))
            event.stop()

    def on_mouse_up(self) -> None:
        self._is_dragging = False
        self.release_mouse()

    def _go_to(self, seconds: float) -> None:
        self.position_s = min(max(seconds, 0.0), self.duration_s)
        self.post_message(self.Seek(self, self.position_s))

    def _set_loop(self, start_s: float, end_s: float) -> None:
        if start_s < end_s:
            self.loop_s = start_s, end_s
            self.post_message(self.LoopChanged(self, self.loop_s))

    def _seconds_at(self, x: int) -> float:
        share = (x - self._gutter()) / max(self._columns() - 1, 1)
        return share * self.duration_s

    # The picture.

    def render_line(self, y: int) -> Strip:
        ribbon = self._ribbon_rows()
        rows = max(self.size.height - 1 - ribbon, 2)
        before, after = self._first_rows(rows)
        if self.data is None and not self.duration_s and self.note:
            line = [Segment(self._label("") + self.note * (y == rows // 2), self.style_of("timeline--label"))]
            return Strip(line).adjust_cell_length(self.size.width, self.ground)
        level, score, score_after = self._graphs()
        if y < before:
            label = "level" if y == 0 else self._level_range() if y == 1 else ""
            line = self._with_sections(self._graph(level, "level", label, before, y))
        elif y < after:
            label = self._word_label("○") if y == before else ""
            line = self._graph(score, "score", label, after - before, y - before)
        elif y < rows:
            label = self._word_label("●") if y == after else ""
            line = self._graph(score_after, "after", label, rows - after, y - after)
        elif y < rows + ribbon:
            line = self._ribbon(y - rows, ribbon)
        elif y == rows + ribbon:
            line = self._times()
        else:
            line = []
        return Strip(line).adjust_cell_length(self.size.width, self.ground)

    def _level_range(self) -> str:
        """Say what the strip of levels reaches, where there is room for it."""
        if self.data is None or not np.any(np.isfinite(self.data.level_db)) or self._gutter() <= _LONGEST_LABEL:
            return ""
        low_db, high_db = _level_limits(self.data.level_db)
        return f"{low_db:.0f}…{high_db:.0f} dB"

    def _first_rows(self, rows: int) -> tuple[int, int]:
        """Return the first row of the score before, and of the score after."""
        if self.data is None or self.data.after is None or rows < _ROWS_FOR_BOTH:
            return rows - rows // 2, rows
        return rows - 2 * (rows // 3), rows - rows // 3

    def _word_label(self, mark: str) -> str:
        """Return the word with the mark of before or after, as in the profile; the mark is never cut."""
        if self.data is None:
            return ""
        room = self._gutter() - 3
        word = self.data.word
        return f"{word if len(word) <= room else word[: room - 1] + '…'} {mark}"

    def _graph(self, heights: NDArray[np.float64], role: str, label: str, rows: int, row: int) -> list[Segment]:
        """Draw one row of a graph of ``heights`` (columns,) 0..1, with the playhead through it."""
        style = self.style_of
        eighths = np.clip(np.rint(heights * rows * 8) - 8 * (rows - 1 - row), 0, 8).astype(int)
        playhead = self._column(self.position_s)
        text = "".join(_HEIGHTS[number] for number in eighths)
        return [
            Segment(self._label(label), style("timeline--label")),
            Segment(text[:playhead], style(f"timeline--{role}")),
            Segment("┃", style("timeline--playhead")),
            Segment(text[playhead + 1 :], style(f"timeline--{role}")),
        ]

    def _with_sections(self, line: list[Segment]) -> list[Segment]:
        """Mark on a line where sections begin, but for the first one, and not over the playhead."""
        if self.data is None or len(self.data.sections_s) < 2:
            return line
        label, *graph = line
        cells = [(letter, segment.style) for segment in graph for letter in segment.text]
        playhead = self._column(self.position_s)
        for start_s in self.data.sections_s[1:]:
            column = self._column(start_s)
            if column != playhead:
                cells[column] = _SECTION, self.style_of("timeline--section")
        return [label, *(Segment(letter, style) for letter, style in cells)]

    def _ribbon_rows(self) -> int:
        """Return how many rows the EQ over time has, where there is room."""
        if self.data is None or self.data.ribbon_db is None:
            return 0
        room = self.size.height - 1 - _ROWS_FOR_BOTH
        return next(rows for rows in _PARTS if room >= rows or not rows)

    def _ribbon(self, row: int, rows: int) -> list[Segment]:
        """Draw one row of the EQ over time, the highest part of the spectrum first."""
        gains = self._ribbon_gains(rows)[row]
        steps = np.clip(np.rint(np.abs(gains) / _STEP_DB), 0, len(_BOOSTS) - 1).astype(int)
        playhead = self._column(self.position_s)
        label = "EQ " * (row == 0 and self._gutter() > _LONGEST_LABEL) + _PARTS[rows][row]
        cells = []
        for column, (gain, step) in enumerate(zip(gains, steps, strict=True)):
            if column == playhead:
                cells.append(Segment("┃", self.style_of("timeline--playhead")))
            elif gain > 0:
                cells.append(Segment(_BOOSTS[step], self.style_of("timeline--boost")))
            else:
                cells.append(Segment(_CUTS[step], self.style_of("timeline--cut")))
        return [Segment(self._label(label), self.style_of("timeline--label")), *cells]

    def _ribbon_gains(self, rows: int) -> NDArray[np.float64]:
        """Return what the EQ does to each row's part of the spectrum (rows, columns): where it does most there."""
        shown = self.data, self._columns(), rows
        if self._ribbon_key != shown:
            self._cached_ribbon, self._ribbon_key = self._compute_ribbon(rows), shown
        return self._cached_ribbon

    def _compute_ribbon(self, rows: int) -> NDArray[np.float64]:
        if self.data is None or self.data.ribbon_db is None or not len(self.data.ribbon_db):
            return np.zeros((rows, self._columns()))
        gain_db = self.data.ribbon_db
        columns = self._columns()
        windows = np.minimum(((np.arange(columns) + 0.5) / columns * len(gain_db)).astype(int), len(gain_db) - 1)
        parts = np.array_split(gain_db[windows], rows, axis=1)  # from the lowest
        most = [part[np.arange(columns), np.abs(part).argmax(axis=1)] for part in parts]
        return np.array(most[::-1])

    def _times(self) -> list[Segment]:
        """Draw the axis: the playhead's time, as many times as there is room for, and the loop."""
        columns = self._columns()
        axis = [" "] * columns
        for share in (0.0, 1.0, 0.5, 0.25, 0.75) if self.duration_s > 0 else ():
            text = _clock(share * self.duration_s, is_exact=self.duration_s < _SHORT_S)
            start = min(max(round(share * (columns - 1)) - len(text) // 2, 0), columns - len(text))
            around = axis[max(start - _BETWEEN_TIMES, 0) : start + len(text) + _BETWEEN_TIMES]
            if start >= 0 and set(around) == {" "}:
                axis[start : start + len(text)] = text
        style = self.style_of
        label = Segment(self._label(self._playhead_time(self.position_s)), style("timeline--playhead"))
        if self.loop_s is None:
            return [label, Segment("".join(axis), style("timeline--label"))]
        start, end = (self._column(seconds) for seconds in self.loop_s)
        end = max(end, start + 1)
        loop = "[" + "━" * (end - start - 1) + "]"
        return [
            label,
            Segment("".join(axis[:start]), style("timeline--label")),
            Segment(loop, style("timeline--loop")),
            Segment("".join(axis[end + 1 :]), style("timeline--label")),
        ]

    def _playhead_time(self, seconds: float) -> str:
        return _clock(seconds, is_exact=self.duration_s < _SHORT_S)

    def _graphs(self) -> tuple[NDArray[np.float64], ...]:
        """Return the graphs of level (softest to loudest), score before and score after, each (columns,) 0..1.

        They are cached for the data and the width: while it plays, they are drawn twenty times a second.
        """
        shown = self.data, self._columns()
        if self._cache_key != shown:
            self._cached_graphs, self._cache_key = tuple(self._compute_graphs()), shown
        return self._cached_graphs

    def _compute_graphs(self) -> Iterator[NDArray[np.float64]]:
        data = self.data
        for values in (data.level_db, data.score, data.after) if data else (None,) * 3:
            if values is None or not np.any(np.isfinite(values)):
                yield np.zeros(self._columns())
                continue
            columns = _in_columns(values, self._columns())
            if data and values is data.level_db:
                low_db, high_db = _level_limits(values)
                columns = _SOFTEST + (1 - _SOFTEST) * (columns - low_db) / (high_db - low_db)
            yield np.clip(np.nan_to_num(columns), 0, 1)

    def _column(self, seconds: float) -> int:
        share = seconds / self.duration_s if self.duration_s > 0 else 0.0
        return min(max(round(share * (self._columns() - 1)), 0), self._columns() - 1)

    def _columns(self) -> int:
        return max(self.size.width - self._gutter(), 1)

    def _gutter(self) -> int:
        return _LONGEST_LABEL + 1 if self.size.width >= _WIDE else len("level") + 1

    def _label(self, text: str) -> str:
        columns = self._gutter() - 1
        return (text if len(text) <= columns else text[: columns - 1] + "…").ljust(columns + 1)


def _level_limits(level_db: NDArray[np.float64]) -> tuple[float, float]:
    """Return the softest and the loudest level that the strip shows, by what the file has."""
    heard = level_db[np.isfinite(level_db)]
    high_db = float(heard.max())
    low_db = min(max(float(np.percentile(heard, _SOFT_PERCENT)), high_db - _MOST_SPAN_DB), high_db - _LEAST_SPAN_DB)
    return low_db, high_db


def _in_columns(values: NDArray[np.float64], columns: int) -> NDArray[np.float64]:
    """Return for each column the highest value of its windows (columns,), or that of the window it lies in."""
    edges = np.linspace(0, len(values), columns + 1)
    first = np.minimum(edges[:-1].astype(int), len(values) - 1)
    last = np.maximum(np.ceil(edges[1:]).astype(int), first + 1)
    spans = np.column_stack([first, last]).ravel()
    return np.asarray(np.fmax.reduceat(np.append(values, np.nan), spans)[::2])


def _clock(seconds: float, *, is_exact: bool = False) -> str:
    """Format a time in whole seconds, or to a tenth."""
    tenths = int(10 * seconds + 1e-6)
    minutes, rest = divmod(tenths // 10, 60)
    return f"{minutes}:{rest:02d}" + f".{tenths % 10}" * is_exact
