"""The process in which the app renders, so that the screen and what plays don't wait for it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import ClassVar

from eqmorph.batch.isolated import Limits, Workers
from eqmorph.errors import Stopped
from eqmorph.process import ProcessResult, Settings, Watch, unwatched

__all__ = ["RenderProcess"]


class RenderProcess:
    """Renders files in a process of its own, which gives way to all other work on the machine.

    On a thread it would take turns with the screen for Python's lock. And what ends a decoder ends that process only.
    It starts when it is first needed, in about half a second, and stays.
    """

    limits: ClassVar[Limits] = Limits(niceness=5)

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._workers: Workers | None = None
        self._is_closed = False

    def prepare(self, settings: Settings) -> None:
        """Begin to start the process: it will be needed soon."""
        with self._lock:
            if self._workers is None and not self._is_closed:
                self._workers = Workers(settings, self.limits, self._stop)
                self._workers.__enter__()

    def process_file(
        self, source: Path, output: Path, settings: Settings, *, overwrite: bool = False, watch: Watch = unwatched
    ) -> ProcessResult:
        """Do what `eqmorph.process.process_file` does, there.

        Raises:
            Stopped: it was closed.
            Crashed: the process ended instead; nothing of the output remains.
            EqmorphError: as `process_file` does.
        """
        self.prepare(settings)
        workers = self._workers
        if workers is None:
            raise Stopped("interrupted", path=source)
        return workers.process_file(source, output, settings=settings, overwrite=overwrite, watch=watch)

    def close(self) -> None:
        """Have what is still rendered given up, and end the process."""
        with self._lock:
            workers, self._workers, self._is_closed = self._workers, None, True
        if workers is not None:
            self._stop.set()
            workers.__exit__(None, None, None)
