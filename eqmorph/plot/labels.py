"""Find where to write a curve's name: next to the curve, clear of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eqmorph._typing import Float64

__all__ = ["Box", "Line", "place_labels"]


_PLACES = 60  # tried along each curve, above and below
_GAP_PX = 7.0
_CLEAR_PX = 26.0  # more room than this is no better
_STANDING_OUT = 0.5  # how much a place far from the zero line is worth, against room
_STRUCK_PX = 12.0  # how much room it is worth that no grid line strikes through a name


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in px; y grows downward."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True, eq=False)
class Line:
    """A curve on the picture: ``x`` (m,) ascending and ``y`` (m,), in px."""

    x: Float64
    y: Float64

    def span(self, left: float, right: float) -> tuple[float, float]:
        """Return the line's highest and lowest y between two x."""
        inside = self.y[(self.x > left) & (self.x < right)]
        ends = np.interp([left, right], self.x, self.y)
        both = np.concatenate([inside, ends])
        return float(both.min()), float(both.max())


def place_labels(
    lines: Sequence[Line], widths: Sequence[float], height: float, area: Box, grid_y: Sequence[float], zero_y: float
) -> list[Box]:
    """Return a box for each line's name in ``area``: next to its line, clear of other lines, names and the grid.

    Args:
        lines: the curves.
        widths: of the names, in px.
        height: of all names, in px.
        area: where boxes may lie.
        grid_y: where grid lines lie.
        zero_y: where no curve stands out from the others.
    """
    placed: list[Box] = []
    for line, width in zip(lines, widths, strict=True):
        others = [other for other in lines if other is not line]
        boxes = _candidates(line, width, height, area)
        scores = [
            min(_room(box, others, placed), _CLEAR_PX)
            + _STANDING_OUT * _apart(box, zero_y)
            - _STRUCK_PX * any(box.top < y < box.bottom for y in grid_y)
            for box in boxes
        ]
        placed.append(boxes[int(np.argmax(scores))])
    return placed


def _candidates(line: Line, width: float, height: float, area: Box) -> list[Box]:
    """Return places above and below the line, all along it, as far as they lie in the area."""
    first, last = max(area.left, float(line.x[0])), min(area.right, float(line.x[-1]))
    boxes = []
    for left in np.linspace(first, max(last - width, first), _PLACES).tolist():
        highest, lowest = line.span(left, left + width)
        for top in (highest - _GAP_PX - height, lowest + _GAP_PX):
            if area.top <= top <= area.bottom - height:
                boxes.append(Box(left, top, left + width, top + height))
    return boxes or [Box(first, area.top, first + width, area.top + height)]


def _room(box: Box, lines: Sequence[Line], boxes: Sequence[Box]) -> float:
    """Return the vertical distance to the nearest other thing in px, negative where they overlap."""
    spans = [line.span(box.left, box.right) for line in lines]
    spans += [(other.top, other.bottom) for other in boxes if other.left < box.right and box.left < other.right]
    return min((max(top - box.bottom, box.top - bottom) for top, bottom in spans), default=_CLEAR_PX)


def _apart(box: Box, zero_y: float) -> float:
    return min(abs((box.top + box.bottom) / 2 - zero_y), _CLEAR_PX)
