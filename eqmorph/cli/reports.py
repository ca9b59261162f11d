"""Reports of earlier runs, read back: which file got which bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eqmorph.bands import Bands
from eqmorph.errors import InputError, UsageError, show_path
from eqmorph.report.records import WHERE_FROM, numbered_records

__all__ = ["Reported", "pick_reported", "read_report"]

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Reported:
    """One file of a report, and the bands that it got."""

    input: Path
    output: Path
    bands: Bands

    def is_called(self, name: str) -> bool:
        """Tell whether a person may mean this file: by a path, a name, or a name without its extension."""
        return any(name in (str(path), path.name, path.stem) for path in (self.input, self.output))


def read_report(path: Path) -> list[Reported]:
    """Read which bands each file got; of several lines for one output, the last counts.

    Raises:
        InputError: it can't be read, is no report, or tells of no bands.
    """
    records = numbered_records(path)
    found: dict[str, Reported] = {}
    for number, record in records:
        if isinstance(record, dict) and record.get("bands") is not None:
            reported = _reported(record, number, path)
            found[str(reported.output)] = reported
    if not found:
        raise InputError("tells of no bands", hint=WHERE_FROM, path=path)
    return list(found.values())


def pick_reported(reported: Sequence[Reported], name: str | None, path: Path) -> Reported:
    """Return the one file of a report that is called so; the only one, if nothing is said.

    Raises:
        UsageError: none is, or several are.
    """
    matches = [one for one in reported if name is None or one.is_called(name)]
    if len(matches) == 1:
        return matches[0]
    names = ", ".join(show_path(one.input) for one in (matches or reported)[:_SHOWN])
    more = len(matches or reported) - _SHOWN
    listed = f"{names}{f' and {more} more' if more > 0 else ''}"
    if not matches:
        raise UsageError(f"no file of the report is called {name!r}", hint=f"There are {listed}.", path=path)
    raise UsageError(
        f"the report tells of {len(matches)} files{f' called {name!r}' if name is not None else ''}: {listed}",
        hint="Name one of them with --file, or write all into a folder: -o eqs/",
        path=path,
    )


def _reported(record: dict[str, Any], number: int, path: Path) -> Reported:
    names = (record.get("input"), record.get("output"))
    rows = record["bands"]
    if not all(isinstance(name, str) and "\0" not in name for name in names) or not isinstance(rows, list):
        raise InputError(f"line {number} is not of a report", hint=WHERE_FROM, path=path)
    try:
        if not all(isinstance(row, dict) for row in rows):
            raise UsageError("its bands are none")
        return Reported(Path(str(names[0])), Path(str(names[1])), Bands.from_list(rows))
    except UsageError as error:
        raise InputError(f"line {number}: {error.message}", hint=error.hint, path=path) from error
