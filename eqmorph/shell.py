"""Command lines as people type them."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterable

__all__ = ["command_line"]


def command_line(words: Iterable[str]) -> str:
    """Words as one line, quoted so that the shell of this system gives them back as they are."""
    return subprocess.list2cmdline(list(words)) if os.name == "nt" else " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    """A word as a POSIX shell reads it back; what can't be printed, or is no text, as ``$'...'`` in octal."""
    if word.isprintable():
        return shlex.quote(word)
    shown = (chr(byte) if 0x20 <= byte < 0x7F and byte not in b"\\'" else f"\\{byte:03o}" for byte in os.fsencode(word))
    return f"$'{''.join(shown)}'"
