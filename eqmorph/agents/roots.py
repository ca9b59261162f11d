"""`Roots`: the folders that an agent may use, named when the server starts, and never left.

A path is followed to where it really leads, by ``..`` and by links, before anything is done with it, and what is then
used is that real path, in which no link is left. Whoever writes asks again right before a file gets its name. Answers
name files by the labels of their folders, and say nothing of what lies outside.
"""

from __future__ import annotations

import difflib
import os
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eqmorph.errors import InputError, UsageError, printable

__all__ = ["Root", "Roots", "is_folder", "is_link", "is_there"]

_LONGEST = 1000  # characters of a path
_SHOWN = 120  # of one that is refused
_NEAR, _LOOKED_AT = 3, 2000


@dataclass(frozen=True, slots=True)
class Root:
    """A folder that may be used: the ``label`` it is called by, where it really is, and whether it may be written."""

    label: str
    path: Path
    may_write: bool


def is_there(path: Path) -> bool:
    """Tell whether something exists, as far as it may be seen; a path's own methods raise where they may not look."""
    return os.path.exists(path)


def is_folder(path: Path) -> bool:
    """Tell whether something is a folder, as far as it may be seen."""
    return os.path.isdir(path)


def is_link(path: Path) -> bool:
    """Tell whether something is a link, as far as it may be seen."""
    return os.path.islink(path)


