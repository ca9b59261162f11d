"""Everything that can go wrong and that a user can act on.

    EqmorphError                 exit code 1
    ├── UsageError               exit code 2: the call cannot be carried out as it stands; nothing was touched
    ├── InputError               a file cannot be read, or what it holds cannot be processed
    ├── OutputError              a result cannot be written
    │   ├── ExistsError          ... because its name is taken
    │   └── DiskError            ... because the disk takes nothing more, whatever the file
    ├── DeviceError              there is nothing to play sound on
    ├── Crashed                  the process that worked on a file ended instead
    └── Stopped                  somebody stopped the work

Each error says what is wrong in ``str(error)`` and what to do about it in ``error.hint``. Errors are raised where they
are understood, and put into words where they are shown: see `eqmorph.wording`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eqmorph.wording import PYTHON, Means, Phrase, Words, worded

if TYPE_CHECKING:  # `eqmorph --help` needs no pathlib
    from pathlib import Path

__all__ = [
    "TOO_MANY_OPEN",
    "Crashed",
    "DeviceError",
    "DiskError",
    "EqmorphError",
    "ExistsError",
    "InputError",
    "OutputError",
    "Stopped",
    "UsageError",
    "printable",
    "show_path",
    "unexpected",
]


#: What to do when the system opens no more files for this process, which is no fault of any of them.
TOO_MANY_OPEN = "Allow more (ulimit -n), or work on fewer files at once."


class EqmorphError(Exception):
    """Root of all errors raised on purpose.

    Its texts may quote a file: where they are worded, unprintable characters are escaped.

    Attributes:
        problem: what is wrong, still to be put into the words of the front door that shows it.
        remedy: what to do about it, likewise; empty if there is nothing to say.
        path: the file concerned, where there is one.
        errno: the system's own number of the reason, where it is the system that refused.
    """

    exit_code = 1
    errno: int | None = None

    def __init__(self, message: str | Phrase, *, hint: str | Phrase = "", path: Path | str | None = None) -> None:
        super().__init__(str(message))
        self.problem = message
        self.remedy = hint
        self.path = path
        if hint and hasattr(self, "add_note"):  # Python 3.11: a traceback shows it
            self.add_note(self.hint)

    @property
    def message(self) -> str:
        """What is wrong, in Python's words and without the file."""
        return printable(str(self.problem))

    @property
    def hint(self) -> str:
        """What to do about it, in Python's words."""
        return printable(str(self.remedy))

    def __str__(self) -> str:
        return self.worded(PYTHON)

    def worded(self, words: Words) -> str:
        """Say what is wrong with which file, in a front door's words."""
        problem = printable(worded(self.problem, words))
        return f"{show_path(self.path)}: {problem}" if self.path is not None else problem

    def hint_worded(self, words: Words) -> str:
        """Say what to do about it, in a front door's words."""
        return printable(worded(self.remedy, words))


class UsageError(EqmorphError):
    """The command or the call cannot be carried out as it stands; nothing was touched."""

    exit_code = 2


class InputError(EqmorphError):
    """A file can't be read, or what it holds can't be processed."""


class OutputError(EqmorphError):
    """A result can't be written."""


class ExistsError(OutputError):
    """A result can't be written because its name is taken and may not be replaced."""


class DiskError(OutputError):
    """No result can be written, since the disk is full, read-only or gone."""

    errno = 5  # an error of input and output, where nothing more is known


class DeviceError(EqmorphError):
    """There is nothing to play sound on, or it has been disconnected."""


class Crashed(EqmorphError):
    """The process that worked on a file crashed, was killed or took too long; nothing of the output remains."""


class Stopped(EqmorphError):
    """Somebody stopped the work; none of it remains."""


def printable(text: str) -> str:
    """Return a text that came out of a file as one line that no terminal obeys: unprintable characters are escaped."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def show_path(path: Path | str) -> str:
    """Return a path as one printable line: control characters and bytes that are not UTF-8 are escaped."""
    return printable(str(path))


def unexpected(error: BaseException, path: Path | str) -> EqmorphError:
    """Wrap an exception that nobody foresaw in an error that names the file it happened to."""
    wrapped = EqmorphError(
        f"unexpected {type(error).__name__}: {error}",
        hint=Phrase("This is a defect in eqmorph. Please report it, with {}.", Means.TRACEBACK),
        path=path,
    )
    wrapped.__cause__ = error
    return wrapped
