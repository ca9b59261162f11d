"""Bars: figures that must be reached, checked against those that were found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eqmorph.evaluate.tables import NOTHING, Rows

__all__ = ["Bar", "CheckedBar", "bars_table", "check_bars"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure to be reached: where it is found, its limit, and whether that is a minimum or a maximum."""

    title: str
    key: str
    limit: float
    at_least: bool = False

    def is_met(self, value: float) -> bool:
        """Tell whether ``value`` reaches the limit."""
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"


@dataclass(frozen=True, slots=True)
class CheckedBar:
    """A bar and the value that was found for it."""

    bar: Bar
    value: float

    @property
    def met(self) -> bool:
        """Whether the value reaches the limit."""
        return self.bar.is_met(self.value)

    def to_json(self) -> dict[str, Any]:
        """Return the bar as plain data."""
        bar = self.bar
        return {
            "title": bar.title,
            "limit": bar.limit,
            "at_least": bar.at_least,
            "value": self.value,
            "met": self.met,
        }


def check_bars(bars: Sequence[Bar], figures: Mapping[str, float]) -> list[CheckedBar]:
    """Return the bars whose figure was found, each with its value."""
    return [CheckedBar(bar, figures[bar.key]) for bar in bars if bar.key in figures]


def bars_table(columns: Mapping[str, Sequence[CheckedBar]]) -> Rows:
    """Return bars as a table with a column for each model or kind of sound; a dash where one has no such bar."""
    reached: dict[tuple[str, str], dict[str, str]] = {}
    for name, bars in columns.items():
        for checked in bars:
            text = f"{checked.value:.3g} {'met' if checked.met else 'missed'}"
            reached.setdefault((checked.bar.title, str(checked.bar)), {})[name] = text
    rows = [["figure", "bar", *columns]]
    rows += [[title, bar, *(of.get(name, NOTHING) for name in columns)] for (title, bar), of in reached.items()]
    return rows
