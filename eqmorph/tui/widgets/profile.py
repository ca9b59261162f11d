"""What a sound is and what it becomes, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.strip import Strip

from eqmorph.tui.widgets.drawn import Drawn

__all__ = ["ProfileRow", "ProfileView"]

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LONGEST_WORD = 14
_NUMBERS = 8  # columns behind a bar: " 100 ▲▲"
_NOTICEABLE = 0.05
_ENOUGH_WORDS = 6  # for fewer, two lines each would show too little


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A word's score before and after, as percentiles 0..1: 0.5 is as usual."""

    word: str
    before: float
    after: float


class ProfileView(Drawn):
    """Paired bars: of each word the score before, hatched, above the score after, solid; in percent.

    Where there is not room for two lines a word, one has both: ○ before, ● after, and a line between them. ┊ marks 50,
    which is as usual; ▲ and ▼ say where the sound goes. Words for which there is no room at all are left out.

    Args:
        rows: what to show.
    """

    HELP: ClassVar[str] = """\
**Profile**

How much of each word is in the sound before (hatched, ○) and after (solid, ●), against all kinds of music and speech:
50 is as usual, 90 means that nine in ten have less of it.
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
        changed: list[int] = []  # lines: a move leaves what was before as it is
        for number, (old, new) in enumerate(zip(before, after, strict=True)):
            if self._is_compact:
                changed += [number] * (old != new)
            else:
                changed += [2 * number] * (old.before != new.before) + [2 * number + 1] * (old != new)
        if changed:
            self.refresh(*(Region(0, line, self.size.width, 1) for line in changed))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - given by Textual
        return 2 * len(self.rows)

    def render_line(self, y: int) -> Strip:
        number, is_after = (y, False) if self._is_compact else divmod(y, 2)
        if number >= len(self.rows):
            return Strip.blank(self.size.width, self.ground)
        row = self.rows[number]
        if self._is_compact:
            segments = [self._word(row.word), *self._dumbbell(row), self._number(row.after, row)]
        elif is_after:
            segments = [self._word(""), *self._bar(row.after, "after"), self._number(row.after, row)]
        else:
            segments = [self._word(row.word), *self._bar(row.before, "before"), self._number(row.before)]
        return Strip(segments).adjust_cell_length(self.size.width, self.ground)

    @property
    def _is_compact(self) -> bool:
        """Whether there is one line a word."""
        return self.size.height < 2 * min(len(self.rows), _ENOUGH_WORDS)

    def _word_columns(self) -> int:
        longest = max((len(row.word) for row in self.rows), default=0)
        return min(longest, _LONGEST_WORD, self.size.width // 3)

    def _bar_columns(self) -> int:
        return max(self.size.width - self._word_columns() - 1 - _NUMBERS, 2)

    def _word(self, word: str) -> Segment:
        columns = self._word_columns()
        shown = word if len(word) <= columns else word[: columns - 1] + "…"
        return Segment(shown.ljust(columns) + " ", self.style_of("profile--word"))

    def _number(self, score: float, row: ProfileRow | None = None) -> Segment:
        """In percent; for ``row``, with where it went."""
        percent = f"{100 * _held(score):4.0f}"
        return Segment(f"{percent} {_direction(row) if row else ''}", self.style_of("profile--number"))

    def _bar(self, score: float, role: str) -> list[Segment]:
        """A score as a bar: the one after in eighths of a column, the one before in hatched columns."""
        columns = self._bar_columns()
        eighths = round(8 * columns * _held(score))
        full, rest = divmod(eighths, 8)
        text = "░" * round(eighths / 8) if role == "before" else "█" * full + _EIGHTHS[rest] * bool(rest)
        middle = columns // 2
        empty = "".join("┊" if column == middle else " " for column in range(len(text), columns))
        style = self.style_of
        return [Segment(text, style(f"profile--{role}")), Segment(empty, style("profile--middle"))]

    def _dumbbell(self, row: ProfileRow) -> list[Segment]:
        columns = self._bar_columns()
        before, after = (round((columns - 1) * _held(score)) for score in (row.before, row.after))
        first, last = sorted((before, after))
        style = self.style_of
        segments = []
        for column in range(columns):
            if column == after:
                segments.append(Segment("●", style("profile--after")))
            elif column == before:
                segments.append(Segment("○", style("profile--before")))
            elif first < column < last:
                segments.append(Segment("─", style("profile--after")))
            else:
                segments.append(Segment("┊" if column == columns // 2 else " ", style("profile--middle")))
        return segments


def _held(score: float) -> float:
    """Within 0..1; what is no number counts as 0."""
    return 0.0 if math.isnan(score) else min(max(score, 0.0), 1.0)


def _direction(row: ProfileRow) -> str:
    change = _held(row.after) - _held(row.before)
    mark = "▲" if change > 0 else "▼"
    return mark * ((abs(change) >= _NOTICEABLE) + (abs(change) >= 4 * _NOTICEABLE))
