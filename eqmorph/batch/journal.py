"""What a run has finished, kept in the output folder so that a later run can resume it.

One JSON line for each file written, audio or beside it, is appended to ``.eqmorph-journal.jsonl``; others tell how a
run stands (`state.py`). A line cut off by a crash is ignored; of several lines for one file, the last counts. Once most
lines say nothing any more, since what they tell of was written again or is gone, the journal is written anew without
them.

Anybody may have put something of that name there. So only a regular file is opened, what it says is read line by line
and believed only where it makes sense, and one of another user's, whom the folder doesn't belong to, is left alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from eqmorph.audio.atomic import AtomicFile, explain_os_error, lock_waiting
from eqmorph.audio.lossy import AS_USUAL
from eqmorph.audio.plain import is_named, open_plain
from eqmorph.batch.claim import claimed, refuse_claimed
from eqmorph.batch.remote import Remote
from eqmorph.errors import EqmorphError
from eqmorph.process import Settings

__all__ = ["JOURNAL_NAME", "Journal", "JournalEntry", "fingerprint", "is_journal", "journal_facts", "read_journal"]

JOURNAL_NAME, _NAME_BESIDE_ANOTHERS = ".eqmorph-journal.jsonl", ".eqmorph-journal-{}.jsonl"
_LONGEST_LINE = 1 << 17  # bytes: three paths as long as systems allow, all of their characters escaped
# Raised whenever the same settings no longer give the same files: with anything that changes which bands a sound gets
# (the rule, the fit) or how bands are rendered, levelled and written. What follows from the model is known by itself.
_RENDERING = 3
_RECENT = 1000  # lines that stay as they are: they may be of files that another run is about to name, or to give up


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


def is_journal(path: Path) -> bool:
    """Tell whether a file of this name is, or would be taken for, the journal of its folder."""
    return path.name == JOURNAL_NAME or path.match(_NAME_BESIDE_ANOTHERS.format("*"))


def read_journal(folder: Path) -> list[JournalEntry]:
    """Return what is known of an output folder's files, in the order in which they were written; none without one."""
    return list(_load(_path_in(folder))[0].values())


