"""A claim on an output folder, so that two runs with different settings never make a mixture of it.

A run holds a lock on ``.eqmorph-lock`` while it works; the file says who it is and what its settings are. Runs with the
same settings share the folder: they give the same files. Where the system has no such lock, as on some network file
systems and on Windows, nothing is claimed, and every file is still whole.
"""

from __future__ import annotations

import contextlib
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eqmorph.audio.atomic import lock_at_once
from eqmorph.audio.plain import is_named, open_plain
from eqmorph.errors import UsageError, printable

__all__ = ["claimed", "is_claimed", "refuse_claimed"]

_NAME = ".eqmorph-lock"
_MOST_BYTES = 1000
_TRIES, _PAUSE_S = 50, 0.02  # for as long as another run is just about to write down who it is


@contextmanager
def claimed(folder: Path, settings: str) -> Iterator[bool]:
    """Claim a folder for runs with settings of this name, from now to the end; tell whether its disk has locks at all.

    Raises:
        UsageError: a run with other settings is writing into it. It names its host and process.
    """
    handle: int | None = None
    has_locks = True
    with contextlib.suppress(OSError):  # where nothing can be written, each file says so
        folder.mkdir(parents=True, exist_ok=True)
        handle = _lock(folder, settings)
        has_locks = handle is not None
    try:
        yield has_locks
    finally:
        if handle is not None:
            with contextlib.suppress(OSError):
                if lock_at_once(handle, "alone") == "held":
                    (folder / _NAME).unlink()
            os.close(handle)


def refuse_claimed(folder: Path, settings: str) -> None:
    """Refuse a folder that a run with other settings is writing into, before anything is touched."""
    try:
        handle = open_plain(folder / _NAME, os.O_RDWR)
    except OSError:
        return  # nobody is
    try:
        if lock_at_once(handle, "alone") == "taken":
            _refuse_others(handle, settings, folder)
    finally:
        os.close(handle)


def is_claimed(folder: Path) -> bool | None:
    """Tell whether a run is writing into a folder; None where that can't be told."""
    try:
        handle = open_plain(folder / _NAME, os.O_RDWR)
    except OSError:
        return None if os.name == "nt" else False
    try:
        return {"taken": True, "held": False, "unknown": None}[lock_at_once(handle, "alone")]
    finally:
        os.close(handle)


def _lock(folder: Path, settings: str) -> int | None:
    """Return a handle that holds the lock; None where there is no such thing."""
    for _ in range(_TRIES):
        handle = open_plain(folder / _NAME, os.O_RDWR | os.O_CREAT)
        try:
            alone = lock_at_once(handle, "alone")
            if alone == "unknown":
                os.close(handle)
                with contextlib.suppress(OSError):
                    (folder / _NAME).unlink()
                return None
            # Who ends last removes the file: then this is another, which nobody else will look at.
            if alone == "held" and is_named(handle, folder / _NAME):
                os.truncate(handle, 0)
                os.pwrite(handle, f"{settings} {platform.node()} {os.getpid()}\n".encode(), 0)
            # Sharing it lets others in for a moment, so whoever is written down now is whom to believe.
            if lock_at_once(handle, "shared") == "held" and is_named(handle, folder / _NAME):
                _refuse_others(handle, settings, folder)
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
        time.sleep(_PAUSE_S)
    return None


def _refuse_others(handle: int, settings: str, folder: Path) -> None:
    theirs, _, who = os.pread(handle, _MOST_BYTES, 0).decode("utf-8", "replace").strip().partition(" ")
    host, _, process = printable(who).rpartition(" ")
    if who and theirs != settings:
        raise UsageError(
            f"a run with other settings is writing into it: process {process} on {host}",
            hint="Wait until it ends, or choose another output folder.",
            path=folder,
        )
