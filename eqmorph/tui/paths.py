"""Paths as people type and read them."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from eqmorph.errors import UsageError

__all__ = ["absolute", "free_path", "home_path", "is_file", "is_folder", "short_path", "tidy", "typed_path"]


def short_path(path: Path) -> str:
    """Return a path relative to the current folder if it is below it, else absolute; never like an option."""
    path, here = absolute(path), absolute(Path())
    is_below = path.is_relative_to(here) and here.parent != here  # below the root is everything
    shown = str(path.relative_to(here)) if is_below else str(path)
    return f"./{shown}" if shown.startswith("-") else shown


def is_file(path: Path) -> bool:
    """Tell whether this is a file; one that may not be looked at is not."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """Tell whether this is a folder; one that may not be looked at is not."""
    try:
        return path.is_dir()
    except OSError:
        return False


def absolute(path: Path) -> Path:
    """Return an absolute path; the path as it is, if the current folder is gone."""
    try:
        return path.absolute()
    except OSError:
        return path


def tidy(path: Path) -> Path:
    """Return an absolute path without ``..``, as people would write it."""
    if ".." not in path.parts:
        return absolute(path)
    try:
        return path.resolve()  # what a link leads to may have another folder above it
    except (OSError, RuntimeError):  # a loop of links
        return absolute(path)


def home_path(path: Path) -> str:
    """Return a path as people write it: with ``~`` for their home."""
    try:
        home = Path.home()
    except RuntimeError:
        return str(path)
    return f"~/{path.relative_to(home).as_posix()}".removesuffix("/.") if path.is_relative_to(home) else str(path)


def typed_path(text: str) -> Path:
    """Return the path that somebody typed; ``~`` is home, and there need not be anything yet.

    Raises:
        UsageError: there can't be anything of that name.
    """
    try:
        path = Path(text).expanduser()
    except RuntimeError:
        raise UsageError(
            f"the home folder {Path(text).parts[0]} is not known", hint="Write the folder out, or ./~ for a name."
        ) from None
    try:
        path.stat()
    except FileNotFoundError:
        return path
    except ValueError:
        raise UsageError("no file can have this name", hint="Choose another name.") from None
    except OSError as error:
        raise UsageError(
            f"nothing can be read or written there: {error.strerror or error}", hint="Choose another name."
        ) from error
    return path


def free_path(folder: Path, stem: str, suffix: str, taken: Collection[Path] = ()) -> Path:
    """Return a path that neither exists nor is ``taken``: ``stem.wav``, ``stem-2.wav``, ..."""
    path, number = folder / f"{stem}{suffix}", 1
    while os.path.lexists(path) or path in taken:
        number += 1
        path = folder / f"{stem}-{number}{suffix}"
    return path