class Journal:
    """The finished files of one output folder. Safe to use from several threads, processes and machines.

    Attributes:
        folder: the output folder.
        run: names the run that writes; several processes may do files of one run.
    """

    def __init__(self, folder: Path, settings: Settings, *, run: str = "") -> None:
        self.folder = folder
        self.run = run or secrets.token_hex(4)
        self._path = _path_in(folder)
        self._settings = fingerprint(settings)
        self._lock = threading.Lock()
        self._entries, self._lines = _load(self._path)
        self._most_lines = 2 * _RECENT  # with more, it is worth a look whether they say anything

    def claimed(self) -> AbstractContextManager[None]:
        """Claim the folder for runs with these settings; see `claimed`."""
        return claimed(self.folder, self._settings)

    def refuse_claimed(self) -> None:
        """Refuse to begin where a run with other settings is writing; see `refuse_claimed`."""
        refuse_claimed(self.folder, self._settings)

    def knows(self, output: Path) -> bool:
        """Tell whether an earlier run wrote this file."""
        return self._key(output) in self._entries

    def has_settings_of(self, output: Path) -> bool:
        """Tell whether an earlier run wrote this file with these settings."""
        entry = self._entries.get(self._key(output))
        return entry is not None and entry.settings == self._settings

    def is_of_this_run(self, output: Path) -> bool:
        """Tell whether this run has written a file, as far as was known when the journal was read."""
        entry = self._entries.get(self._key(output))
        return entry is not None and entry.run == self.run

    def is_current(self, source: Path, output: Path, remote: Remote | None = None) -> bool:
        """Tell whether ``output`` is complete and what ``source``, as it is now, would give with these settings.

        ``remote`` is where the source lies, if not here.
        """
        entry = self._entries.get(self._key(output))
        if entry is None or entry.settings != self._settings:
            return False
        try:
            return self._is_from(entry, source, remote) and self._is_whole(entry, output)
        except OSError:
            return False

    def _is_from(self, entry: JournalEntry, source: Path, remote: Remote | None) -> bool:
        """Tell whether what was written is of this source, which has not changed since."""
        if remote is not None:
            return entry.input == remote.name and remote.is_still(entry.input_size, entry.input_stamp)
        if entry.input != _absolute(source) and entry.place != self._place(source):
            return False
        now = source.stat()
        return (now.st_size, now.st_mtime_ns, "") == (entry.input_size, entry.input_mtime_ns, entry.input_stamp)

    def _is_whole(self, entry: JournalEntry, output: Path) -> bool:
        """Tell whether an output is as it was written."""
        return output.stat().st_size == entry.output_size and _digest(output) == entry.output_digest

    def record(
        self, source: Path, before: os.stat_result, output: Path, written: Path, remote: Remote | None = None
    ) -> None:
        """Record that ``output`` is made from ``source``, whose status was ``before`` when it was read.

        ``written`` is the finished file, still under its temporary name. Since it is recorded before it is renamed, the
        next run knows every file that a killed one left under its final name. ``remote`` is where the source lies, if
        not here.
        """
        try:
            entry = JournalEntry(
                output=self._key(output),
                input=remote.name if remote is not None else _absolute(source),
                place="" if remote is not None else self._place(source),
                input_size=before.st_size,
                input_mtime_ns=0 if remote is not None else before.st_mtime_ns,
                settings=self._settings,
                output_size=written.stat().st_size,
                output_digest=_digest(written),
                run=self.run,
                input_stamp=remote.stamp if remote is not None else "",
            )
        except OSError as error:
            raise explain_os_error(error, output) from error
        self._keep(entry)

    def _keep(self, entry: JournalEntry) -> None:
        self._append(asdict(entry))
        self._entries[entry.output] = entry

    def forget(self, output: Path) -> None:
        """Withdraw the record of ``output``: it could not get its name after all, perhaps since another run took it."""
        if self._entries.pop(self._key(output), None) is not None:
            self._append({"forget": self._key(output), "run": self.run})

    def note(self, facts: dict[str, Any]) -> None:
        """Add what a run says of itself, which changes nothing about what is done."""
        self._append({"run": self.run, **facts})

    def compact(self) -> None:
        """Write the journal anew if most of its lines are outdated. Other runs may be adding to it meanwhile."""
        if self._lines < self._most_lines:
            return
        there = sum(os.path.lexists(self.folder / key) for key in self._entries)
        if self._lines > 2 * (there + _RECENT):
            with contextlib.suppress(OSError, EqmorphError):  # it serves as it is
                self._rewrite()
        self._most_lines = max(2 * _RECENT, self._lines + there)

    def _rewrite(self) -> None:
        with self._lock, self._opened() as (file, is_locked):
            if not is_locked or os.fstat(file.fileno()).st_uid != os.geteuid():  # others who may write to it lose that
                return
            file.seek(0)
            recent: deque[bytes] = deque()
            with AtomicFile(self._path, overwrite=True) as new:
                old = _entries_in(_all_but_last(_lines(file), recent))
                kept = [entry for entry in old.values() if os.path.lexists(self.folder / entry.output)]
                new.temp.write_bytes(b"".join(line + b"\n" for line in (*map(_line, kept), *recent)))
                new.commit()
        self._entries, self._lines = _load(self._path)

    def _append(self, facts: dict[str, Any]) -> None:
        line = json.dumps(facts).encode("ascii")  # escaped, so that names that are not UTF-8 survive
        try:
            with self._lock, self._opened() as (file, _):
                file.write(_end_of_torn_line(file) + line + b"\n")
                self._lines += 1
        except OSError as error:
            raise explain_os_error(error, self._path) from error

    @contextlib.contextmanager
    def _opened(self) -> Iterator[tuple[BinaryIO, bool]]:
        """Open the journal and lock it, so that nobody adds to it while another writes it anew; tell if that worked."""
        while True:
            with os.fdopen(open_plain(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND), "a+b") as file:
                is_locked = lock_waiting(file.fileno())
                if is_locked and not is_named(file.fileno(), self._path):
                    continue  # it was written anew in the meantime
                yield file, is_locked
                return

    def _place(self, source: Path) -> str:
        """Return a source's path relative to the output folder, so that both may move together."""
        place = os.path.join(os.path.realpath(source.parent), source.name)  # noqa: PTH118  (its own link isn't followed)
        try:
            return os.path.relpath(place, os.path.realpath(self.folder))
        except ValueError:  # on Windows, from another drive
            return place

    def _key(self, output: Path) -> str:
        return os.path.relpath(output, self.folder)


