"""`Made`: which files were made for an agent, so that just these can be removed again.

Of every file its digest is kept, before it gets its name: a file that somebody has changed since is not ours any more.
Each apply has a small file of its own in the user's state folder, so it can be undone after the server was started
again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import stat
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from eqmorph.agents.roots import is_link, is_there
from eqmorph.errors import UsageError
from eqmorph.user_folders import user_folder

__all__ = ["Apply", "Made", "Undone", "state_folder"]

STATE_VARIABLE = "EQMORPH_STATE"
_SUFFIX = ".jsonl"
_MOST_KEPT = 50  # applies
_LARGEST = 64 << 20  # bytes of a record: what is longer wasn't written here
_AT_ONCE = 1 << 20


def state_folder() -> Path:
    """Return where it is kept what was made: EQMORPH_STATE, or a folder in the user's state folder."""
    named = os.environ.get(STATE_VARIABLE)
    if named:
        return Path(named)
    return user_folder("state") / "agents"


@dataclass(slots=True)
class Apply:
    """What one apply made: files with their digests, and folders.

    ``id`` is what it is called by, and ``what`` is equal for two that make the same.
    """

    id: str
    files: dict[Path, str] = field(default_factory=dict)
    folders: list[Path] = field(default_factory=list)
    what: object = None


@dataclass(frozen=True, slots=True)
class Undone:
    """What was removed; what was left, and why."""

    id: str
    removed: tuple[Path, ...]
    left: tuple[tuple[Path, str], ...]


