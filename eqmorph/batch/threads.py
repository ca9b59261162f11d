"""Work on several items at once: reading, filtering and writing release Python's lock, so threads fill the cores."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from eqmorph.process import Watch

__all__ = ["on_threads", "until", "usable_cores"]

_TICK_S = 0.1  # after this, an interrupt is noticed on systems where waiting can't be interrupted
_AHEAD = 4  # items handed out per worker: enough to keep it busy, few enough that results don't pile up

Item = TypeVar("Item")
Result = TypeVar("Result")


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def until(stop: threading.Event, watch: Watch) -> Watch:
    """Watch work that is given up once ``stop`` is set, and so ends as Ctrl-C ends what waits for it."""

    def watched(seconds: float) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        watch(seconds)

    return watched


def on_threads(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    workers: int,
    stop: threading.Event,
    in_order: bool = False,
) -> Generator[tuple[Item, Future[Result]], None, None]:
    """Yield each item with its finished future: as they finish, or in order.

    Once ``stop`` is set, no further item is started; those under way, which ``work`` should give up, are still yielded,
    as they are after Ctrl-C, before that is raised again. Whoever leaves the loop early should close this generator,
    which stops the work too.
    """
    queue = iter(items)
    running: dict[Future[Result], Item] = {}
    interrupt: KeyboardInterrupt | None = None
    with ThreadPoolExecutor(workers, thread_name_prefix="eqmorph") as pool:
        try:
            while not stop.is_set():
                for item in islice(queue, _AHEAD * workers - len(running)):
                    running[pool.submit(work, item)] = item
                if not running:
                    break
                awaited = list(islice(running, 1)) if in_order else list(running)
                wait(awaited, timeout=_TICK_S, return_when=FIRST_COMPLETED)
                for future in filter(Future.done, awaited):
                    yield running.pop(future), future
        except KeyboardInterrupt as error:
            interrupt = error
        finally:
            if running:
                stop.set()
                pool.shutdown(cancel_futures=True)
        for future, item in running.items():
            if not future.cancelled():
                yield item, future
    if interrupt is not None:
        raise interrupt
