"""Tell which files below a folder are complete, from nothing but looks at them: no system says so itself everywhere."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from eqmorph.audio.read import explained_reading
from eqmorph.batch.find import MayFollow, audio_below

__all__ = ["Arrivals"]

_MOVED_S = 0.5  # a file that was moved here is whole at once; that it is no copy under way shows after this


@dataclass(slots=True)
class _Sight:
    """How a file looks, since when, and whether it has been dealt with."""

    looks: tuple[int, ...] | None
    since: float
    settles_after_s: float
    is_dealt_with: bool = False


class Arrivals:
    """The audio files below a folder, as of the latest look.

    A file is ready once its size and times have kept still for a while. One whose last change was that long ago when it
    was first seen was moved here, or lay here before, and is ready at the next look. One that changes is new again.

    Args:
        folder: what to look into, and all folders below it.
        leave_out: a folder not to look into: the output, should it lie inside.
        settle_s: for how long a file must keep still.
        may_follow: what of the folder to look at, where that is not all of it.
        clock: says how much time has passed.
        calendar: says the time of day, as files have it.
    """

    def __init__(
        self,
        folder: Path,
        leave_out: Path,
        *,
        settle_s: float,
        may_follow: MayFollow | None = None,
        clock: Callable[[], float] = time.monotonic,
        calendar: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._leave_out = leave_out
        self._settle_s = settle_s
        self._may_follow = may_follow
        self._clock = clock
        self._calendar = calendar
        self._sights: dict[str, _Sight] = {}

    def __contains__(self, path: Path) -> bool:
        return str(path) in self._sights

    @property
    def waiting(self) -> list[Path]:
        """The files that nobody has dealt with."""
        return [Path(path) for path, sight in self._sights.items() if not sight.is_dealt_with]

    def look(self) -> list[str]:
        """Return the names of the files that are ready and not dealt with, in the order in which they arrived.

        Raises:
            InputError: the folder is gone or closed. What is known of its files is kept for when it is back.
        """
        with explained_reading(self._folder):
            os.scandir(self._folder).close()
        now, today = self._clock(), self._calendar()
        sights: dict[str, _Sight] = {}
        for path, status in audio_below(self._folder, self._leave_out, self._may_follow):
            if path == str(self._folder):  # gone since the line above: the next look says so
                continue
            looks = None if status is None else (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
            sight = self._sights.get(path)
            if sight is None or sight.looks != looks:
                is_old = status is not None and today - status.st_mtime >= self._settle_s
                sight = _Sight(looks, now, min(_MOVED_S, self._settle_s) if is_old else self._settle_s)
            sights[path] = sight
        self._sights = sights
        ready = [
            (sight.since, path)
            for path, sight in sights.items()
            if not sight.is_dealt_with and now - sight.since >= sight.settles_after_s
        ]
        return [path for _, path in sorted(ready, key=lambda pair: pair[0])]

    def deal_with(self, path: Path) -> None:
        """Have a file, as it looked at the latest look, not returned again."""
        if (sight := self._sights.get(str(path))) is not None:
            sight.is_dealt_with = True
