"""When the curve is shown in pixels, and how often: not below something else, and no oftener than can be afforded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from rich.segment import Segment
from textual.css.query import NoMatches
from textual.geometry import Offset
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets._toast import Toast, ToastRack
from textual.widgets._tooltip import Tooltip

from eqmorph.tui.picture.graphics import Graphics
from eqmorph.tui.picture.raster import Cell, Raster

__all__ = ["CurvePixels"]

_LEAST_WAIT_S = 1 / 30  # between two pictures
# Of a core, that pictures may take while they follow one another: for as long as a hand moves, and while it plays.
_HAND_SHARE, _LIVE_SHARE = 0.4, 0.15
_LOOK_AGAIN_S = 0.02  # whether a slow terminal has taken the last one


class CurvePixels:
    """The picture of a widget, as long as it is in the widget's place on the screen.

    Args:
        view: the widget.
        graphics: how the terminal takes pictures.
        paint: returns the picture for cells of a size.
    """

    def __init__(self, view: Widget, graphics: Graphics, paint: Callable[[Cell], Raster]) -> None:
        self._view, self.graphics, self._paint = view, graphics, paint
        self._is_covered = True  # until it is first looked
        self._timer: Timer | None = None
        self._due_s = self._ended_s = self._took_s = 0.0
        self._shown: tuple[tuple[object, Offset], list[Strip]] | None = None

    @property
    def is_shown(self) -> bool:
        """Whether the picture is on the screen; characters are where something lies above it."""
        return not self._is_covered

    def look(self) -> bool:
        """Look whether the picture can be shown, before anything of the widget is painted.

        Where that has changed, not all of the widget may be painted now; it will be, the next time.
        """
        is_covered = _is_covered(self._view)
        if is_covered == self._is_covered:
            return not is_covered
        self._is_covered = is_covered
        self.forget()
        if is_covered:
            self.leave()
        self._view.call_later(self._view.refresh)
        return False

    def forget(self) -> None:
        """Paint the picture anew when it is shown the next time."""
        self._shown = None

    def leave(self) -> None:
        """Have the terminal forget the picture."""
        driver = self._view.app._driver  # what is written elsewhere could get into the middle of what Textual writes
        if driver is not None and self.graphics.farewell:
            driver.write(self.graphics.farewell)

    def changed(self, show: Callable[[], object], *, is_live: bool = False) -> None:
        """Have a picture that has changed shown: at once, or when there is time for it.

        Args:
            show: has it painted.
            is_live: it changes by itself, again and again.
        """
        share = _LIVE_SHARE if is_live else _HAND_SHARE
        due_s = self._ended_s + max(self._took_s / share, _LEAST_WAIT_S)
        if self._timer is not None:
            if due_s >= self._due_s:
                return
            self._timer.stop()
            self._timer = None
        wait_s = due_s - time.monotonic()
        if wait_s <= 0 and not _is_behind(self._view):
            self.forget()
            show()
            return

        def is_time() -> None:
            self._timer = None
            if self.is_shown:
                self.changed(show, is_live=is_live)

        self._due_s = due_s
        self._timer = self._view.set_timer(max(wait_s, _LOOK_AGAIN_S), is_time)

    def strips(self, key: object, labels: Sequence[Segment], columns: int) -> list[Strip]:
        """Return the lines of the picture, each behind its label; kept until the picture has changed.

        Args:
            key: what decides on the place of things in the picture.
            labels: of each line.
            columns: of the picture.
        """
        place = self._view.region.offset
        if self._shown is None or self._shown[0] != (key, place):
            left = labels[0].cell_length
            row = Segment(f"\x1b[{columns}C")  # passed over: characters would be written on the picture
            lines = [[label, row] for label in labels]
            lines[-1].insert(
                1, Segment(self._picture(place.x + left, place.y))
            )  # above it all cells are as they have to be
            self._shown = (key, place), [_WholeStrip(line, left + columns) for line in lines]
        return self._shown[1]

    def _picture(self, column: int, line: int) -> str:
        began_s = time.thread_time()
        text = self.graphics.show(self._paint(self.graphics.cell), column, line)
        self._took_s = time.thread_time() - began_s
        self._ended_s = time.monotonic()
        return text


class _WholeStrip(Strip):
    """A line of a picture. What is written for it is no text that could be cut: a part of it is blank."""

    def crop(self, start: int, end: int | None = None) -> Strip:
        end = self.cell_length if end is None else min(end, self.cell_length)
        is_whole = start <= 0 and end == self.cell_length
        return self if is_whole else Strip.blank(max(end - max(start, 0), 0))

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        cuts = [cut for cut in cuts if cut <= self.cell_length]
        if cuts == [self.cell_length]:
            return [self]
        return [Strip.blank(cut - before) for before, cut in zip([0, *cuts], cuts, strict=False)]


def _is_covered(view: Widget) -> bool:
    """Tell whether something lies above a widget: a dialog, a note or a tooltip."""
    screen, here = view.screen, view.region
    if not screen.is_active:
        return True
    above: list[Widget] = []
    with suppress(NoMatches):
        above += screen.get_child_by_type(ToastRack).query(Toast)
    with suppress(NoMatches):
        above.append(screen.get_child_by_type(Tooltip))
    return any(widget.display and widget.region.overlaps(here) for widget in above)


def _is_behind(view: Widget) -> bool:
    """Tell whether the terminal has yet to take what was written: more would hold up the keys behind it."""
    queue = getattr(getattr(view.app._driver, "_writer_thread", None), "_queue", None)
    return queue is not None and queue.qsize() > 0
