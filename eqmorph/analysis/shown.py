"""`Trajectory`: the document of a sound over time that Python gets, and that notebooks show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from eqmorph.analysis.courses import over_time
from eqmorph.analysis.document import TrajectoryDocument
from eqmorph.analysis.ear import Ear
from eqmorph.analysis.journey import journey_of
from eqmorph.plot.notebook import ShowsItself

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Trajectory"]

_IN_MEMORY = "-"  # the name of audio that comes from no file


class Trajectory(dict[str, Any], ShowsItself):
    """What a sound is like, as a whole and over time: the very document that ``eqmorph analyze --json`` prints.

    A dict in all respects; `document` is the same with the types of its fields.
    """

    def __init__(self, document: TrajectoryDocument, ear: Ear | None = None) -> None:
        super().__init__(document)
        self._ear = ear

    @property
    def document(self) -> TrajectoryDocument:
        return cast(TrajectoryDocument, self)

    def __repr__(self) -> str:
        file = self["file"]
        return f"Trajectory({file['name']}, {file['duration_s']:g} s, {len(self['windows'])} windows)"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the words over time by matplotlib, on axes of its own if none are given; return the axes."""
        from eqmorph.figures.style import on_axes
        from eqmorph.figures.trajectory import draw_over_time

        picture = over_time(self)
        return on_axes(ax, lambda axes, look: draw_over_time(axes, picture, look), height_in=3.4)

    def plot_path(self, ax: Axes | None = None) -> Axes:
        """Draw the sound's way through the plane in which sounds differ most, likewise, with words marked."""
        from eqmorph.figures.style import on_axes
        from eqmorph.figures.trajectory import draw_path

        picture = journey_of(self, self._ear)
        return on_axes(ax, lambda axes, look: draw_path(axes, picture, look), height_in=3.4)

    def _repr_svg_(self) -> str:
        """Draw the words over time, for notebooks."""
        from eqmorph.plot.time_svg import time_svg

        name = self["file"]["name"]
        return time_svg(over_time(self), title="" if name == _IN_MEMORY else name, description="Percentiles over time")
