"""What notebooks show, and that the one in the documentation runs."""

from __future__ import annotations

import ast
import json
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

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebook.ipynb"
RATE = 44_100


@pytest.fixture(autouse=True)
def _close_figures() -> Any:
    yield
    plt.close("all")


def run_cell(source: str, names: dict[str, Any]) -> object:
    """Run the code of a cell as a notebook does; return what its last line is, if that is an expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, str(NOTEBOOK), "exec"), names)
    return None if last is None else eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), names)


def test_every_cell_runs_and_what_it_shows_can_be_shown() -> None:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = []
    for cell in notebook["cells"]:
        assert cell["cell_type"] in ("code", "markdown")
        assert cell["id"]
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            shown.append(run_cell("".join(cell["source"]), names))
    pictures = [value for value in shown if hasattr(value, "_repr_svg_")]
    assert len(pictures) == 4
    assert all(picture._repr_svg_().startswith("<svg") for picture in pictures)
    assert all(picture._repr_html_() == picture._repr_svg_() for picture in pictures)
    assert len(plt.get_fignums()) >= 5


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


def test_a_trajectory_is_still_the_document() -> None:
    audio = noise_block(RATE)
    found = eqmorph.analyze(audio, RATE)
    assert isinstance(found, dict)
    assert json.loads(json.dumps(found)) == found == found.document
    assert repr(found) == f"Trajectory(-, 1 s, {len(found['windows'])} windows)"
    assert eqmorph.Trajectory is type(found)
