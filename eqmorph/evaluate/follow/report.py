"""What an evaluation of EQ that follows found, and the bars that it must reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from eqmorph.evaluate.bars import Bar, CheckedBar, check_bars
from eqmorph.evaluate.follow.asked import JUDGES, MODES, WEIGHTS
from eqmorph.evaluate.follow.halves import HALF_MODES, SHELVES_DB, half_key
from eqmorph.evaluate.follow.pieces import PieceRow

__all__ = ["BARS", "Figures", "FollowReport", "halves_figures", "piece_figures", "piece_key"]

Figures = dict[str, float]

_STATIC, _BY_SECTIONS = HALF_MODES
_HALVES_LEFT, _SPREAD_FALLS, _RANGE_LU = 0.45, 30.0, 0.5
_WIDER = 1.02


def piece_key(word: str, weight: float, mode: str, name: str) -> str:
    """Return under which name a figure of whole pieces is reported."""
    return f"pieces.{word}.{weight:g}.{mode}.{name}"


def _bars() -> tuple[Bar, ...]:
    halves = [
        Bar(
            f"two halves, {word}:{weight:g}, shelf ±{shelf_db:g} dB: {judge} left of static's",
            f"{half_key(word, weight, shelf_db, _BY_SECTIONS, judge)}.left",
            _HALVES_LEFT,
        )
        for word, judges in JUDGES.items()
        for weight in WEIGHTS
        for shelf_db in SHELVES_DB
        for judge in judges[:2]
    ]
    pieces = [
        bar
        for word in JUDGES
        for weight in WEIGHTS
        for bar in (
            Bar(
                f"pieces, {word}:{weight:g}: spread of its percentile falls by, %",
                piece_key(word, weight, _BY_SECTIONS, "spread_falls"),
                _SPREAD_FALLS,
                at_least=True,
            ),
            Bar(
                f"pieces, {word}:{weight:g}: loudness range changes by at most, LU",
                piece_key(word, weight, _BY_SECTIONS, "range_most"),
                _RANGE_LU,
            ),
        )
    ]
    return (*halves, *pieces)


BARS = _bars()


@dataclass
class FollowReport:
    """Figures under dotted names, and what became of each piece."""

    corpora: dict[str, int]
    seed: int
    figures: Figures = field(default_factory=dict)
    rows: list[PieceRow] = field(default_factory=list)
    seconds: float = 0.0

    def bars(self) -> list[CheckedBar]:
        """Return the bars with what was reached."""
        return check_bars(BARS, self.figures)

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return {
            "corpora": self.corpora,
            "seed": self.seed,
            "seconds": round(self.seconds, 1),
            "figures": self.figures,
            "bars": [bar.to_json() for bar in self.bars()],
            "pieces": [row.to_json() for row in self.rows],
        }


def halves_figures(differences: Mapping[str, Sequence[float]]) -> Figures:
    """Return the mean difference between halves by name and, where the EQ follows, what it is of static's."""
    found = {key: float(np.mean(np.abs(values))) for key, values in differences.items()}
    for word, judges in JUDGES.items():
        for weight in WEIGHTS:
            for shelf_db in SHELVES_DB:
                for judge in judges:
                    static = found[half_key(word, weight, shelf_db, _STATIC, judge)]
                    key = half_key(word, weight, shelf_db, _BY_SECTIONS, judge)
                    found[f"{key}.left"] = found[key] / max(static, 1e-9)
    return found


def piece_figures(rows: Sequence[PieceRow]) -> Figures:
    """Return what whole pieces were like on the whole, for each word, weight and way."""
    found: Figures = {}
    for word in JUDGES:
        for weight in WEIGHTS:
            by_mode = {
                mode: [row for row in rows if (row.word, row.weight, row.mode) == (word, weight, mode)]
                for mode in MODES
            }
            static = by_mode[_STATIC]
            for mode, of_mode in by_mode.items():
                figures = _of_mode(of_mode, static)
                found |= {piece_key(word, weight, mode, name): value for name, value in figures.items()}
    return found


def _of_mode(rows: Sequence[PieceRow], static: Sequence[PieceRow]) -> Figures:
    def mean_falls(name: str) -> float:
        """Return by how many percent the mean over pieces is smaller than static's."""
        mean, static_mean = (np.mean([getattr(row, name) for row in some]) for some in (rows, static))
        return 100 * float(1 - mean / max(static_mean, 1e-9))

    ratios = np.array([row.spread / max(before.spread, 1e-9) for row, before in zip(rows, static, strict=True)])
    ranges, moments = (np.array([getattr(row, name) for row in rows]) for name in ("range_lu", "moment_lu"))
    seconds = np.array([row.seconds for row in rows])
    return {
        "spread": float(np.mean([row.spread for row in rows])),
        "spread_falls": mean_falls("spread"),
        "spread_falls_median": 100 * float(1 - np.median(ratios)),
        "wider": 100 * float((ratios > _WIDER).mean()),
        "score_falls": mean_falls("score"),
        "judged_falls": mean_falls("judged"),
        "raised": float(np.mean([row.raised for row in rows])),
        "right": 100 * float(np.mean([row.moved > 0 for row in rows])),
        "moved_of_static": float(np.mean([row.moved for row in rows]) / np.mean([row.moved for row in static])),
        "range_mean": float(np.abs(ranges).mean()),
        "range_median": float(np.median(np.abs(ranges))),
        "range_over": 100 * float(np.mean(np.abs(ranges) > _RANGE_LU)),
        "range_most": float(np.abs(ranges).max()),
        "moment_median": float(np.median(moments)),
        "moment_most": float(moments.max()),
        "stations": float(np.median([row.stations for row in rows])),
        "decision_ms": 1000 * float(np.median(seconds)),
        "decision_ms_most": 1000 * float(seconds.max()),
    }
