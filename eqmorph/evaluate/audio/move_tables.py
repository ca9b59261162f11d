"""What moves are like as tables: bars by kind of sound, then all figures of each kind."""

from __future__ import annotations

from eqmorph.evaluate.audio.move_bars import MOVE_LIMITS_DB, MOVE_RULES, MOVE_TITLES, move_key
from eqmorph.evaluate.audio.report import AudioReport, Figures
from eqmorph.evaluate.audio.rules import FIXED, OURS
from eqmorph.evaluate.bars import bars_table
from eqmorph.evaluate.tables import Rows, Table, number, tables_in_markdown

__all__ = ["moves_markdown", "moves_tables"]

_CALLED = {OURS: "adaptive", FIXED: "fixed"}
_DIGITS = {"bands": 1, "ms": 1, "make_up_least": 1, "make_up_most": 1}
_SHARE_DIGITS, _SPREAD_DIGITS = 1, 2


def moves_tables(report: AudioReport) -> list[Table]:
    """Return the tables of the first encoder, each a title and rows."""
    encoder = next(iter(report.figures))
    bars = bars_table(report.move_bars(encoder))
    tables = [(f"Bars of moves, within {MOVE_LIMITS_DB[0]:g} dB ({encoder})", bars)]
    for kind in report.sounds:
        title = f"Moves in {kind}, % of requests ({encoder})"
        tables.append((title, _of_kind(kind, report.figures[encoder], report.earlier)))
    return tables


def moves_markdown(report: AudioReport) -> str:
    """Return the tables as Markdown."""
    of_kinds = "; ".join(
        f"{kind}: {', '.join(f'{corpus} {count}' for corpus, count in counts.items())}"
        for kind, counts in report.sounds.items()
    )
    return f"Sounds of each corpus: {of_kinds}; seed {report.seed}.\n\n{tables_in_markdown(moves_tables(report))}"


def _of_kind(kind: str, found: Figures, earlier: Figures | None) -> Rows:
    columns = [
        (f"{_CALLED[rule]}, {limit_db:g} dB", found, limit_db, rule)
        for rule in MOVE_RULES
        for limit_db in MOVE_LIMITS_DB
    ]
    if earlier is not None:
        columns = [(f"before, {limit_db:g} dB", earlier, limit_db, OURS) for limit_db in MOVE_LIMITS_DB] + columns
    rows = [["figure", *(title for title, *_ in columns)]]
    for name, title in MOVE_TITLES.items():
        digits = _DIGITS.get(name, _SPREAD_DIGITS if name.startswith("left.") else _SHARE_DIGITS)
        values = [figures.get(move_key(kind, limit_db, rule, name)) for _, figures, limit_db, rule in columns]
        rows.append([title, *(number(value, digits) for value in values)])
    return rows
