"""The status lines: at the top the file and the work in progress, at the bottom playback and messages."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer

from eqmorph.tui.widgets.line_widget import LineWidget

__all__ = ["FileLine", "PlayLine", "Playing", "clock"]

_STAYS_S = 5.0  # even while sliders move: it may be about something that ended in the background
_NEWS_GO_S = 15.0  # by themselves
_GAP = 2  # columns before the message
_WIDE = 100  # columns; from here on everything has room


class FileLine(LineWidget):
    """The file on the left, the work in progress on the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"file--name", "file--facts", "file--work"}

    DEFAULT_CSS = """
    FileLine {
        height: 1;
        padding: 0 1;
        background: $panel;

        & > .file--name { text-style: bold; color: $foreground; }
        & > .file--facts { color: $text-muted; }
        & > .file--work { color: $text-accent; text-style: bold; }
    }
    """

    file_name: reactive[str] = reactive("")
    facts: reactive[str] = reactive("")
    work: reactive[str] = reactive("")
    """What is being done; empty if nothing is."""

    def render_line(self, y: int) -> Strip:
        style = self.style_of
        width = self.size.width
        if y:
            return Strip.blank(width, self.ground)
        work = self.work
        room = width - cell_len(work) - bool(work) * 2
        name = _shortened(self.file_name or "no file", room)
        facts = f"  {self.facts}" if self.facts and cell_len(name) + 2 + len(self.facts) <= room else ""
        gap = " " * max(width - cell_len(name) - len(facts) - cell_len(work), 0)
        return Strip(
            [
                Segment(name, style("file--name")),
                Segment(facts, style("file--facts")),
                Segment(gap, self.ground),
                Segment(work, style("file--work")),
            ]
        ).adjust_cell_length(width, self.ground)


@dataclass(frozen=True, slots=True)
class Playing:
    """The state of playback."""

    is_playing: bool = False
    is_bypassed: bool = False
    position_s: int = 0
    duration_s: int = 0
    gain_db: float | None = 0.0
    """The gain that makes it as loud as before; None while it is not known."""
    is_available: bool = True
    peaks_db: float = 0.0
    """What peaks cost of the level, before and after alike: zero or below."""
    headroom_db: float | None = None
    """How far the result's true peak stays under the ceiling; None while it is not measured."""


class PlayLine(LineWidget):
    """Whether it plays, with the EQ or without, and where; and the latest message.

    A message that does not fit takes the room of the time.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "play--state",
        "play--facts",
        "play--before",
        "play--after",
        "play--message",
        "play--error",
    }

    DEFAULT_CSS = """
    PlayLine {
        height: 1;
        padding: 0 1;
        background: $panel;

        & > .play--state { text-style: bold; color: $foreground; }
        & > .play--facts { color: $foreground; }
        & > .play--before { color: $foreground; text-style: bold; }
        & > .play--after { color: $text-accent; text-style: bold; }
        & > .play--message { color: $text-muted; }
        & > .play--error { color: $text-error; text-style: bold; }
    }
    """

    playing: reactive[Playing] = reactive(Playing)
    message: reactive[str] = reactive("")
    is_error: reactive[bool] = reactive(False)

    _stays_until = 0.0
    _going: Timer | None = None

    def say(self, message: str, *, is_error: bool = False, stays_s: float | None = None) -> None:
        """Show a message. News go by themselves in the end; errors stay until they are cleared.

        Args:
            message: what is said.
            is_error: whether something went wrong.
            stays_s: how long `clear` leaves it; by default a few seconds.
        """
        self.message, self.is_error = message, is_error
        self._stays_until = time.monotonic() + (_STAYS_S if stays_s is None else stays_s)
        if self._going is not None:
            self._going.stop()
        if message and not is_error:
            self._going = self.set_timer(_NEWS_GO_S, self._is_old)

    def clear(self) -> bool:
        """Take the message away, unless it is still to be read; return whether it went."""
        has_been_read = time.monotonic() >= self._stays_until
        if has_been_read:
            self.say("")
        return has_been_read

    def _is_old(self) -> None:
        self.message = ""

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y:
            return Strip.blank(width, self.ground)
        message = ("! " if self.is_error else "") + self.message
        segments = self._playing_segments(width)
        room = width - _columns(segments) - _GAP
        if cell_len(message) > room:
            segments = segments[:2]
            room = width - _columns(segments) - _GAP
        role = "error" if self.is_error else "message"
        segments.append(Segment(" " * _GAP + _shortened(message, room), self.style_of(f"play--{role}")))
        return Strip(segments).adjust_cell_length(width, self.ground)

    def _playing_segments(self, width: int) -> list[Segment]:
        """Draw whether it plays and through what, followed by everything else."""
        style = self.style_of
        now = self.playing
        state = "▶ playing" if now.is_playing else "‖ paused " if now.is_available else "✕ no sound"
        heard = "A before" if now.is_bypassed else "B with EQ"
        is_wide = width >= _WIDE
        gain = f"  {_level(now)}" * is_wide
        facts = f"  {clock(now.position_s)} / {clock(now.duration_s)}{gain}  "
        return [
            Segment(f"{state:<10}", style("play--state")),
            Segment(f"  {heard:<9}", style("play--before" if now.is_bypassed else "play--after")),
            Segment(facts, style("play--facts")),
        ]


def _level(now: Playing) -> str:
    """Say what was done to the level: to match it, and for the peaks of the result."""
    if now.gain_db is None:
        return "not matched yet"
    matched = f"matched {now.gain_db:+5.1f} dB"
    if now.peaks_db:
        return f"{matched}, peaks {now.peaks_db:+.1f}"
    return matched if now.headroom_db is None else f"{matched}, {now.headroom_db:.1f} free"


def clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _columns(segments: list[Segment]) -> int:
    return sum(segment.cell_length for segment in segments)


def _shortened(text: str, columns: int) -> str:
    """Cut a text to some columns; some characters take two."""
    return text if cell_len(text) <= columns else set_cell_size(text, max(columns - 1, 0)) + "…" * (columns > 0)
