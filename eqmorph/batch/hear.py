"""Listen to a set of files that belong together, before one EQ is decided on for them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

from eqmorph.analysis import listen_to_file
from eqmorph.audio.windows import Spectra, as_one_window
from eqmorph.batch.threads import on_threads
from eqmorph.errors import EqmorphError, Stopped
from eqmorph.process import Watch, unwatched

__all__ = ["HearSet", "hear_set"]


class HearSet(Protocol):
    """Listens to files as `hear_set` does, perhaps with a progress bar."""

    def __call__(self, sources: Sequence[Path], *, workers: int, repair: bool) -> list[Spectra]: ...


def hear_set(
    sources: Sequence[Path],
    *,
    workers: int = 1,
    repair: bool = False,
    on_progress: Watch = unwatched,
    on_end: Callable[[], None] = lambda: None,
) -> list[Spectra]:
    """Listen to files, each as one window. One that can't be read is left out: it fails when its turn comes.

    Args:
        sources: the files.
        workers: how many to listen to at once.
        repair: listen to damaged files as they will be when repaired.
        on_progress: told the seconds of audio in each block read, in the worker's thread.
        on_end: called after each file, heard or left out, in the worker's thread.
    """
    stop = threading.Event()

    def watch(seconds: float) -> None:
        if stop.is_set():
            raise Stopped("interrupted")
        on_progress(seconds)

    def heard(path: Path) -> Spectra | None:
        try:
            return as_one_window(listen_to_file(path, repair=repair, watch=watch))
        except EqmorphError:
            return None
        finally:
            on_end()

    with closing(on_threads(heard, sources, workers=workers, stop=stop, in_order=True)) as ended:
        results = [future.result() for _, future in ended]
    return [spectra for spectra in results if spectra is not None]
