"""A report as tables: for the terminal, and as Markdown that the docs include."""

from __future__ import annotations

from eqmorph.evaluate.bars import bars_table
from eqmorph.evaluate.eq.report import SHIPPED, EqReport
from eqmorph.evaluate.tables import Rows, Table, number, tables_in_markdown

__all__ = ["eq_markdown", "eq_tables"]

_SETTINGS = (
    ("valid %", "valid_percent", 1), ("response dB", "response_db", 2), ("p95 dB", "response_p95_db", 2),
    ("gain dB", "gain_db", 2), ("freq oct", "frequency_octaves", 2), ("Q oct", "q_octaves", 2),
)  # fmt: skip
_TWO = (
    ("silh. cos", "two_silhouette_cosine", 2), ("silh. eucl", "two_silhouette_euclidean", 2),
    ("DB cos", "two_davies_bouldin_cosine", 2), ("DB eucl", "two_davies_bouldin_euclidean", 2),
    ("accuracy", "two_accuracy", 3), ("balanced", "two_balanced", 3),
)  # fmt: skip
_ALL = tuple((title, key.replace("two_", "all_"), digits) for title, key, digits in _TWO)
_ALGEBRA = (
    ("ray dB", "ray_db", 2),
    ("mix dB", "mix_db", 2),
    ("negative dB", "negative_db", 2),
    ("flat dB", "flat_db", 6),
)
_COST = (("parameters", "parameters", 0), ("train s a fold", "train_s", 1), ("one setting ms", "one_ms", 2))
_CROSS = ("warm", "bright", "airy", "clear", "deep", "muddy", "tinny", "full", "hollow")


def eq_tables(report: EqReport) -> list[Table]:
    """Return all tables of a report, each a title and rows."""
    bars = report.bars()
    made: list[Table] = [("Bars (shipped recipe, held out)", bars_table({SHIPPED: bars}))] if bars else []
    two = "/".join(report.words[:2])
    made += [
        ("Settings through the latent (held out / trained on)", _both(report, _SETTINGS)),
        (f"Two words, {two} (held out / trained on)", _both(report, _TWO)),
        (f"All {len(report.words)} words with five settings or more (held out / trained on)", _both(report, _ALL)),
        ("Algebra in the latent (held out)", _one(report, _ALGEBRA)),
        ("Cost", _one(report, _COST)),
    ]
    words = [w for w in _CROSS if any(w in cross for cross in report.cross.values())]
    if words:
        rows = [["recipe", *words]]
        rows += [[name, *(number(cross.get(w), 2) for w in words)] for name, cross in report.cross.items()]
        made.append(("Trained on SAFE only, correlation with what people asked did, 50 Hz to 14 kHz", rows))
    return made


def eq_markdown(report: EqReport) -> str:
    """Return the tables as Markdown."""
    about = (
        f"{report.rows} settings, {report.folds} folds, seed {report.seed}; {report.seconds / 60:.0f} minutes in all. "
        "Recipes: " + "; ".join(f"`{name}` {title}" for name, title in report.titles.items()) + "."
    )
    return f"{about}\n\n{tables_in_markdown(eq_tables(report))}"


def _both(report: EqReport, columns: tuple[tuple[str, str, int], ...]) -> Rows:
    rows = [["recipe", *(title for title, _, _ in columns)]]
    for name, held in report.held_out.items():
        train = report.trained_on[name]
        cells = [f"{number(held.get(key), digits)} / {number(train.get(key), digits)}" for _, key, digits in columns]
        rows.append([name, *cells])
    return rows


def _one(report: EqReport, columns: tuple[tuple[str, str, int], ...]) -> Rows:
    rows = [["recipe", *(title for title, _, _ in columns)]]
    for name, held in report.held_out.items():
        rows.append([name, *(number(held.get(key), digits) for _, key, digits in columns)])
    return rows
