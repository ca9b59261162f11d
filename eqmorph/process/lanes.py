"""Threads beside the one that does a sound: one reads ahead, one measures and writes, each in order.

What they call leaves Python's lock, so one sound can fill two cores. With one core they do all at once, where they are
called: the chain reads the same either way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from types import TracebackType

from eqmorph._typing import Float32

__all__ = ["Lane", "Lanes"]

_MOST_WAITING = 8  # blocks
_AHEAD = 3  # blocks


class Lanes:
    """Makes lanes for a sound. Leave it as a context to end them all, whatever they still had to do."""

    def __init__(self, cores: int) -> None:
        self._is_alone = cores < 2
        self._stack = ExitStack()

    def __enter__(self) -> Lanes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def lane(self) -> Lane:
        """Return a new lane."""
        return Lane(None if self._is_alone else self._worker())

    def ahead(self, blocks: Iterable[Float32]) -> Iterator[Float32]:
        """Yield blocks, the next ones of which are made meanwhile."""
        if self._is_alone:
            yield from blocks
            return
        worker, source = self._worker(), iter(blocks)
        coming = deque(worker.submit(next, source, None) for _ in range(_AHEAD))
        while (block := coming.popleft().result()) is not None:
            coming.append(worker.submit(next, source, None))
            yield block

    def _worker(self) -> ThreadPoolExecutor:
        worker = ThreadPoolExecutor(1, thread_name_prefix="eqmorph-lane")
        self._stack.callback(worker.shutdown, cancel_futures=True)
        return worker


class Lane:
    """Does what blocks are for, in order; what fails there is raised where the next is asked for, or in `finish`."""

    def __init__(self, worker: ThreadPoolExecutor | None) -> None:
        self._worker = worker
        self._waiting: deque[Future[None]] = deque()

    def do(self, work: Callable[[Float32], None], block: Float32) -> None:
        """Have something done with a block, which must stay as it is; wait where too many wait for that."""
        if self._worker is None:
            work(block)
            return
        self._waiting.append(self._worker.submit(work, block))
        if len(self._waiting) > _MOST_WAITING:
            self._waiting.popleft().result()

    def finish(self) -> None:
        """Wait until all is done."""
        while self._waiting:
            self._waiting.popleft().result()
