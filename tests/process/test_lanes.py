"""Threads beside a sound: order, errors, an end; and files that are the same however many cores made them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from eqmorph._typing import Float32
from eqmorph.adapt.fixed import BandsEq
from eqmorph.bands import Bands
from eqmorph.errors import InputError, Stopped
from eqmorph.level import Level
from eqmorph.process import Settings, process_file
from eqmorph.process.lanes import Lanes
from eqmorph.request import EqRequest
from tests.support import make_audio

BLOCKS = [np.full((1, 4), number, np.float32) for number in range(50)]


def numbers(blocks: Iterator[Float32]) -> list[int]:
    return [int(block[0, 0]) for block in blocks]


def lane_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("eqmorph-lane")]


@pytest.mark.parametrize("cores", [1, 2])
def test_blocks_stay_in_order(cores: int) -> None:
    done: list[int] = []
    with Lanes(cores) as lanes:
        lane = lanes.lane()
        for block in lanes.ahead(iter(BLOCKS)):
            lane.do(lambda some: done.append(int(some[0, 0])), block)
        lane.finish()
    assert done == list(range(50))


def test_the_next_blocks_are_read_while_one_is_used() -> None:
    is_read = threading.Event()

    def blocks() -> Iterator[Float32]:
        yield BLOCKS[0]
        is_read.set()
        yield BLOCKS[1]

    with Lanes(2) as lanes:
        coming = lanes.ahead(blocks())
        next(coming)
        assert is_read.wait(10)


def test_work_is_done_by_a_thread_of_its_own_only_where_there_is_a_core_for_it() -> None:
    here, by = threading.get_ident(), []
    for cores in (1, 2):
        with Lanes(cores) as lanes:
            lane = lanes.lane()
            lane.do(lambda _: by.append(threading.get_ident() == here), BLOCKS[0])
            lane.finish()
    assert by == [True, False]


def test_only_so_much_is_read_ahead_and_waits() -> None:
    read: list[int] = []

    def blocks() -> Iterator[Float32]:
        for number, block in enumerate(BLOCKS):
            read.append(number)
            yield block

    with Lanes(2) as lanes:
        coming = lanes.ahead(blocks())
        for _ in range(3):
            next(coming)
    assert len(read) <= 3 + 3 + 1


@pytest.mark.parametrize("cores", [1, 2])
def test_what_fails_beside_is_raised_here_and_no_thread_is_left(cores: int) -> None:
    def blocks() -> Iterator[Float32]:
        yield from BLOCKS[:3]
        raise InputError("is damaged")

    def fail(_block: Float32) -> None:
        raise Stopped("interrupted")

    with pytest.raises(InputError, match="damaged"), Lanes(cores) as lanes:
        numbers(lanes.ahead(blocks()))
    with pytest.raises(Stopped), Lanes(cores) as lanes:
        lane = lanes.lane()
        lane.do(fail, BLOCKS[0])
        lane.finish()
    assert not lane_threads()


def test_a_loop_that_is_left_early_waits_for_nothing_more() -> None:
    with pytest.raises(RuntimeError, match="enough"), Lanes(2) as lanes:
        for number in numbers(lanes.ahead(iter(BLOCKS))):
            if number == 2:
                raise RuntimeError("enough")
    assert not lane_threads()


@pytest.mark.parametrize(
    "settings",
    [
        Settings(EqRequest(words="warm:0.7").resolve()),
        Settings(EqRequest(words="warm:0.7").resolve(), level=Level("keep"), measure=True),
        Settings(BandsEq(Bands.parse("LS 120 +6; HS 3k +5")), measure=True),
        Settings(BandsEq(Bands.parse("LS 120 +6; HS 3k +5")), level=Level("keep")),
        Settings(BandsEq(Bands.parse("LS 120 +6; HS 3k +5")), level=Level("keep"), measure=True),
    ],
    ids=["words", "words, measured", "bands", "level kept", "level kept, measured"],
)
def test_one_core_and_two_make_the_same_of_a_sound(settings: Settings, tmp_path: Path) -> None:
    source = make_audio(tmp_path / "in.wav", frames=12 * 44_100)
    results = [process_file(source, tmp_path / f"{cores}.wav", settings, cores=cores) for cores in (1, 2)]
    assert (tmp_path / "1.wav").read_bytes() == (tmp_path / "2.wav").read_bytes()
    one, two = results
    assert (one.before, one.after, one.trim, one.account) == (two.before, two.after, two.trim, two.account)
    assert (one.before is None) == (not settings.measures)


def test_a_stop_ends_it_all_and_leaves_nothing(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "in.wav", frames=12 * 44_100)
    heard_s = 0.0

    def watch(seconds: float) -> None:
        nonlocal heard_s
        heard_s += seconds
        if heard_s > 4.0:
            raise Stopped("interrupted", path=source)

    words = Settings(EqRequest(words="warm:0.7").resolve())
    with pytest.raises(Stopped):
        process_file(source, tmp_path / "out.wav", words, watch=watch, cores=2)
    assert [path.name for path in tmp_path.iterdir()] == ["in.wav"]
    assert not lane_threads()
