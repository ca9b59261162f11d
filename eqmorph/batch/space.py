"""Whether the disk has room for what a batch writes, as far as that is known without reading the files.

The estimate is one that is never too large: who is told that there is no room has none.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from eqmorph.audio.formats import format_of_suffix
from eqmorph.audio.read import AudioReader
from eqmorph.batch.jobs import Job
from eqmorph.errors import EqmorphError, UsageError, show_path
from eqmorph.process import Settings
from eqmorph.wording import Means, Phrase

__all__ = ["check_space"]

_PLAIN = ("wav", "aiff", "au", "caf", "rf64", "w64")  # as many bytes as samples need
#: Sources that hold a sound and little else, in as many bytes as plain samples need or fewer.
_NO_LARGER = (*_PLAIN, "flac", "ogg", "opus", "mp3", "m4a", "aac", "wma", "mka")
_SPILLED_BYTES = 4  # of a sample that waits for its gain
_SMALL = 64 << 20  # bytes, for which no header is read


@dataclass(slots=True)
class _Disk:
    """What the results that go to one disk need of it, in bytes."""

    folder: Path  # one of those that are there
    is_stdout: bool  # what goes there waits in a file
    results: int = 0
    largest: int = 0
    largest_source: Path | None = None  # if it is here

    def add(self, job: Job, settings: Settings) -> None:
        try:
            size = job.remote.size if job.remote is not None else os.stat(job.source).st_size  # noqa: PTH116  (many)
        except OSError:
            return
        size = _least_result(job, settings, max(size, 0))
        if size > self.largest:
            self.largest, self.largest_source = size, job.source if job.remote is None else None
        if job.overwrite:  # what is there makes room
            with contextlib.suppress(OSError):
                size -= os.stat(job.output).st_size  # noqa: PTH116
        self.results += size

    def needed(self, settings: Settings) -> int:
        """Return the least that they need: all of them, or the largest and what waits aside while it is made."""
        besides = 0
        if self.largest_source is not None and self.largest > _SMALL:
            besides = self.largest + _spilled(self.largest_source, settings)
        return max(self.results, besides)


def check_space(jobs: Iterable[Job], settings: Settings) -> None:
    """Refuse to begin where the results clearly won't fit on their disk.

    Raises:
        UsageError: they won't. Nothing was touched.
    """
    disks: dict[int, _Disk] = {}
    ids: dict[Path, int | None] = {}
    for job in jobs:
        if not job.skip:
            folder = job.output.parent
            if folder not in ids:
                ids[folder] = _disk(folder)
            disk_id = ids[folder]
            if disk_id is not None:
                disks.setdefault(disk_id, _Disk(folder, bool(job.output_name))).add(job, settings)
    for disk in disks.values():
        free = shutil.disk_usage(_existing(disk.folder)).free
        needed = disk.needed(settings)
        if needed > free:
            where, elsewhere = show_path(disk.folder), "write elsewhere"
            if disk.is_stdout:
                where, elsewhere = "the temporary folder", "set TMPDIR to a folder on a larger disk"
            raise UsageError(
                f"{where} has room for {_size(free)}, and at least {_size(needed)} are needed",
                hint=Phrase(
                    f"Nothing was touched. Free some space, {elsewhere}, or choose a smaller container with {{}}.",
                    Means.FORMAT,
                ),
            )


def _least_result(job: Job, settings: Settings, size: int) -> int:
    """Return the bytes that a result has at least, by the size of its source: 0 where that can't be said."""
    source, output = format_of_suffix(job.source.suffix), format_of_suffix(job.output.suffix)
    is_known = output in _PLAIN and source in _NO_LARGER and settings.bit_depth is None
    return size if is_known else 0


def _spilled(source: Path, settings: Settings) -> int:
    """Return the bytes that wait aside while this source is made, which is when its gain isn't known before."""
    if not settings.needs_trim or settings.known_trim is not None:
        return 0
    try:
        with AudioReader(source, repair=True) as reader:
            return reader.info.frames * reader.info.channels * _SPILLED_BYTES
    except EqmorphError:  # which will be said when it comes to it
        return 0


def _disk(folder: Path) -> int | None:
    """Return which disk a folder is, or will be, on; None where the system doesn't say, or nothing can be written.

    Why that is, is told by whoever tries.
    """
    try:
        there = _existing(folder)
        is_known = os.access(there, os.W_OK) and shutil.disk_usage(there).total > 0
        return there.stat().st_dev if is_known else None
    except OSError:
        return None


def _existing(folder: Path) -> Path:
    """Return the folder, or the one above it that is there already."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _size(count: int) -> str:
    """Return a number of bytes as people say it."""
    for unit, size in (("GB", 10**9), ("MB", 10**6)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count / 1000:.0f} kB"
