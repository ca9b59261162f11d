"""A small evaluation of EQ that follows, on noise that turns from dark to bright."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import soundfile as sf
from click.testing import CliRunner

from eqmorph.analysis import load_ear
from eqmorph.cli import main
from eqmorph.errors import UsageError
from eqmorph.evaluate.audio.descriptors import describe
from eqmorph.evaluate.follow.asked import MODES, render, within
from eqmorph.evaluate.follow.halves import half_key
from eqmorph.evaluate.follow.pieces import find_pieces
from eqmorph.evaluate.follow.report import BARS, FollowReport, piece_key
from eqmorph.evaluate.follow.run import evaluate_follow
from eqmorph.evaluate.follow.tables import follow_markdown, follow_tables
from eqmorph.schemas import schema
from tests.evaluate.audio.noise import RATE, pink
from tests.support import need_extras


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One piece of a minute, dark and then bright, and a jingle."""
    folder = tmp_path_factory.mktemp("songs")
    rng = np.random.default_rng(1)
    sf.write(folder / "turns.flac", np.concatenate([pink(rng, -2.0, 30.5), pink(rng, 0.5, 30.5)]), RATE)
    sf.write(folder / "jingle.flac", pink(rng, 0.0, 3.0), RATE)
    return folder


class Ran(NamedTuple):
    """What the command made of the folder: the report itself, what it printed, and the page it was put into."""

    report: FollowReport
    printed: dict[str, Any]
    page: str


@pytest.fixture(scope="module")
def ran(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    reports: list[FollowReport] = []

    def seen(*arguments: Any, **options: Any) -> FollowReport:
        reports.append(evaluate_follow(*arguments, **options))
        return reports[-1]

    page = tmp_path_factory.mktemp("page") / "page.md"
    page.write_text("<!-- follow: start -->\n<!-- follow: end -->\n", encoding="utf-8")
    options = ["--music", f"songs={folder}", "--insert", str(page), "--json"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("eqmorph.evaluate.follow.run.evaluate_follow", seen)
        result = CliRunner().invoke(main, ["evaluate", "follow", *options])
    assert result.exit_code == 0, result.output
    return Ran(reports[0], json.loads(result.stdout), page.read_text(encoding="utf-8"))


@pytest.fixture
def report(ran: Ran) -> FollowReport:
    return ran.report


def test_halves_come_nearer_and_a_piece_becomes_more_even(report: FollowReport) -> None:
    assert report.corpora == {"songs": 1}
    found = report.figures
    static = found[half_key("bright", 0.5, 8.0, "static", "high_low")]
    assert static == pytest.approx(16.0, abs=5.0)
    by_sections = half_key("bright", 0.5, 8.0, "sections", "high_low")
    assert found[f"{by_sections}.left"] == pytest.approx(found[by_sections] / static)
    assert found[f"{by_sections}.left"] < 0.63  # bright may hardly raise what is faint or quiet
    for mode in ("sections", "4 s"):
        assert found[piece_key("bright", 0.5, mode, "judged_falls")] > 30
        assert found[piece_key("bright", 0.5, mode, "stations")] > 1
    assert found[piece_key("bright", 0.5, "static", "spread_falls")] == 0
    assert found[piece_key("bright", 0.5, "static", "stations")] == 1


def test_the_figure_has_every_piece_in_every_way(report: FollowReport) -> None:
    need_extras("plot")
    from eqmorph.evaluate.follow.figures import follow_figures
    from eqmorph.figures.style import STYLES, encoded

    figure = follow_figures(report, STYLES["light"])["follow"]
    spread, loudness = figure.axes
    drawn = {float(x) for line in spread.get_lines() for x in np.atleast_1d(line.get_xdata())}
    assert {row.spread for row in report.rows} <= drawn
    assert [tick.get_text() for tick in spread.get_yticklabels()] == ["bright:0.5", "bright:1", "warm:0.5", "warm:1"]
    assert "LU" in loudness.get_xlabel()
    assert encoded(figure, ".png", STYLES["light"]).startswith(b"\x89PNG")


def test_every_bar_is_shown_with_what_was_reached(report: FollowReport) -> None:
    assert [checked.bar for checked in report.bars()] == list(BARS)
    title, rows = follow_tables(report)[0]
    assert (title, rows[0]) == ("Bars, by sections", ["figure", "bar", "reached"])
    assert all(row[2].endswith((" met", " missed")) for row in rows[1:])


def test_there_is_a_row_for_each_piece_word_weight_and_way(report: FollowReport) -> None:
    rows = report.to_json()["pieces"]
    assert len({(row["word"], row["weight"], row["mode"]) for row in rows}) == len(rows) == 12
    assert {row["piece"] for row in rows} == {"turns"}
    assert json.loads(json.dumps(report.to_json(), allow_nan=False))["figures"] == report.figures
    assert "1 pieces (songs 1), seed 0" in follow_markdown(report)


def test_the_report_is_as_its_schema_says(report: FollowReport) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema, which comes with the extra mcp, is missing")
    printed = json.loads(json.dumps(report.to_json()))
    jsonschema.Draft202012Validator(schema("evaluate-follow")).validate(printed)


def test_the_command_prints_it_and_puts_it_into_a_page(ran: Ran) -> None:
    assert "| figure | bar | reached |" in ran.page
    assert ran.printed["figures"] == ran.report.figures


def test_a_folder_without_a_whole_piece_is_refused(tmp_path: Path) -> None:
    sf.write(tmp_path / "short.wav", pink(np.random.default_rng(0), 0.0, 5.0), RATE)
    with pytest.raises(UsageError, match="holds no piece of 60 to 600 s"):
        find_pieces([("jingles", tmp_path)], most=3)


def test_what_cannot_be_read_is_told(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    (tmp_path / "turns.flac").write_bytes((folder / "turns.flac").read_bytes())
    told: list[str] = []
    assert [piece.path.name for piece in find_pieces([("one", tmp_path)], most=3, tell=told.append)] == ["turns.flac"]
    assert "broken.wav" in told[0]


def test_what_is_judged_was_really_rendered() -> None:
    """What is dark against the rest becomes brighter where the EQ follows, and all of it gets the same where not."""
    rng = np.random.default_rng(3)
    dark, bright = pink(rng, -2.0, 12.0)[None], pink(rng, 0.5, 12.0)[None]
    rose_db = {}
    for mode in MODES:
        done = render(load_ear(), np.concatenate([dark, bright], axis=1), RATE, "bright", 0.5, mode)
        assert (done.choice.ride is None, done.stations == 1) == (mode == "static",) * 2
        assert done.seconds > 0
        parts = ((dark, done.samples[:, : dark.shape[1]]), (bright, done.samples[:, dark.shape[1] :]))
        rose_db[mode] = [
            float(np.subtract(*(describe(within(one, RATE).mean_power, RATE)["high_low"] for one in (after, before))))
            for before, after in parts
        ]
    assert rose_db["static"][0] == pytest.approx(rose_db["static"][1], abs=0.5)
    for mode in ("sections", "4 s"):
        assert rose_db[mode][0] > rose_db[mode][1] + 4
