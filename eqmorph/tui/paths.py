"""Paths as people type and read them."""

from __future__ import annotations

import os
from pathlib import Path

from eqmorph.errors import UsageError

__all__ = ["absolute", "free_path", "is_folder", "short_path", "typed_path"]


def short_path(path: Path) -> str:
    """A path as seen from here, if it is below; whole from the root, below which everything is."""
    path, here = absolute(path), absolute(Path())
    is_below = path.is_relative_to(here) and here.parent != here
    shown = str(path.relative_to(here)) if is_below else str(path)
    return f"./{shown}" if shown.startswith("-") else shown  # no option


def is_folder(path: Path) -> bool:
    """Whether this is a folder, as far as we may know."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def absolute(path: Path) -> Path:
    """A path from the root on; as it is, if the folder we are in is gone."""
    try:
        return path.absolute()
    except OSError:
        return path


def typed_path(text: str) -> Path:
    """The path that somebody typed; ``~`` is home. There may be nothing yet.

    Raises:
        UsageError: there can't be anything either.
    """
    try:
        path = Path(text).expanduser()
    except RuntimeError:
        raise UsageError(
            f"whose home {Path(text).parts[0]} is, is not known", hint="Write the folder out, or ./~ for a name."
        ) from None
    try:
        path.stat()
    except FileNotFoundError:
        return path
    except ValueError:
        raise UsageError("no file can have this name", hint="Choose another one.") from None
    except OSError as error:
        raise UsageError(
            f"nothing can be written or read there: {error.strerror or error}", hint="Choose another name."
        ) from error
    return path


def free_path(folder: Path, stem: str, suffix: str) -> Path:
    """A name that nothing has yet: ``stem.wav``, ``stem-2.wav``, ..."""
    path, number = folder / f"{stem}{suffix}", 1
    while os.path.lexists(path):
        number += 1
        path = folder / f"{stem}-{number}{suffix}"
    return path