class Made:
    """All that is known to be made. Any thread may use it.

    Args:
        folder: where records are kept; what can't be kept there is known until the server ends.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self._applies: dict[str, Apply] = {}  # the oldest first
        self._is_kept = _is_own(folder)
        if self._is_kept:
            self._load()

    def begin(self, outputs: Iterable[Path], what: object = None) -> Apply:
        """Begin an apply that will write some files, or go on with it; which folders it will make is noted.

        ``what`` is equal for two that make the same.
        """
        folders: list[Path] = []
        for folder in {output.parent for output in outputs}:
            while not is_there(folder) and folder not in folders:
                folders.append(folder)
                folder = folder.parent
        with self._lock:
            apply = self._same(what) or Apply(f"a{secrets.token_hex(3)}", what=what)
            apply.folders += folders
            self._applies.pop(apply.id, None)
            self._applies[apply.id] = apply  # the latest one
            self._write(apply, [{"folder": str(folder)} for folder in folders])
            for old in list(self._applies)[:-_MOST_KEPT]:
                self._forget(old)
            return apply

    def note(self, apply: Apply, final: Path, written: Path) -> None:
        """Note a file that is about to get its name."""
        digest = _digest(written)
        with self._lock:
            for other in list(self._applies.values()):
                if other.files.pop(final, None) is not None and not other.files:  # all of it was replaced
                    apply.folders += other.folders
                    self._write(apply, [{"folder": str(folder)} for folder in other.folders])
                    self._forget(other.id)
            apply.files[final] = digest
            self._write(apply, [{"file": str(final), "digest": digest}])

    def is_ours(self, path: Path) -> bool:
        """Tell whether a file was made here, and nobody has changed it since."""
        with self._lock:
            digests = {apply.files[path] for apply in self._applies.values() if path in apply.files}
        return bool(digests) and not is_link(path) and _digest_or_none(path) in digests

    def is_done(self, path: Path, what: object) -> bool:
        """Tell whether an earlier apply, which made the same, made this file, and nobody has changed it since."""
        with self._lock:
            apply = self._same(what)
            digest = None if apply is None else apply.files.get(path)
        return digest is not None and not is_link(path) and _digest_or_none(path) == digest

    def knows(self, path: Path) -> bool:
        """Tell whether a file of this name was made here."""
        with self._lock:
            return any(path in apply.files for apply in self._applies.values())

    def last(self) -> str | None:
        """Return the latest apply that made anything."""
        with self._lock:
            return next((id for id, apply in reversed(self._applies.items()) if apply.files), None)

    def undo(self, id: str, *, may_remove: Iterable[Path] = ()) -> Undone:
        """Remove what an apply made: files that are as they were made, and folders that are then empty.

        ``may_remove`` are the folders that it may touch.

        Raises:
            UsageError: there is no such apply.
        """
        with self._lock:
            apply = self._applies.get(id)
            if apply is None:
                last = self.last()
                raise UsageError(
                    f"there is no apply {id!r} to undo",
                    hint=f"The last one is {last}." if last else "Nothing was made, or all of it is undone.",
                )
            roots = [str(root) for root in may_remove]
            removed: list[Path] = []
            left: list[tuple[Path, str]] = []
            for path, digest in apply.files.items():
                reason = _remove(path, digest, roots)
                if reason is None:
                    removed.append(path)
                else:
                    left.append((path, reason))
            for folder in sorted(apply.folders, key=lambda folder: -len(folder.parts)):
                if _is_in(folder, roots):
                    with contextlib.suppress(OSError):  # it is gone, or somebody has put something there
                        folder.rmdir()
            self._forget(id)
            return Undone(id, tuple(removed), tuple(left))

    def _same(self, what: object) -> Apply | None:
        if what is None:
            return None
        return next((apply for apply in self._applies.values() if apply.what == what), None)

    def _forget(self, id: str) -> None:
        self._applies.pop(id, None)
        with contextlib.suppress(OSError):
            if self._is_kept:
                (self._folder / f"{id}{_SUFFIX}").unlink()

    def _write(self, apply: Apply, lines: list[dict[str, str]]) -> None:
        if not self._is_kept:
            return
        with contextlib.suppress(OSError):
            path = self._folder / f"{apply.id}{_SUFFIX}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
            with os.fdopen(os.open(path, flags, 0o600), "a", encoding="ascii") as file:
                file.writelines(json.dumps(line) + "\n" for line in lines)

    def _load(self) -> None:
        """Read what earlier servers made. What doesn't read as a record is none."""
        try:
            paths = [path for path in self._folder.iterdir() if path.suffix == _SUFFIX and path.is_file()]
            paths.sort(key=lambda path: path.stat().st_mtime)
        except OSError:
            return
        for path in paths[-_MOST_KEPT:]:
            apply = Apply(path.stem)
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                if path.stat().st_size > _LARGEST:
                    continue
                for line in path.read_text(encoding="ascii").splitlines():
                    entry = json.loads(line)
                    if "file" in entry:
                        apply.files[Path(str(entry["file"]))] = str(entry["digest"])
                    else:
                        apply.folders.append(Path(str(entry["folder"])))
            if apply.files:
                self._applies[apply.id] = apply


def _is_own(folder: Path) -> bool:
    """Make the folder if need be; tell whether it is the user's alone: who writes a record says what is removed."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError:
        return False
    if not hasattr(os, "geteuid"):
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _remove(path: Path, digest: str, roots: list[str]) -> str | None:
    """Remove a file that is as it was made; return why it is left."""
    if not _is_in(path, roots):
        return "lies outside the folders that may be written"
    if not os.path.lexists(path):
        return "is gone already"
    if is_link(path) or _digest_or_none(path) != digest:
        return "was changed since"
    try:
        path.unlink()
    except OSError as error:
        return f"can't be removed: {(error.strerror or str(error)).lower()}"
    return None


def _is_in(path: Path, roots: list[str]) -> bool:
    """Tell whether a path lies in a folder that may be touched, no link being on the way."""
    if os.path.realpath(path.parent) != str(path.parent):
        return False
    return any(str(path).startswith(root.rstrip(os.sep) + os.sep) for root in roots)


def _digest(path: Path) -> str:
    digest = hashlib.blake2b(digest_size=32)
    with path.open("rb", buffering=0) as file:
        while block := file.read(_AT_ONCE):
            digest.update(block)
    return digest.hexdigest()


def _digest_or_none(path: Path) -> str | None:
    try:
        return _digest(path)
    except OSError:
        return None
