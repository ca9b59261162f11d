"""Find the installed ffmpeg, and ffprobe beside it, once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from eqmorph.errors import InputError

__all__ = ["Program", "find_ffmpeg", "need_ffmpeg"]

_NAMED = "EQMORPH_FFMPEG"  #: an environment variable: the program, or the folder that it is in
_ANSWERS_WITHIN_S = 20
_VERSION = re.compile(r"ffmpeg version (\S+)")
_NUMBERS = re.compile(r"n?(\d+)\.(\d+)")
_NEWEST = (99, 0)  # what a build between releases counts as: it knows all that a release does


@dataclass(frozen=True, slots=True)
class Program:
    """An ffmpeg that runs: its path, ffprobe's, and its version as it says it."""

    path: str
    probe: str
    version: str

    @property
    def release(self) -> tuple[int, int]:
        """The two numbers of its release, to tell what it can do."""
        match = _NUMBERS.match(self.version)
        return (int(match[1]), int(match[2])) if match else _NEWEST


def find_ffmpeg() -> Program | None:
    """Return the ffmpeg that ``EQMORPH_FFMPEG`` names, or else the one on PATH; None if there is none that runs."""
    return _found(os.environ.get(_NAMED, ""), os.environ.get("PATH", ""))


def need_ffmpeg(path: Path) -> Program:
    """Return the installed ffmpeg, which the file at ``path`` needs.

    Raises:
        InputError: there is none.
    """
    found = find_ffmpeg()
    if found is None:
        named = os.environ.get(_NAMED)
        raise InputError(
            f"needs ffmpeg, and {_NAMED} names none: {named}" if named else "needs ffmpeg, which isn't installed",
            hint=f"Install ffmpeg, with ffprobe, so that it is on PATH, or name it in {_NAMED}; or use WAV or FLAC.",
            path=path,
        )
    return found


@lru_cache(maxsize=8)
def _found(named: str, search_path: str) -> Program | None:
    if named:
        path = Path(named) / "ffmpeg" if Path(named).is_dir() else Path(named)
        program = shutil.which(str(path), path=search_path)
    else:
        program = shutil.which("ffmpeg", path=search_path)
    if program is None:
        return None
    beside = Path(program).with_name(Path(program).name.replace("ffmpeg", "ffprobe"))
    probe = shutil.which(str(beside)) or shutil.which("ffprobe", path=search_path)
    version = _version(program)
    return Program(program, probe, version) if probe and version else None


def _version(program: str) -> str:
    """Return what a program calls its version; empty if it is no ffmpeg that runs."""
    try:
        done = subprocess.run(
            [program, "-version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_ANSWERS_WITHIN_S,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    match = _VERSION.match(done.stdout)
    return match[1] if match and done.returncode == 0 else ""
