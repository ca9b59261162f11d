"""What is known of the files of an output folder: an entry for each, however many there are."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import asdict, dataclass
from typing import Any

from eqmorph.batch.temporary import TemporaryDatabase

__all__ = ["Entries", "JournalEntry"]

_AT_ONCE = 1000  # read together


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One file written: the input as it was, the settings, and the output as it was written.

    The input is recognized by its name or by its place relative to the output folder: either folder may move, or both.
    """

    output: str
    input: str
    place: str
    input_size: int
    input_mtime_ns: int
    settings: str
    output_size: int
    output_digest: str
    run: str = ""  # the run that wrote it: several may write into one folder
    input_stamp: str = ""  # of one that lies elsewhere: its etag, in place of a time
    output_stamp: str = ""  # likewise, once it was put where it belongs

    @property
    def line(self) -> bytes:
        """The entry as a line of a journal, without its end."""
        return json.dumps(asdict(self)).encode("ascii")  # escaped, so that names that are not UTF-8 survive


class Entries(MutableMapping[str, JournalEntry]):
    """The latest entry of each output, by its name, in the order in which they were written.

    Threads may share it. It is in a temporary database: a million entries would take a gigabyte of memory.
    """

    def __init__(self) -> None:
        self._data = TemporaryDatabase(
            "what the journal says",
            "CREATE TABLE entries (at INTEGER PRIMARY KEY, output BLOB, run BLOB, line BLOB, UNIQUE (output, run))",
        )

    def read(self, lines: Iterable[bytes]) -> None:
        """Take in what the lines of a journal say; what makes no sense is left out."""
        for line in lines:
            try:
                facts = json.loads(line)
                if "forget" in facts:
                    self._data.run(
                        "DELETE FROM entries WHERE output = ? AND run = ?", (_key(facts["forget"]), _key(facts["run"]))
                    )
                elif isinstance(facts["output"], str):
                    self._add(JournalEntry(**facts), line)
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                continue

    def _add(self, entry: JournalEntry, line: bytes) -> None:
        self._data.run(
            "INSERT OR REPLACE INTO entries (output, run, line) VALUES (?, ?, ?)",
            (_key(entry.output), _key(entry.run), line),
        )

    def __getitem__(self, output: str) -> JournalEntry:
        rows = self._data.run("SELECT line FROM entries WHERE output = ? ORDER BY at DESC LIMIT 1", (_key(output),))
        if not rows:
            raise KeyError(output)
        return _entry(rows[0][0])

    def __setitem__(self, output: str, entry: JournalEntry) -> None:
        self._add(entry, entry.line)

    def __delitem__(self, output: str) -> None:
        if output not in self:
            raise KeyError(output)
        self._data.run("DELETE FROM entries WHERE output = ?", (_key(output),))

    def __contains__(self, output: object) -> bool:
        return isinstance(output, str) and bool(
            self._data.run("SELECT 1 FROM entries WHERE output = ? LIMIT 1", (_key(output),))
        )

    def __iter__(self) -> Iterator[str]:
        return (entry.output for entry in self.latest())

    def __len__(self) -> int:
        ((count,),) = self._data.run("SELECT count(DISTINCT output) FROM entries")
        return int(count)

    @property
    def last(self) -> JournalEntry | None:
        """The entry that was written last, if there is any."""
        rows = self._data.run("SELECT line FROM entries ORDER BY at DESC LIMIT 1", ())
        return _entry(rows[0][0]) if rows else None

    def latest(self) -> Iterator[JournalEntry]:
        """Yield the entries in their order."""
        at = 0
        while True:
            rows = self._data.run(
                "SELECT at, line FROM entries a WHERE at > ? AND at ="
                " (SELECT max(b.at) FROM entries b WHERE b.output = a.output) ORDER BY at LIMIT ?",
                (at, _AT_ONCE),
            )
            if not rows:
                return
            for at, line in rows:  # noqa: B007  (where to go on)
                yield _entry(line)


def _entry(line: bytes) -> JournalEntry:
    facts: dict[str, Any] = json.loads(line)
    return JournalEntry(**facts)


def _key(name: str) -> bytes:
    return os.fsencode(name)
