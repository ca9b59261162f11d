"""Command lines as people type them."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterable

__all__ = ["command_line"]


def command_line(words: Iterable[str]) -> str:
    """Words as one line, quoted so that the shell of this system gives them back as they are."""
    return subprocess.list2cmdline(list(words)) if os.name == "nt" else shlex.join(words)
