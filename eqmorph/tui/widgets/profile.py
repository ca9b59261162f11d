"""The profile: how a sound scores on words, before and after an EQ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.strip import Strip

from eqmorph.tui.widgets.line_widget import LineWidget

__all__ = ["ProfileRow", "ProfileView"]

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LONGEST_WORD = 14
_NUMBERS = 8  # columns to the right of a bar: " 100 ▲▲"
_NOTICEABLE = 0.05
_ENOUGH_WORDS = 6  # with two lines a word; if fewer fit, each has one


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A word's scores before and after, as percentiles 0..1; 0.5 is usual."""

    word: str
    before: float
    after: float


class ProfileView(LineWidget):
    """Paired bars: for each word the score before, hatched, above the score after, solid; in percent.

    Where there is no room for two lines a word, one line has both: ○ before, ● after, and a line between them. ┊ marks
    50, which is usual; ▲ and ▼ show which way the sound moves. Words for which there is no room are left out.

    Args:
        rows: what to show.
    """

    HELP: ClassVar[str] = """\
**Profile**

How much of each word is in the sound before (hatched, ○) and after (solid, ●), compared with all kinds of music and
speech: 50 is usual, and 90 means that nine in ten have less of it.
"""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "profile--word",
        "profile--before",
        "profile--after",
        "profile--middle",
        "profile--number",
    }

    DEFAULT_CSS = """
    ProfileView {
        height: auto;

        & > .profile--word { color: $foreground; }
        & > .profile--before { color: $text-muted; }
        & > .profile--after { color: $text-primary; }
        & > .profile--middle { color: $foreground 35%; }
        & > .profile--number { color: $text-muted; }
    }
    """

    rows: reactive[tuple[ProfileRow, ...]] = reactive((), repaint=False)

    def __init__(
        self,
        rows: Sequence[ProfileRow] = (),
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.set_reactive(ProfileView.rows, tuple(rows))

    def watch_rows(self, before: tuple[ProfileRow, ...], after: tuple[ProfileRow, ...]) -> None:
        if [row.word for row in before] != [row.word for row in after]:
            self.refresh(layout=True)
            return
        is_compact = self._is_compact(self.size)
        changed: list[int] = []  # lines: a move leaves the scores before as they are
        for number, (old, new) in enumerate(zip(before, after, strict=True)):
            if is_compact:
                changed += [number] * (old != new)
            else:
                changed += [2 * number] * (old.before != new.before) + [2 * number + 1] * (old != new)
        if changed:
            self.refresh(*(Region(0, line, self.size.width, 1) for line in changed))

    def get_content_height(self, _container: Size, _viewport: Size, _width: int) -> int:
        return 2 * len(self.rows)

    def render_line(self, y: int) -> Strip:
        size = self.size  # Textual computes it whenever it is asked
        is_compact = self._is_compact(size)
        index, is_after = (y, False) if is_compact else divmod(y, 2)
        if index >= len(self.rows):
            return Strip.blank(size.width, self.ground)
        row = self.rows[index]
        word_columns = min(max(len(row.word) for row in self.rows), _LONGEST_WORD, size.width // 3)
        bar_columns = max(size.width - word_columns - 1 - _NUMBERS, 2)
        if is_compact:
            word, bar, number = row.word, self._dumbbell(row, bar_columns), self._number(row.after, row)
        elif is_after:
            word, bar, number = "", self._bar(row.after, "after", bar_columns), self._number(row.after, row)
        else:
            word, bar, number = row.word, self._bar(row.before, "before", bar_columns), self._number(row.before)
        return Strip([self._word(word, word_columns), *bar, number]).adjust_cell_length(size.width, self.ground)

    def _is_compact(self, size: Size) -> bool:
        """Tell whether each word has one line."""
        return size.height < 2 * min(len(self.rows), _ENOUGH_WORDS)

    def _word(self, word: str, columns: int) -> Segment:
        shown = word if len(word) <= columns else word[: columns - 1] + "…"
        return Segment(shown.ljust(columns) + " ", self.style_of("profile--word"))

    def _number(self, score: float, row: ProfileRow | None = None) -> Segment:
        """Draw a score in percent; given the row, with the direction of its change."""
        percent = f"{100 * _clamped(score):4.0f}"
        return Segment(f"{percent} {_direction(row) if row else ''}", self.style_of("profile--number"))

    def _bar(self, score: float, role: str, columns: int) -> list[Segment]:
        """Draw a score as a bar: the one after in eighths of a column, the one before in hatched columns."""
        eighths = round(8 * columns * _clamped(score))
        full, rest = divmod(eighths, 8)
        text = "░" * round(eighths / 8) if role == "before" else "█" * full + _EIGHTHS[rest] * bool(rest)
        empty = _rail(columns)[len(text) :]
        style = self.style_of
        return [Segment(text, style(f"profile--{role}")), Segment(empty, style("profile--middle"))]

    def _dumbbell(self, row: ProfileRow, columns: int) -> list[Segment]:
        before, after = (round((columns - 1) * _clamped(score)) for score in (row.before, row.after))
        first, last = sorted((before, after))
        rail, line, style = _rail(columns), "─" * max(last - first - 1, 0), self.style_of
        ends = {
            before: Segment("○", style("profile--before")),
            after: Segment("●", style("profile--after")),  # on top, where both fall into one column
        }
        between = [Segment(line, style("profile--after")), ends[last]] if first < last else []
        middle = style("profile--middle")
        return [Segment(rail[:first], middle), ends[first], *between, Segment(rail[last + 1 :], middle)]


def _rail(columns: int) -> str:
    """Draw the background of a bar: empty but for the mark in the middle."""
    middle = columns // 2
    return " " * middle + "┊" + " " * (columns - middle - 1)


def _clamped(score: float) -> float:
    """Clamp a score to 0..1; NaN counts as 0."""
    return 0.0 if math.isnan(score) else min(max(score, 0.0), 1.0)


def _direction(row: ProfileRow) -> str:
    change = _clamped(row.after) - _clamped(row.before)
    mark = "▲" if change > 0 else "▼"
    return mark * ((abs(change) >= _NOTICEABLE) + (abs(change) >= 4 * _NOTICEABLE))
