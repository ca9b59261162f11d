"""A sound over time as an SVG: a course for each word before and after, its sections, and the EQ as a ribbon.

The ribbon tells boosts from cuts three times over: by color, by solid and dashed contours, and by numbers.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from eqmorph._typing import Float64
from eqmorph.plot.contours import contours
from eqmorph.plot.curve import AXIS_HZ, FREQ_TICKS_HZ, freq_label, freq_position
from eqmorph.plot.over_time import OverTime, Ribbon, WordCourse, clock, time_ticks
from eqmorph.plot.png import encoded_png
from eqmorph.plot.svg_parts import COLOURS, GREY, SMALL, heading_lines, opening, px, xml_text

__all__ = ["time_svg"]

_AFTER, _CUT, _BOOST = COLOURS[2], COLOURS[1], COLOURS[6]
_LEFT, _RIGHT = 104, 44
_COURSE, _BETWEEN = 30, 10  # the height of a word's course, and what lies between two
_RIBBON, _OVER_RIBBON = 180, 30
_FOOT, _LEGEND = 30, 46
_LEAST_TICK = 70  # px between times
_LEAST_STRETCH = 44  # px: a section as wide as this has numbers
_LEAST_DB = 0.5  # that is worth a number
_MOST_NUMBERS = 5
_CLEAR = 15  # px between numbers
_LIMITS_DB = (3.0, 6.0, 12.0, 24.0)  # the ends of the scale of colors
_STEPS = 3  # of that scale, either way: each has a contour
_OPAQUE = 0.55  # where the scale ends
_PIXELS = (480, 90)  # of the ribbon
_FINE_PX = 0.1


def time_svg(picture: OverTime, *, title: str = "", description: str = "", width: int = 900) -> str:
    """Draw a sound over time as SVG.

    Args:
        picture: what to draw.
        title: stands above it, and is what a screen reader says.
        description: a sentence under the title.
        width: in px; the height follows from what there is to show.
    """
    heading = heading_lines(title, description, _LEFT)
    top = 34 + 24 * len(heading)
    courses_end = top + len(picture.courses) * (_COURSE + _BETWEEN)
    ribbon_top = courses_end + _OVER_RIBBON - _BETWEEN
    bottom = ribbon_top + _RIBBON if picture.ribbon is not None else courses_end
    frame = _Frame(width, top, bottom, max(picture.duration_s, 1e-3))
    ribbon = picture.ribbon
    legend = _legend(frame, picture, bottom + _FOOT)
    parts = [
        *opening(width, bottom + _FOOT + (_LEGEND if legend else 0), title or "A sound over time"),
        *heading,
        *(_ribbon(frame, ribbon, ribbon_top, picture.sections_s) if ribbon is not None else ()),
        *_sections(frame, picture.sections_s),
        *_courses(frame, picture),
        *_times(frame),
        *legend,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where things are, in px."""

    width: int
    top: int
    bottom: int
    duration_s: float

    @property
    def right(self) -> int:
        return self.width - _RIGHT

    def x(self, seconds: float | Float64) -> Float64:
        return np.asarray(_LEFT + np.asarray(seconds) / self.duration_s * (self.right - _LEFT))


def _sections(frame: _Frame, sections_s: Sequence[float]) -> list[str]:
    """Draw where sections begin, through everything, with the times that have room."""
    if len(sections_s) < 2:
        return []
    xs = [float(frame.x(at)) for at in sections_s]
    lines = [f'<path d="M{px(x)} {frame.top - 8}V{frame.bottom}"/>' for x in xs[1:]]
    labels = []
    free = 0.0
    for x, at in zip(xs, sections_s, strict=True):
        if x >= free:
            labels.append(f'<text x="{px(x)}" y="{frame.top - 12}" text-anchor="middle">{clock(at)}</text>')
            free = x + _LEAST_STRETCH
    return [
        f'<g class="sections" fill="none" stroke="{GREY}" stroke-opacity="0.9" stroke-dasharray="2 3">',
        *lines,
        "</g>",
        f'<g fill="{GREY}">',
        f'<text x="{_LEFT - 24}" y="{frame.top - 12}" text-anchor="end">sections</text>',
        *labels,
        "</g>",
    ]


