"""The evaluation of the audio side: its descriptors and figures, and a small run on made-up music."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from click.testing import CliRunner

from eqmorph.analysis import listen, load_ear
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.cli import main
from eqmorph.errors import OutputError
from eqmorph.evaluate.audio.descriptors import DESCRIPTORS, describe
from eqmorph.evaluate.audio.excerpts import equalized, load_excerpts, read_excerpt
from eqmorph.evaluate.audio.report import write_audio_report
from eqmorph.evaluate.audio.rules import OURS, RULES
from eqmorph.evaluate.audio.run import BARS, AudioReport, evaluate_audio
from eqmorph.evaluate.audio.tables import audio_markdown, audio_tables
from eqmorph.evaluate.ranks import auc, rank_correlation

RATE = 44_100


def tone(freq_hz: float, seconds: float = 1.0) -> Spectra:
    time = np.arange(round(seconds * RATE)) / RATE
    return listen([(0.5 * np.sin(2 * np.pi * freq_hz * time)).astype(np.float32)[None]], RATE)


def pink(rng: np.random.Generator, tilt_db: float = 0.0, seconds: float = 1.0) -> np.ndarray:
    frames = round(seconds * RATE)
    hertz = np.maximum(np.fft.rfftfreq(frames, 1 / RATE), 20)
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(frames)) * (hertz / 1000) ** (-0.5 + tilt_db / 6.02), frames)
    return (0.3 * noise / np.abs(noise).max()).astype(np.float32)


def described(spectra: Spectra) -> dict[str, float]:
    return {name: float(value) for name, value in describe(spectra.mean_power, spectra.sample_rate).items()}


def test_ranks() -> None:
    assert rank_correlation([1, 2, 3, 4], [10, 20, 30, 400]) == pytest.approx(1)
    assert rank_correlation([1, 2, 3, 4], [4, 3, 2, 1]) == pytest.approx(-1)
    assert rank_correlation([1, 2, 2, 3], [1, 3, 3, 2]) == pytest.approx(1 / 3)  # ties share their place
    assert rank_correlation([1, 1, 1], [1, 2, 3]) == 0
    assert auc([1, 2, 3], [4, 5, 6]) == 1
    assert auc([1, 2, 3], [1, 2, 3]) == pytest.approx(0.5)
    assert auc([1, 3], [2, 4]) == pytest.approx(0.75)


def test_the_centroid_of_a_tone_is_its_frequency() -> None:
    for freq in (250.0, 1000.0, 4000.0):
        found = described(tone(freq))
        assert found["centroid"] == pytest.approx(np.log2(freq / 1000), abs=0.05)
    assert described(tone(300))["low_mid_share"] == pytest.approx(1, abs=0.01)
    assert described(tone(3000))["low_mid_share"] == pytest.approx(0, abs=0.01)


def test_sharpness_is_one_acum_for_the_narrow_noise_of_the_standard(rng: np.random.Generator) -> None:
    """DIN 45692: noise a critical band wide about 1 kHz; a simplification may be a quarter off."""
    frames = 4 * RATE
    spectrum = np.fft.rfft(rng.standard_normal(frames))
    hertz = np.fft.rfftfreq(frames, 1 / RATE)
    spectrum[(hertz < 920) | (hertz > 1080)] = 0
    noise = np.fft.irfft(spectrum, frames)
    found = described(listen([(0.3 * noise / np.abs(noise).max()).astype(np.float32)[None]], RATE))
    assert found["sharpness"] == pytest.approx(1, abs=0.25)


def test_descriptors_follow_a_tilt_and_not_the_level(rng: np.random.Generator) -> None:
    samples = pink(rng)
    plain, quiet = described(listen([samples[None]], RATE)), described(listen([0.05 * samples[None]], RATE))
    brighter = described(equalized(listen([samples[None]], RATE), Bands.parse("HS 2000 +9")))
    boomier = described(equalized(listen([samples[None]], RATE), Bands.parse("LS 200 +9")))
    assert set(plain) == set(DESCRIPTORS)
    for name in DESCRIPTORS:
        assert quiet[name] == pytest.approx(plain[name], abs=1e-3)
    for name in ("centroid", "loud_centroid", "sharpness", "high_low", "tilt"):
        assert brighter[name] > plain[name]
    for name in ("boom", "low"):
        assert boomier[name] > plain[name]
    assert plain["tilt"] == pytest.approx(-3, abs=0.3)


def test_rules_are_what_they_are_called() -> None:
    space = load_ear().space
    term = space.terms["bright"].curve_db
    sounds = np.array([np.zeros(64), term, -term])
    made = {name: rule(sounds, term, 12.0) for name, rule in RULES.items()}
    np.testing.assert_allclose(made["fixed"], np.tile(term, (3, 1)))
    np.testing.assert_allclose(made["difference"], [term, 0 * term, 2 * term])
    np.testing.assert_allclose(made["literal"], [term / 2, term, 0 * term], atol=1e-9)
    np.testing.assert_allclose(made["axis"][:2], [term, 0 * term], atol=1e-9)
    for name in ("region", OURS):
        strengths = np.abs(made[name]).mean(axis=1)
        assert strengths[1] < strengths[0] < strengths[2]


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Path]]:
    """Two corpora of noise with spectra that differ."""
    folder = tmp_path_factory.mktemp("music")
    rng = np.random.default_rng(5)
    for name, tilts in (("one", (-4, -2, 0)), ("two", (-3, -1, 1))):
        (folder / name).mkdir()
        for tilt in tilts:
            sf.write(folder / name / f"{tilt}.wav", pink(rng, tilt, 3.0), RATE)
    return [("one", folder / "one"), ("two", folder / "two")]


@pytest.fixture(scope="module")
def report(music: list[tuple[str, Path]]) -> AudioReport:
    return evaluate_audio(music, [load_ear()])


def test_tracks_are_split_by_corpus_and_can_be_read_again(music: list[tuple[str, Path]]) -> None:
    tracks = load_excerpts(music, most_files=2)
    assert [track.corpus for track in tracks] == ["one", "one", "two", "two"]
    samples, rate = read_excerpt(tracks[0].excerpt)
    np.testing.assert_array_equal(listen([samples], rate).power, tracks[0].spectra.power)


def test_the_report_finds_what_is_so(report: AudioReport) -> None:
    found = report.figures["analytic"]
    assert report.corpora == {"one": 3, "two": 3}
    assert found["raised_percent"] == 100
    assert found["rank.bright.centroid"] > 0.9  # noise that differs in its tilt alone
    assert found["rank.warm.loud_low_mid"] > 0.9
    assert found["rule.fixed.warm.spread.low_mid"] == 1
    assert found["rule.ours.bright.spread.loud_centroid"] < found["rule.region.bright.spread.loud_centroid"] < 1
    assert found["rule.difference.bright.left.loud_centroid"] < found["rule.fixed.bright.left.loud_centroid"]
    assert found["rule.ours.bright.right.score"] == 100
    assert 75 < found["together_percent"] < 100
    assert found["monotone_percent"] == 100
    assert found["largest_db"] <= 12.001
    assert found["rendered.mean"] < 0.006
    assert found["refine.better_percent"] > 95


def test_every_bar_is_printed_with_what_was_reached(report: AudioReport) -> None:
    bars = report.bars("analytic")
    assert len(bars) == len(BARS)
    title, rows = audio_tables(report)[0]
    assert (title, rows[0]) == ("Bars", ["figure", "bar", "analytic"])
    assert [row[0] for row in rows[1:]] == [bar.title for bar in BARS]
    assert all(row[2].endswith(("met", "missed")) for row in rows[1:])
    fast = next(bar for bar in BARS if bar.key == "windows_a_second")
    assert fast.met(500)
    assert not fast.met(499)


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
    pytest.importorskip("matplotlib")
    written = write_audio_report(report, tmp_path / "out")
    assert {path.name for path in written} == {path.name for path in (tmp_path / "out").iterdir()}
    for name in ("audio-adaptivity", "audio-scores", "audio-prediction"):
        assert (tmp_path / "out" / f"{name}.svg").stat().st_size > 1000
        assert (tmp_path / "out" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads((tmp_path / "out" / "audio.json").read_text(encoding="utf-8"))["corpora"] == {"one": 3, "two": 3}


def test_a_report_that_can_not_be_written_says_so(report: AudioReport, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(OutputError):
        write_audio_report(report, tmp_path / "file")
