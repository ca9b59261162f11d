"""Fetch the next files and put the last ones while others are worked on: a network waits, and cores need not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from eqmorph.process import ProcessResult, Watch, unwatched

__all__ = ["beside_transfers"]

_LOOK_EVERY_S = 0.1


def beside_transfers(process: Callable[..., ProcessResult], workers: int) -> tuple[Callable[..., ProcessResult], int]:
    """Return what does as ``process`` does, so many at once and no more, and how many files to have under way for it.

    As many again are on their way here or from here, which is the most that lies in temporary files.
    """
    free = threading.BoundedSemaphore(workers)

    def process_in_turn(*arguments: Any, watch: Watch = unwatched, **options: Any) -> ProcessResult:
        while not free.acquire(timeout=_LOOK_EVERY_S):
            watch(0.0)
        try:
            return process(*arguments, watch=watch, **options)
        finally:
            free.release()

    return process_in_turn, 2 * workers
