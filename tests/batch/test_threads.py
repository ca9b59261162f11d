"""Work on threads: everything is yielded, in order if asked for, and stopping leaves nothing running."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from eqmorph.batch.threads import on_threads


def slowly(number: int) -> int:
    time.sleep(0.002 * (5 - number % 5))
    return number * number


def test_results_come_in_order_if_asked_for() -> None:
    ended = on_threads(slowly, range(20), workers=3, stop=threading.Event(), in_order=True)
    assert [(item, future.result()) for item, future in ended] == [(n, n * n) for n in range(20)]


def test_as_they_finish_nothing_is_lost() -> None:
    ended = on_threads(slowly, range(20), workers=3, stop=threading.Event())
    assert sorted((item, future.result()) for item, future in ended) == [(n, n * n) for n in range(20)]


def test_one_failure_stops_no_other() -> None:
    def work(number: int) -> int:
        return 1 // number

    ended = dict(on_threads(work, [2, 0, 1], workers=2, stop=threading.Event()))
    assert isinstance(ended[0].exception(), ZeroDivisionError)
    assert (ended[2].result(), ended[1].result()) == (0, 1)


@pytest.mark.parametrize("in_order", [True, False])
def test_items_are_taken_as_they_are_needed(in_order: bool) -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    with closing(on_threads(slowly, items(), workers=2, stop=threading.Event(), in_order=in_order)) as ended:
        next(ended)
    assert len(taken) < 50


def test_stop_begins_nothing_more_and_yields_what_was_under_way() -> None:
    stop, done = threading.Event(), []

    def work(number: int) -> int:
        done.append(number)
        return number

    seen = []
    for item, _ in on_threads(work, range(1000), workers=2, stop=stop):
        seen.append(item)
        stop.set()
    assert 1 <= len(seen) <= len(done) < 50


@pytest.mark.parametrize("in_order", [True, False])
def test_closing_stops_the_work(in_order: bool) -> None:
    stop = threading.Event()

    def work(number: int) -> int:
        if number:
            assert stop.wait(10), "nobody stopped it"
        return number

    others = set(threading.enumerate())
    with closing(on_threads(work, range(4), workers=2, stop=stop, in_order=in_order)) as ended:
        assert next(ended)[0] == 0
        assert set(threading.enumerate()) - others
    assert stop.is_set()
    assert not set(threading.enumerate()) - others


def test_ctrl_c_in_the_loop_can_be_drained() -> None:
    stop = threading.Event()
    ended = on_threads(slowly, range(6), workers=2, stop=stop)
    first = next(ended)[0]
    stop.set()
    assert first not in [item for item, _ in ended]
