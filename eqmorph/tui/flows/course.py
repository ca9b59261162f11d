"""The course of a word through the sound: worked out in the background, without the EQ and with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol

from textual.message import Message

from eqmorph.tui.controller import Controller
from eqmorph.tui.messages import TimelineReady
from eqmorph.tui.preview import HeardFile, Preview
from eqmorph.tui.widgets.timeline import RIBBON_HZ, TimelineData

__all__ = ["CourseFlow", "CourseHost"]


class CourseHost(Protocol):
    """What the flow needs of the session's screen."""

    def follow_in_background(self, work: Callable[[], None]) -> None:
        """Work a course out in a thread; what was asked for before need not be ended."""

    def post_message(self, message: Message) -> bool:
        """Send the screen a message, from any thread."""


class CourseFlow:
    """Has a word followed through the sound.

    Args:
        controller: the session.
        host: is sent a `TimelineReady` for each course.
    """

    def __init__(self, controller: Controller, host: CourseHost) -> None:
        self._controller, self._host = controller, host
        self.word = ""
        """The word that is followed."""

    def choose(self, words: Iterable[str | None]) -> bool:
        """Follow the first word that is known, or stay with the one before; return whether it is another one."""
        sound = self._controller.sound
        if sound is None:
            return False
        former = self.word
        self.word = next((word for word in words if word and word in sound.ear.space.terms), "")
        return self.word != former

    def update(self) -> None:
        """Have the word followed through the sound as it is now."""
        sound = self._controller.sound
        if sound is not None and self.word:
            self._host.follow_in_background(partial(self._follow, sound, self.word, self._controller.preview))

    def is_current(self, event: TimelineReady) -> bool:
        """Tell whether a course is that of what is shown; else a newer move has overtaken it."""
        shown = self._controller.sound, self._controller.preview.eq, self.word
        return (event.sound, event.eq, event.data.word) == shown

    def _follow(self, sound: HeardFile, word: str, preview: Preview) -> None:
        eq = preview.eq
        data = TimelineData(
            sound.duration_s,
            sound.level_db,
            sound.word_over_time(word),
            word,
            sound.word_over_time(word, eq),
            sections_s=sound.sections_s,
            ribbon_db=sound.ribbon(preview.ride, RIBBON_HZ) if preview.ride is not None else None,
        )
        self._host.post_message(TimelineReady(sound, eq, data))
