"""Curves as an SVG of one file: no script, no font file, no background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from eqmorph._typing import Float64
from eqmorph.plot.curve import FREQ_TICKS_HZ, DbAxis, SampledCurve, db_axis, freq_label, freq_position
from eqmorph.plot.labels import Box, Line, place_labels
from eqmorph.plot.svg_parts import COLOURS, GREY, SMALL, heading_lines, opening, px, xml_text

__all__ = ["svg_document"]


_LETTER = 0.66  # width of a bold letter, in font sizes: no font is at hand to measure it with
_FINE_PX = 0.04  # how far a simplified path may lie from the curve
_STROKE = 'stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round"'
_FAINT = 0.14


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where things are, in px."""

    width: int
    height: int
    top: int
    axis: DbAxis

    left = 58
    right = 24
    bottom = 34

    def x(self, freq_hz: ArrayLike) -> Float64:
        return self.left + freq_position(freq_hz) * (self.width - self.left - self.right)

    def y(self, gain_db: ArrayLike) -> Float64:
        return self.top + self.axis.position(gain_db) * (self.height - self.top - self.bottom)


def svg_document(
    curves: Sequence[SampledCurve], *, title: str = "", description: str = "", width: int = 800, height: int = 400
) -> str:
    """Draw one or several curves on one grid as SVG; several are each labeled with their name.

    Args:
        curves: at least one.
        title: stands above the grid, and is what a screen reader says.
        description: a sentence under the title.
        width: in px, the text stays readable from 400 on.
        height: in px.
    """
    heading = heading_lines(title, description, _Frame.left)
    frame = _Frame(width, height, top=20 + 24 * len(heading), axis=db_axis(curves))
    parts = [
        *opening(width, height, title or ", ".join(curve.name for curve in curves) or "Equalizer curve"),
        *heading,
        *_grid(frame),
        *(_area(frame, curve, colour) for curve, colour in _coloured(curves)),
        *(_line(frame, curve, colour) for curve, colour in _coloured(curves)),
        *(_names(frame, curves) if len(curves) > 1 else ()),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _coloured(curves: Sequence[SampledCurve]) -> list[tuple[SampledCurve, str]]:
    return [(curve, COLOURS[number % len(COLOURS)]) for number, curve in enumerate(curves)]


def _grid(frame: _Frame) -> list[str]:
    left, right = frame.left, frame.width - frame.right
    top, bottom = frame.top, frame.height - frame.bottom
    lines: list[str] = []
    labels: list[str] = []
    for freq_hz in sorted(FREQ_TICKS_HZ):
        x = px(frame.x(freq_hz))
        lines.append(f'<path d="M{x} {top}V{bottom}"/>')
        unit = "" if labels else " Hz"
        labels.append(f'<text x="{x}" y="{bottom + 21}" text-anchor="middle">{freq_label(freq_hz)}{unit}</text>')
    for gain_db in frame.axis.ticks_db:
        y = frame.y(gain_db)
        opacity = ' stroke-opacity="0.8"' if gain_db == 0 else ""
        lines.append(f'<path d="M{left} {px(y)}H{right}"{opacity}/>')
        sign = "+" if gain_db > 0 else "−" if gain_db < 0 else ""
        unit = " dB" if gain_db == frame.axis.high_db else ""
        label = f"{sign}{abs(gain_db):g}{unit}"
        labels.append(f'<text x="{left - 9}" y="{px(y + 4.5)}" text-anchor="end">{label}</text>')
    return [
        f'<g fill="none" stroke="{GREY}" stroke-opacity="0.25">',
        *lines,
        "</g>",
        f'<g fill="{GREY}">',
        *labels,
        "</g>",
    ]


def _area(frame: _Frame, curve: SampledCurve, colour: str) -> str:
    """Draw what lies between a curve and 0 dB, faintly."""
    zero, low_x, high_x = (px(at) for at in (frame.y(0.0), frame.x(curve.freqs_hz[0]), frame.x(curve.freqs_hz[-1])))
    path = f"{_path(frame, curve)}L{high_x} {zero}H{low_x}Z"
    return f'<path d="{path}" fill="{colour}" fill-opacity="{_FAINT}"/>'


def _line(frame: _Frame, curve: SampledCurve, colour: str) -> str:
    """Draw a curve, and on it a dot for each band."""
    path = f'<path d="{_path(frame, curve)}" fill="none" stroke="{colour}" {_STROKE}/>'
    dots = (
        f'<circle cx="{px(frame.x(freq_hz))}" cy="{px(frame.y(curve.at(freq_hz)))}" r="4.5" fill="{colour}"/>'
        for freq_hz in curve.marks_hz
    )
    return "\n".join([path, *dots])


def _path(frame: _Frame, curve: SampledCurve) -> str:
    x, y = _simplified(frame.x(curve.freqs_hz), frame.y(curve.gain_db))
    return "M" + "L".join(f"{px(at_x)} {px(at_y)}" for at_x, at_y in zip(x, y, strict=True))


def _names(frame: _Frame, curves: Sequence[SampledCurve]) -> list[str]:
    lines = [Line(frame.x(curve.freqs_hz), frame.y(curve.gain_db)) for curve in curves]
    widths = [_LETTER * (SMALL + 1) * len(curve.name) for curve in curves]
    area = Box(frame.left + 6, frame.top + 2, frame.width - frame.right - 6, frame.height - frame.bottom - 2)
    boxes = place_labels(lines, widths, 14.0, area, frame.y(frame.axis.ticks_db).tolist(), float(frame.y(0.0)))
    return [
        f'<text x="{px(box.middle)}" y="{px(box.bottom - 3)}" text-anchor="middle" font-size="{SMALL + 1}" '
        f'font-weight="600" fill="{colour}">{xml_text(curve.name)}</text>'
        for box, (curve, colour) in zip(boxes, _coloured(curves), strict=True)
    ]


def _simplified(x: Float64, y: Float64) -> tuple[Float64, Float64]:
    """Keep as few of the points (m,) as leave the line where it is, after Douglas and Peucker."""
    keep = np.zeros(len(x), dtype=np.bool_)
    keep[[0, -1]] = True
    pieces = [(0, len(x) - 1)]
    while pieces:
        first, last = pieces.pop()
        inner = slice(first + 1, last)
        if first + 1 >= last:
            continue
        straight = np.interp(x[inner], x[[first, last]], y[[first, last]])
        away = np.abs(y[inner] - straight)
        if away.max() > _FINE_PX:
            middle = first + 1 + int(np.argmax(away))
            keep[middle] = True
            pieces += [(first, middle), (middle, last)]
    return x[keep], y[keep]
