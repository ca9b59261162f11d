"""Print to the terminal: plain, aligned, and the same without color."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from eqmorph.cli.color import color_wanted
from eqmorph.cli.settings import Settings
from eqmorph.cli.wording import OPTIONS
from eqmorph.errors import EqmorphError, UsageError, printable

__all__ = [
    "can_print",
    "clock",
    "duration",
    "listing",
    "one_line",
    "paint",
    "print_error",
    "print_json",
    "refuse_unread_stdout",
    "say",
    "say_in_parts",
    "stdout_failure",
    "stop_stdout",
    "table",
    "tell_left_out",
]

_NARROWEST = 30  # columns for running text; in fewer nobody can read it
# Where no line is broken: between a number and its unit or what explains it, and inside a band.
_INSIDE, _HARD_SPACE = re.compile(r" (?=dB|k?Hz|\(|Q[\d.]|[+-][\d.])|(?<=LS|PK|HS) |(?<=gain) |(?<=noise) "), "\xa0"


def print_error(error: EqmorphError) -> None:
    """Print one line: what is wrong with what, what to do about it, and where that was set if nobody typed it."""
    hint, context = error.hint_worded(OPTIONS), click.get_current_context(silent=True)
    settings = context.find_root().obj if context is not None else None
    if isinstance(settings, Settings):  # after the command, whoever prints has asked them
        hint = " ".join(filter(None, [hint, settings.about(f"{error.worded(OPTIONS)} {hint}")]))
    line = f"{paint('error:', fg='red')} {_sentence(error.worded(OPTIONS))}{f' {hint}' if hint else ''}"
    with contextlib.suppress(OSError):  # a log on a full disk: the exit code tells of it
        click.echo(line, err=True, color=color_wanted())


def paint(text: str, **style: Any) -> str:
    """Return text in a color (see `click.style`), unless the user wants none."""
    return text if color_wanted() is False or not style else click.style(text, **style)


def can_print(text: str) -> bool:
    """Tell whether stdout can show these characters. The Linux console has only a few, whatever its encoding says."""
    if os.environ.get("TERM") == "linux" and sys.stdout.isatty():
        return text.isascii()
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def say(line: str, *, err: bool = False) -> None:
    """Print one line; the work goes on when nobody reads the pipe any more."""
    try:
        click.echo(line, err=err)
    except BrokenPipeError:
        stop_stdout()


def tell_left_out(links: Sequence[Path]) -> None:
    """Name links that lead out of the input, if there are any: what they lead to is not taken."""
    if links:
        from eqmorph.batch.links import left_out_note

        click.echo(f"note: {left_out_note(links).worded(OPTIONS)}", err=True)


def say_in_parts(parts: Iterable[str]) -> None:
    """Print one line that is too long to be held in memory."""
    try:
        for part in parts:
            click.echo(part, nl=False)
        click.echo()
    except BrokenPipeError:
        stop_stdout()


def stop_stdout() -> None:
    """Discard all further output: the reader of the pipe has seen enough."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  (closed with the process)


def refuse_unread_stdout(hint: str) -> None:
    """Refuse to send audio to a stdout that leads to a terminal or is closed.

    Raises:
        UsageError: it does, or is.
    """
    is_closed = sys.stdout is None or getattr(sys.stdout, "name", "") == os.devnull
    if is_closed or sys.stdout.isatty():
        raise UsageError("stdout is closed" if is_closed else "stdout is a terminal", hint=hint)


def stdout_failure(error: OSError) -> EqmorphError:
    """Say why nothing more can be printed."""
    return EqmorphError(f"can't write to stdout: {error.strerror or error}", hint="Is its disk full?")


def print_json(data: Any) -> None:
    """Print a document on stdout, in ASCII so that every name survives every terminal and pipe."""
    click.echo(json.dumps(data, indent=2, allow_nan=False))


def table(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Format rows as lines with aligned columns, those numbered in ``right`` flush right."""
    if not rows:
        return []
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def listing(rows: Sequence[Sequence[str]], *, indent: int = 0) -> list[str]:
    """Format rows as lines with aligned columns; the last one is running text, wrapped on a terminal."""
    heads = table([[*row[:-1], "|"] for row in rows])  # the bar keeps the blanks in front of it
    lines = []
    for head, (*_, text) in zip(heads, rows, strict=True):
        start = " " * indent + head[:-1]
        if not sys.stdout.isatty():
            lines.append((start + text).rstrip())
            continue
        width = max(shutil.get_terminal_size().columns - len(start), _NARROWEST)
        wrapped = textwrap.wrap(_INSIDE.sub(_HARD_SPACE, text), width) or [""]
        first, *more = (line.replace(_HARD_SPACE, " ") for line in wrapped)
        lines += [(start + first).rstrip(), *(" " * len(start) + line for line in more)]
    return lines


def one_line(text: str) -> str:
    """Return a text out of a file as one printable line."""
    return printable(" ".join(text.split()))


def duration(seconds: float) -> str:
    """Format a time for people: ``0.8 s``, ``3:05``, ``1:02:03``."""
    return f"{seconds:.1f} s" if seconds < 60 else clock(seconds)


def clock(seconds: float) -> str:
    """Format a place in a sound for people: ``0:00``, ``3:05``, ``1:02:03``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."
