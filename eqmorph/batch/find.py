"""Find the files that a user means by naming files, folders and globs."""

from __future__ import annotations

import glob
import itertools
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from eqmorph.audio.formats import AUDIO_SUFFIXES
from eqmorph.batch.remote import Remote, is_url, local_path
from eqmorph.errors import UsageError, show_path

__all__ = ["MayFollow", "Source", "audio_below", "find_sources", "walk_sources"]


_HERE = os.path.join(os.curdir, "")  # noqa: PTH118  (what a walk begins names with, and a path leaves out)


@dataclass(frozen=True, slots=True)
class Source:
    """A file to process, and the path it keeps below an output folder."""

    path: Path
    relative: Path
    remote: Remote | None = None  #: where it lies, if not here: then it is at hand under ``path`` only for a while


#: Tells whether a walk may follow what it comes upon, a file or a folder.
MayFollow = Callable[[str], bool]


def find_sources(
    inputs: Iterable[str | Path],
    *,
    leave_out: str | Path | None = None,
    may_follow: MayFollow | None = None,
    elsewhere: bool = False,
) -> list[Source]:
    """Return the files meant, in the order named, those of a folder sorted by name.

    A file is taken as it is. A folder stands for all audio files below it, known by their extension, except hidden
    ones. A name with ``*``, ``?`` or ``[`` that no file has is a glob, for shells that leave it to the program.

    Args:
        inputs: files, folders and globs.
        leave_out: a folder not to look into: the output, should it lie inside an input.
        may_follow: what of a folder to look at, where that is not all of it.
        elsewhere: whether inputs may be addresses, such as ``s3://bucket/folder``. Whoever asks must have them at hand.
    """
    found: dict[Path, Source] = {}
    for source in walk_sources(inputs, leave_out=leave_out, may_follow=may_follow, elsewhere=elsewhere):
        found.setdefault(source.path, source)
    return list(found.values())


_walks = itertools.count()


def walk_sources(
    inputs: Iterable[str | Path],
    *,
    leave_out: str | Path | None = None,
    may_follow: MayFollow | None = None,
    elsewhere: bool = False,
) -> Iterator[Source]:
    """Yield the files meant as they are found; see `find_sources`. One that is meant twice is yielded twice."""
    walk = next(_walks)
    for name in inputs:
        if not str(name):
            raise UsageError("an input has no name", hint="Is a variable empty? . is the current folder.")
        name = local_path(name)
        if not is_url(name):
            here = Path(leave_out) if leave_out and not is_url(leave_out) else None
            yield from _meant_by(Path(name), here, may_follow)
        elif elsewhere:
            yield from _at(str(name), leave_out, walk)
        else:
            raise UsageError(f"{name} is not on this machine", hint="Fetch it first.")


def _meant_by(path: Path, leave_out: Path | None, may_follow: MayFollow | None) -> Iterator[Source]:
    if _leads_to(path, Path.is_dir):
        is_empty = True
        for name, _ in audio_below(path, leave_out, may_follow):
            is_empty = False
            file = Path(name)
            yield Source(file, file.relative_to(path))
        if is_empty:
            raise UsageError(
                f"{show_path(path)} contains no audio files",
                hint=f"Audio files are known by these extensions: {' '.join(sorted(AUDIO_SUFFIXES))}",
            )
    elif not _exists(path) and glob.has_magic(str(path)):
        matches = [Path(match) for match in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207 (absolute globs)
        files = [
            match for match in matches if match.suffix.lower() in AUDIO_SUFFIXES and _leads_to(match, Path.is_file)
        ]
        if not files:
            raise UsageError(f"no audio file matches {show_path(path)}", hint="Check the pattern, and the folder.")
        root = _fixed_part(path)
        yield from (Source(file, file.relative_to(root)) for file in files)
    else:  # also what doesn't exist: reading it says so, and the others are done
        yield Source(path, Path(path.name))


def _at(url: str, leave_out: str | Path | None, walk: int) -> Iterator[Source]:
    from eqmorph.batch.store import find_at, staged  # which needs an extra

    exact, below = find_at(url)
    if exact is not None:
        path = staged(exact, walk)
        yield Source(path, Path(path.name), exact)
        return
    own = f"{str(leave_out).rstrip('/')}/" if is_url(leave_out or "") else ""
    if own == f"{url.rstrip('/')}/":
        own = ""  # all of it would be left out: that it is an input is said where outputs are planned
    found = [one for one in below if _is_audio(one.relative) and not (own and one.remote.url.startswith(own))]
    if not found:
        raise UsageError(
            "there are no audio files",
            hint="Check the address. Audio files are known by their extensions, such as .wav and .flac.",
            path=url,
        )
    for one in found:
        relative = Path(one.relative)
        if relative.is_absolute() or relative.drive or ".." in relative.parts:  # an object may be called anything
            raise UsageError("its name would lead out of the output folder", hint="Rename it.", path=one.remote.url)
        yield Source(staged(one.remote, walk), relative, one.remote)


def _is_audio(path: PurePath) -> bool:
    """Tell whether a file below a folder counts: by its extension, and unless it is hidden."""
    return path.suffix.lower() in AUDIO_SUFFIXES and not any(
        part.startswith(".") for part in path.parts if part != ".."
    )


def _exists(path: Path) -> bool:
    """Tell whether a name exists; a broken link does too: opening it says what is wrong."""
    return os.path.lexists(path)


def _leads_to(path: Path, kind: Callable[[Path], bool]) -> bool:
    """Tell whether a path is of a kind; it isn't where the system refuses to look, as for names that are too long."""
    try:
        return kind(path)
    except OSError:
        return False


def audio_below(
    folder: Path, leave_out: Path | None, may_follow: MayFollow | None = None
) -> Iterator[tuple[str, os.stat_result | None]]:
    """Yield the audio files below a folder and their status; follow symbolic links, but enter each folder only once.

    Names are strings, as ``str`` makes them of a path: paths would double the time that a look at thousands takes. What
    has no status, such as a broken link, is yielded without one, and last of all folders that can't be entered: reading
    them says what is wrong.
    """
    entered = set()
    if leave_out is not None and _identity(leave_out) != _identity(folder):
        entered.add(_identity(leave_out))
    closed: list[str] = []
    for here, folders, files in os.walk(folder, followlinks=True, onerror=lambda e: closed.append(e.filename)):
        identity = _identity(Path(here))
        if identity in entered:
            folders.clear()
            continue
        entered.add(identity)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if may_follow is not None:
            folders[:] = [name for name in folders if may_follow(os.path.join(here, name))]  # noqa: PTH118
        for file in sorted(files):
            stem, dot, suffix = file.rpartition(".")
            if not stem or file.startswith(".") or dot + suffix.lower() not in AUDIO_SUFFIXES:
                continue
            path = os.path.join(here, file)  # noqa: PTH118
            if may_follow is not None and not may_follow(path):
                continue
            status = _status(path)
            if status is None or stat.S_ISREG(status.st_mode):  # reading a pipe, a socket or a device may never end
                yield path.removeprefix(_HERE), status
    yield from ((str(Path(path)), None) for path in closed)


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)  # noqa: PTH116
    except OSError:
        return None


def _identity(folder: Path) -> tuple[int, int] | str:
    """Return what is equal for two paths to the same folder."""
    try:
        status = folder.stat()
    except OSError:
        return str(folder)
    return (status.st_dev, status.st_ino)


def _fixed_part(pattern: Path) -> Path:
    """Return the folder in front of the first part with a wildcard."""
    fixed = Path()
    for part in pattern.parts[:-1]:
        if glob.has_magic(part):
            break
        fixed /= part
    return fixed
