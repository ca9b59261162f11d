"""Where the files of a report are, and how a page next to them names them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote_from_bytes

__all__ = ["find_file", "href"]

_SAFE = b"/-._~()+,!'"  # what needs no escape in a relative address; a colon would be taken for the end of a scheme


def find_file(name: str, near: Sequence[Path]) -> Path | None:
    """Return the file that a report calls so, seen from one of some folders; None if it is in none.

    Where a folder was moved with all that is in it, the end of the name is what still counts.
    """
    path = Path(name)
    candidates = [folder / path for folder in near]
    parts = path.parts[1:] if path.is_absolute() else path.parts
    for folder in near[1:]:  # not in the folder that one happens to be in
        candidates += [folder.joinpath(*parts[at:]) for at in range(1, len(parts))]
    try:
        return next((one for one in candidates if one.is_file()), None)
    except (OSError, ValueError):  # no name that this system can have
        return None


def href(path: Path, page: Path) -> str:
    """Return the address of a file as a page beside it or above it names it, every special character escaped."""
    full = path.absolute()
    target, start = _real(full.parent) / full.name, _real(page.absolute().parent)  # a file's own link stays
    try:
        relative = os.path.relpath(target, start)
    except ValueError:  # on Windows, on another drive
        return target.as_uri()
    return quote_from_bytes(os.fsencode(relative.replace(os.sep, "/")), safe=_SAFE)


@lru_cache(maxsize=256)
def _real(folder: Path) -> Path:
    return folder.resolve()
