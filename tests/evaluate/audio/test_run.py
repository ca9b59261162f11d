"""A small evaluation of the audio side on made-up music."""

import json
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from eqmorph.cli import main
from eqmorph.evaluate.audio.report import BARS, AudioReport
from eqmorph.evaluate.audio.tables import audio_markdown, audio_tables
from eqmorph.evaluate.output import write_report
from tests.support import need_extras


def test_the_report_finds_what_is_so(report: AudioReport) -> None:
    found = report.figures["analytic"]
    assert report.corpora == {"one": 3, "two": 3}
    assert found["raised_percent"] == 100
    assert found["rank.bright.centroid"] > 0.9  # noise that differs in its tilt alone
    assert found["rank.warm.loud_low_mid"] > 0.9
    assert found["rule.fixed.warm.spread.low_mid"] == 1
    assert found["rule.region.bright.spread.loud_centroid"] < 1
    assert found["rule.ours.bright.spread.loud_centroid"] < 1
    assert found["rule.difference.bright.left.loud_centroid"] < found["rule.fixed.bright.left.loud_centroid"]
    assert found["rule.ours.bright.right.score"] == 100
    assert 75 < found["together_percent"] <= 100
    assert found["monotone_percent"] > 80  # what limits hold back does not always grow
    assert found["largest_db"] <= 12.001
    assert found["rendered.mean"] < 0.006
    assert found["refine.better_percent"] > 95


def test_every_bar_is_shown_with_what_was_reached(report: AudioReport) -> None:
    assert [checked.bar for checked in report.bars("analytic")] == list(BARS)
    title, rows = audio_tables(report)[0]
    assert (title, rows[0]) == ("Bars", ["figure", "bar", "analytic"])
    assert [row[0] for row in rows[1:]] == [bar.title for bar in BARS]


def test_the_report_is_plain_data_and_markdown(report: AudioReport) -> None:
    again = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert again["encoders"]["analytic"]["figures"] == report.figures["analytic"]
    assert "| fixed | " in audio_markdown(report)


def test_the_same_seed_gives_the_same_figures_by_the_command(
    music: list[tuple[str, Path]], report: AudioReport, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- audio: start -->\n<!-- audio: end -->\n", encoding="utf-8")
    options = ["--music", f"one={music[0][1]}", "--music", str(music[1][1])]  # the other is called as its folder
    result = CliRunner().invoke(main, ["evaluate", "audio", *options, "--insert", str(page), "--json"])
    assert result.exit_code == 0, result.output
    assert "| figure | bar |" in page.read_text(encoding="utf-8")
    again = json.loads(result.stdout)["encoders"]["analytic"]["figures"]
    timed = {"refine.mean_s", "refine.p95_s", "windows_a_second", "decision_ms"}
    assert {k: v for k, v in again.items() if k not in timed} == pytest.approx(
        {k: v for k, v in report.figures["analytic"].items() if k not in timed}
    )


def test_the_report_is_written_with_its_figures(report: AudioReport, tmp_path: Path) -> None:
    need_extras("plot")
    from eqmorph.evaluate.audio.figures import draw_audio

    written = write_report(tmp_path, "audio", report.to_json(), audio_markdown(report), partial(draw_audio, report))
    assert set(written) == set(tmp_path.iterdir())
    for name in ("audio-adaptivity", "audio-scores", "audio-prediction"):
        assert (tmp_path / f"{name}.svg").stat().st_size > 1000
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads((tmp_path / "audio.json").read_text(encoding="utf-8"))["corpora"] == {"one": 3, "two": 3}
