"""The latest work: the latest move always gets its preview, one that was overtaken never does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from eqmorph.bands import Bands
from eqmorph.tui.blend import Blend
from eqmorph.tui.latest_work import LatestWork
from eqmorph.tui.preview import Preview

LONG_S = 10.0


class Bench:
    """Work that takes until it is let go, and what the thread reported."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)
        self.reported = threading.Semaphore(0)
        self.calls = 0
        self.previews: list[int] = []
        self.errors: list[Exception] = []
        self.defect: Exception | None = None
        self.worker = LatestWork("preview", self._work, self._on_preview, self._on_error)

    def _work(self, is_stale: Callable[[], bool]) -> Preview | None:
        self.calls += 1
        number = self.calls
        self.begun.release()
        assert self.go_on.acquire(timeout=LONG_S)
        if self.defect is not None:
            raise self.defect
        return None if is_stale() else Preview(Blend(amount=number), Bands())

    def _on_preview(self, preview: Preview) -> None:
        self.previews.append(int(preview.blend.amount))
        self.reported.release()

    def _on_error(self, error: Exception) -> None:
        self.errors.append(error)
        self.reported.release()


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.worker.close()
    bench.go_on.release(10)


def test_each_move_gets_a_preview(bench: Bench) -> None:
    for number in (1, 2, 3):
        bench.worker.ask()
        bench.go_on.release()
        assert bench.reported.acquire(timeout=LONG_S)
        assert bench.previews[-1] == number
    assert bench.calls == 3


def test_moves_during_work_make_it_stale_and_get_one_preview(bench: Bench) -> None:
    bench.worker.ask()
    assert bench.begun.acquire(timeout=LONG_S)
    for _ in range(5):
        bench.worker.ask()
    assert not bench.worker.is_idle
    bench.go_on.release(2)
    assert bench.reported.acquire(timeout=LONG_S)
    assert (bench.calls, bench.previews) == (2, [2])


def test_a_defect_is_reported_and_the_next_preview_goes_on(bench: Bench) -> None:
    bench.defect = ValueError("foreseen by nobody")
    bench.worker.ask()
    bench.go_on.release()
    assert bench.reported.acquire(timeout=LONG_S)
    assert bench.errors == [bench.defect]
    bench.defect = None
    bench.worker.ask()
    bench.go_on.release()
    assert bench.reported.acquire(timeout=LONG_S)
    assert bench.previews == [2]


def test_closing_ends_the_thread_and_reports_nothing_more() -> None:
    before = set(threading.enumerate())
    bench = Bench()
    (thread,) = set(threading.enumerate()) - before
    bench.worker.ask()
    assert bench.begun.acquire(timeout=LONG_S)
    bench.worker.close()
    bench.go_on.release()
    thread.join(LONG_S)
    assert not thread.is_alive()
    assert bench.previews == []
