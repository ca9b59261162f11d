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

_LONGEST_WORD = 14
_NUMBERS, _FEW_NUMBERS = 7, 5  # columns to the right of a bar: " 100 ▲▲", or where it is narrow "100 ▲"
_NARROW = 30  # columns
_NOTICEABLE = 0.05
_COLUMN = 38  # from so many columns for each on, words stand side by side if they don't fit below each other
_BETWEEN = 3


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A word's scores before and after, as percentiles 0..1; 0.5 is usual."""

    word: str
    before: float
    after: float


class ProfileView(LineWidget):
    """A line for each word: ○ before, ● after, and what is between; then the percentile after.

    ┊ marks 50, which is usual; ▲ and ▼ show which way the sound moves. Words for which there is no room are left out.

    Args:
        rows: what to show.
    """

    HELP: ClassVar[str] = """\
**Profile**

How much of each word is in the sound before (○) and after (●), compared with all kinds of music and speech: 50 is usual
(┊), and 90 means that nine in ten have less of it.
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
        & > .profile--middle { color: $foreground 38%; }
        & > .profile--number { color: $text-muted; }
    }
    """

    rows: reactive[tuple[ProfileRow, ...]] = reactive((), repaint=False)
    note: reactive[str] = reactive("")
    """What to say where there are none."""

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
        lines = self._lines(self.size)
        changed = {n % lines for n, (old, new) in enumerate(zip(before, after, strict=True)) if old != new}
        if changed:
            self.refresh(*(Region(0, line, self.size.width, 1) for line in sorted(changed)))

    def get_content_height(self, _container: Size, _viewport: Size, _width: int) -> int:
        return max(len(self.rows), 1)

    def render_line(self, y: int) -> Strip:
        size = self.size  # Textual computes it whenever it is asked
        if not self.rows:
            note = self.note[: size.width] if y == 0 else ""
            return Strip([Segment(note, self.style_of("profile--number"))]).adjust_cell_length(size.width, self.ground)
        lines = self._lines(size)
        side_by_side = min(max(size.width // _COLUMN, 1), -(-len(self.rows) // lines))
        columns = (size.width + _BETWEEN) // side_by_side - _BETWEEN
        segments: list[Segment] = []
        for row in self.rows[y::lines][:side_by_side] if y < lines else ():
            segments += [*self._row(row, columns), Segment(" " * _BETWEEN, self.ground)]
        return Strip(segments).adjust_cell_length(size.width, self.ground)

    def _lines(self, size: Size) -> int:
        return max(min(size.height, len(self.rows)), 1)

    def _row(self, row: ProfileRow, columns: int) -> list[Segment]:
        word_columns = min(max(len(row.word) for row in self.rows), _LONGEST_WORD, columns // 3)
        numbers = _NUMBERS if columns >= _NARROW else _FEW_NUMBERS
        bar_columns = max(columns - word_columns - 1 - numbers, 2)
        return [self._word(row.word, word_columns), *self._dumbbell(row, bar_columns), self._number(row, numbers)]

    def _word(self, word: str, columns: int) -> Segment:
        shown = word if len(word) <= columns else word[: columns - 1] + "…"
        return Segment(shown.ljust(columns) + " ", self.style_of("profile--word"))

    def _number(self, row: ProfileRow, columns: int) -> Segment:
        """Draw the score after in percent, with the direction of its change."""
        marks = 2 if columns == _NUMBERS else 1
        text = f"{100 * _clamped(row.after):{columns - 1 - marks}.0f} {_direction(row)[:marks]}"
        return Segment(text.ljust(columns), self.style_of("profile--number"))

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
