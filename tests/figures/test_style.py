"""The one style: colors that can be read and told apart, axes with units, the same bytes for the same figure."""

from __future__ import annotations

import io
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from tests.support import need_extras

need_extras("plot")

import matplotlib
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from eqmorph.bands import Bands
from eqmorph.figures.eq import eq_figure
from eqmorph.figures.style import DARK, LIGHT, STYLES, Look, drawing, encoded, look_of, new_figure, write_names
from eqmorph.plot.formats import FORMATS, STYLE_NAMES

BANDS = Bands.parse("LS 120 +3; PK 1000 -2 Q0.7; HS 8k -3")


def luminance(colour: str) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot(parts, (0.2126, 0.7152, 0.0722)))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def seen_without_red_and_green(colour: str) -> np.ndarray:
    """Return a color as a deuteranope sees it (Viénot 1999), linear."""
    parts = np.array([c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)])
    return np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]) @ parts


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_lines_can_be_read_on_the_page(look: Look) -> None:
    assert contrast(look.ink, look.background) > 12
    for colour in (look.muted, *look.series):
        assert contrast(colour, look.background) >= 4.5


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_what_is_told_apart_by_color_is_told_apart_otherwise_too(look: Look) -> None:
    assert len(set(map(str, look.dashes))) >= len(look.series)
    for one, other in combinations(look.series[:3], 2):
        assert np.abs(seen_without_red_and_green(one) - seen_without_red_and_green(other)).max() > 0.05


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["tones", "sound"])
def test_a_scale_of_tones_goes_one_way_in_grey(look: Look, name: str) -> None:
    scale = getattr(look, name)
    grey = [luminance(matplotlib.colors.to_hex(scale(at))) for at in np.linspace(0, 1, 20)]
    steps = np.diff(grey)
    assert (steps > 0).all() or (steps < 0).all()


def test_styles_are_those_that_the_command_line_offers() -> None:
    assert tuple(STYLES) == STYLE_NAMES


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_figure_gives_the_same_bytes(suffix: str) -> None:
    first, again = (encoded(eq_figure(BANDS.picture(), STYLES["dark"]), suffix, STYLES["dark"]) for _ in range(2))
    assert first == again
    assert b"2026" not in first[:2000]  # no date


def test_a_slide_is_16_by_9_and_a_page_as_wide_as_its_text() -> None:
    for name, size in (("slide", (1920, 1080)), ("light", (1260, 620))):
        data = encoded(eq_figure(BANDS.picture(), STYLES[name]), ".png", STYLES[name])
        assert Image.open(io.BytesIO(data)).size == size


def test_a_figure_is_of_its_own_style_whatever_is_set_and_leaves_that_alone() -> None:
    before = dict(matplotlib.rcParams)
    with matplotlib.rc_context({"axes.facecolor": "red", "font.size": 30}):
        figure = eq_figure(BANDS.picture(), STYLES["dark"])
    assert matplotlib.colors.to_hex(figure.axes[0].get_facecolor()) == DARK.background
    assert dict(matplotlib.rcParams) == before


def test_axes_are_drawn_on_in_colors_that_can_be_read() -> None:
    light, dark = Figure().subplots(), Figure().subplots()
    dark.set_facecolor("black")
    assert (look_of(light), look_of(dark)) == (LIGHT, DARK)


def test_no_name_stands_over_another_or_leaves_the_picture() -> None:
    with drawing(STYLES["light"]):
        figure = new_figure(STYLES["light"], 3)
        ax = figure.subplots()
        at = np.random.default_rng(1).normal(size=(200, 2))
        ax.plot(*at.T, ".")
        written = write_names(ax, [f"word {number}" for number in range(200)], at, needed=3)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert 20 < len(written) == len(boxes) < 200
    assert written[:3] == ["word 0", "word 1", "word 2"]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    frame = ax.get_window_extent().padded(1)
    assert all(frame.contains(box.x0, box.y0) and frame.contains(box.x1, box.y1) for box in boxes)


def test_names_are_no_formulas() -> None:
    figure = eq_figure(BANDS.picture(), STYLES["light"], title="a $x_1$ b\n\x1b[31m", note="$$$")
    data = encoded(figure, ".svg", STYLES["light"]).decode()
    assert "a $x_1$ b" in data
    assert "\x1b" not in data


def test_a_figure_needs_no_pyplot() -> None:
    """It would keep every figure, and open windows."""
    code = (
        "import sys; from eqmorph.bands import Bands; from eqmorph.figures.eq import eq_figure\n"
        "from eqmorph.figures.style import STYLES, encoded\n"
        "encoded(eq_figure(Bands.parse('PK 1000 3').picture(), STYLES['light']), '.svg', STYLES['light'])\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=Path(__file__).parents[2])
