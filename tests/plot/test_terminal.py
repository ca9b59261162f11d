"""The curve in characters, read back from the dots."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from eqmorph.bands import Bands
from eqmorph.plot.curve import DbAxis, db_axis
from eqmorph.plot.terminal import SPECTRUM_SPAN_DB, Segment, Spectrum, draw_curve
from eqmorph.presets import find_preset

Lines = list[tuple[Segment, ...]]
DOT_ROWS = {0x01: 0, 0x02: 1, 0x04: 2, 0x40: 3, 0x08: 0, 0x10: 1, 0x20: 2, 0x80: 3}
RIGHT = 0xB8  # the bits of the right dot column

sizes = pytest.mark.parametrize(("width", "height"), [(30, 8), (60, 15), (79, 15), (119, 21), (200, 40)])
each_eq = pytest.mark.parametrize(
    "bands", [find_preset(name).bands for name in ("warm-tape", "smile", "telephone", "flat")], ids=str
)


def plain(lines: Lines) -> list[str]:
    return ["".join(segment.text for segment in line) for line in lines]


def grid_of(lines: Lines) -> list[str]:
    """Return what stands right of the dB labels, without the labeled axis below."""
    gutter = len(lines[0][0].text)
    return [text[gutter:] for text in plain(lines[:-1])]


def dots_of(lines: Lines) -> list[list[int]]:
    """Return the rows of dots set in each dot column, from the left."""
    grid = grid_of(lines)
    columns: list[list[int]] = [[] for _ in range(2 * max(map(len, grid)))]
    for row, text in enumerate(grid):
        for column, letter in enumerate(text):
            bits = ord(letter) - 0x2800
            if 0 < bits < 0x100:
                for bit, dot in DOT_ROWS.items():
                    if bits & bit:
                        columns[2 * column + bool(bit & RIGHT)].append(4 * row + dot)
    return [sorted(rows) for rows in columns]


def stars_of(lines: Lines) -> list[list[int]]:
    grid = grid_of(lines)
    return [[row for row, text in enumerate(grid) if text[i : i + 1] == "*"] for i in range(max(map(len, grid)))]


def db_a_dot(lines: Lines, dots_a_row: int) -> tuple[float, float]:
    """Return the gain of the topmost grid line, and from one dot to the next."""
    ticks = {row: float(line[0].text.split()[0]) for row, line in enumerate(lines[:-1]) if line[0].text.strip()}
    (top, high_db), *_, (bottom, low_db) = ticks.items()
    return high_db, (high_db - low_db) / ((bottom - top) * dots_a_row)


@sizes
@each_eq
@pytest.mark.parametrize("ascii_only", [False, True])
def test_the_dots_are_the_response(bands: Bands, width: int, height: int, ascii_only: bool) -> None:
    lines = draw_curve(bands.sampled(48_000), width=width, height=height, ascii_only=ascii_only)
    columns, across, down = (stars_of(lines), 1, 1) if ascii_only else (dots_of(lines), 2, 4)
    assert len(columns) == (width - len(lines[0][0].text)) * across
    high_db, step_db = db_a_dot(lines, down)
    middles_hz = 20 * 1000 ** ((np.arange(len(columns)) + 0.5) / len(columns))
    expected = (high_db - bands.response_db(middles_hz, 48_000)) / step_db + (0 if ascii_only else 1)
    for rows, dot in zip(columns, expected, strict=True):
        assert rows[0] - 0.51 <= dot <= rows[-1] + 0.51


@sizes
@each_eq
def test_the_line_has_no_gap_and_no_fat(bands: Bands, width: int, height: int) -> None:
    columns = dots_of(draw_curve(bands.sampled(48_000), width=width, height=height))
    for rows in columns:
        assert rows == list(range(rows[0], rows[-1] + 1))
    for before, rows in pairwise(columns):
        assert rows[0] <= before[-1] + 1
        assert before[0] <= rows[-1] + 1
        assert len(set(before) & set(rows)) <= 1


def test_a_dip_narrower_than_a_dot_keeps_its_depth() -> None:
    bands = Bands.parse("PK 3210 -12 Q10; PK 3210 -12 Q10")
    lines = draw_curve(bands.sampled(48_000), width=30, height=12)
    high_db, step_db = db_a_dot(lines, 4)
    lowest = max(row for rows in dots_of(lines) for row in rows)
    assert high_db - (lowest - 1) * step_db == pytest.approx(-24, abs=step_db)


def test_it_ends_where_the_sample_rate_ends() -> None:
    columns = dots_of(draw_curve(Bands.parse("LS 100 +3").sampled(8000), width=79, height=15))
    drawn = [number for number, rows in enumerate(columns) if rows]
    assert drawn == list(range(len(drawn)))
    assert 20 * 1000 ** (len(drawn) / len(columns)) == pytest.approx(3600, rel=0.05)


@sizes
@each_eq
@pytest.mark.parametrize("ascii_only", [False, True])
def test_it_fits(bands: Bands, width: int, height: int, ascii_only: bool) -> None:
    lines = draw_curve(bands.sampled(48_000), width=width, height=height, ascii_only=ascii_only)
    assert max(map(len, plain(lines))) <= width
    assert height - db_axis([bands.sampled(48_000)]).steps - 1 <= len(lines) <= height
    assert all(text == text.rstrip() for text in plain(lines))


def test_ascii_only_means_it() -> None:
    lines = draw_curve(find_preset("smile").bands.sampled(48_000), width=79, height=15, ascii_only=True)
    assert "".join(plain(lines)).isascii()


def test_lines_are_labelled() -> None:
    lines = plain(draw_curve(find_preset("warm-tape").bands.sampled(48_000), width=79, height=15))
    assert [line.split()[0] for line in lines[:-1] if line[:3].strip()] == ["+6", "+3", "0", "-3", "-6"]
    assert lines[0].startswith("+6 dB ┈")
    assert lines[6].startswith(" 0    ")
    assert lines[-1].split() == ["Hz", "20", "50", "100", "200", "500", "1k", "2k", "5k", "10k", "20k"]
    for label in ("100", "1k", "10k"):
        start = lines[-1].index(f" {label} ") + 1
        assert "┊" in lines[1][start : start + len(label)]


def test_labels_that_have_no_room_are_left_out() -> None:
    line = plain(draw_curve(Bands().sampled(48_000), width=30, height=8))[-1]
    assert {"Hz", "20", "100", "1k", "10k"} <= set(line.split()) <= {
        "Hz", "20", "50", "100", "200", "500", "1k", "2k", "5k", "10k", "20k"
    }  # fmt: skip


def test_segments_say_what_they_are() -> None:
    lines = draw_curve(find_preset("smile").bands.sampled(48_000), width=79, height=15)
    for line in lines:
        assert line[0].role == "label"
        for text, role in line[1:]:
            assert (role == "curve") == all("⠀" <= letter <= "⣿" for letter in text)
    zero = next(line for line in lines if line[0].text.split()[:1] == ["0"])
    assert {role for _, role in zero[1:]} == {"zero", "curve"}
    assert "zero" not in {role for line in lines if line is not zero for _, role in line}


def falling(by_db: float = 50.0) -> Spectrum:
    """Return a straight line in the picture, from the top left."""
    freqs_hz = np.geomspace(20, 20_000, 400)
    return Spectrum(freqs_hz, -10 - by_db * np.log(freqs_hz / 20) / np.log(1000))


def only(lines: Lines, role: str) -> Lines:
    """Return the picture without what is of other roles."""
    return [
        (line[0], *(s if s.role == role else s._replace(text=" " * len(s.text)) for s in line[1:])) for line in lines
    ]


AXIS = DbAxis(-12.0, 12.0, 6.0)


@sizes
def test_the_spectrum_after_is_a_dotted_line_at_its_level(width: int, height: int) -> None:
    curve = Bands().sampled(48_000)
    lines = draw_curve(curve, width=width, height=height, axis=AXIS, after=falling())
    columns = dots_of(only(lines, "after"))
    down = 4 * (len(lines) - 1)
    drawn = {number: rows for number, rows in enumerate(columns) if rows}
    assert len(drawn) > 0.35 * len(columns)
    assert all(number % 2 == 0 and len(rows) == 1 for number, rows in drawn.items())
    for number, (row,) in drawn.items():
        fallen_db = 50.0 * (number + 0.5) / (2 * (width - len(lines[0][0].text)))
        assert row == pytest.approx(fallen_db / SPECTRUM_SPAN_DB * (down - 1), abs=1.5)


@sizes
def test_the_spectrum_before_is_an_area_under_its_level(width: int, height: int) -> None:
    curve = Bands().sampled(48_000)
    bare = draw_curve(curve, width=width, height=height, axis=AXIS)
    lines = draw_curve(curve, width=width, height=height, axis=AXIS, before=falling())
    columns = dots_of(only(lines, "before"))
    down = 4 * (len(lines) - 1)
    for number, rows in enumerate(columns):
        top = 50.0 * number / (2 * (width - len(lines[0][0].text))) / SPECTRUM_SPAN_DB * (down - 1)
        assert all(row >= top - 1.5 for row in rows)
    for line, bare_line in zip(plain(lines), plain(bare), strict=True):
        for letter, bare_letter in zip(line, bare_line, strict=False):
            assert letter == bare_letter or bare_letter in " ┈", "zero line, labels and curve stay on top"
    assert sum(map(len, columns)) > 0.05 * down * len(columns)


def test_two_spectra_are_on_one_scale() -> None:
    softer = Spectrum(falling().freqs_hz, falling().level_db - SPECTRUM_SPAN_DB / 2)
    lines = draw_curve(Bands().sampled(48_000), width=79, height=19, axis=AXIS, before=falling(), after=softer)
    rows = [row for column in dots_of(only(lines, "after")) for row in column]
    assert min(rows) == pytest.approx(4 * (len(lines) - 1) / 2, abs=2)


def test_spectra_in_ascii() -> None:
    curve = Bands().sampled(48_000)
    text = "".join(plain(draw_curve(curve, width=79, height=15, before=falling(), after=falling(), ascii_only=True)))
    assert text.isascii()
    assert {",", "o"} <= set(text)
