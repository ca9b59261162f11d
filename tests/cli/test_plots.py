"""``--plot FILE``: every command that has it draws, and says what it can't draw before it does anything."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from eqmorph.cli import run
from tests.support import make_audio, need_extras, noise, shown

need_extras("plot")

Capture = pytest.CaptureFixture[str]
KINDS = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with two sounds."""
    monkeypatch.chdir(tmp_path)
    make_audio("in/one.wav", frames=44_100)
    rumbling = np.cumsum(noise(44_100, seed=2), axis=0)
    make_audio("in/two.wav", audio=0.2 * rumbling / np.abs(rumbling).max())
    return tmp_path


def err(capsys: Capture, *arguments: str, code: int = 0) -> str:
    assert run([*arguments]) == code
    return capsys.readouterr().err


@pytest.mark.parametrize("suffix", KINDS)
def test_it_is_written_as_its_name_says(suffix: str, here: Path, capsys: Capture) -> None:
    assert f"The plot is in warm{suffix}" in err(capsys, "eq", "warm", "--plot", f"warm{suffix}")
    assert (here / f"warm{suffix}").read_bytes().startswith(KINDS[suffix])
    assert {path.name for path in here.iterdir()} == {"in", f"warm{suffix}"}  # nothing half done is left


@pytest.mark.parametrize(
    "arguments",
    [
        ("eq", "--bands", "HS 8k +2 | L: PK 300 -3"),
        ("eq", "cold", "--variations", "2"),
        ("eq", "warm + airy", "--variations", "2"),
        ("apply", "in/one.wav", "out.wav", "--target", "warm:0.5"),
        ("apply", "in/one.wav", "out.wav", "--bands", "PK 300 -3"),
        ("apply", "in", "out", "--target", "warm:0.5 + airy:0.2"),
        ("apply", "in", "out", "--preset", "air", "--dry-run"),
        ("apply", "in/one.wav", "out.wav", "--target", "warm", "--follow", "sections"),
        ("analyze", "in/one.wav"),
        ("analyze", "in/one.wav", "--word", "warm", "--window", "200ms"),
        ("compare", "in/one.wav", "--target", "warm"),
        ("compare", "in/one.wav", "--reference", "in/two.wav"),
        ("rank", "in", "--by", "warm - harsh"),
        ("morph", "warm", "bright", "--steps", "4"),
        ("terms", "--like", "warm", "-n", "3"),
        ("terms", "--language", "es"),
        ("explore", "-n", "2", "--seed", "1"),
    ],
    ids=" ".join,
)
def test_each_command_draws(arguments: tuple[str, ...], here: Path, capsys: Capture) -> None:
    assert "The plot is in plot.svg" in err(capsys, *arguments, "--plot", "plot.svg", "--plot-style", "dark")
    drawn = (here / "plot.svg").read_text(encoding="utf-8")
    assert "#14171c" in drawn
    assert "<text" in drawn


def test_an_applied_trajectory_is_drawn_as_it_was_written(here: Path, capsys: Capture) -> None:
    shown(capsys, "apply", "in", "out", "--target", "warm")
    stored = "out/one.wav.trajectory.json"
    assert "The plot is in" in err(capsys, "analyze", stored, "--plot", "plot.svg")
    assert "Before and after warm" in (here / "plot.svg").read_text(encoding="utf-8")


def test_what_a_command_prints_stays_the_same(here: Path, capsys: Capture) -> None:
    assert shown(capsys, "eq", "warm", "--json") == shown(capsys, "eq", "warm", "--json", "--plot", "plot.png")
    data = json.loads(shown(capsys, "eq", "cold", "--variations", "2", "--json", "--plot", "people.png"))
    assert len(data) == 2
    assert (here / "people.png").exists()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("curve.gif", "is not the name of a plot"),
        ("curve", "Plots are written as .png, .svg or .pdf."),
        ("folder.png", "is a folder"),
        ("there.png", "already exists"),
    ],
)
def test_what_can_t_be_written_is_refused_before_anything_is_done(
    name: str, message: str, here: Path, capsys: Capture
) -> None:
    (here / "folder.png").mkdir()
    (here / "there.png").write_text("mine")
    code = 1 if name == "there.png" else 2
    assert message in err(capsys, "apply", "in", "out", "--target", "warm", "--plot", name, code=code)
    assert not (here / "out").exists()
    assert (here / "there.png").read_text() == "mine"


def test_force_replaces_a_plot_and_is_refused_where_there_is_none(here: Path, capsys: Capture) -> None:
    (here / "there.png").write_text("mine")
    err(capsys, "morph", "warm", "bright", "--steps", "3", "--plot", "there.png", "--force")
    assert (here / "there.png").read_bytes().startswith(KINDS[".png"])
    for command in (
        ("morph", "warm", "bright"),
        ("terms",),
        ("explore",),
        ("eq", "warm"),
        ("rank", "in", "--by", "warm"),
    ):
        assert "--plot" in err(capsys, *command, "--force", code=2)


def test_without_matplotlib_it_says_how_to_get_it(here: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eqmorph.cli.plots.find_spec", lambda _: None)
    said = err(capsys, "eq", "warm", "--plot", "plot.png", code=2)
    assert 'pip install "eqmorph[plot]"' in said
    assert not (here / "plot.png").exists()
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    shown(capsys, "eq", "warm")  # which needs none


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("analyze", "in", "--plot", "a.png"), "--plot draws one file, and these are 2"),
        (("eq", "warm", "--plot-style", "dark"), "Name one: --plot FILE.png"),
        (("compare", "in/one.wav", "--target", "warm", "--render", "o", "--blind", "--plot", "a.png"), "--blind keeps"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[str, ...], message: str, here: Path, capsys: Capture) -> None:
    assert message in err(capsys, *arguments, code=2)
    assert {path.name for path in here.iterdir()} == {"in"}


def test_a_style_in_the_settings_is_no_mistake_where_nothing_is_drawn(
    here: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EQMORPH_PLOT_STYLE", "dark")
    shown(capsys, "eq", "warm")
    err(capsys, "eq", "warm", "--plot", "plot.svg")
    assert "#14171c" in (here / "plot.svg").read_text(encoding="utf-8")


def test_where_there_is_nothing_to_draw_it_says_so(here: Path, capsys: Capture) -> None:
    sf.write("silence.wav", np.zeros((4000, 1)), 8000)
    for arguments in (
        ("apply", "silence.wav", "out.wav", "--target", "warm"),
        ("compare", "silence.wav", "--target", "warm"),
        ("rank", "silence.wav", "--by", "warm"),
    ):
        said = err(capsys, *arguments, "--plot", "plot.png")
        assert "plot.png is not written" in said
    assert not (here / "plot.png").exists()


def test_files_that_were_done_before_are_not_drawn(here: Path, capsys: Capture) -> None:
    shown(capsys, "apply", "in", "out", "--target", "warm")
    said = err(capsys, "apply", "in", "out", "--target", "warm", "--resume", "--plot", "plot.png")
    assert "no file was done, so plot.png is not written" in said
    assert not (here / "plot.png").exists()
