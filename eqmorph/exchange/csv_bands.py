"""A table of bands, for spreadsheets: a row for each, to the last digit."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from eqmorph.bands import Bands, Taken
from eqmorph.errors import UsageError
from eqmorph.exchange.format import ANYTHING, Format, Outgoing, Written
from eqmorph.exchange.limits import checked_count, finite, hertz, refuse_line

__all__ = ["FORMAT"]

_COLUMNS = ("kind", "freq_hz", "gain_db", "q", "slope_db", "channel")
_TEXTS = ("kind", "channel")


def _write(eq: Outgoing) -> Written:
    out = io.StringIO()
    table = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(eq.bands.to_list())
    return Written(out.getvalue().encode())


def _header(text: str) -> tuple[list[str], str]:
    """Return the columns and what stands between them, which spreadsheets make a semicolon in half of Europe."""
    first = text.lstrip("\ufeff").partition("\n")[0].strip()
    between = next((mark for mark in ",;\t" if mark in first), ",")
    return [column.strip().strip('"').lower() for column in first.split(between)], between


def _recognizes(text: str) -> bool:
    columns, _ = _header(text)
    return ("kind" in columns and "freq_hz" in columns) or _is_of_curves(columns)


def _is_of_curves(columns: list[str]) -> bool:
    """Tell whether it is a table of measurements and curves, as AutoEq and REW write them beside their EQs."""
    return len(columns) > 1 and re.fullmatch(r"freq(?:uency)?\s*(?:\(hz\))?", columns[0]) is not None


def _read(text: str) -> Taken:
    columns, between = _header(text)
    if _is_of_curves(columns):
        raise UsageError(
            "is a table of curves, not of bands", hint="Give the text with the EQ, such as AutoEq's ParametricEQ.txt."
        )
    unknown = [column for column in columns if column not in _COLUMNS]
    if unknown:
        raise UsageError(
            f"has columns that no band has: {', '.join(unknown)[:60]}", hint=f"It has {', '.join(_COLUMNS)}."
        )
    try:
        lines = list(csv.reader(text.splitlines()[1:], delimiter=between))
    except csv.Error as error:
        raise UsageError(f"is no table: {error}", hint="Save it as CSV again.") from None
    rows = [(number, line) for number, line in enumerate(lines, start=2) if any(cell.strip() for cell in line)]
    return Taken(Bands(band for number, line in checked_count(rows) for band in _row(number, line, columns)))


def _row(number: int, cells: list[str], columns: list[str]) -> Bands:
    try:
        if len(cells) != len(columns):
            raise UsageError(f"has {len(cells)} cells instead of {len(columns)}")
        row: dict[str, Any] = {
            column: cell.strip() if column in _TEXTS else (hertz if column == "freq_hz" else finite)(cell)
            for column, cell in zip(columns, cells, strict=True)
            if cell.strip()
        }
        return Bands.from_list([row])
    except UsageError as error:
        message = error.message.removeprefix("band 1: ")
        refuse_line(number, ",".join(cells), message, error.hint or "Was the file cut off?")


FORMAT = Format("csv", "a table of bands", ".csv", _write, _read, _recognizes, ANYTHING)
