"""A report on EQ that follows as tables: for the terminal, and as Markdown that the docs include."""

from __future__ import annotations

from eqmorph.evaluate.audio.descriptors import DESCRIPTORS
from eqmorph.evaluate.bars import bars_table
from eqmorph.evaluate.follow.asked import JUDGES, MODES, WEIGHTS
from eqmorph.evaluate.follow.halves import HALF_MODES, SHELVES_DB, half_key
from eqmorph.evaluate.follow.report import FollowReport, piece_key
from eqmorph.evaluate.tables import Rows, Table, number, tables_in_markdown

__all__ = ["follow_markdown", "follow_tables"]

#: Figures of whole pieces, by name: what they are, and how many digits they have.
_OF_PIECES = {
    "spread": ("spread of the percentile, points", 1),
    "spread_falls": ("falls against static by, %", 1),
    "spread_falls_median": ("median piece's, %", 1),
    "wider": ("pieces whose spread grows, %", 1),
    "score_falls": ("spread of the score falls by, %", 1),
    "judged_falls": ("spread of what judges falls by, %", 1),
    "raised": ("percentile of the whole rises by, points", 1),
    "right": ("pieces that move the right way by what judges, %", 1),
    "moved_of_static": ("they move by, against static", 2),
    "range_median": ("loudness range changes by, median piece, LU", 2),
    "range_mean": ("mean, LU", 2),
    "range_over": ("by more than the bar, % of pieces", 1),
    "range_most": ("at most, LU", 2),
    "moment_median": ("a moment of 3 s against the rest, median piece, LU", 2),
    "moment_most": ("at most, LU", 2),
    "stations": ("EQs of a piece, median", 0),
    "decision_ms": ("decision, median, ms", 0),
    "decision_ms_most": ("at most, ms", 0),
}


def follow_tables(report: FollowReport) -> list[Table]:
    """Return the tables, each a title and rows."""
    return [
        ("Bars, by sections", bars_table({"reached": report.bars()})),
        ("Two halves: the difference between them, and what of static's is left", _halves(report)),
        *[(f"Whole pieces, {word}", _pieces(report, word)) for word in JUDGES],
    ]


def follow_markdown(report: FollowReport) -> str:
    """Return the tables as Markdown."""
    corpora = ", ".join(f"{name} {count}" for name, count in report.corpora.items())
    about = f"{sum(report.corpora.values())} pieces ({corpora}), seed {report.seed}; {report.seconds / 60:.0f} minutes."
    return f"{about}\n\n{tables_in_markdown(follow_tables(report))}"


def _halves(report: FollowReport) -> Rows:
    rows = [["asked", "shelf", "judged by", *HALF_MODES, "left of static's"]]
    for word, judges in JUDGES.items():
        for weight in WEIGHTS:
            for shelf_db in SHELVES_DB:
                for judge in judges:
                    keys = [half_key(word, weight, shelf_db, mode, judge) for mode in HALF_MODES]
                    found = [number(report.figures[key], 2) for key in keys]
                    found.append(number(report.figures[f"{keys[-1]}.left"], 2))
                    title = f"{DESCRIPTORS[judge].title}, {DESCRIPTORS[judge].unit}"
                    rows.append([f"{word}:{weight:g}", f"±{shelf_db:g} dB", title, *found])
    return rows


def _pieces(report: FollowReport, word: str) -> Rows:
    columns = [(weight, mode) for weight in WEIGHTS for mode in MODES]
    rows = [["figure", *(f"{word}:{weight:g}, {mode}" for weight, mode in columns)]]
    for name, (title, digits) in _OF_PIECES.items():
        values = [report.figures[piece_key(word, weight, mode, name)] for weight, mode in columns]
        rows.append([title, *(number(value, digits) for value in values)])
    return rows
