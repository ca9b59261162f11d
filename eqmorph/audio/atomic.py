"""A file that appears under its name only when it is complete.

It is written next to its final place under a temporary name, synced to disk, then renamed. The writer meanwhile holds a
lock on the temporary file, so that a later run can tell what a killed one left behind (`remove_stale`) from what
another is writing right now. The system drops the lock with the process, however it ends.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import time
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal

from eqmorph.errors import TOO_MANY_OPEN, DiskError, EqmorphError, ExistsError, OutputError, show_path
from eqmorph.wording import Means, Phrase

__all__ = [
    "AtomicFile",
    "Preserved",
    "commit_together",
    "explain_os_error",
    "lock_at_once",
    "lock_waiting",
    "refuse_taken",
    "remove_stale",
    "sync_folder",
]

#: What befalls every file that is to be written there, and passes.
_OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ENODEV, errno.ENXIO, errno.ESTALE}
#: What a result can have of its source besides what it holds.
Preserved = Literal["mode", "mtime"]
_LONG_AGO_S = 86_400.0  # since a live one was last written to
_PREFIX, _SUFFIX = ".eqmorph-", ".part"


def refuse_taken(paths: Iterable[Path]) -> None:
    """Refuse names that are taken in a folder where several files are to be written, before they are worked on.

    Raises:
        ExistsError: one is.
    """
    for path in paths:
        if os.path.lexists(path):
            raise ExistsError(
                "already exists",
                hint=Phrase("Choose another folder, or use {} to overwrite it.", Means.REPLACE),
                path=path,
            )


class AtomicFile:
    """``with AtomicFile(final) as out: write to out.temp; out.commit()``: without the commit nothing remains.

    Args:
        final: the name that it gets. Its folder is made if need be.
        overwrite: whether a file of that name may be replaced. The new one then has its permissions.
        like: a file that nobody may read who may not read this one: its permissions are kept, as the umask allows.
        preserve: what of that is kept in any case: its ``mode``, whatever the umask is or the replaced file had, and
            its ``mtime``, when it was last changed.
        is_private: nobody but its owner may read it.
    """

    def __init__(
        self,
        final: Path,
        *,
        overwrite: bool,
        like: Path | None = None,
        preserve: Collection[Preserved] = (),
        is_private: bool = False,
    ) -> None:
        self.final = final
        self._overwrite = overwrite
        self._lock: int | None = None
        try:
            replaced = _replaced_mode(final) if overwrite else None
            final.parent.mkdir(parents=True, exist_ok=True)
            self.temp, self._lock = _create_locked(final.parent)
            self._mode = stat.S_IMODE(os.fstat(self._lock).st_mode)  # what the umask allows
            kept = like.stat() if like is not None else None
            self._mtime_ns = kept.st_mtime_ns if kept is not None and "mtime" in preserve else None
            if kept is not None and "mode" in preserve:
                self._mode = stat.S_IMODE(kept.st_mode) & 0o777
            elif replaced is not None:
                self._mode = replaced
            elif kept is not None:
                self._mode &= stat.S_IMODE(kept.st_mode)
            if is_private:
                self._mode &= stat.S_IRUSR | stat.S_IWUSR
            self._permit(self._mode | stat.S_IRUSR | stat.S_IWUSR)  # to be written, and read by nobody meanwhile
        except OSError as error:
            self.__exit__(None, None, None)
            raise explain_os_error(error, final) from error

    def __enter__(self) -> AtomicFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            self._release()
            with contextlib.suppress(OSError):
                self.temp.unlink()

    def commit(self, *, syncs_folder: bool = True) -> None:
        """Sync the temporary file and give it its name, which survives a power cut too once its folder is synced.

        Raises:
            OutputError: the name has been taken meanwhile and must not be overwritten, or the disk refuses.
        """
        if self._lock is None:
            raise RuntimeError("committed twice")
        try:
            self._permit(0)
            self._permit(self._mode)
            if self._mtime_ns is not None:
                os.utime(self.temp, ns=(time.time_ns(), self._mtime_ns))
            os.fsync(self._lock)
            if os.name == "nt":  # which doesn't rename an open file
                self._release()
            if self._overwrite:
                self.temp.replace(self.final)
            else:
                _rename_to_new(self.temp, self.final)
            if syncs_folder:
                sync_folder(self.final.parent)
        except FileExistsError:
            raise ExistsError(
                "already exists", hint=Phrase("Use {} to overwrite it.", Means.REPLACE), path=self.final
            ) from None
        except OSError as error:
            raise explain_os_error(error, self.final) from error
        self._release()

    def take_back(self) -> None:
        """Remove a committed file again, unless it has replaced another, which can't be brought back."""
        if not self._overwrite:
            with contextlib.suppress(OSError):
                self.final.unlink()

    def _permit(self, mode: int) -> None:
        if os.name != "nt" and self._lock is not None:
            with contextlib.suppress(OSError):  # a file system without permissions
                os.fchmod(self._lock, mode)

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def commit_together(files: Sequence[AtomicFile], *, syncs_folder: bool = True) -> None:
    """Give several files their names, in this order; if one can't get its own, no new file stays.

    ``syncs_folder`` is false where somebody syncs the folders of many files at once.

    Raises:
        OutputError: as `AtomicFile.commit` does.
    """
    done: list[AtomicFile] = []
    try:
        for file in files:
            file.commit(syncs_folder=syncs_folder)
            done.append(file)
    except EqmorphError:
        for file in done:
            file.take_back()
        raise


