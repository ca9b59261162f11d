"""A small evaluation of the audio side on made-up music."""

import json
from pathlib import Path

import pytest

from eqmorph.analysis import load_ear
from eqmorph.errors import InputError
from eqmorph.evaluate.audio.decisions import several_words
from eqmorph.evaluate.audio.excerpts import load_excerpts
from eqmorph.evaluate.audio.heard import HeardMusic
from eqmorph.evaluate.audio.move_bars import MOVE_TITLES
from eqmorph.evaluate.audio.move_tables import moves_markdown, moves_tables
from eqmorph.evaluate.audio.report import BARS, AudioReport, read_earlier
from eqmorph.evaluate.audio.scores import rank_correlations
from eqmorph.evaluate.audio.tables import audio_markdown, audio_tables
from eqmorph.evaluate.output import write_report
from eqmorph.schemas import schema
from tests.evaluate.audio.conftest import Ran
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
    assert found["refine.better_percent"] >= 90  # of ten: bands that are as good as can be are left


def test_every_bar_is_shown_with_what_was_reached(report: AudioReport) -> None:
    assert [checked.bar for checked in report.bars("analytic")] == list(BARS)
    title, rows = audio_tables(report)[0]
    assert (title, rows[0]) == ("Bars", ["figure", "bar", "analytic"])
    assert [row[0] for row in rows[1:]] == [bar.title for bar in BARS]


def test_the_report_is_plain_data_and_markdown(report: AudioReport) -> None:
    again = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert again["encoders"]["analytic"]["figures"] == report.figures["analytic"]
    assert "| fixed | " in audio_markdown(report)


def test_the_report_is_as_its_schema_says(report: AudioReport) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema, which comes with the extra mcp, is missing")
    printed = json.loads(json.dumps(report.to_json()))
    jsonschema.Draft202012Validator(schema("evaluate-audio")).validate(printed)


def test_bars_of_moves_are_shown_by_kind_of_sound(report: AudioReport) -> None:
    assert report.sounds == {"music": {"one": 1, "two": 1}, "hits": {"bangs": 1}}
    bars, in_music, in_hits = moves_tables(report)
    assert bars[1][0] == ["figure", "bar", "music", "hits"]
    assert all(row[2].endswith(("met", "missed")) for row in bars[1][1:])
    promised = next(row for row in bars[1] if row[0].startswith("warm:0.5 + airy:0.3"))
    assert promised[3] == "–"  # it is about mixes
    assert in_music[0] == "Moves in music, % of requests (analytic)"
    assert in_hits[1][0] == ["figure", "adaptive, 6 dB", "adaptive, 12 dB", "fixed, 6 dB", "fixed, 12 dB"]
    assert [row[0] for row in in_hits[1][1:]] == list(MOVE_TITLES.values())
    assert "Sounds of each corpus: music: one 1, two 1; hits: bangs 1; seed 0." in moves_markdown(report)


def test_the_command_prints_it_and_puts_it_into_a_page_beside_an_earlier_one(ran: Ran) -> None:
    assert "| figure | bar |" in ran.page
    assert "| figure | before, 6 dB | before, 12 dB | adaptive, 6 dB |" in ran.page
    assert "| bands, mean | 77.7 |" in ran.page
    assert ran.printed["sounds"] == ran.report.sounds
    assert ran.printed["encoders"]["analytic"]["figures"] == ran.report.figures["analytic"]
    assert {bar["title"] for bar in ran.printed["encoders"]["analytic"]["move_bars"]["hits"]} >= {
        "moves over the limit"
    }


def test_the_same_seed_gives_the_same_figures_and_another_does_not(music: list[tuple[str, Path]]) -> None:
    """It chooses files; whatever else is drawn is drawn alike in every run."""

    def figures(seed: int) -> dict[str, float]:
        heard = HeardMusic(load_ear(kind="mix"), load_excerpts(music, most_files=2, seed=seed))
        return rank_correlations(heard) | several_words(heard)

    assert figures(0) == figures(0) != figures(1)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"encoders": {}}', '{"encoders": {"a": {"figures": {"b": "c"}}}}'])
def test_what_is_no_earlier_report_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "audio.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="is no report on the audio side"):
        read_earlier(path)
    with pytest.raises(InputError, match="No such file"):
        read_earlier(tmp_path / "missing.json")


def test_the_report_is_written_with_its_figures(report: AudioReport, tmp_path: Path) -> None:
    need_extras("plot")
    from eqmorph.evaluate.audio.figures import audio_figures
    from eqmorph.figures.style import STYLES

    written = write_report(
        tmp_path, "audio", report.to_json(), audio_markdown(report), audio_figures(report, STYLES["light"])
    )
    assert set(written) == set(tmp_path.iterdir())
    for name in ("audio-adaptivity", "audio-scores", "audio-prediction"):
        assert (tmp_path / f"{name}.svg").stat().st_size > 1000
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads((tmp_path / "audio.json").read_text(encoding="utf-8"))["corpora"] == {"one": 3, "two": 3}
