"""Command lines to be pasted into a shell."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterable

__all__ = ["command_line"]


def command_line(words: Iterable[str]) -> str:
    """Join words to one line, quoted so that this system's shell reads them back unchanged."""
    return subprocess.list2cmdline(list(words)) if os.name == "nt" else " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    """Quote a word for a POSIX shell; one that can't be printed, or is not text, as ``$'...'`` with octal bytes."""
    if word.isprintable():
        return shlex.quote(word)
    shown = (chr(byte) if 0x20 <= byte < 0x7F and byte not in b"\\'" else f"\\{byte:03o}" for byte in os.fsencode(word))
    return f"$'{''.join(shown)}'"
