"""Words on the command line: they reach the bands that are shown, written and rendered."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import eqmorph
from eqmorph.cli import run
from eqmorph.model import load_space

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    path = tmp_path / "a.wav"
    sf.write(path, np.random.default_rng(3).uniform(-0.1, 0.1, (30_000, 2)), 44_100, subtype="FLOAT")
    return path


def test_eq_shows_the_bands_of_a_target_and_its_confidence(capsys: Capture) -> None:
    assert run(["eq", "warm:0.7 + punchy:-0.3", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    expected = load_space().equalizer("warm:0.7 + punchy:-0.3")
    assert data["bands"] == expected.bands.to_list()
    assert data["confidence"] == pytest.approx(expected.confidence)
    assert data["name"] == "warm:0.7 + punchy:-0.3"


def test_variations_are_distinct_and_the_same_for_a_seed(capsys: Capture) -> None:
    def asked(seed: str) -> list[object]:
        assert run(["eq", "warm", "--variations", "3", "--seed", seed, "--json"]) == 0
        return [version["bands"] for version in json.loads(capsys.readouterr().out)]

    first = asked("1")
    assert len(first) == 3
    assert first == asked("1")
    assert first != asked("2")
    assert first[0] != first[1] != first[2]
    assert run(["eq", "warm", "--variations", "2"]) == 0
    assert "Confidence" in capsys.readouterr().out


def test_what_is_turned_down_says_to_how_much_and_never_to_all(capsys: Capture) -> None:
    assert run(["eq", "warm:2", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert max(map(abs, data["curve"]["gain_db"])) <= 12.01
    assert f"Turned down to {data['scale']:.0%} to stay within 12 dB" in data["description"]
    made = load_space().equalizer("warm:2")
    assert run(["eq", f"warm:{2 * made.scale * 1.001:.6f}"]) == 0
    assert "100%" not in capsys.readouterr().out
    assert run(["eq", "warm", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert "Turned" not in data["description"]
    assert data["scale"] == 1


def test_a_description_speaks_of_the_curve_that_is_shown(capsys: Capture) -> None:
    shown = {}
    for amount in ("1", "0.5"):
        assert run(["eq", "warm", "--amount", amount, "--json"]) == 0
        data = json.loads(capsys.readouterr().out)
        shown[amount] = max(data["curve"]["gain_db"])
        assert f"by {shown[amount]:.0f} dB" in data["description"]
    assert shown["0.5"] < shown["1"]


@pytest.mark.parametrize("target", ["warm:2", "warm:0.6 + airy:-0.4"])
def test_an_amount_of_words_is_shown_as_it_is_rendered(target: str, tone: Path, capsys: Capture) -> None:
    assert run(["eq", target, "--amount", "2", "--sample-rate", "44.1k", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert max(map(abs, shown["curve"]["gain_db"])) <= 12.01
    out, report = tone.with_name("o.wav"), tone.with_name("r.jsonl")
    asked = ["--target", target, "--mode", "fixed", "--amount", "2", "--report", str(report)]
    assert run(["apply", str(tone), str(out), *asked]) == 0
    capsys.readouterr()
    rendered = json.loads(report.read_text())["bands"]
    audible = [band for band in shown["bands"] if band["gain_db"]]
    assert rendered == audible


@pytest.mark.parametrize(("rate", "target"), [(8000, "elegant:2"), (22_050, "calm:2")])
def test_fixed_words_keep_the_limit_at_a_low_rate(rate: int, target: str, tmp_path: Path, capsys: Capture) -> None:
    source, report = tmp_path / "low.wav", tmp_path / "r.jsonl"
    sf.write(source, np.random.default_rng(3).uniform(-0.1, 0.1, rate), rate, subtype="FLOAT")
    asked = ["--target", target, "--mode", "fixed", "--report", str(report)]
    assert run(["apply", str(source), str(tmp_path / "o.wav"), *asked]) == 0
    capsys.readouterr()
    bands = eqmorph.Bands.from_list(json.loads(report.read_text())["bands"])
    assert np.abs(bands.response_db(np.geomspace(20, rate * 0.49, 2000), rate)).max() <= 12.01


@pytest.mark.parametrize(
    "option",
    [("--amount", "0.5"), ("--sample-rate", "44100"), ("--preset", "air"), ("--bands", "flat"), ("--svg", "a.svg")],
    ids=lambda option: option[0],
)
def test_variations_are_of_words_alone(option: tuple[str, str], capsys: Capture) -> None:
    assert run(["eq", "warm", "--variations", "2", *option]) == 2
    assert f"--variations and {option[0]} can't be combined" in capsys.readouterr().err


def test_nothing_asked_for_has_no_confidence(capsys: Capture) -> None:
    assert run(["eq", "warm:0", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["confidence"] is None
    assert run(["eq", "warm:0"]) == 0
    assert "onfidence" not in capsys.readouterr().out


def test_fewer_variations_than_asked_for_are_said(capsys: Capture) -> None:
    assert run(["eq", "big", "--variations", "100", "--json"]) == 0
    captured = capsys.readouterr()
    count = len(json.loads(captured.out))
    assert 5 < count < 100
    assert f"{count} distinct ways" in captured.err


def test_what_is_not_a_word_a_way_or_a_model_exits_2(capsys: Capture, tmp_path: Path) -> None:
    assert run(["eq", "\N{COLLISION SYMBOL}"]) == 2
    assert "is not a word" in capsys.readouterr().err
    assert run(["morph", "warm", "warmer"]) == 2
    assert "same EQ" in capsys.readouterr().err
    assert run(["eq", "warm", "--model", str(tmp_path / "none")]) == 2
    assert "no model here" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["eq", "wram"], ["apply", "a.wav", "b.wav", "--target", "wram"]])
def test_an_unknown_word_exits_2_and_names_the_nearest(
    command: list[str], capsys: Capture, tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tone.parent)
    assert run(command) == 2
    assert "warm" in capsys.readouterr().err
    assert not Path("b.wav").exists()


def test_apply_renders_the_same_as_its_bands(tone: Path, capsys: Capture) -> None:
    by_words, by_bands = tone.with_name("w.wav"), tone.with_name("b.wav")
    assert run(["apply", str(tone), str(by_words), "--target", "warm:0.7", "--mode", "fixed"]) == 0
    assert run(["apply", str(tone), str(by_bands), "--bands", str(eqmorph.bands_for("warm:0.7"))]) == 0
    assert by_words.read_bytes() == by_bands.read_bytes()
    assert by_words.read_bytes() != tone.read_bytes()
    capsys.readouterr()


def test_python_takes_words_presets_and_bands(tone: Path) -> None:
    audio = sf.read(tone, dtype="float32")[0].T
    by_words = eqmorph.apply(audio, 44_100, eqmorph.EqRequest("warm:0.7", mode="fixed"))
    np.testing.assert_array_equal(by_words, eqmorph.apply(audio, 44_100, eqmorph.bands_for("warm:0.7")))
    assert not np.array_equal(by_words, eqmorph.apply(audio, 44_100, eqmorph.preset("warm-tape")))
    assert not np.array_equal(by_words, eqmorph.apply(audio, 44_100, "warm:0.7"))  # adapts to the sound


def test_a_loudness_out_of_reach_is_said(tone: Path, capsys: Capture) -> None:
    assert run(["apply", str(tone), str(tone.with_name("l.wav")), "--preset", "air", "--level", "-3"]) == 0
    assert "quieter than -3 LUFS: more gain would exceed the peak ceiling" in capsys.readouterr().out
