"""What a page says of each file: a row of the table, and what is shown of it once it is chosen. Plain, compact data."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eqmorph._typing import Float64
from eqmorph.adapt.account import Account
from eqmorph.analysis import percent
from eqmorph.bands import Bands
from eqmorph.errors import UsageError, printable, show_path
from eqmorph.model import GRID_HZ
from eqmorph.model.describe import describe_curve
from eqmorph.report.account import account_of
from eqmorph.report.records import Record
from eqmorph.report.stand_out import FAILED, Measures, Outlier

__all__ = ["EQ_HZ", "File", "detail", "main_word", "row", "short_names", "words_asked"]

#: Where a page draws an EQ.
EQ_HZ: Float64 = np.geomspace(20.0, 20_000.0, 121)
_IF_UNKNOWN_HZ = 48_000
_LIMITS = {
    "max-gain": "gain limit",
    "audible": "inaudible",
    "body": "body",
    "make-up": "make-up",
    "noise-floor": "noise floor",
    "speech": "speech",
}
_NOTICEABLE_DB = 0.5  # of what a limit takes
_LARGEST_DB = 1000.0  # of a level: more is none


@dataclass(frozen=True, eq=False)
class File:
    """One file of a report: its record, and what is read out of it.

    Attributes:
        record: as it was read.
        account: what was decided, if that is told.
        bands: its EQ, if that is told.
    """

    record: Record
    account: Account | None
    bands: Bands | None

    @classmethod
    def of(cls, record: Record) -> File:
        return cls(record, account_of(record.get("decision")), _bands(record.get("bands")))

    @property
    def is_done(self) -> bool:
        return bool(self.record["status"] in ("done", "planned"))

    @property
    def sample_rate(self) -> int:
        rate = self.number("sample_rate")
        return int(rate) if rate is not None and 1000 <= rate <= 10_000_000 else _IF_UNKNOWN_HZ

    @property
    def trim_db(self) -> float | None:
        parts = [self.number(name) for name in ("level_trim_db", "ceiling_trim_db")]
        known = [part for part in parts if part is not None]
        return sum(known) if known else None

    @property
    def reference(self) -> str:
        """The name of the reference that it was to come near to; empty without one."""
        return self.account.reference.name if self.account is not None and self.account.reference is not None else ""

    def number(self, name: str) -> float | None:
        """Return a number of the record; None where it has none, as where nothing was measured."""
        value = self.record.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
            return None
        return float(value)

    @property
    def error(self) -> str:
        """What went wrong, without the file's own name; empty if nothing did."""
        said = self.text("error")
        names = (show_path(self.record[name]) for name in ("input", "output"))
        return next((said.removeprefix(f"{name}: ") for name in names if said.startswith(f"{name}: ")), said)

    def text(self, name: str) -> str:
        value = self.record.get(name)
        return printable(value) if isinstance(value, str) else ""

    def places(self, word: str) -> tuple[float, float] | None:
        """Return where it was and is in a word (0..1), or in dB from a reference; None if it wasn't asked for that."""
        if self.account is None:
            return None
        if word == self.reference and self.account.reference is not None:
            return self.account.reference.db_before, self.account.reference.db_after
        change = next((change for change in self.account.words if change.word == word), None)
        return (change.percentile_before, change.percentile_after) if change is not None else None

    def curve_db(self, freqs_hz: Float64) -> Float64 | None:
        """Return what its EQ does; None if that isn't told."""
        return self.bands.held_response_db(freqs_hz, self.sample_rate) if self.bands is not None else None


def words_asked(files: Sequence[File]) -> list[tuple[str, bool]]:
    """Return the words and references that were asked for, the most usual first; whether each is a reference."""
    counts: Counter[tuple[str, bool]] = Counter()
    for file in files:
        if file.account is not None:
            counts.update((change.word, False) for change in file.account.words)
            if file.reference:
                counts[file.reference, True] += 1
    return [asked for asked, _ in counts.most_common()]


def main_word(file: File, words: Sequence[tuple[str, bool]]) -> Measures:
    """Return what a file is compared with others by."""
    if not file.is_done:
        return Measures()
    asked = next(((word, is_ref) for word, is_ref in words if file.places(word) is not None), None)
    largest = file.account.largest_db if file.account is not None else None
    if largest is None and (curve := file.curve_db(EQ_HZ)) is not None:
        largest = float(np.abs(curve).max())
    common: dict[str, Any] = {
        "largest_db": largest,
        "trim_db": file.trim_db,
        "quieter_db": file.number("quieter_db"),
    }
    if asked is None or file.account is None:
        return Measures(**common)
    word, is_reference = asked
    before, after = file.places(word) or (0.0, 0.0)
    change = next((change for change in file.account.words if change.word == word), None)
    sign = -1.0 if change is not None and change.weight < 0 else 1.0
    return Measures(word, is_reference, sign, before, after, **common)


def short_names(files: Sequence[File]) -> list[str]:
    """Return what to call each file: its path below the folder that all inputs share."""
    paths = [Path(file.record["input"]) for file in files]
    if any(path.is_absolute() for path in paths):
        paths = [path.absolute() for path in paths]
    parts = [path.parts for path in paths]
    shared = 0
    while all(len(one) > shared + 1 for one in parts) and len({one[shared] for one in parts}) == 1:
        shared += 1
    return [show_path("/".join(one[shared:])) for one in parts]


