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
    by_words = eqmorph.apply(audio, 44_100, eqmorph.Words("warm:0.7", mode="fixed"))
    np.testing.assert_array_equal(by_words, eqmorph.apply(audio, 44_100, eqmorph.bands_for("warm:0.7")))
    assert not np.array_equal(by_words, eqmorph.apply(audio, 44_100, "warm-tape"))
    assert not np.array_equal(by_words, eqmorph.apply(audio, 44_100, "warm:0.7"))  # adapts to the sound


def test_a_loudness_out_of_reach_is_said(tone: Path, capsys: Capture) -> None:
    assert run(["apply", str(tone), str(tone.with_name("l.wav")), "--preset", "air", "--level", "-3"]) == 0
    assert "quieter than -3 LUFS: its peaks leave no more room" in capsys.readouterr().out
