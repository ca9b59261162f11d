"""Go through all files of a set before the first is written, for what follows from all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TypeVar

from eqmorph.batch.threads import on_threads, until
from eqmorph.errors import EqmorphError
from eqmorph.process import Watch, unwatched

__all__ = ["first_pass"]

Item = TypeVar("Item")
Found = TypeVar("Found")


def first_pass(
    work: Callable[[Item, Watch], Found],
    items: Sequence[Item],
    *,
    workers: int = 1,
    on_progress: Watch = unwatched,
    on_end: Callable[[], None] = lambda: None,
) -> list[Found]:
    """Return what ``work`` finds in each item, in order. A file that can't be read is left out: it fails in its turn.

    Args:
        work: called with an item and what is to be told of the seconds of audio read.
        items: the files, or what stands for them.
        workers: how many to work on at once.
        on_progress: told the seconds of audio in each block read, in the worker's thread.
        on_end: called after each item, found or left out, in the worker's thread.
    """
    stop = threading.Event()
    watch = until(stop, on_progress)

    def found_in(item: Item) -> list[Found]:
        try:
            return [work(item, watch)]
        except EqmorphError:
            return []
        finally:
            on_end()

    with closing(on_threads(found_in, items, workers=workers, stop=stop, in_order=True)) as ended:
        return [found for _, future in ended for found in future.result()]
