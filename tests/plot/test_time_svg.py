"""A sound over time as SVG: what can be read off it is what was put in."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from eqmorph.plot.contours import contours
from eqmorph.plot.over_time import OverTime, Ribbon, WordCourse, clock, time_ticks
from eqmorph.plot.time_svg import time_svg

SVG = "{http://www.w3.org/2000/svg}"
TIMES = np.arange(60) + 0.5


def picture(*, ribbon: bool = True, after: bool = True) -> OverTime:
    before = np.where((TIMES > 20) & (TIMES < 30), np.nan, 0.25)
    course = WordCourse("warm <b>", before, before + 0.5 if after else None)
    freqs_hz, times_s = np.geomspace(20, 20_000, 60), np.linspace(0, 60, 60)
    gain_db = 5 * np.exp(-(np.log(freqs_hz / 100) ** 2)) * (times_s[:, None] > 30) - 4 * np.exp(
        -(np.log(freqs_hz / 5000) ** 2)
    )
    return OverTime(60.0, TIMES, (course,), (0.0, 30.0), Ribbon(times_s, freqs_hz, gain_db) if ribbon else None)


def parsed(given: OverTime) -> ElementTree.Element:
    return ElementTree.fromstring(time_svg(given, title="a & b"))


def texts(root: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{SVG}text")]


def test_a_course_has_a_line_before_and_one_after_that_break_in_silence() -> None:
    root = parsed(picture())
    before, after = ([p for p in root.iter(f"{SVG}path") if p.get("class") == name] for name in ("before", "after"))
    heights = [{float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", line.attrib["d"])} for line in (*before, *after)]
    assert [line.attrib["d"].count("M") for line in (*before, *after)] == [2, 2]
    assert heights[0].pop() - heights[1].pop() == pytest.approx(15)
    assert {"warm <b>", "before", "after"} <= set(texts(root))


def test_sections_are_marked_with_their_times() -> None:
    root = parsed(picture())
    (group,) = (group for group in root.iter(f"{SVG}g") if group.get("class") == "sections")
    assert len(list(group)) == 1
    assert "0:30" in texts(root)


def test_the_ribbon_says_what_each_section_gets_in_numbers_and_contours() -> None:
    root = parsed(picture())
    gains = [text.text for text in root.iter(f"{SVG}text") if text.get("class") == "gain"]
    assert gains.count("−4.0") == 2
    assert "+5.0" in gains
    dashed = [
        path for path in root.iter(f"{SVG}path") if path.get("class") == "contour" and "stroke-dasharray" in path.attrib
    ]
    solid = [
        path
        for path in root.iter(f"{SVG}path")
        if path.get("class") == "contour" and "stroke-dasharray" not in path.attrib
    ]
    assert dashed
    assert solid
    assert {path.attrib["stroke"] for path in dashed}.isdisjoint(path.attrib["stroke"] for path in solid)


def test_an_analysis_has_neither_ribbon_nor_after() -> None:
    root = parsed(picture(ribbon=False, after=False))
    assert not list(root.iter(f"{SVG}image"))
    assert "after" not in texts(root)


def test_contours_lie_where_the_surface_has_that_height() -> None:
    rows, columns = np.mgrid[0:40, 0:50].astype(float)
    (circle,) = contours(-np.hypot(rows - 20, columns - 25), -10.0)
    assert np.hypot(circle[:, 0] - 20, circle[:, 1] - 25) == pytest.approx(10, abs=0.05)
    assert circle[0] == pytest.approx(circle[-1])
    (line,) = contours(columns, 12.25)
    assert line[:, 1] == pytest.approx(12.25)
    assert len(line) == 40
    assert contours(columns, 99.0) == []


def test_times_are_round() -> None:
    assert time_ticks(137.0, 10) == [15.0 * number for number in range(10)]
    assert len(time_ticks(3 * 3600.0, 10)) <= 10
    assert [clock(65.2), clock(3605.0)] == ["1:05", "1:00:05"]