class Roots:
    """All folders that may be used.

    Args:
        writable: those to read and write.
        read_only: those to read.

    Raises:
        UsageError: there is none, or one is no folder.
    """

    def __init__(self, writable: Sequence[Path], read_only: Sequence[Path] = ()) -> None:
        if not (writable or read_only):
            raise UsageError("no folder is named", hint="Name at least one that may be used.")
        self.roots: list[Root] = []
        self._given: list[tuple[str, str]] = []
        for folder, may_write in [*((path, True) for path in writable), *((path, False) for path in read_only)]:
            real = _real_folder(folder)
            if any(root.path == real for root in self.roots):
                continue
            root = Root(self._label(real), real, may_write)
            self.roots.append(root)
            self._given += [(str(real), root.label), (os.path.abspath(folder), root.label)]
        self._given.sort(key=lambda pair: -len(pair[0]))

    def existing(self, given: str) -> Path:
        """Return where a file or folder that may be read really is.

        Raises:
            UsageError: it lies outside, or is no path.
            InputError: there is no such thing.
        """
        candidates = list(self._candidates(given))
        inside = [real for real in map(_real, candidates) if self._root_of(real) is not None]
        for real in inside:
            found = _as_spelled(real)
            if found is not None and self._root_of(_real(found)) is not None:
                real_found = _real(found)
                _refuse_special(real_found, given)
                return Path(real_found)
        if not inside or self._leads_out(candidates):
            raise self._outside(given, candidates)
        near = self._near(inside[0])
        hint = f"Did you mean {' or '.join(near)}?" if near else "The tool files lists what there is."
        raise InputError(f"{_quoted(given)} doesn't exist", hint=hint)

    def new(self, given: str) -> Path:
        """Return where something of this name would really be written; it may exist.

        Raises:
            UsageError: it lies outside, or where nothing may be written.
        """
        places = []
        candidates = list(self._candidates(given))
        if self._is_labelled(given):  # a label comes before a folder of that name
            del candidates[1:]
        for candidate in candidates:
            name = os.path.basename(candidate)
            is_name = name not in ("", os.curdir, os.pardir)
            real = os.path.join(_real(os.path.dirname(candidate)), name) if is_name else _real(candidate)
            if os.path.islink(real):  # to follow it might be to replace what it leads to
                if self._root_of(real) is None or self._root_of(_real(real)) is None or not os.path.isdir(real):
                    raise UsageError(f"{_quoted(given)} is a link", hint="Choose another name to write to.")
                real = _real(real)
            root = self._root_of(real)
            if root is not None:
                places.append((root, Path(real)))
        if not places:
            raise self._outside(given, candidates)
        writable = [path for root, path in places if root.may_write]
        if not writable:
            hint = f"Write to {self._said(may_write=True)}." if self._any_writable else "Nothing may be written here."
            raise UsageError(f"{_quoted(given)} may only be read", hint=hint)
        return self._meant(given, list(dict.fromkeys(writable)))

    def check_output(self, path: Path) -> None:
        """Check that a file is still where it was to be written, no link having come between.

        Raises:
            UsageError: it isn't.
        """
        parent = str(path.parent)
        root = self._root_of(str(path))
        if root is None or not root.may_write or _real(parent) != parent:
            raise UsageError(
                f"{self.shown(path)} leads somewhere else by a link",
                hint="Nothing is written there. Choose another folder to write to.",
            )

    def check_input(self, path: Path) -> None:
        """Check that a file is still where it was found.

        Raises:
            UsageError: it isn't.
        """
        if self._root_of(_real(str(path))) is None:
            raise UsageError(f"{self.shown(path)} is a link that leads outside", hint="Name a file that lies inside.")

    def may_write(self, path: Path) -> bool:
        """Tell whether a real path lies where something may be written."""
        root = self._root_of(str(path))
        return root is not None and root.may_write

    def may_follow(self, path: str) -> bool:
        """Tell whether what a walk through a folder comes upon lies inside."""
        return not os.path.islink(path) or self._root_of(_real(path)) is not None

    def shown(self, path: Path | str) -> str:
        """Return the name that answers have for a path: its folder's label and the way from there."""
        root = self._root_of(str(path))
        if root is None:
            return "(outside)"
        rest = os.path.relpath(path, root.path)
        return printable(root.label if rest == os.curdir else f"{root.label}/{Path(rest).as_posix()}")

    def cleaned(self, text: str) -> str:
        """Return a text with the places of the folders replaced by their labels."""
        for place, label in self._given:
            text = text.replace(place, label) if place != os.sep else text
        return text

    def said(self) -> str:
        """Say which folders there are."""
        return "; ".join(f"{root.label} ({'read and write' if root.may_write else 'read only'})" for root in self.roots)

    def _is_labelled(self, given: str) -> bool:
        return given.replace(os.sep, "/").partition("/")[0] in [root.label for root in self.roots]

    def _meant(self, given: str, places: list[Path]) -> Path:
        """Return the one of several places to write to that is meant."""
        if len(places) == 1:
            return places[0]
        there = [place for place in places if is_folder(place.parent)]
        if len(there) == 1:
            return there[0]
        raise UsageError(
            f"{_quoted(given)} could be in several folders",
            hint=f"Begin with one of these: {', '.join(root.label for root in self.roots if root.may_write)}.",
        )

    def _said(self, *, may_write: bool) -> str:
        return " or ".join(root.label for root in self.roots if root.may_write == may_write)

    @property
    def _any_writable(self) -> bool:
        return any(root.may_write for root in self.roots)

    def _label(self, path: Path) -> str:
        base = printable(path.name) or "root"
        taken = {root.label for root in self.roots}
        label, number = base, 2
        while label in taken:
            label, number = f"{base}-{number}", number + 1
        return label

    def _candidates(self, given: str) -> Iterator[str]:
        """Yield where a path could be meant to be, as absolute paths that may still hold ``..`` and links."""
        if "\0" in given or not given.strip():
            raise UsageError("a path is empty or holds a NUL character", hint=self._hint)
        if len(given) > _LONGEST:
            raise UsageError(f"a path has {len(given)} characters: no file is called so", hint=self._hint)
        path = os.path.expanduser(given) if given.startswith("~/") else given
        if os.path.isabs(path):
            yield path
            return
        first, _, rest = path.replace(os.sep, "/").partition("/")
        for root in self.roots:
            if first == root.label:
                yield os.path.join(root.path, rest)
        for root in sorted(self.roots, key=lambda root: not root.may_write):
            yield os.path.join(root.path, path)

    def _root_of(self, real: str) -> Root | None:
        """Return the innermost folder that holds a real path."""
        holding = [root for root in self.roots if _is_below(real, str(root.path))]
        return max(holding, key=lambda root: len(str(root.path)), default=None)

    def _leads_out(self, candidates: Sequence[str]) -> bool:
        """Tell whether a path that is written as one inside leads outside by a link, whatever is there."""
        return any(
            self._root_of(os.path.normpath(candidate)) is not None and self._root_of(_real(candidate)) is None
            for candidate in candidates
        )

    def _outside(self, given: str, candidates: Sequence[str]) -> UsageError:
        how = "leads, by a link," if self._leads_out(candidates) else "lies"
        return UsageError(f"{_quoted(given)} {how} outside the folders that may be used", hint=self._hint)

    @property
    def _hint(self) -> str:
        return f"The folders are: {self.said()}."

    def _near(self, real: str) -> list[str]:
        """Return what lies beside a name that doesn't exist and is called nearly so."""
        parent, name = os.path.split(real)
        names = [one for one in _names_in(parent) if self.may_follow(os.path.join(parent, one))]
        if not names:
            return [self.shown(path) for path in self._called(name)]
        close = difflib.get_close_matches(name.casefold(), [one.casefold() for one in names], n=_NEAR, cutoff=0.6)
        return [self.shown(os.path.join(parent, one)) for one in names if one.casefold() in close][:_NEAR]

    def _called(self, name: str) -> list[str]:
        """Return some files or folders of a name, wherever they are, as far as a short look finds them."""
        found: list[str] = []
        looked_at = 0
        for root in self.roots:
            for here, folders, files in os.walk(root.path):
                called = [os.path.join(here, one) for one in (*folders, *files) if one == name]
                found += filter(self.may_follow, called)
                looked_at += len(folders) + len(files)
                if len(found) >= _NEAR or looked_at > _LOOKED_AT:
                    return found[:_NEAR]
        return found


