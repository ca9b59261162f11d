"""``-`` as an input and as an output: WAV through pipes, by way of temporary files, since a header needs the length."""

from __future__ import annotations

import os
import shutil
import struct
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from eqmorph.audio.atomic import explain_os_error
from eqmorph.audio.chunks.walk import RIFF, UINT32_MAX, walk
from eqmorph.audio.formats import FORMATS
from eqmorph.audio.scratch import scratch_folder
from eqmorph.cli.output import refuse_unread_stdout, stop_stdout
from eqmorph.errors import InputError, OutputError, UsageError

if TYPE_CHECKING:
    from io import BufferedReader

__all__ = ["copy_to_stdout", "file_for_stdout", "stdin_as_file"]

_PREFIX = "eqmorph-pipe-"
_BLOCK_BYTES = 1 << 20


def stdin_as_file(stack: ExitStack) -> Path:
    """Save all of stdin in a file that goes away with ``stack``."""
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("stdin is a terminal, not audio", hint="Pipe a WAV into it: ... | eqmorph apply - out.wav")
    folder = stack.enter_context(scratch_folder(_PREFIX))
    head = sys.stdin.buffer.read(4)
    if not head:
        raise InputError("stdin is empty", hint="Did the program that feeds the pipe fail?")
    # Without an extension, what isn't WAV gets the format that the output's name says.
    path = folder / ("stdin.wav" if head in (b"RIFF", b"RIFX", b"RF64", b"BW64") else "stdin")
    try:
        with path.open("w+b") as file:
            file.write(head)
            _copy_stdin(file, most=shutil.disk_usage(folder).free // 2)  # what becomes of it needs room too
            _state_length(file)
    except OSError as error:
        raise explain_os_error(error, path) from error
    return path


def _copy_stdin(file: BinaryIO, *, most: int) -> None:
    copied = 0
    stdin = cast("BufferedReader", sys.stdin.buffer)
    while block := stdin.read1(_BLOCK_BYTES):  # of what there is: a signal ends it at once
        copied += len(block)
        if copied > most:
            raise InputError(
                f"{copied >> 20} MiB came from stdin and no end, and the temporary folder has room for twice as much",
                hint="Write it to a file first, or set TMPDIR to a folder on a larger disk.",
            )
        file.write(block)


def _state_length(file: BinaryIO) -> None:
    """State the length that a program which writes a WAV into a pipe could not go back to state, and left at 0."""
    container = walk(file)
    if container is None or container.layout is not RIFF or (sound := container.data) is None or sound.size:
        return
    size = min(file.seek(0, os.SEEK_END) - sound.start, UINT32_MAX)
    if container.cut_off or container.chunks[-1] is not sound or size == 0:
        return
    file.seek(sound.start - 4)
    file.write(struct.pack("<I", size))


def file_for_stdout(stack: ExitStack, inputs: int, format_name: str | None) -> Path:
    """Return a temporary file to write what goes to stdout; it goes away with ``stack``."""
    if inputs != 1:
        raise UsageError("stdout takes only one input", hint="For several, name an output folder.")
    refuse_unread_stdout("Redirect it: eqmorph apply in.wav - ... > out.wav")
    suffix = FORMATS[format_name].suffixes[0] if format_name else ".wav"
    return stack.enter_context(scratch_folder(_PREFIX)) / f"stdout{suffix}"


def copy_to_stdout(path: Path) -> bool:
    """Send a finished file to stdout; tell whether all of it was read."""
    try:
        with path.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer, 1 << 20)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        stop_stdout()
        return False
    except OSError as error:
        raise OutputError(f"can't write to stdout: {error.strerror or error}", hint="Is its disk full?") from error
    return True
