"""The file of ``--report``: whole lines only, whenever a run is killed and whatever a disk has room for."""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eqmorph.audio.atomic import explain_os_error
from eqmorph.audio.plain import open_plain
from eqmorph.batch import Job
from eqmorph.batch.journal import is_ours
from eqmorph.batch.plan import is_among
from eqmorph.errors import EqmorphError, UsageError, show_path

__all__ = ["ReportFile", "told_by"]

_BEGINNINGS = (b'{"input": ', b'{"shard": ')  # of our lines
_AT_ONCE = 1 << 16


class ReportFile:
    """A report to add lines to.

    Args:
        path: the file.
        jobs: what will be done; none of its files may be the report.
        append: add to what is there, but for a line that a killed run left unfinished.
        overwrite: replace what is there.

    Raises:
        UsageError: it exists, or is something that may not be written to.
        OutputError: the disk refuses.
    """

    def __init__(self, path: Path, jobs: Sequence[Job], *, append: bool = False, overwrite: bool = False) -> None:
        if is_among(path, jobs):
            problem = f"the report {show_path(path)} is one of the inputs or outputs"
            raise UsageError(problem, hint="Give it another name.")
        if is_ours(path):
            raise UsageError(f"{show_path(path)} is a name of eqmorph's own", hint="Give the report another name.")
        self._path = path
        how = os.O_APPEND | (0 if append else os.O_TRUNC if overwrite else os.O_EXCL)  # others may add to it too
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = open_plain(path, os.O_RDWR | os.O_CREAT | how, or_device=True)
            if append:
                _end_line(self._handle)
        except OSError as error:
            if isinstance(error, FileExistsError) and os.path.lexists(path):
                hint = "--force overwrites it, --resume adds to it."
                raise UsageError(f"the report {show_path(path)} already exists", hint=hint) from None
            raise explain_os_error(error, path) from error

    def add(self, record: Mapping[str, Any]) -> None:
        """Write a line, at once, so that lines of runs that share a report are never mixed.

        Raises:
            OutputError: the disk refuses. What it took of the line is taken back.
        """
        line = json.dumps(record).encode("ascii") + b"\n"
        try:
            written = os.write(self._handle, line)
            while written < len(line):  # to a disk that is nearly full
                written += os.write(self._handle, line[written:])
        except OSError as error:
            _end_line(self._handle)
            raise explain_os_error(error, self._path) from error

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)


def told_by(path: Path) -> set[str] | None:
    """Return which outputs a report says are done; None if there is no such report."""
    from eqmorph.report.records import is_record  # with all that pages need

    told: set[str] = set()
    is_report = False
    try:
        with os.fdopen(open_plain(path, os.O_RDONLY), "rb") as file:  # reading a pipe may never end
            for line in file:
                with contextlib.suppress(ValueError, RecursionError):  # a killed run may have left one unfinished
                    record = json.loads(line)
                    is_report = is_report or is_record(record) or (isinstance(record, dict) and "shard" in record)
                    if is_record(record) and record["status"] == "done":
                        told.add(record["output"])
        return told if is_report or path.stat().st_size == 0 else None
    except (OSError, EqmorphError):
        return None


def _end_line(handle: int) -> None:
    """Take back a line that was left unfinished; end one that isn't ours."""
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        return
    end = os.lseek(handle, 0, os.SEEK_END)
    start = _start_of_last_line(handle, end)
    if start == end:
        return
    last = _read_at(handle, start, min(end - start, max(map(len, _BEGINNINGS))))
    if any(beginning.startswith(last[: len(beginning)]) for beginning in _BEGINNINGS):
        os.ftruncate(handle, start)
    else:
        os.write(handle, b"\n")


def _read_at(handle: int, position: int, count: int) -> bytes:
    """Read a part; where that leaves off is of no account, since all is written to the end."""
    os.lseek(handle, position, os.SEEK_SET)
    return os.read(handle, count)


def _start_of_last_line(handle: int, end: int) -> int:
    """Return where the line begins that a file ends in; its end if that is the end of a line."""
    at = end
    while at > 0:
        begin = max(0, at - _AT_ONCE)
        found = _read_at(handle, begin, at - begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        at = begin
    return 0
