"""The story as tables: for the terminal, and as Markdown that the docs include."""

from __future__ import annotations

from collections.abc import Sequence

from eqmorph.evaluate.story.run import StoryReport
from eqmorph.evaluate.tables import Rows, Table, number, tables_in_markdown

__all__ = ["story_markdown", "story_tables"]

_BANDS = ("low shelf", "bell 1", "bell 2", "bell 3", "high shelf")
_FIGURES = (
    ("gains out %", "gains_out_percent", 1), ("frequencies out %", "frequencies_out_percent", 1),
    ("Q out %", "q_out_percent", 1), ("valid settings %", "valid_percent", 1), ("lowest Hz", "lowest_hz", 0),
    ("highest Hz", "highest_hz", 0), ("lowest Q", "lowest_q", 2), ("highest Q", "highest_q", 2),
    ("response error dB", "response_db", 2), ("last loss", "last_loss", 4),
)  # fmt: skip


def story_tables(report: StoryReport) -> list[Table]:
    """Return all tables of a report, each a title and rows."""
    made: list[Table] = [
        (f"{word}, band by band ({count} settings)", _word(report, word)) for word, count in report.counts.items()
    ]
    start, end = report.counts
    made += [
        (f"{name}: from {start} to {end}", _path(report.positions, story.path))
        for name, story in report.recipes.items()
    ]
    made.append((f"Ranges, over all {report.rows} settings", _ranges(report)))
    return made


def story_markdown(report: StoryReport) -> str:
    """Return the tables as Markdown."""
    titles = "; ".join(f"`{name}` {story.title}" for name, story in report.recipes.items())
    about = f"{report.rows} settings, seed {report.seed}. Recipes: {titles}."
    return f"{about}\n\n{tables_in_markdown(story_tables(report))}"


def _word(report: StoryReport, word: str) -> Rows:
    columns = {"people, mean": report.people[word], **{name: s.words[word] for name, s in report.recipes.items()}}
    rows = [["band", *columns]]
    for at, band in enumerate(_BANDS):
        rows.append([band, *(f"{_band(values, at)}{_q(values, at)}" for values in columns.values())])
    return rows


def _path(positions: Sequence[float], path: Sequence[Sequence[float]]) -> Rows:
    rows = [["position", *_BANDS]]
    for position, values in zip(positions, path, strict=True):
        rows.append([f"{position:.2f}", *(_band(values, at) for at in range(len(_BANDS)))])
    return rows


def _ranges(report: StoryReport) -> Rows:
    rows = [["recipe", *(title for title, _, _ in _FIGURES)]]
    for name, story in report.recipes.items():
        rows.append([name, *(number(story.figures[key], digits) for _, key, digits in _FIGURES)])
    return rows


def _band(values: Sequence[float], at: int) -> str:
    """Return a band's gain and frequency, as people read them."""
    return f"{values[at]:+.1f} dB {values[5 + at]:.0f} Hz"


def _q(values: Sequence[float], at: int) -> str:
    """Return a bell's Q; shelves have none."""
    return f" Q {values[9 + at]:.2f}" if 0 < at < 4 else ""