def _courses(frame: _Frame, picture: OverTime) -> list[str]:
    lines: list[str] = []
    for number, course in enumerate(picture.courses):
        top = frame.top + number * (_COURSE + _BETWEEN)
        lines += _course(frame, course, frame.x(picture.times_s), top, with_scale=number == 0)
    return lines


def _course(frame: _Frame, course: WordCourse, x: Float64, top: int, *, with_scale: bool) -> list[str]:
    bottom, middle = top + _COURSE, top + _COURSE / 2
    lines = [
        f'<g class="course"><path fill="none" stroke="{GREY}" stroke-opacity="0.25" '
        f'd="M{_LEFT} {top}H{frame.right}M{_LEFT} {px(middle)}H{frame.right}M{_LEFT} {bottom}H{frame.right}"/>',
        f'<text x="{_LEFT - 9}" y="{px(middle + 4.5)}" text-anchor="end" fill="{GREY}">{xml_text(course.word)}</text>',
    ]
    if with_scale:
        lines += [
            f'<text x="{frame.right + 5}" y="{px(y + 4)}" font-size="{SMALL - 2}" fill="{GREY}">{label}</text>'
            for y, label in ((top, "100 %"), (middle, "50"), (bottom, "0"))
        ]
    before_style = f'stroke="{GREY}" stroke-width="1.5"'
    lines.append(_path(x, bottom - _COURSE * course.before, f'class="before" {before_style}'))
    if course.after is not None:
        after_style = f'stroke="{_AFTER}" stroke-width="2.5"'
        lines.append(_path(x, bottom - _COURSE * course.after, f'class="after" {after_style}'))
    return [*lines, "</g>"]


def _path(x: Float64, y: Float64, style: str) -> str:
    """Draw a line that breaks where there is nothing to draw; a point alone is a dot."""
    heard = np.isfinite(y)
    pieces = np.split(np.arange(len(y)), np.flatnonzero(np.diff(heard.astype(int))) + 1)
    parts = []
    for piece in pieces:
        if len(piece) and heard[piece[0]]:
            points = [f"{px(x[at])} {px(y[at])}" for at in piece]
            parts.append("M" + "L".join(points if len(points) > 1 else points * 2))
    return f'<path fill="none" stroke-linejoin="round" stroke-linecap="round" {style} d="{"".join(parts)}"/>'