def journal_facts(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield what the lines of a folder's journal say, in their order, whatever that is.

    Raises:
        UsageError: it isn't a file.
        FileNotFoundError: there is none.
    """
    with os.fdopen(open_plain(_path_in(folder), os.O_RDONLY), "rb") as file:
        for line in _lines(file):
            try:
                facts = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(facts, dict):
                yield facts


def fingerprint(settings: Settings) -> str:
    """Return a short name for settings, equal for two that give the same samples."""
    facts = {
        "rendering": _RENDERING,
        "eq": settings.eq.facts(),
        "level": str(settings.level),
        "ceiling_db": settings.effective_ceiling_db,
        "format": settings.format,
        "bit_depth": settings.bit_depth,
        "repair": settings.repair,
        "dither": settings.dither,
        "dehum": settings.dehum,
    }
    if settings.lossy != AS_USUAL:
        facts["lossy"] = [settings.lossy.bitrate_bps, settings.lossy.quality]
    if settings.needs_set_trim:
        trim = settings.set_trim
        facts["set"] = [settings.sharing, *((trim.level_db, trim.ceiling_db) if trim is not None else ())]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _path_in(folder: Path) -> Path:
    """Return where a folder's journal is: not in that of somebody else, whom the folder doesn't belong to either."""
    path = folder / JOURNAL_NAME
    if not hasattr(os, "geteuid"):
        return path
    try:
        owner = path.lstat().st_uid
        if owner == os.geteuid() or (owner == folder.stat().st_uid and os.access(path, os.R_OK | os.W_OK)):
            return path
    except OSError:
        return path
    return folder / _NAME_BESIDE_ANOTHERS.format(os.geteuid())


def _load(path: Path) -> tuple[dict[str, JournalEntry], int]:
    """Return the entries that count, and the number of lines.

    Raises:
        UsageError: it isn't a file.
    """
    count = 0

    def counted(lines: Iterable[bytes]) -> Iterator[bytes]:
        nonlocal count
        for line in lines:
            count += 1
            yield line

    try:
        with os.fdopen(open_plain(path, os.O_RDONLY), "rb") as file:
            return _entries_in(counted(_lines(file))), count
    except OSError:
        return {}, 0


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines, empty in place of those that are too long to be any of ours."""
    while line := file.readline(_LONGEST_LINE):
        is_whole = line.endswith(b"\n") or len(line) < _LONGEST_LINE
        while not is_whole:
            rest = file.readline(_LONGEST_LINE)
            is_whole = rest.endswith(b"\n") or len(rest) < _LONGEST_LINE
            line = b""
        yield line.rstrip(b"\r\n")


def _all_but_last(lines: Iterable[bytes], last: deque[bytes]) -> Iterator[bytes]:
    """Yield all lines but as many as stay as they are, which are left in ``last``."""
    for line in lines:
        last.append(line)
        if len(last) > _RECENT:
            yield last.popleft()


def _entries_in(lines: Iterable[bytes]) -> dict[str, JournalEntry]:
    found: dict[str, dict[str, JournalEntry]] = {}  # by output and run, the latest last
    for line in lines:
        try:
            facts = json.loads(line)
            if "forget" in facts:
                found.get(facts["forget"], {}).pop(facts["run"], None)
                continue
            if not isinstance(facts["output"], str):
                continue
            entry = JournalEntry(**facts)
            runs = found.setdefault(entry.output, {})
            runs.pop(entry.run, None)
            runs[entry.run] = entry
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue
    return {output: list(runs.values())[-1] for output, runs in found.items() if runs}


def _line(entry: JournalEntry) -> bytes:
    return json.dumps(asdict(entry)).encode("ascii")


def _end_of_torn_line(file: BinaryIO) -> bytes:
    """Return the line end that a crash left out, if it did."""
    if file.seek(0, os.SEEK_END) == 0:
        return b""
    file.seek(-1, os.SEEK_END)
    return b"" if file.read(1) == b"\n" else b"\n"


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100  (links are not followed: the name is what counts)


def _digest(path: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