def row(
    file: File, name: str, words: Sequence[tuple[str, bool]], measures: Measures, outlier: Outlier
) -> dict[str, Any]:
    """Return a row of the table; what a file lacks is left out."""
    places = [file.places(word) for word, _ in words]
    found: dict[str, Any] = {
        "n": name,
        "s": file.record["status"],
        "w": [None if place is None else [round(value, 3) for value in place] for place in places],
        "x": does(file),
        "m": _rounded(measures.largest_db),
        "t": _rounded(file.trim_db),
        "q": _rounded(measures.quieter_db) or None,
        "h": ", ".join(_held_by(file)),
        "e": file.error,
        "r": file.text("reason"),
        "k": len(_notes(file)),
        "o": FAILED if file.record["status"] == "failed" else outlier.score,
        "y": outlier.why,
    }
    return {key: value for key, value in found.items() if value not in (None, "", 0, 0.0) or key in ("m", "t")}


def detail(file: File, course: dict[str, Any] | None, players: dict[str, Any]) -> dict[str, Any]:
    """Return what is shown of a file once it is chosen."""
    account = file.account
    curve = file.curve_db(EQ_HZ)
    found: dict[str, Any] = {
        "in": show_path(file.record["input"]),
        "out": show_path(file.record["output"]),
        **players,
        "notes": _notes(file),
        "hint": file.text("hint"),
        "eq": None if curve is None else [round(100 * level) for level in curve.tolist()],
        "bands": str(file.bands.rounded(1)) if file.bands is not None else "",
        "phase": file.text("phase"),
        "spectrum": _spectrum(file),
        "course": course,
        "levels": [_rounded(file.number(name)) for name in _LEVELS],
        "trims": [_rounded(file.number(name)) for name in ("level_trim_db", "ceiling_trim_db")],
        "format": " ".join(filter(None, (file.text("format"), file.text("subtype").replace("_", " ")))),
        "rate": file.number("sample_rate"),
        "channels": file.number("channels"),
        "seconds": file.number("duration_s"),
    }
    if account is not None:
        found |= {
            "said": account.sentence.replace("->", "→"),
            "target": account.target,
            "amount": account.amount,
            "limit": account.limit_db,
            "kind": account.kind or "",
            "confidence": _rounded(account.confidence, 2),
            "words": _word_rows(account),
            "scores": ", ".join(
                f"{change.word} {change.score_before:.2f} → {change.score_after:.2f}" for change in account.words
            ).replace("-", "−"),
            "held": list(account.held_back),
            "limits": [
                [round(bound.at_hz), _rounded(bound.took_db), _LIMITS.get(bound.limit.value, bound.limit.value)]
                for bound in account.limits
                if bound.at_hz is not None and (bound.took_db or 0.0) >= _NOTICEABLE_DB
            ],
            "sections": [[part.from_s, part.to_s, part.description] for part in account.sections],
        }
    return {key: value for key, value in found.items() if value not in (None, "", [])}


_LEVELS = ("loudness_in_lufs", "loudness_out_lufs", "true_peak_in_dbtp", "true_peak_out_dbtp")


def does(file: File) -> str:
    """Say what the EQ does, in an engineer's words."""
    if file.account is not None:
        return "silence: no EQ" if file.account.is_silent else file.account.description
    curve = file.curve_db(GRID_HZ)
    return describe_curve(curve) if curve is not None else ""


def _word_rows(account: Account) -> list[list[Any]]:
    """Return for each word: what was asked, where it was, is and what the EQ does for it, and what kept it back."""
    rows: list[list[Any]] = [
        [
            change.word,
            f"{change.weight:+g}".replace("-", "−"),
            f"{percent(change.percentile_before)}%",
            f"{percent(change.percentile_after)}%",
            change.contribution.replace("-", "−"),
            account.reasons(change),
        ]
        for change in account.words
    ]
    if (reference := account.reference) is not None:
        rows.append(
            [
                printable(reference.name),
                "",
                f"{reference.db_before:.1f} dB",
                f"{reference.db_after:.1f} dB",
                reference.contribution.replace("-", "−"),
                account.reference_reasons,
            ]
        )
    return rows


def _held_by(file: File) -> list[str]:
    """Name the limits that took anything worth a word, the hardest first."""
    if file.account is None:
        return []
    took = {bound.limit.value: bound.took_db or 0.0 for bound in file.account.limits}
    return [_LIMITS.get(name, name) for name in sorted(took, key=lambda name: -took[name])]


def _notes(file: File) -> list[str]:
    notes = file.record.get("notes")
    return [printable(note) for note in notes if isinstance(note, str)] if isinstance(notes, list) else []


def _spectrum(file: File) -> list[list[int | None]] | None:
    """Return levels in tenths of a dB at `GRID_HZ`, before and after: as heard, or as the EQ and trim make it."""
    data = file.record.get("spectrum")
    before = _levels(data.get("before_db")) if isinstance(data, dict) else None
    if before is None or not isinstance(data, dict):
        return None
    after = _levels(data.get("after_db"))
    if after is None:
        curve = file.curve_db(GRID_HZ)
        after = before + (file.trim_db or 0.0) + (curve if curve is not None else 0.0)
    return [_tenths(before), _tenths(after)]


def _levels(data: Any) -> Float64 | None:
    if not isinstance(data, list) or len(data) != len(GRID_HZ):
        return None
    try:
        levels = np.array([np.nan if level is None else level for level in data], dtype=float)
    except (TypeError, ValueError, OverflowError):
        return None
    return None if np.any(np.abs(levels) > _LARGEST_DB) else levels


def _tenths(levels: Float64) -> list[int | None]:
    return [None if np.isnan(level) else round(10 * level) for level in levels.tolist()]


def _rounded(value: float | None, digits: int = 1) -> float | None:
    return None if value is None else round(value, digits) + 0.0


def _bands(rows: Any) -> Bands | None:
    try:
        return Bands.from_list(rows) if isinstance(rows, list) else None
    except (UsageError, TypeError, AttributeError):
        return None
