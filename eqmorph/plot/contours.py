"""Lines along which a surface has one height: marching squares, their ends joined."""

from __future__ import annotations

import numpy as np

from eqmorph._typing import Float64

__all__ = ["contours"]

_Edge = tuple[int, int, int]  # a grid point, and whether the edge from it leads down (0) or right (1)


def contours(surface: Float64, height: float) -> list[Float64]:
    """Return the lines (n, 2) on which a surface (rows, columns) has a height, as places (row, column) between points.

    A line that is closed ends where it begins; every other one ends at the margins.
    """
    is_above = surface > height
    # What a cell's corners say: which of its edges a line passes.
    passes = is_above[:-1, :-1] + 2 * is_above[:-1, 1:] + 4 * is_above[1:, 1:] + 8 * is_above[1:, :-1]
    next_to: dict[_Edge, list[_Edge]] = {}
    for row, column in np.argwhere((passes > 0) & (passes < 15)).tolist():
        top, left, bottom, right = (row, column, 1), (row, column, 0), (row + 1, column, 1), (row, column + 1, 0)
        for one, other in _pieces(int(passes[row, column]), top, left, bottom, right):
            next_to.setdefault(one, []).append(other)
            next_to.setdefault(other, []).append(one)
    ends = [edge for edge, others in next_to.items() if len(others) == 1]
    lines = []
    for start in [*ends, *next_to]:
        line = _walk(start, next_to)
        if len(line) > 1:
            lines.append(np.array([_place(edge, surface, height) for edge in line]))
    return lines


def _pieces(corners: int, top: _Edge, left: _Edge, bottom: _Edge, right: _Edge) -> list[tuple[_Edge, _Edge]]:
    """Return which edges a line joins in a cell; the same for a surface and its negative but at saddles."""
    if corners == 5:
        return [(top, right), (left, bottom)]
    if corners == 10:
        return [(top, left), (bottom, right)]
    bits = [corners >> number & 1 for number in range(4)]  # upper left, upper right, lower right, lower left
    crossed = [
        edge
        for edge, one, other in ((top, 0, 1), (right, 1, 2), (bottom, 2, 3), (left, 3, 0))
        if bits[one] != bits[other]
    ]
    return [(crossed[0], crossed[1])]


def _walk(start: _Edge, next_to: dict[_Edge, list[_Edge]]) -> list[_Edge]:
    """Follow a line from an edge as far as it leads, and take it away."""
    line = [start]
    while next_to[line[-1]]:
        here = line[-1]
        there = next_to[here].pop()
        next_to[there].remove(here)
        line.append(there)
    return line


def _place(edge: _Edge, surface: Float64, height: float) -> tuple[float, float]:
    row, column, is_across = edge
    here = surface[row, column]
    there = surface[row, column + 1] if is_across else surface[row + 1, column]
    share = float((height - here) / (there - here))
    return (row, column + share) if is_across else (row + share, column)