def _real_folder(folder: Path) -> Path:
    try:
        real = folder.resolve(strict=True)
        if real.is_dir():
            return real
        problem = "is not a folder"
    except (OSError, RuntimeError) as error:
        problem = "doesn't exist" if isinstance(error, FileNotFoundError) else "can't be used"
    raise UsageError(problem, hint="Name a folder that exists.", path=folder)


def _real(path: str) -> str:
    """Return where a path really leads; what of it doesn't exist is taken as it is written."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):  # a name that no file can have: it leads nowhere
        return os.sep


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder if folder.endswith(os.sep) else folder + os.sep)


def _as_spelled(real: str) -> str | None:
    """Return a path that exists; None if none does.

    Its last name may have its accents encoded in another way, or be written as answers show it, unprintable characters
    escaped.
    """
    try:
        if os.path.lexists(real):
            return real
    except (OSError, ValueError):
        return None
    parent, name = os.path.split(real)
    wanted = unicodedata.normalize("NFC", name)
    for other in _names_in(parent):
        if wanted in (unicodedata.normalize("NFC", other), unicodedata.normalize("NFC", printable(other))):
            return os.path.join(parent, other)
    return None


def _names_in(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry, _ in zip(entries, range(_LOOKED_AT), strict=False) if entry.name[0] != "."]
    except OSError:
        return []


def _refuse_special(real: str, given: str) -> None:
    """Refuse pipes, sockets and devices: reading one may never end."""
    try:
        mode = os.stat(real).st_mode
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{_quoted(given)} can't be read: {reason}", hint="Check who may read it.") from None
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise InputError(f"{_quoted(given)} is neither a file nor a folder", hint="Name an audio file.")


def _quoted(given: str) -> str:
    shown = given if len(given) <= _SHOWN else f"{given[:_SHOWN]}…"
    return repr(printable(shown))
