"""Everything that can go wrong and that a user can act on.

Each error says what is wrong in ``str(error)`` and what to do in ``error.hint``; ``exit_code`` is what the command
line ends with. Errors are raised where they are understood and printed in one place (``eqmorph.cli``).
"""

from __future__ import annotations

from pathlib import Path

__all__ = [
    "DeviceError",
    "EqmorphError",
    "ExistsError",
    "InputError",
    "OutputError",
    "UsageError",
    "show_path",
    "unexpected",
]


class EqmorphError(Exception):
    """Root of all errors raised on purpose. ``path`` names the file concerned, where there is one."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "", path: Path | str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.path = path

    def __str__(self) -> str:
        return f"{show_path(self.path)}: {self.message}" if self.path is not None else self.message


class UsageError(EqmorphError):
    """The command or the call was put wrongly: nothing was touched."""

    exit_code = 2


class InputError(EqmorphError):
    """A file can't be read, or what it holds can't be processed."""


class OutputError(EqmorphError):
    """A result can't be written."""


class ExistsError(OutputError):
    """A result can't be written because its name is taken, and nobody said that it may be replaced."""


class DeviceError(EqmorphError):
    """There is nothing to play sound on, or it is gone."""


def show_path(path: Path | str) -> str:
    """A path as one printable line: control characters and bytes that are no UTF-8 come out escaped."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(path))


def unexpected(error: BaseException, path: Path | str) -> EqmorphError:
    """What nobody foresaw, as an error of ours that names the file it happened to."""
    wrapped = EqmorphError(
        f"unexpected {type(error).__name__}: {error}",
        hint="This is a defect in eqmorph; please report it.",
        path=path,
    )
    wrapped.__cause__ = error
    return wrapped
