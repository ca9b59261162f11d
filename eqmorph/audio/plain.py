"""Open files of a given name that one reads from or adds to, and nothing that only passes for one.

A link of that name would be read or written to wherever it leads, a pipe never answers, a device never ends.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from eqmorph.errors import UsageError

__all__ = ["is_named", "open_plain"]

#: A link isn't followed, and a pipe isn't waited for. Windows knows neither.
_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def open_plain(path: Path, flags: int, *, or_device: bool = False) -> int:
    """Open a regular file as `os.open` does, and return its handle; or a device such as /dev/null, if that may be.

    Raises:
        UsageError: it is something else.
        OSError: as of `os.open`.
    """
    if path.is_symlink():  # O_NOFOLLOW sees to one that is put there just now, but its error is also that of a circle
        raise _refusal("a link", path)
    try:
        handle = os.open(path, flags | _FLAGS, 0o666)
    except OSError:
        if path.exists() and not (path.is_file() or path.is_dir()):  # as a socket, or a pipe that nobody reads
            raise _refusal("a pipe or a device", path) from None
        raise
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode) or (or_device and stat.S_ISCHR(mode)):
        return handle
    os.close(handle)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise _refusal("a pipe or a device", path)


def is_named(handle: int, path: Path) -> bool:
    """Tell whether an open file is still the one that has this name."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


def _refusal(what: str, path: Path) -> UsageError:
    return UsageError(f"is {what}, not a file", hint="Remove it, or choose another name or folder.", path=path)
