"""The course of a word through the sound, without the EQ and with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from eqmorph.bands import Bands, Ride
from eqmorph.tui.controller import Controller
from eqmorph.tui.preview import HeardFile
from eqmorph.tui.widgets.timeline import RIBBON_HZ, TimelineData

__all__ = ["Course", "WordCourse"]


@dataclass(frozen=True, eq=False)
class Course:
    """What the timeline shows, and of which sound and which EQ."""

    sound: HeardFile
    eq: Bands | Ride
    data: TimelineData


class WordCourse:
    """The word that is followed through the sound.

    Args:
        controller: the session.
    """

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self.word = ""

    def choose(self, words: Iterable[str | None]) -> bool:
        """Follow the first word that is known, or stay with the one before; return whether it is another one."""
        sound = self._controller.sound
        if sound is None:
            return False
        former = self.word
        self.word = next((word for word in words if word and word in sound.ear.space.terms), "")
        return self.word != former

    def follow(self, is_stale: Callable[[], bool] = lambda: False) -> Course | None:
        """Follow the word through the sound as it is now; None without a sound, or once that is pointless.

        *Slow.*
        """
        sound, word, preview = self._controller.sound, self.word, self._controller.preview
        if sound is None or not word:
            return None
        before, sections_s = sound.word_over_time(word), sound.sections_s
        if is_stale():
            return None
        data = TimelineData(
            sound.duration_s,
            sound.level_db,
            before,
            word,
            sound.word_over_time(word, preview.eq),
            sections_s=sections_s,
            ribbon_db=sound.ribbon(preview.ride, RIBBON_HZ) if preview.ride is not None else None,
        )
        return Course(sound, preview.eq, data)

    def is_current(self, course: Course) -> bool:
        """Tell whether a course is that of what is shown; else a newer move has overtaken it."""
        shown = self._controller.sound, self._controller.preview.eq, self.word
        return (course.sound, course.eq, course.data.word) == shown
