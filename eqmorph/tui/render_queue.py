"""Rendering in the background, one job after another."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from textual.message import Message

from eqmorph.tui.host import FlowHost

__all__ = ["RenderQueue"]


class _Stoppable(Protocol):
    def stop(self) -> None: ...


_Job = TypeVar("_Job", bound=_Stoppable)


class RenderQueue(Generic[_Job]):
    """Jobs that are done one after another, in a thread that lives as long as there are any.

    Args:
        host: has the thread started, and is told how each job ended.
        group: the thread's group.
        do: does a job, and returns how that ended; it never raises.
    """

    def __init__(self, host: FlowHost, group: str, do: Callable[[_Job], Message]) -> None:
        self._host, self._group, self._do = host, group, do
        self._lock = threading.Lock()
        self._waiting: deque[_Job] = deque()
        self._current: _Job | None = None

    @property
    def current(self) -> _Job | None:
        """What is being done."""
        return self._current

    @property
    def waiting(self) -> list[_Job]:
        """What will be done then."""
        with self._lock:
            return list(self._waiting)

    @property
    def is_busy(self) -> bool:
        return self._current is not None

    def add(self, job: _Job) -> bool:
        """Have a job done; return whether it has to wait for others."""
        with self._lock:
            if self._current is not None:
                self._waiting.append(job)
                return True
            self._current = job
        self._host.run_worker(self._work, thread=True, group=self._group, exit_on_error=False)
        return False

    def stop(self) -> list[_Job]:
        """Stop what is being done and drop what waits; return what was dropped."""
        with self._lock:
            dropped = list(self._waiting)
            self._waiting.clear()
            if self._current is not None:
                self._current.stop()
        return dropped

    def cancel(self, job: object) -> bool:
        """Stop one job, or drop it if it waits; return whether it waited."""
        with self._lock:
            waiting = [other for other in self._waiting if other is job]
            for dropped in waiting:
                self._waiting.remove(dropped)
            if self._current is not None and self._current is job:
                self._current.stop()
        return bool(waiting)

    def _work(self) -> None:
        job = self._current
        while job is not None:
            ended = self._do(job)
            with self._lock:
                job = self._current = self._waiting.popleft() if self._waiting else None
            self._host.post_message(ended)  # only now: who hears of it may find the queue empty
