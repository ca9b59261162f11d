"""The SVG, read back: the curve it shows, its names, and that it needs nothing and is readable on any page."""

from __future__ import annotations

import re
import runpy
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from eqmorph.bands import Bands
from eqmorph.plot.curve import SampledCurve
from eqmorph.plot.svg import svg_document
from eqmorph.presets import find_preset

SVG = "{http://www.w3.org/2000/svg}"
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
TRIO = ("warm-tape", "podcast-voice", "air")
MANY = (*TRIO, "smile", "lo-fi", "tilt-dark")
Points = np.ndarray


def curves(*names: str, sample_rate: float = 48_000) -> list[SampledCurve]:
    return [find_preset(name).bands.sampled(sample_rate, name=name) for name in names]


def parsed(document: str) -> ElementTree.Element:
    return ElementTree.fromstring(document)


def points_of(path: ElementTree.Element) -> Points:
    """Return the corners of a line, shape (m, 2), in px."""
    return np.array([[float(number) for number in pair.split()] for pair in path.attrib["d"][1:].split("L")])


def lines_of(root: ElementTree.Element) -> list[Points]:
    return [points_of(path) for path in root.iter(f"{SVG}path") if path.get("stroke-width")]


def scale(root: ElementTree.Element, axis: str) -> tuple[Points, Points]:
    """Return what an axis' labels say and where they are in px: the frequency's below, the gain's to the left."""
    values, places = [], []
    for text in root.iter(f"{SVG}text"):
        number = re.fullmatch(r"([+−]?)(\d+)(k?)(?: Hz| dB)?", text.text or "")
        if number and text.get("text-anchor") == {"x": "middle", "y": "end"}[axis]:
            value = float(number[2]) * (1000 if number[3] else 1) * (-1 if number[1] == "−" else 1)
            values.append(np.log(value) if axis == "x" else value)
            places.append(float(text.attrib[axis]) - (4.5 if axis == "y" else 0))
    return np.array(values), np.array(places)


def response_of(root: ElementTree.Element, line: Points) -> tuple[Points, Points]:
    """Return the frequencies and gains of a line's corners, as one would read them off the labeled axes."""
    (log_hz, x), (gain_db, y) = scale(root, "x"), scale(root, "y")
    return np.exp(np.polyval(np.polyfit(x, log_hz, 1), line[:, 0])), np.polyval(np.polyfit(y, gain_db, 1), line[:, 1])


@pytest.mark.parametrize("name", ["warm-tape", "smile", "telephone", "podcast-voice"])
@pytest.mark.parametrize("sample_rate", [8000, 48_000])
def test_the_line_is_the_response(name: str, sample_rate: int) -> None:
    root = parsed(svg_document(curves(name, sample_rate=sample_rate)))
    (line,) = lines_of(root)
    freqs_hz, gain_db = response_of(root, line)
    assert freqs_hz[0] == pytest.approx(20, rel=1e-3)
    assert freqs_hz[-1] == pytest.approx(min(20_000, 0.45 * sample_rate), rel=1e-3)
    between_hz = np.geomspace(20.1, freqs_hz[-1] * 0.999, 999)
    drawn_db = np.interp(np.log(between_hz), np.log(freqs_hz), gain_db)
    expected_db = find_preset(name).bands.response_db(between_hz, sample_rate)
    px_db = abs(np.diff(scale(root, "y")[0]).mean() / np.diff(scale(root, "y")[1]).mean())
    assert np.abs(drawn_db - expected_db).max() < 0.25 * px_db
    assert len(line) < 0.4 * len(curves(name)[0].freqs_hz)


def test_each_band_has_a_dot_on_the_line() -> None:
    bands = find_preset("podcast-voice").bands
    root = parsed(svg_document(curves("podcast-voice")))
    dots = np.array([[float(dot.attrib["cx"]), float(dot.attrib["cy"])] for dot in root.iter(f"{SVG}circle")])
    freqs_hz, gain_db = response_of(root, dots)
    np.testing.assert_allclose(freqs_hz, [band.freq_hz for band in bands], rtol=1e-3)
    np.testing.assert_allclose(gain_db, bands.response_db(freqs_hz, 48_000), atol=0.02)


