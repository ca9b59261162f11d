"""What a run has finished, kept in the output folder so that a later run can resume it.

One JSON line for each file written, audio or beside it, is appended to ``.eqmorph-journal.jsonl``; others tell how a
run stands (`state.py`). A line cut off by a crash is ignored; of several lines for one file, the last counts. Once most
lines say nothing any more, since what they tell of was written again or is gone, the journal is written anew without
them. What is added is synced to disk once a second, with the folders of the files that have got their names: a power
cut costs what was done in the last second, which the next run does again.

Anybody may have put something of that name there. So only a regular file is opened, what it says is read line by line
and believed only where it makes sense, and one of another user's, whom the folder doesn't belong to, is left alone.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import os
import secrets
import threading
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timezone
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from eqmorph.audio.atomic import AtomicFile, explain_os_error, lock_waiting, sync_folder
from eqmorph.audio.lossy import AS_USUAL
from eqmorph.audio.plain import is_named, open_plain
from eqmorph.batch.claim import claimed, refuse_claimed
from eqmorph.batch.entries import Entries, JournalEntry
from eqmorph.batch.remote import Remote
from eqmorph.errors import DiskError, EqmorphError, show_path
from eqmorph.process import Settings
from eqmorph.version import __version__
from eqmorph.wording import Means, Phrase

__all__ = ["JOURNAL_NAME", "Journal", "fingerprint", "is_ours", "journal_facts", "now", "read_journal", "run_told"]

JOURNAL_NAME, _NAME_BESIDE_ANOTHERS = ".eqmorph-journal.jsonl", ".eqmorph-journal-{}.jsonl"
_NAMES_BEGIN = ".eqmorph-"
_LONGEST_LINE = 1 << 17  # bytes: three paths as long as systems allow, all of their characters escaped
# Raised whenever the same settings no longer give the same files: with anything that changes which bands a sound gets
# (the rule, the fit) or how bands are rendered, levelled and written. What follows from the model is known by itself.
_RENDERING = 3
_SYNC_AFTER_S = 1.0
_JUST_NOW = 1 << 18  # bytes of lines
_RECENT = 1000  # lines that stay as they are: they may be of files that another run is about to name, or to give up


def is_ours(path: Path) -> bool:
    """Tell whether a file has a name of those kept in output folders: the journal, the claim, what is unfinished."""
    return path.name.casefold().startswith(_NAMES_BEGIN)


def read_journal(folder: Path) -> list[JournalEntry]:
    """Return what is known of an output folder's files, in the order in which they were written; none without one."""
    return list(_load(_path_in(folder))[0].latest())


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
        self._syncing = _Syncing()
        self._place_written: tuple[int, int] | None = None
        self._entries, self._lines = _load(self._path)
        self._most_lines = 2 * _RECENT  # with more, it is worth a look whether they say anything

    def with_settings(self, settings: Settings) -> Journal:
        """Return the same journal, for what a run does with other settings."""
        other = copy.copy(self)
        other._settings = fingerprint(settings)
        return other

    @contextlib.contextmanager
    def claimed(self) -> Iterator[bool]:
        """Claim the folder for runs with these settings; see `claimed`."""
        with claimed(self.folder, self._settings) as has_locks:
            self._place_written = _place_of(self.folder)
            yield has_locks

    def check_place(self, output: Path) -> None:
        """Make sure that an output is still about to be written into this folder, wherever a link may lead by now.

        Raises:
            DiskError: the folder is gone or is another one, or a link in it leads out of it.
        """
        self._place_written = self._place_written or _place_of(self.folder)
        if self._place_written is None:
            return  # it isn't there yet
        real, root = os.path.realpath(output.parent), os.path.realpath(self.folder)
        if _place_of(self.folder) != self._place_written:
            problem = f"{show_path(self.folder)} is no longer the folder that this run began to write into"
        elif real != root and not real.startswith(os.path.join(root, "")):  # noqa: PTH118
            problem = f"{show_path(output.parent)} now leads out of the output folder, to {show_path(real)}"
        else:
            return
        hint = Phrase("Was it removed, renamed or replaced? {} does again what is missing.", Means.RESUME)
        raise DiskError(problem, hint=hint, path=output)

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
        return self._is_current(self._entries.get(self._key(output)), source, output, remote)

    def was_just_done(self, source: Path, output: Path, remote: Remote | None = None) -> bool:
        """Tell whether another run has written ``output`` meanwhile, and just as this one would have."""
        try:
            with os.fdopen(open_plain(self._path, os.O_RDONLY), "rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _JUST_NOW))
                entries = Entries()
                entries.read(_lines(file))
        except (OSError, EqmorphError):
            return False
        return self._is_current(entries.get(self._key(output)), source, output, remote)

    def _is_current(self, entry: JournalEntry | None, source: Path, output: Path, remote: Remote | None) -> bool:
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
        self._append(entry.line)
        self._entries[entry.output] = entry

    def forget(self, output: Path) -> None:
        """Withdraw the record of ``output``: it could not get its name after all, perhaps since another run took it."""
        if self._entries.pop(self._key(output), None) is not None:
            self._append(_line({"forget": self._key(output), "run": self.run}))

    def distrust_untold(self, outputs: Iterable[Path], told: Collection[Path]) -> None:
        """Take those outputs for not done that a run wrote and didn't tell of, though it told of others.

        If nothing is told at all, that is of the last run.
        """
        entries = self._entries
        keys = {self._key(path) for path in told}
        runs = {entries[key].run for key in keys if key in entries}
        if not told and (last := entries.last) is not None:
            runs = {last.run}
        for output in outputs:
            entry = entries.get(self._key(output))
            if entry is not None and entry.run and entry.run in runs and entry.output not in keys:
                del entries[entry.output]

    def note(self, facts: dict[str, Any]) -> None:
        """Add what a run says of itself, which changes nothing about what is done."""
        self._append(_line({"run": self.run, **facts}))

    def sync_soon(self, folders: Iterable[Path]) -> None:
        """Have folders synced in a second, in which files have got their names."""
        self._syncing.add(*folders)

    @contextlib.contextmanager
    def synced(self) -> Iterator[None]:
        """Sync to disk, at the end, what the journal says by then and the names of the files that it tells of."""
        try:
            yield
        finally:
            self._syncing.now()

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
                old = Entries()
                old.read(_all_but_last(_lines(file), recent))
                kept = (one.line for one in old.latest() if os.path.lexists(self.folder / one.output))
                with new.temp.open("wb") as written:
                    written.writelines(line + b"\n" for line in chain(kept, recent))
                new.commit()
        self._entries, self._lines = _load(self._path)

    def _append(self, line: bytes) -> None:
        self.check_place(self._path)
        try:
            with self._lock, self._opened() as (file, _):
                file.write(_end_of_torn_line(file) + line + b"\n")
                self._lines += 1
            self._syncing.add(self._path)
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


class _Syncing:
    """Syncs files and folders to disk, a second after the first of them has changed. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due: set[Path] = set()
        self._timer = threading.Timer(0.0, self.now)

    def add(self, *paths: Path) -> None:
        """Have paths synced."""
        with self._lock:
            if not self._due:
                self._timer = threading.Timer(_SYNC_AFTER_S, self.now)
                self._timer.daemon = True
                self._timer.start()
            self._due.update(paths)

    def now(self) -> None:
        """Sync what is due."""
        with self._lock:
            due, self._due = self._due, set()
            timer = self._timer
        timer.cancel()
        if timer.is_alive() and timer is not threading.current_thread():
            timer.join()
        for path in sorted(due):
            if path.is_dir():
                sync_folder(path)
                continue
            with contextlib.suppress(OSError, EqmorphError):  # where that doesn't work, it is as safe as any other file
                handle = open_plain(path, os.O_RDWR)
                try:
                    os.fsync(handle)
                finally:
                    os.close(handle)


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


def now() -> str:
    """Return the time, as reports write it."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")


