"""Reports of the parts of a set of files, joined into one: what no report tells of is named."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eqmorph.batch.find import walk_sources
from eqmorph.batch.shard import Shard
from eqmorph.batch.temporary import TemporaryDatabase
from eqmorph.errors import InputError, UsageError
from eqmorph.report.records import WHERE_FROM, is_record, numbered_records

__all__ = ["MergedReport", "Missing"]

_AT_ONCE = 100  # records, which may be of some ten kilobytes
_LONGEST_LINE = 1 << 24  # characters; with spectra and sections of an hour, a line has some ten thousand
_STATES = ("done", "skipped", "failed")


@dataclass(slots=True)
class Missing:
    """What no report tells of: parts, such as ``3/16``, and files."""

    parts: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.parts or self.inputs)


class MergedReport:
    """What several reports tell, a record for each output: the last, but that a file was left as it was is no news.

    However many records there are, they are not in memory.
    """

    def __init__(self) -> None:
        self._records = TemporaryDatabase(
            "what the reports tell",
            "CREATE TABLE records (at INTEGER PRIMARY KEY, output TEXT UNIQUE, input TEXT, status TEXT, line TEXT)",
        )
        self._parts: dict[int, set[int]] = {}  # the numbers of those there are, by how many there should be
        self.cut_off: list[Path] = []  #: reports whose last line is unfinished, as a run leaves it that was killed

    def add(self, path: Path) -> None:
        """Take in a report.

        Raises:
            InputError: it can't be read, or is no report.
        """
        has_any = False
        for record in self._told_by(path):
            if isinstance(record, dict) and isinstance(record.get("shard"), str):
                shard = Shard.parse(record["shard"])
                self._parts.setdefault(shard.count, set()).add(shard.number)
                has_any = True
            elif is_record(record):
                has_any = True
                # That it was left as it was says less than what was there before.
                self._records.run(
                    "INSERT INTO records (output, input, status, line) VALUES (?1, ?2, ?3, ?4)"
                    " ON CONFLICT (output) DO UPDATE SET input = ?2, status = ?3, line = ?4"
                    " WHERE NOT (?3 = 'skipped' AND status = 'done')",
                    (*(_text(record[name]) for name in ("output", "input", "status")), json.dumps(record)),
                )
        if not has_any:
            raise InputError("tells of no file", hint=WHERE_FROM, path=path)

    def _told_by(self, path: Path) -> Iterator[Any]:
        """Yield what a report holds line by line; one that is a single document is read whole."""
        is_first = True
        try:
            with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
                while line := file.readline(_LONGEST_LINE):
                    if not line.strip():
                        continue
                    try:
                        told = json.loads(line)
                    except (ValueError, RecursionError):
                        if is_first or line.endswith("\n"):
                            break
                        self.cut_off.append(path)
                        return
                    is_first = False
                    files = told.get("files") if isinstance(told, dict) else None
                    yield from files if isinstance(files, list) else [told]
                else:
                    return
        except OSError as error:
            what = "doesn't exist" if isinstance(error, FileNotFoundError) else f"can't be read: {error.strerror}"
            raise InputError(what, hint=WHERE_FROM, path=path) from error
        if not is_first:
            raise InputError("is not a report", hint=WHERE_FROM, path=path)
        yield from (record for _, record in numbered_records(path))

    def lines(self) -> Iterator[str]:
        """Yield the records as lines of a report, in the order in which they were first told of."""
        yield from (json.dumps({"shard": f"{number}/{count}"}) + "\n" for count, number in self._sorted_parts())
        at = 0
        while rows := self._records.run("SELECT at, line FROM records WHERE at > ? LIMIT ?", (at, _AT_ONCE)):
            yield from (f"{line}\n" for _, line in rows)
            at = rows[-1][0]

    def count(self, status: str) -> int:
        """Return how many files ended so."""
        ((count,),) = self._records.run("SELECT count(*) FROM records WHERE status = ?", (status,))
        return int(count)

    @property
    def counts(self) -> dict[str, int]:
        """How many files ended how."""
        return {status: self.count(status) for status in _STATES}

    def missing(self, inputs: Sequence[str | Path] = ()) -> Missing:
        """Return what no report tells of: parts that there should be, and files that are meant by ``inputs``.

        Raises:
            UsageError: the reports are of different divisions, or an input is no file and no folder with any.
        """
        if len(self._parts) > 1:
            counts = " and ".join(str(count) for count in sorted(self._parts))
            raise UsageError(
                f"these are parts of different divisions, into {counts}", hint="Join only those that belong together."
            )
        parts = [
            f"{number}/{count}"
            for count, there in self._parts.items()
            for number in range(1, count + 1)
            if number not in there
        ]
        return Missing(parts, list(self._untold(inputs)) if inputs else [])

    def _untold(self, inputs: Iterable[str | Path]) -> Iterator[str]:
        told = TemporaryDatabase("what the reports tell", "CREATE TABLE told (input TEXT UNIQUE)")
        at = 0
        while rows := self._records.run("SELECT at, input FROM records WHERE at > ? LIMIT ?", (at, _AT_ONCE)):
            told.run_many("INSERT OR IGNORE INTO told VALUES (?)", ((_absolute(name),) for _, name in rows))
            at = rows[-1][0]
        for source in walk_sources(inputs, elsewhere=True):
            name = source.remote.name if source.remote is not None else str(source.path)
            if not told.run("SELECT 1 FROM told WHERE input = ?", (_absolute(name),)):
                yield name

    def _sorted_parts(self) -> list[tuple[int, int]]:
        return sorted((count, number) for count, numbers in self._parts.items() for number in numbers)


def _text(name: str) -> str:
    """Return a name that is not UTF-8 as one that is, for the database."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _absolute(name: str) -> str:
    return _text(os.path.abspath(name))  # noqa: PTH100  (a name in a report; there need be no such file)
