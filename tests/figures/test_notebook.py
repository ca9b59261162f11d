"""What notebooks show, and that the one in the documentation runs."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support import need_extras, noise_block

need_extras("plot")

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

import eqmorph
from eqmorph.bands import Bands

DOCS = Path(__file__).parents[2] / "docs"
RATE = 44_100


@pytest.fixture(autouse=True)
def _close_figures() -> Any:
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(DOCS / "pictures" / "make_notebook_page.py"))


def test_every_cell_runs_and_what_it_shows_can_be_shown(script: dict[str, Any]) -> None:
    notebook = json.loads(script["NOTEBOOK"].read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    shown, figures = [], 0
    for cell, value, drawn in script["run_notebook"]():
        assert cell["cell_type"] in ("code", "markdown")
        assert cell["id"]
        assert cell.get("outputs", []) == []
        shown.append(value)
        figures += len(drawn)
    pictures = [value for value in shown if hasattr(value, "_repr_svg_")]
    assert len(pictures) == 4
    assert all(picture._repr_svg_().startswith("<svg") for picture in pictures)
    assert all(picture._repr_html_() == picture._repr_svg_() for picture in pictures)
    assert figures == 5


def test_the_page_is_what_the_script_writes(script: dict[str, Any]) -> None:
    numbers = re.compile(r"\d+\.\d+")  # the last digits differ between processors
    text, pictures = script["page"]()
    assert numbers.sub("", text) == numbers.sub("", script["PAGE"].read_text(encoding="utf-8"))
    assert sorted(pictures) == sorted(path.name for path in script["PICTURES"].iterdir())


def test_each_draws_on_the_axes_that_it_is_given_and_returns_them() -> None:
    audio = noise_block(2 * RATE)
    trajectory = eqmorph.analyze(audio, RATE, window_s=0.5)
    decision = eqmorph.decide(audio, RATE, "warm:0.5").decision
    assert decision is not None
    drawers = (Bands.parse("PK 1000 3").plot, eqmorph.hear(audio, RATE).plot, decision.plot, trajectory.plot)
    for draw in (*drawers, trajectory.plot_path):
        figure, ax = plt.subplots()
        assert draw(ax) is ax
        assert ax.get_xlabel()
        assert ax.has_data()
        assert figure.axes[0] is ax
        assert isinstance(draw(), Axes)


def test_bands_are_drawn_as_they_are_rendered_at_a_rate() -> None:
    bands = Bands.parse("HS 15k +6")
    ax = bands.plot(sample_rate=32_000)
    curve = bands.sampled(32_000)
    assert any(np.array_equal(line.get_ydata(), bands.response_db(curve.freqs_hz, 32_000)) for line in ax.get_lines())


def test_on_a_dark_page_lines_are_light() -> None:
    with plt.style.context("dark_background"):
        _, ax = plt.subplots()
    Bands.parse("PK 1000 3").plot(ax)
    assert matplotlib.colors.to_hex(ax.get_lines()[-1].get_color()) == "#e8eaed"


def test_a_title_of_ones_own_takes_the_place_of_what_a_profile_is_like() -> None:
    figure, ax = plt.subplots()
    eqmorph.hear(noise_block(RATE), RATE).plot(ax).set_title("mine")
    figure.draw_without_rendering()
    assert [ax.get_title(where) for where in ("left", "center", "right")] == ["", "mine", ""]


def test_audio_without_a_name_is_shown_without_one() -> None:
    found = eqmorph.analyze(noise_block(RATE), RATE)
    assert ">-<" not in found._repr_svg_()
    named = eqmorph.Trajectory({**found.document, "file": {**found["file"], "name": "song.wav"}})
    assert ">song.wav<" in named._repr_svg_()


def test_a_trajectory_is_still_the_document() -> None:
    audio = noise_block(RATE)
    found = eqmorph.analyze(audio, RATE)
    assert isinstance(found, dict)
    assert json.loads(json.dumps(found)) == found == found.document
    assert repr(found) == f"Trajectory(-, 1 s, {len(found['windows'])} windows)"
    assert eqmorph.Trajectory is type(found)