def run_told(settings: Settings, run: str = "") -> dict[str, Any]:
    """Return what a report says of the run that writes it: which it is, when it began, with what and how."""
    return {
        "id": run or secrets.token_hex(4),
        "begun": now(),
        "version": __version__,
        "settings": {"name": fingerprint(settings), **_facts(settings)},
    }


def fingerprint(settings: Settings) -> str:
    """Return a short name for settings, equal for two that give the same samples."""
    return hashlib.sha256(json.dumps(_facts(settings), sort_keys=True).encode()).hexdigest()[:16]


def _facts(settings: Settings) -> dict[str, Any]:
    """Return plain data that is equal for two settings exactly if they give the same samples."""
    facts: dict[str, Any] = {
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
    return facts


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


def _place_of(folder: Path) -> tuple[int, int] | None:
    """Return which folder has this name now; None if there is none."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino)


def _load(path: Path) -> tuple[Entries, int]:
    """Return the entries that count, and the number of lines.

    Raises:
        UsageError: it isn't a file.
    """
    entries, count = Entries(), 0

    def counted(lines: Iterable[bytes]) -> Iterator[bytes]:
        nonlocal count
        for line in lines:
            count += 1
            yield line

    with contextlib.suppress(OSError), os.fdopen(open_plain(path, os.O_RDONLY), "rb") as file:
        entries.read(counted(_lines(file)))
    return entries, count


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


def _line(facts: dict[str, Any]) -> bytes:
    return json.dumps(facts).encode("ascii")  # escaped, so that names that are not UTF-8 survive


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
