"""The jobs of a batch: what each makes of what, and as many of them as there are, without all being in memory."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import overload

from eqmorph.batch.find import Source
from eqmorph.batch.journal import Journal
from eqmorph.batch.place import HERE, Place
from eqmorph.batch.remote import Remote
from eqmorph.batch.temporary import TemporaryDatabase

__all__ = ["ALREADY_THERE", "Job", "JobSlice", "Jobs", "Planned", "any_remote"]

ALREADY_THERE = "already exists"  #: why a job is skipped whose output is kept
_AT_ONCE = 1000  # read or written together


@dataclass(frozen=True, slots=True)
class Job:
    """One file to make. ``skip`` says why it need not be; ``overwrite`` whether an existing one may be replaced.

    ``trajectory`` is where the source's trajectory goes, if it is to be written; ``overwrite_trajectory`` whether an
    existing one may be replaced. ``export`` is likewise where its EQ goes as another program keeps it.
    """

    source: Path
    output: Path
    overwrite: bool = False
    skip: str = ""
    trajectory: Path | None = None
    overwrite_trajectory: bool = False
    export: Path | None = None
    overwrite_export: bool = False
    source_name: str = ""
    output_name: str = ""
    remote: Remote | None = None  #: where the source lies, if not here

    @property
    def outputs(self) -> tuple[Path, ...]:
        """All files that the job writes."""
        return tuple(path for path, _ in self.written)

    @property
    def new_outputs(self) -> tuple[Path, ...]:
        """Those that may not replace a file."""
        return tuple(path for path, may_replace in self.written if not may_replace)

    @property
    def written(self) -> list[tuple[Path, bool]]:
        """Each file that the job writes, and whether it may replace one."""
        beside = ((self.trajectory, self.overwrite_trajectory), (self.export, self.overwrite_export))
        return [(self.output, self.overwrite), *((path, may) for path, may in beside if path is not None)]

    def is_done(self, journal: Journal) -> bool:
        """Tell whether all outputs already exist, just as they would be written."""
        return all(journal.is_current(self.source, path, self.remote) for path in self.outputs)

    @property
    def shown_source(self) -> str:
        """The source by the name that people know: stdin is a temporary file here."""
        return self.source_name or str(self.source)

    @property
    def shown_output(self) -> str:
        """The output by the name that people know."""
        return self.shown(self.output)

    def shown(self, path: Path) -> str:
        """Return one of the outputs by the name that people know: in an object store, it is next to the sound."""
        if path == self.output or not self.output_name:
            return self.output_name or str(path)
        folder, slash, _ = self.output_name.rpartition("/")
        return f"{folder}{slash}{path.name}"


@dataclass(frozen=True, slots=True)
class Planned:
    """A row of `Jobs`: its place, source and output, and which of its outputs are there and are kept, a bit for each.

    The first bit is the output's, those after it are of what lies beside it.
    """

    number: int
    source: str
    output: str
    remote: Remote | None = None
    there: int = 0
    kept: int = 0

    @property
    def shown_source(self) -> str:
        """The source by the name that people know."""
        return self.remote.name if self.remote is not None else self.source


class JobSlice(Sequence[Job]):
    """Some of many jobs: those at some places, and all from another one on. Each is made when it is asked for."""

    def __init__(self, jobs: Sequence[Job], places: Sequence[int], rest_from: int) -> None:
        self._jobs = jobs
        self._places = places
        self._rest_from = rest_from

    def __len__(self) -> int:
        return len(self._places) + max(len(self._jobs) - self._rest_from, 0)

    def __iter__(self) -> Iterator[Job]:
        yield from (self._jobs[place] for place in self._places)
        yield from _from(self._jobs, self._rest_from)

    @overload
    def __getitem__(self, at: int) -> Job: ...
    @overload
    def __getitem__(self, at: slice) -> list[Job]: ...
    def __getitem__(self, at: int | slice) -> Job | list[Job]:
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(len(self)))]
        place = range(len(self))[at]
        if place < len(self._places):
            return self._jobs[self._places[place]]
        return self._jobs[place - len(self._places) + self._rest_from]


class Jobs(Sequence[Job]):
    """Jobs in the order in which they were planned. Threads may share it.

    They are in a temporary database, of which the system keeps in memory what is small, and in a nameless file what
    isn't; it goes with this object, however the process ends. So a million take no more memory than a thousand.

    Args:
        beside: what else is written for an output, next to it: its trajectory and its export, None if it is not.
        place: where the outputs end up.
    """

    def __init__(self, beside: Callable[[Path], tuple[Path | None, Path | None]], place: Place = HERE) -> None:
        self.beside = beside
        self.any_remote = False  #: whether a source lies elsewhere
        self._place = place
        self._data = TemporaryDatabase(
            "the list of what is to be done",
            "CREATE TABLE jobs (number INTEGER PRIMARY KEY, source BLOB UNIQUE, output BLOB, remote TEXT,"
            " source_key INTEGER, output_key INTEGER, there INTEGER DEFAULT 0, kept INTEGER DEFAULT 0)",
            "CREATE TABLE existing (key INTEGER, number INTEGER, path BLOB)",
            "CREATE INDEX by_key ON existing (key)",
        )
        self._count = 0

    # ------------------------------------------------------------------------------------------------- planning

    def plan(self, pairs: Iterable[tuple[Source, Path]], key: Callable[[Path], str]) -> None:
        """Add a source and its output for each pair, but none twice; ``key`` is equal for two names of one file."""

        def row(source: Source, output: Path) -> tuple[bytes, bytes, str | None, int, int]:
            self.any_remote |= source.remote is not None
            return (
                os.fsencode(source.path),
                os.fsencode(output),
                _kept(source.remote),
                hash(key(source.path)),
                hash(key(output)),
            )

        self._data.run_many(
            "INSERT OR IGNORE INTO jobs (source, output, remote, source_key, output_key) VALUES (?, ?, ?, ?, ?)",
            (row(source, output) for source, output in pairs),
        )
        ((self._count,),) = self._data.run("SELECT count(*) FROM jobs")

    def planned(self, start: int = 0) -> Iterator[Planned]:
        """Yield what is planned, from one place on. It may be marked meanwhile."""
        while True:
            rows = self._data.run(
                "SELECT number - 1, source, output, remote, there, kept FROM jobs"
                " WHERE number > ? ORDER BY number LIMIT ?",
                (start, _AT_ONCE),
            )
            for row in rows:
                yield _planned(*row)
            if len(rows) < _AT_ONCE:
                return
            start += len(rows)

    def mark(self, marked: Sequence[Planned]) -> None:
        """Note which outputs are there, and which of them are kept."""
        self._data.run_many(
            "UPDATE jobs SET there = ?, kept = ? WHERE number = ?",
            ((one.there, one.kept, one.number + 1) for one in marked),
        )

    def note_existing(self, existing: Sequence[tuple[object, int, str]]) -> None:
        """Note what is equal for all names of an output that is there, its job's place, and its name."""
        self._data.run_many(
            "INSERT INTO existing VALUES (?, ?, ?)",
            ((hash(what), number, os.fsencode(path)) for what, number, path in existing),
        )

    def may_exist_as(self, what: object) -> list[tuple[int, str]]:
        """Return the places and names of outputs noted as existing that may be this: nearly always they are."""
        rows = self._data.run("SELECT number, path FROM existing WHERE key = ?", (hash(what),))
        return [(number, os.fsdecode(path)) for number, path in rows]

    def same_outputs(self) -> Iterator[tuple[Planned, Planned]]:
        """Yield pairs whose outputs may have one name, the earlier one first: nearly always they have."""
        self._data.run("CREATE INDEX IF NOT EXISTS by_output ON jobs (output_key)")
        return self._pairs(
            "jobs a JOIN jobs b ON a.output_key = b.output_key AND a.number < b.number", "ORDER BY b.number, a.number"
        )

    def outputs_named_as_sources(self) -> Iterator[tuple[Planned, Planned]]:
        """Yield pairs of which the output of the second may have the name of the first one's source."""
        self._data.run("CREATE INDEX IF NOT EXISTS by_source ON jobs (source_key)")
        return self._pairs("jobs a JOIN jobs b ON a.source_key = b.output_key", "ORDER BY b.number")

    def _pairs(self, joined: str, order: str) -> Iterator[tuple[Planned, Planned]]:
        rows = self._data.run(
            "SELECT a.number - 1, a.source, a.output, a.remote, b.number - 1, b.source, b.output, b.remote"
            f" FROM {joined} {order} LIMIT {_AT_ONCE}"
        )
        for row in rows:
            yield _planned(*row[:4]), _planned(*row[4:])

    # -------------------------------------------------------------------------------------------------- reading

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Job]:
        return self.jobs_from(0)

    def jobs_from(self, start: int) -> Iterator[Job]:
        """Yield the jobs from one place on."""
        return map(self._job, self.planned(start))

    @overload
    def __getitem__(self, at: int) -> Job: ...
    @overload
    def __getitem__(self, at: slice) -> list[Job]: ...
    def __getitem__(self, at: int | slice) -> Job | list[Job]:
        if isinstance(at, slice):
            start, stop, step = at.indices(len(self))
            if step == 1:
                return list(islice(self.jobs_from(start), max(stop - start, 0)))
            return [self[place] for place in range(start, stop, step)]
        return next(self.jobs_from(range(len(self))[at]))

    def _job(self, row: Planned) -> Job:
        source, output = Path(row.source), Path(row.output)
        source_name = row.remote.name if row.remote is not None else ""
        output_name = self._place.url(output) or ""
        if row.kept & 1:
            return Job(
                source,
                output,
                skip=ALREADY_THERE,
                source_name=source_name,
                output_name=output_name,
                remote=row.remote,
            )
        trajectory, export = self.beside(output)
        return Job(
            source,
            output,
            source_name=source_name,
            output_name=output_name,
            remote=row.remote,
            overwrite=bool(row.there & 1),
            trajectory=None if row.kept & 2 else trajectory,
            overwrite_trajectory=row.there & ~row.kept & 2 != 0,
            export=None if row.kept & 4 else export,
            overwrite_export=row.there & ~row.kept & 4 != 0,
        )


def _from(jobs: Sequence[Job], start: int) -> Iterator[Job]:
    return jobs.jobs_from(start) if isinstance(jobs, Jobs) else islice(jobs, start, None)


def any_remote(jobs: Sequence[Job]) -> bool:
    """Tell whether the source of any job lies elsewhere; of many that were planned, none is looked at for that."""
    return jobs.any_remote if isinstance(jobs, Jobs) else any(job.remote is not None for job in jobs)


def _planned(number: int, source: bytes, output: bytes, remote: str | None, there: int = 0, kept: int = 0) -> Planned:
    where = Remote(*json.loads(remote)) if remote is not None else None
    return Planned(number, os.fsdecode(source), os.fsdecode(output), where, there, kept)


def _kept(remote: Remote | None) -> str | None:
    """Return where a source lies as the database keeps it."""
    return json.dumps([remote.url, remote.size, remote.stamp]) if remote is not None else None
