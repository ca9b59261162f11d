"""A call under way: it can be called off, and says how far it is."""

from __future__ import annotations

import pytest

from eqmorph.agents.work import Work
from eqmorph.errors import Stopped


def test_it_says_how_far_it_is_in_seconds_of_how_many() -> None:
    work = Work()
    work.watch(3.0)
    assert work.progress() == (3.0, None, "3 s of audio")
    work.expect(10.0)
    assert work.progress() == (3.0, 10.0, "3 s of audio")


def test_it_says_how_far_it_is_in_files_where_there_are_many() -> None:
    work = Work()
    work.expect_files(20)
    work.end_one()
    assert work.progress() == (1.0, 20.0, "1 of 20 files")


def test_once_called_off_it_stops_wherever_it_is() -> None:
    work = Work()
    work.check()
    work.stop.set()
    for go_on in (work.check, work.end_one, lambda: work.watch(0.0)):
        with pytest.raises(Stopped):
            go_on()
