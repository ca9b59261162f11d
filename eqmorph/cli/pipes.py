"""``-`` as an input and as an output: WAV through pipes, by way of temporary files, since a header needs the length."""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from eqmorph.audio.atomic import AtomicFile, explain_os_error, remove_stale
from eqmorph.audio.formats import FORMATS
from eqmorph.errors import InputError, OutputError, UsageError

__all__ = ["copy_to_stdout", "file_for_stdout", "stdin_as_file"]

_PREFIX = "eqmorph-pipe-"


def stdin_as_file(stack: ExitStack) -> Path:
    """Save all of stdin in a file that goes away with ``stack``."""
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("stdin is a terminal, not audio", hint="Pipe a WAV into it: ... | eqmorph apply - out.wav")
    folder = _scratch_folder(stack)
    head = sys.stdin.buffer.read(4)
    if not head:
        raise InputError("stdin is empty", hint="Did the program that feeds the pipe fail?")
    # Without an extension, what isn't WAV gets the format that the output's name says.
    path = folder / ("stdin.wav" if head in (b"RIFF", b"RIFX", b"RF64", b"BW64") else "stdin")
    try:
        with path.open("wb") as file:
            file.write(head)
            shutil.copyfileobj(sys.stdin.buffer, file, 1 << 20)
    except OSError as error:
        raise explain_os_error(error, path) from error
    return path


def file_for_stdout(stack: ExitStack, inputs: int, format_name: str | None) -> Path:
    """Return a temporary file to write what goes to stdout; it goes away with ``stack``."""
    if inputs != 1:
        raise UsageError("stdout takes only one input", hint="For several, name an output folder.")
    if sys.stdout is None or sys.stdout.isatty():
        raise UsageError("stdout is a terminal", hint="Redirect it: eqmorph apply in.wav - ... > out.wav")
    suffix = FORMATS[format_name].suffixes[0] if format_name else ".wav"
    return _scratch_folder(stack) / f"stdout{suffix}"


def _scratch_folder(stack: ExitStack) -> Path:
    """Make a folder that goes away with ``stack``, and remove those of killed runs: no lock is held there."""
    for old in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if remove_stale(old):
            shutil.rmtree(old, ignore_errors=True)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=_PREFIX)))
    stack.enter_context(AtomicFile(folder / "in use", overwrite=True))
    return folder


def copy_to_stdout(path: Path) -> None:
    """Send a finished file to stdout."""
    try:
        with path.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer, 1 << 20)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"can't write to stdout: {error.strerror or error}", hint="Is its disk full?") from error