def remove_stale(folder: Path) -> int:
    """Delete the temporary files that killed runs left in a folder, and return how many."""
    removed = 0
    try:
        stale = [path for path in folder.iterdir() if path.name.startswith(_PREFIX) and path.suffix == _SUFFIX]
    except OSError:
        return 0  # no such folder yet, or one that can't be read: writing into it will say so
    for path in stale:
        with contextlib.suppress(OSError):
            lock = os.open(path, os.O_RDWR)
            try:
                if not _is_stale(lock):
                    continue
                if os.name != "nt":
                    path.unlink()
            finally:
                os.close(lock)
            if os.name == "nt":  # which refuses to delete what another process has open
                path.unlink()
            removed += 1
    return removed


def _is_stale(handle: int) -> bool:
    """Tell whether nobody writes to a temporary file any more; without locks, that shows by its age alone."""
    if os.name == "nt":
        return True  # an open one can't be deleted there
    lock = lock_at_once(handle, "alone")
    return lock == "held" or (lock == "unknown" and time.time() - os.fstat(handle).st_mtime > _LONG_AGO_S)


def explain_os_error(error: OSError, path: Path) -> EqmorphError:
    """Return an `OutputError` that says in plain words why a file can't be written, and what to do.

    It is a `DiskError` where no other file could be written either.
    """
    shown = show_path(path.parent)
    reasons: dict[int, tuple[str, str | Phrase]] = {
        errno.ENOSPC: ("the disk is full", f"Free some space on the disk of {shown}, or write elsewhere."),
        errno.EDQUOT: ("the disk quota is used up", f"Free some space in {shown}, or write elsewhere."),
        errno.EFBIG: (
            "the file would exceed the largest size allowed here",
            Phrase("Write elsewhere, or choose a smaller container with {}.", Means.FORMAT),
        ),
        errno.EMFILE: ("too many files are open", TOO_MANY_OPEN),
        errno.ENFILE: ("too many files are open", TOO_MANY_OPEN),
        errno.EACCES: (
            f"no permission to write in {shown}",
            "Choose another output folder, or change its permissions.",
        ),
        errno.EPERM: (f"no permission to write in {shown}", "Choose another output folder, or change its permissions."),
        errno.EROFS: (f"{shown} is read-only", "Choose another output folder."),
        errno.ENAMETOOLONG: ("the name is too long for this disk", "Rename the source."),
        errno.ENOTDIR: (f"{shown} is a file, not a folder", "Choose another output folder."),
        errno.EEXIST: (f"{shown} is a file, not a folder", "Choose another output folder."),
        errno.EISDIR: ("a folder has this name", "Choose another output name."),
        errno.ENOENT: (f"{shown} doesn't exist and can't be made", "Choose another output folder."),
        errno.ELOOP: (f"{shown} is a link that leads back to itself", "Choose another output folder."),
    }
    unknown: tuple[str, str | Phrase] = (
        f"can't be written: {error.strerror or error}",
        f"Check the disk of {shown}, or write elsewhere.",
    )
    what, hint = reasons.get(error.errno or 0, unknown)
    explained = (DiskError if error.errno in _OF_THE_DISK else OutputError)(what, hint=hint, path=path)
    explained.errno = error.errno
    return explained


def _replaced_mode(path: Path) -> int | None:
    """Return the permissions of the file that is to be replaced, if one is.

    Raises:
        ExistsError: it is no file, and something else may be reading from it or writing to it.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISREG(mode):
        return stat.S_IMODE(mode) & 0o777
    if stat.S_ISLNK(mode) or stat.S_ISDIR(mode):  # a link is replaced itself; a folder is refused when it comes to it
        return None
    raise ExistsError("is a pipe or a device, not a file", hint="Choose another output name.", path=path)


def _create_locked(folder: Path) -> tuple[Path, int]:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        path = folder / f"{_PREFIX}{secrets.token_hex(6)}{_SUFFIX}"
        lock = os.open(path, flags, 0o666)
        # Between the two steps, a run that cleans up may have taken it for stale: then it is gone, and we try again.
        if _try_lock(lock) and path.exists():
            return path, lock
        os.close(lock)


if os.name == "nt":

    def _try_lock(_handle: int) -> bool:
        return True  # an open file can't be deleted on Windows: being open is the lock

    def lock_waiting(_handle: int) -> bool:
        """Wait for the lock of an open file; tell whether there is such a thing here."""
        return False

    def lock_at_once(_handle: int, _how: Literal["alone", "shared"]) -> Literal["held", "taken", "unknown"]:
        """Take the lock of an open file if nobody has it; unknown where there is no such thing."""
        return "unknown"

else:
    import fcntl

    def _try_lock(_handle: int) -> bool:
        try:
            fcntl.flock(_handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # a file system without locks: this is as good as it gets
        return True

    def lock_waiting(_handle: int) -> bool:
        """Wait for the lock of an open file; tell whether there is such a thing here."""
        try:
            fcntl.flock(_handle, fcntl.LOCK_EX)
        except OSError:
            return False
        return True

    def lock_at_once(_handle: int, _how: Literal["alone", "shared"]) -> Literal["held", "taken", "unknown"]:
        """Take the lock of an open file if nobody has it; unknown where there is no such thing."""
        try:
            fcntl.flock(_handle, (fcntl.LOCK_EX if _how == "alone" else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            return "taken"
        except OSError:
            return "unknown"
        return "held"


def _rename_to_new(temp: Path, final: Path) -> None:
    """Rename, or fail if the name is taken, even by a file that appeared a moment ago."""
    if os.name == "nt":
        temp.rename(final)  # fails by itself
        return
    try:
        os.link(temp, final)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: the check and the rename are two steps
        if final.exists() or final.is_symlink():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(final)) from None
        temp.rename(final)
    else:
        temp.unlink()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut, if the system lets a folder be synced."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
