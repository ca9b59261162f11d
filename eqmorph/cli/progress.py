"""A progress bar on the terminal while files are read."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eqmorph.audio.formats import PIPED_SUFFIXES
from eqmorph.audio.read import AudioReader, native_path
from eqmorph.cli.color import color_wanted
from eqmorph.errors import EqmorphError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["MOST_PROBED", "FoundLine", "ProgressBar", "has_bar"]

MOST_PROBED = 2000  #: files whose headers are read for the bar's sake; beyond that, it counts files

_PATIENCE_S = 0.5  # before it is told how many files have been found
_REDRAW_S = 0.1


def has_bar(files: int, *, quiet: bool) -> bool:
    """Tell whether so many files, or passes over one, get a bar: only one that somebody would see."""
    return files > 1 and not quiet and sys.stderr is not None and sys.stderr.isatty()


class ProgressBar:
    """A progress bar: files, speed against realtime, time left. ``advance`` and ``end`` may be called from any thread.

    Args:
        sources: the files that will be read, each as often as it is.
        files: how many there are in all; a single one is not counted.
        label: what is being done to them, where that needs saying.
    """

    def __init__(self, sources: Sequence[Path], *, files: int, label: str = "") -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._lock = threading.Lock()
        self._started = time.perf_counter()
        self._audio_s = 0.0
        self._files, self._ended = files, 0
        # What ffmpeg reads takes a process to look into.
        are_cheap = files == 1 or not any(path.suffix.lower() in PIPED_SUFFIXES for path in sources)
        self._in_seconds = files <= MOST_PROBED and are_cheap
        total = _total_seconds(sources) if self._in_seconds else float(files)
        self._progress: Progress = Progress(
            *([TextColumn(label)] if label else []),
            BarColumn(),
            TextColumn("{task.fields[files]}"),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True, no_color=color_wanted() is False),
            transient=True,
        )
        self._task: TaskID = self._progress.add_task("", total=total, files=self._count(), speed="")
        self._progress.start()

    def advance(self, seconds: float) -> None:
        """Count seconds of audio that were read."""
        with self._lock:
            self._audio_s += seconds
            speed = self._audio_s / (time.perf_counter() - self._started)
            step = seconds if self._in_seconds else 0.0
            self._progress.update(self._task, advance=step, speed=f"{speed:.0f}x realtime")

    def end(self) -> None:
        """Count a file that is done."""
        with self._lock:
            self._ended += 1
            self._progress.update(self._task, advance=0.0 if self._in_seconds else 1.0, files=self._count())

    def close(self) -> None:
        """Remove the bar from the terminal."""
        self._progress.stop()

    def _count(self) -> str:
        return f"{self._ended}/{self._files} files" if self._files > 1 else ""


class FoundLine:
    """Tells how many files have been found so far, where finding them takes a while.

    On a terminal that is one line, which goes when all are found; with ``every_s``, it is a line of a log now and then.
    """

    def __init__(self, *, quiet: bool, every_s: float | None = None) -> None:
        self._is_seen = every_s is None and has_bar(2, quiet=quiet)
        self._every_s = _REDRAW_S if every_s is None else max(every_s, 1.0)
        self._next = time.monotonic() + max(self._every_s, _PATIENCE_S)
        self._is_drawn = False
        self._tells = self._is_seen or every_s is not None

    def tell(self, count: int | None) -> None:
        """Tell it if it is time to; None once all are found."""
        if count is None:
            if self._is_drawn:
                self._write("\r\x1b[K")
        elif self._tells and time.monotonic() >= self._next:
            self._next = time.monotonic() + self._every_s
            self._is_drawn = self._is_seen
            self._write(f"\r{count} files found" if self._is_seen else f"progress: {count} files found\n")

    @staticmethod
    def _write(text: str) -> None:
        if sys.stderr is not None:
            with contextlib.suppress(OSError):
                sys.stderr.write(text)
                sys.stderr.flush()


def _total_seconds(paths: Sequence[Path]) -> float:
    """Return the length of what will be read, as far as the headers tell."""
    import soundfile

    total = 0.0
    for path in paths:
        if path.suffix.lower() in PIPED_SUFFIXES:
            with contextlib.suppress(EqmorphError), AudioReader(path) as reader:
                total += reader.info.duration_s
            continue
        with contextlib.suppress(soundfile.LibsndfileError):
            total += soundfile.info(native_path(path)).duration
    return total