def _times(frame: _Frame) -> list[str]:
    ticks = time_ticks(frame.duration_s, (frame.right - _LEFT) // _LEAST_TICK)
    return [
        f'<path fill="none" stroke="{GREY}" stroke-opacity="0.5" d="'
        + "".join(f"M{px(frame.x(at))} {frame.bottom}v5" for at in ticks)
        + '"/>',
        f'<g fill="{GREY}">',
        *(
            f'<text x="{px(frame.x(at))}" y="{frame.bottom + 20}" text-anchor="middle">{clock(at)}</text>'
            for at in ticks
        ),
        "</g>",
    ]


# The ribbon.


def _limit_db(ribbon: Ribbon) -> float:
    most = float(np.abs(ribbon.gain_db).max(initial=0.0))
    return next((limit for limit in _LIMITS_DB if most <= limit), _LIMITS_DB[-1])


def _ribbon(frame: _Frame, ribbon: Ribbon, top: int, sections_s: Sequence[float]) -> list[str]:
    limit_db = _limit_db(ribbon)
    shown = _sampled(ribbon, frame.duration_s)
    lines = [
        f'<image class="ribbon" x="{_LEFT}" y="{top}" width="{frame.right - _LEFT}" height="{_RIBBON}" '
        f'preserveAspectRatio="none" href="data:image/png;base64,{_coloured(shown, limit_db)}"/>',
        *_freq_labels(frame, top),
    ]
    for number in range(1, _STEPS + 1):
        height_db = limit_db * number / _STEPS
        for sign, colour, dash in ((1, _BOOST, ""), (-1, _CUT, ' stroke-dasharray="5 3"')):
            if path := _contour_path(frame, shown, sign * height_db, top):
                lines.append(f'<path class="contour" fill="none" stroke="{colour}"{dash} d="{path}"/>')
    return [*lines, *_numbers(frame, ribbon, top, sections_s)]


def _sampled(ribbon: Ribbon, duration_s: float) -> Float64:
    """Return what an EQ does (rows, columns), the highest frequency first, evenly from start to end."""
    columns, rows = _PIXELS
    times_s = (np.arange(columns) + 0.5) / columns * duration_s
    shares = 1 - (np.arange(rows) + 0.5) / rows
    freqs = np.log(AXIS_HZ[0]) + shares * np.log(AXIS_HZ[1] / AXIS_HZ[0])
    at_freqs = np.array([np.interp(freqs, np.log(ribbon.freqs_hz), gain, right=0.0) for gain in ribbon.gain_db])
    return np.array([np.interp(times_s, ribbon.times_s, row) for row in at_freqs.T])


def _coloured(shown: Float64, limit_db: float) -> str:
    """Return a picture in base64: the color says which way, how opaque it is how far."""
    pixels = np.empty((*shown.shape, 4), dtype=np.uint8)
    pixels[..., :3] = np.where(shown[..., None] > 0, _rgb(_BOOST), _rgb(_CUT))
    pixels[..., 3] = np.rint(255 * _OPAQUE * np.minimum(np.abs(shown) / limit_db, 1.0))
    return base64.b64encode(encoded_png(pixels)).decode("ascii")


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def _contour_path(frame: _Frame, shown: Float64, height_db: float, top: int) -> str:
    rows, columns = shown.shape
    parts = []
    for line in contours(shown, height_db):
        x = _LEFT + (line[:, 1] + 0.5) / columns * (frame.right - _LEFT)
        y = top + (line[:, 0] + 0.5) / rows * _RIBBON
        parts.append("M" + "L".join(f"{at_x:.1f} {at_y:.1f}" for at_x, at_y in _corners(x, y)))
    return "".join(parts)


def _corners(x: Float64, y: Float64) -> Iterator[tuple[float, float]]:
    """Yield the points of a line but those on the way straight from the last one to the next."""
    yield float(x[0]), float(y[0])
    kept = 0
    for at in range(1, len(x) - 1):
        long_x, long_y, short_x, short_y = x[at + 1] - x[kept], y[at + 1] - y[kept], x[at] - x[kept], y[at] - y[kept]
        if abs(long_x * short_y - long_y * short_x) > _FINE_PX * np.hypot(long_x, long_y):
            yield float(x[at]), float(y[at])
            kept = at
    yield float(x[-1]), float(y[-1])


def _freq_labels(frame: _Frame, top: int) -> list[str]:
    def y(freq_hz: float) -> float:
        return top + float(1 - freq_position(freq_hz)) * _RIBBON

    ticks = [freq_hz for freq_hz in sorted(FREQ_TICKS_HZ) if AXIS_HZ[0] < freq_hz < AXIS_HZ[1]]
    lines = [f'<path d="M{_LEFT} {px(y(freq_hz))}H{frame.right}"/>' for freq_hz in ticks]
    labels = [
        f'<text x="{_LEFT - 9}" y="{px(y(freq_hz) + 4.5)}" text-anchor="end">'
        f"{freq_label(freq_hz)}{' Hz' if freq_hz == ticks[-1] else ''}</text>"
        for freq_hz in ticks
    ]
    return [
        f'<g fill="none" stroke="{GREY}" stroke-opacity="0.25">',
        *lines,
        "</g>",
        f'<g fill="{GREY}">',
        *labels,
        f'<text x="{_LEFT}" y="{top - 8}">EQ</text>',
        "</g>",
    ]


def _numbers(frame: _Frame, ribbon: Ribbon, top: int, sections_s: Sequence[float]) -> list[str]:
    """Write how far each peak and each dip goes, in the middle of every section that has room."""
    bounds = [*(sections_s or (0.0,)), frame.duration_s]
    texts = []
    for begin, end in pairwise(bounds):
        if float(frame.x(end) - frame.x(begin)) < _LEAST_STRETCH:
            continue
        middle_s = (begin + end) / 2
        gain_db = np.array([np.interp(middle_s, ribbon.times_s, row) for row in ribbon.gain_db.T])
        for freq_hz, extreme_db in _extremes(ribbon.freqs_hz, gain_db):
            y = top + float(1 - freq_position(freq_hz)) * _RIBBON
            sign = "+" if extreme_db > 0 else "−"
            texts.append(
                f'<text class="gain" x="{px(frame.x(middle_s))}" y="{px(min(max(y, top + 7), top + _RIBBON - 7) + 4)}">'
                f"{sign}{abs(extreme_db):.1f}</text>"
            )
    return [
        f'<g font-size="{SMALL - 2}" font-weight="600" text-anchor="middle" fill="#222" stroke="#fff" '
        'stroke-opacity="0.8" stroke-width="3" stroke-linejoin="round" paint-order="stroke">',
        *texts,
        "</g>",
    ]


def _extremes(freqs_hz: Float64, gain_db: Float64) -> list[tuple[float, float]]:
    """Return the peaks and dips of a curve that are worth a number, none too near to a greater one."""
    inside = np.flatnonzero((freqs_hz >= AXIS_HZ[0]) & (freqs_hz <= AXIS_HZ[1]))
    freqs_hz, gain_db = freqs_hz[inside], gain_db[inside]
    slopes = np.sign(np.diff(gain_db))
    turns = [0, *(np.flatnonzero(slopes[1:] * slopes[:-1] < 0) + 1).tolist(), len(gain_db) - 1]
    found: list[tuple[float, float]] = []
    for at in sorted(turns, key=lambda at: -abs(gain_db[at])):
        away = [abs(float(freq_position(freqs_hz[at]) - freq_position(freq_hz))) * _RIBBON for freq_hz, _ in found]
        if abs(gain_db[at]) >= _LEAST_DB and min(away, default=_RIBBON) >= _CLEAR and len(found) < _MOST_NUMBERS:
            found.append((float(freqs_hz[at]), float(gain_db[at])))
    return found


# The legend.


def _legend(frame: _Frame, picture: OverTime, top: int) -> list[str]:
    has_after = any(course.after is not None for course in picture.courses)
    if not has_after and picture.ribbon is None:
        return []
    y = top + 16
    parts = [f'<g class="legend" fill="{GREY}">']
    x = float(_LEFT)
    for text, colour, thick in (("before", GREY, 1.5), ("after", _AFTER, 2.5)) if has_after else ():
        parts.append(f'<path d="M{px(x)} {y}h26" stroke="{colour}" stroke-width="{thick}"/>')
        parts.append(f'<text x="{px(x + 32)}" y="{px(y + 4.5)}">{text}</text>')
        x += 96
    if picture.ribbon is not None:
        parts += _scale(frame, _limit_db(picture.ribbon), y)
    return [*parts, "</g>"]


def _scale(frame: _Frame, limit_db: float, y: int) -> list[str]:
    """Draw the scale of colors, from the deepest cut to the highest boost, as the contours divide it."""
    wide = 46
    levels = [number * limit_db / _STEPS for number in range(-_STEPS, _STEPS + 1)]
    left = frame.right - 2 * _STEPS * wide - 24
    parts = [
        f'<text x="{left - 44}" y="{px(y + 4.5)}" text-anchor="end">cuts dashed, boosts solid, dB</text>',
    ]
    for number, (low, high) in enumerate(pairwise(levels)):
        middle = (low + high) / 2
        colour, opacity = (_BOOST if middle > 0 else _CUT), _OPAQUE * abs(middle) / limit_db
        parts.append(
            f'<rect x="{left + number * wide}" y="{y - 7}" width="{wide}" height="14" fill="{colour}" '
            f'fill-opacity="{px(opacity)}"/>'
        )
    for number, level in enumerate(levels):
        colour, dash = (_BOOST, "") if level > 0 else (_CUT, ' stroke-dasharray="3 2"')
        at = left + number * wide
        if level:
            parts.append(f'<path d="M{at} {y - 7}v14" stroke="{colour}"{dash}/>')
        sign = "+" if level > 0 else "−" if level < 0 else ""
        anchor = "end" if number == 0 else "start" if number == len(levels) - 1 else "middle"
        if number in (0, len(levels) - 1):
            shift = -5 if number == 0 else 5
            parts.append(f'<text x="{at + shift}" y="{px(y + 4.5)}" text-anchor="{anchor}">{sign}{abs(level):g}</text>')
        else:
            parts.append(
                f'<text x="{at}" y="{y + 19}" font-size="{SMALL - 2}" text-anchor="middle">{sign}{abs(level):g}</text>'
            )
    return parts
