"""An album: all of its sounds are listened to before one EQ is decided for them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from eqmorph.adapt import AdaptiveEq, Goal, decide_album
from eqmorph.analysis import Ear, listen_to_file
from eqmorph.audio.windows import Spectra, as_one_window
from eqmorph.errors import EqmorphError

__all__ = ["album_eq"]


class _Stopped(EqmorphError):
    """The run was interrupted."""


def album_eq(
    ear: Ear,
    goal: Goal,
    sources: Sequence[Path],
    *,
    workers: int = 1,
    repair: bool = False,
    on_progress: Callable[[float], None] = lambda _: None,
    on_end: Callable[[], None] = lambda: None,
) -> AdaptiveEq:
    """The goal with one EQ for all of ``sources``. One that can't be read is left out: it fails when its turn comes.

    Args:
        ear: listens.
        goal: what is wanted.
        sources: the album's files.
        workers: how many at once.
        repair: listen to damaged files as if they were repaired.
        on_progress: told the seconds of audio of each block read, in the worker's thread.
        on_end: told of each file that was listened to, or left out, in the worker's thread.
    """
    stop = threading.Event()

    def watch(seconds: float) -> None:
        if stop.is_set():
            raise _Stopped("interrupted")
        on_progress(seconds)

    def heard(path: Path) -> Spectra | None:
        try:
            return as_one_window(listen_to_file(path, repair=repair, watch=watch))
        except EqmorphError:
            return None
        finally:
            on_end()

    with ThreadPoolExecutor(workers, thread_name_prefix="eqmorph") as pool:
        try:
            sounds = list(pool.map(heard, sources))
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
    return AdaptiveEq(ear, goal, decide_album(ear, [sound for sound in sounds if sound is not None], goal))
