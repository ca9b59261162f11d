"""The course of a word through a sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eqmorph.bands import Bands
from eqmorph.tui.word_course import WordCourse
from tests.tui.conftest import Stagehand

Drive = Callable[..., Any]


def test_a_course_is_of_one_word_one_sound_and_one_eq(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        course = WordCourse(hand.controller)
        assert course.choose(["", None, "qwxyz", "warm", "bright"])
        assert course.word == "warm"
        assert not course.choose(["warm"])
        found = course.follow()
        assert found is not None
        assert course.is_current(found)
        assert not course.is_current(replace(found, eq=Bands()))
        assert course.follow(lambda: True) is None, "a newer move has come"
        course.choose(["bright"])
        assert not course.is_current(found)

    drive(act, song, target="warm:0.4")


def test_without_a_sound_there_is_none(drive: Drive, song: Path) -> None:
    async def act(hand: Stagehand) -> None:
        course = WordCourse(hand.controller)
        assert not course.choose(["warm"])
        assert course.follow() is None

    drive(act, song.parent)


def test_a_move_does_not_print_what_it_is_about(drive: Drive, song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual describes its workers by what they do; to print a sound's arrays takes longer than to paint them."""
    printed: list[object] = []

    async def act(hand: Stagehand) -> None:
        await hand.until(hand.is_timeline_shown)
        monkeypatch.setattr(type(hand.controller.sound), "__repr__", lambda sound: printed.append(sound) or "")
        await hand.press("l")
        await hand.until(hand.is_timeline_shown)

    drive(act, song, target="warm:0.4")
    assert not printed
