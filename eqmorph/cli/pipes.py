"""``-`` as an input and as an output: WAV through pipes, by way of temporary files, since a header needs the length."""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from eqmorph.audio.atomic import AtomicFile, explain_os_error, remove_stale
from eqmorph.errors import InputError, OutputError, UsageError

__all__ = ["copy_to_stdout", "file_for_stdout", "stdin_as_file"]

_PREFIX = "eqmorph-pipe-"


def stdin_as_file(stack: ExitStack) -> Path:
    """All of stdin in a file that goes away with ``stack``."""
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("stdin is a terminal, not audio", hint="Pipe a WAV into it: ... | eqmorph apply - out.wav")
    folder = _scratch_folder(stack)
    head = sys.stdin.buffer.read(4)
    if not head:
        raise InputError("stdin is empty", hint="Did the program in front of the pipe fail?")
    # Without the suffix what isn't WAV becomes what the output's name says.
    path = folder / ("stdin.wav" if head in (b"RIFF", b"RIFX", b"RF64", b"BW64") else "stdin")
    try:
        with path.open("wb") as file:
            file.write(head)
            shutil.copyfileobj(sys.stdin.buffer, file, 1 << 20)
    except OSError as error:
        raise explain_os_error(error, path) from error
    return path


def file_for_stdout(stack: ExitStack, inputs: int) -> Path:
    """Where to write what goes to stdout."""
    if inputs != 1:
        raise UsageError("stdout takes one input", hint="Name a folder for the output of several.")
    if sys.stdout is None or sys.stdout.isatty():
        raise UsageError("stdout is a terminal", hint="Send it somewhere: eqmorph apply in.wav - ... > out.wav")
    return _scratch_folder(stack) / "stdout.wav"


def _scratch_folder(stack: ExitStack) -> Path:
    """A folder that goes away with ``stack``; those of killed runs go now. A locked file says that one is in use."""
    for old in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if remove_stale(old):
            shutil.rmtree(old, ignore_errors=True)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=_PREFIX)))
    stack.enter_context(AtomicFile(folder / "in use", overwrite=True))
    return folder


def copy_to_stdout(path: Path) -> None:
    """Send a finished file down the pipe."""
    try:
        with path.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer, 1 << 20)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(
            f"stdout can't take the result: {error.strerror or error}", hint="Is the disk behind it full?"
        ) from error