def test_it_needs_nothing_but_itself() -> None:
    document = svg_document(curves(*TRIO), title="Three", description="Of them.")
    root = parsed(document)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {"svg", "title", "text", "g", "path", "circle"}
    assert not re.search(r"url\(|href|@import|<script|data:|px-font", document)
    assert document.count("http") == 1  # the name space
    generic = {"system-ui", "sans-serif", "serif", "monospace"}
    families = {
        family.strip() for names in re.findall('font-family="([^"]*)"', document) for family in names.split(",")
    }
    assert families <= generic


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_colour_is_readable_on_black_and_on_white() -> None:
    """4.5:1, the contrast that WCAG asks of text."""
    document = svg_document(curves(*MANY, "de-mud", "de-harsh"), title="All")
    colours = set(re.findall(r'(?:fill|stroke)="(#\w{6})"', document))
    assert len(colours) == 9
    assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', document)) == colours | {"none"}
    for colour in colours:
        assert 1.05 / (luminance(colour) + 0.05) >= 4.5, colour
        assert (luminance(colour) + 0.05) / 0.05 >= 4.5, colour


def box_of(text: ElementTree.Element) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a centered name in px; a bold letter is some 0.62 of its size wide."""
    size, middle, base = (float(text.attrib[key]) for key in ("font-size", "x", "y"))
    half = 0.31 * size * len(text.text or "")
    return middle - half, base - 0.75 * size, middle + half, base + 0.1 * size


@pytest.mark.parametrize("names", [TRIO, MANY, ("smile", "telephone")])
def test_each_curve_is_named_beside_it_and_clear_of_the_others(names: tuple[str, ...]) -> None:
    root = parsed(svg_document(curves(*names)))
    lines = dict(zip(names, lines_of(root), strict=True))
    colours = dict(zip(names, (p.get("stroke") for p in root.iter(f"{SVG}path") if p.get("stroke-width")), strict=True))
    boxes = {}
    for text in root.iter(f"{SVG}text"):
        if text.get("font-weight"):
            name = text.text or ""
            assert text.get("fill") == colours[name]
            boxes[name] = box_of(text)
    assert set(boxes) == set(names)
    for name, (left, top, right, bottom) in boxes.items():
        assert 50 < left < right < 790
        assert 10 < top < bottom < 380
        x = np.linspace(left, right, 60)
        for other, line in lines.items():
            y = np.interp(x, line[:, 0], line[:, 1])
            away = np.maximum(top - y, y - bottom)
            if other == name:
                assert away.min() < 24
            assert away.min() > 0, (name, other)
    for first, second in combinations(boxes.values(), 2):
        assert first[2] < second[0] or second[2] < first[0] or first[3] < second[1] or second[3] < first[1]


def test_one_curve_needs_no_name_beside_it() -> None:
    root = parsed(svg_document(curves("air")))
    assert not [text for text in root.iter(f"{SVG}text") if text.text == "air"]
    assert next(root.iter(f"{SVG}title")).text == "air"


def test_odd_names_make_no_broken_file() -> None:
    odd = SampledCurve(np.array([20.0, 20_000.0]), np.zeros(2), 'a <b> & "c" \x07\ud800 é 日本')
    document = svg_document([odd, *curves("air")], title=odd.name, description=odd.name)
    texts = [text.text for text in parsed(document).iter(f"{SVG}text")]
    document.encode("utf-8")
    assert sum((text or "").split() == ["a", "<b>", "&", '"c"', "é", "日本"] for text in texts) == 3


def test_long_words_above_are_shortened() -> None:
    root = parsed(svg_document(curves("air"), title="t " * 99, description="d " * 99))
    texts = [text.text or "" for text in root.iter(f"{SVG}text")]
    assert max(map(len, texts)) <= 115
    assert sum(text.endswith("…") for text in texts) == 2


def test_a_flat_curve_is_drawn_on_zero() -> None:
    root = parsed(svg_document([Bands().sampled(48_000)]))
    (line,) = lines_of(root)
    assert len(line) == 2
    np.testing.assert_allclose(response_of(root, line)[1], 0, atol=1e-6)


def test_the_picture_in_the_docs_is_what_the_program_draws() -> None:
    drawn = parsed(runpy.run_path(str(PICTURES / "make_pictures.py"))["eq_picture"]())
    kept = parsed((PICTURES / "eq.svg").read_text(encoding="utf-8"))
    assert [text.text for text in kept.iter(f"{SVG}text")] == [text.text for text in drawn.iter(f"{SVG}text")]
    for line, expected in zip(lines_of(kept), lines_of(drawn), strict=True):
        x = np.linspace(60, 770, 500)
        np.testing.assert_allclose(np.interp(x, *line.T), np.interp(x, *expected.T), atol=0.2)
