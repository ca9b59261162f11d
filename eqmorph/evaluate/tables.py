"""Tables of a report: rows of text, for the terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["NOTHING", "Rows", "Table", "as_markdown", "number", "tables_in_markdown"]

Rows = list[list[str]]  # the first is the head
Table = tuple[str, Rows]  # with its title
NOTHING = "–"  # where there is no figure


def as_markdown(rows: Rows) -> str:
    """Return rows, the first of which is the head, as a Markdown table."""
    head, *body = rows
    return "\n".join([f"| {' | '.join(head)} |", "|" + "---|" * len(head), *(f"| {' | '.join(row)} |" for row in body)])


def tables_in_markdown(tables: Iterable[Table]) -> str:
    """Return tables as Markdown, each under its title."""
    return "\n\n".join(f"**{title}**\n\n{as_markdown(rows)}" for title, rows in tables) + "\n"


def number(value: float | None, digits: int) -> str:
    """Format a figure for a table: a dash for None, and never 0 for one that is merely small."""
    if value is None:
        return NOTHING
    if value and abs(value) < 0.5 * 10**-digits:
        return f"{value:.0e}"
    return f"{value:.{digits}f}" if value else "0"
