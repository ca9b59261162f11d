"""``eqmorph reference`` and what ``apply --reference`` makes of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from eqmorph.cli import run
from tests.support import make_audio, noise, pretend_terminal, shown

pytestmark = pytest.mark.usefixtures("own_presets")

Capture = pytest.CaptureFixture[str]
RATE = 44_100


def test_a_reference_is_saved_listed_shown_used_and_removed(
    tmp_path: Path, song: Path, dull: Path, capsys: Capture
) -> None:
    assert "None is saved yet" in shown(capsys, "reference", "list")
    assert "Saved as --reference dull" in shown(capsys, "reference", "save", "dull", dull, "--description", "Dull.")
    assert "Dull." in shown(capsys, "reference", "list")
    (row,) = json.loads(shown(capsys, "reference", "list", "--json"))["references"]
    assert (row["name"], row["files"]) == ("dull", 1)
    thirds = json.loads(shown(capsys, "reference", "show", "dull", "--json"))["third_octaves"]
    assert len(thirds) == 21
    assert "10 kHz" in shown(capsys, "reference", "show", "dull")
    text = shown(capsys, "apply", song, tmp_path / "out.wav", "--reference", "dull")
    assert "dB away ->" in text
    assert not np.array_equal(sf.read(tmp_path / "out.wav")[0], sf.read(song)[0])
    assert "Removed" in shown(capsys, "reference", "remove", "dull")
    assert "no file, folder or saved reference" in shown(capsys, "reference", "show", "dull", code=2)


def test_what_is_said_of_a_saved_one_fits_a_terminal(
    dull: Path, own_presets: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_terminal(monkeypatch)
    name = " ".join(["dull"] * 12)
    *lines, path = shown(capsys, "reference", "save", name, dull).splitlines()
    assert " ".join(lines) == f"Saved as --reference '{name}' (1 recording, an instrument)"
    assert max(map(len, lines)) <= 80
    assert path == str(own_presets.parent / "references" / f"{name}.json")


def test_what_is_saved_is_not_overwritten_unasked(song: Path, dull: Path, capsys: Capture) -> None:
    shown(capsys, "reference", "save", "mine", dull)
    before = shown(capsys, "reference", "show", "mine", "--json")
    assert run(["reference", "save", "mine", str(song)]) == 1
    assert "--force" in capsys.readouterr().err
    assert shown(capsys, "reference", "show", "mine", "--json") == before
    shown(capsys, "reference", "save", "mine", song, "--force")
    assert shown(capsys, "reference", "show", "mine", "--json") != before


def test_a_damaged_one_is_named_and_hides_no_other(own_presets: Path, dull: Path, capsys: Capture) -> None:
    shown(capsys, "reference", "save", "good", dull)
    (own_presets.parent / "references" / "bad.json").write_text("{")
    assert run(["reference", "list"]) == 1
    captured = capsys.readouterr()
    assert "good" in captured.out
    assert "bad.json" in captured.err


def test_an_amount_of_0_copies_the_file(tmp_path: Path, song: Path, dull: Path, capsys: Capture) -> None:
    shown(capsys, "apply", song, tmp_path / "out.wav", "--reference", dull, "--amount", "0")
    assert (tmp_path / "out.wav").read_bytes() == song.read_bytes()


def test_the_report_tells_of_it_and_resume_sees_a_change(
    tmp_path: Path, song: Path, dull: Path, capsys: Capture
) -> None:
    out = tmp_path / "out"
    arguments = ["apply", song, out, "--resume", "--reference"]
    (entry,) = json.loads(shown(capsys, *arguments, dull, "--json"))["files"]
    reference = entry["decision"]["reference"]
    assert reference["name"] == "dull.wav"
    assert reference["db_reached"] == pytest.approx(reference["db_predicted"], abs=0.1)
    assert reference["db_reached"] < reference["db_before"]
    assert "done by an earlier run" in shown(capsys, *arguments, dull)
    other = make_audio(tmp_path / "other.wav", audio=np.cumsum(noise(2 * RATE), axis=0) / 100)
    assert "done by an earlier run" not in shown(capsys, *arguments, other)


def test_a_set_shares_it(tmp_path: Path, song: Path, dull: Path, capsys: Capture) -> None:
    files = [song, make_audio(tmp_path / "song2.wav", frames=2 * RATE, seed=5)]
    text = json.loads(shown(capsys, "apply", *files, tmp_path / "out", "--reference", dull, "--album", "--json"))
    one, other = (entry["bands"] for entry in text["files"])
    assert one == other != []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--to", "0.8"], "--to is about a word"),
        (["--bands", "LS 120 +3"], "bands and --reference can't be combined"),
        (["--preset", "air"], "bands and --reference can't be combined"),
        (["--refine"], "--refine can't be combined with --reference"),
        (["--mode", "fixed", "--target", "warm"], "--mode can't be combined with --reference"),
        (["--encoder", "mine"], "--encoder can't be combined with --reference"),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_is_heard(
    tmp_path: Path, song: Path, capsys: Capture, options: list[str], said: str
) -> None:
    error = shown(
        capsys, "apply", song, tmp_path / "out.wav", "--reference", tmp_path / "nothing.wav", *options, code=2
    )
    assert said in error
    assert not (tmp_path / "out.wav").exists()


def test_a_reference_that_can_not_be_one_touches_nothing(tmp_path: Path, song: Path, capsys: Capture) -> None:
    silence = make_audio(tmp_path / "silence.wav", audio=np.zeros((2 * RATE, 1)))
    error = shown(capsys, "apply", song, tmp_path / "out" / "a.wav", "--reference", silence, code=2)
    assert "silence.wav: is silent" in error
    assert not (tmp_path / "out").exists()


def test_the_input_itself_is_said(tmp_path: Path, song: Path, capsys: Capture) -> None:
    assert "sounds just like this" in shown(capsys, "apply", song, tmp_path / "out.wav", "--reference", song)
