"""The thread that looks: the latest move is always told, what a newer one has overtaken never is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from eqmorph.bands import Bands
from eqmorph.tui.blend import Blend
from eqmorph.tui.preview import Preview
from eqmorph.tui.preview_thread import PreviewThread

LONG_S = 10.0


class Bench:
    """A look that takes until it is let go, and what was told."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)
        self.was_told = threading.Semaphore(0)
        self.looks = 0
        self.told: list[int] = []
        self.failed: list[Exception] = []
        self.defect: Exception | None = None
        self.preview_thread = PreviewThread(self._look, self._tell, self._fail)

    def _look(self, is_stale: Callable[[], bool]) -> Preview | None:
        self.looks += 1
        number = self.looks
        self.begun.release()
        assert self.go_on.acquire(timeout=LONG_S)
        if self.defect is not None:
            raise self.defect
        return None if is_stale() else Preview(Blend(amount=number), Bands())

    def _tell(self, preview: Preview) -> None:
        self.told.append(int(preview.blend.amount))
        self.was_told.release()

    def _fail(self, error: Exception) -> None:
        self.failed.append(error)
        self.was_told.release()


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.preview_thread.close()
    bench.go_on.release(10)


def test_each_move_is_looked_at_and_told(bench: Bench) -> None:
    for number in (1, 2, 3):
        bench.preview_thread.ask()
        bench.go_on.release()
        assert bench.was_told.acquire(timeout=LONG_S)
        assert bench.told[-1] == number
    assert bench.looks == 3


def test_moves_during_a_look_make_it_stale_and_are_looked_at_once(bench: Bench) -> None:
    bench.preview_thread.ask()
    assert bench.begun.acquire(timeout=LONG_S)
    for _ in range(5):
        bench.preview_thread.ask()
    assert not bench.preview_thread.is_idle
    bench.go_on.release(2)
    assert bench.was_told.acquire(timeout=LONG_S)
    assert (bench.looks, bench.told) == (2, [2])


def test_a_defect_is_told_and_the_next_look_goes_on(bench: Bench) -> None:
    bench.defect = ValueError("foreseen by nobody")
    bench.preview_thread.ask()
    bench.go_on.release()
    assert bench.was_told.acquire(timeout=LONG_S)
    assert bench.failed == [bench.defect]
    bench.defect = None
    bench.preview_thread.ask()
    bench.go_on.release()
    assert bench.was_told.acquire(timeout=LONG_S)
    assert bench.told == [2]


def test_closing_ends_the_thread_and_tells_nothing_more() -> None:
    before = set(threading.enumerate())
    bench = Bench()
    (thread,) = set(threading.enumerate()) - before
    bench.preview_thread.ask()
    assert bench.begun.acquire(timeout=LONG_S)
    bench.preview_thread.close()
    bench.go_on.release()
    thread.join(LONG_S)
    assert not thread.is_alive()
    assert bench.told == []
