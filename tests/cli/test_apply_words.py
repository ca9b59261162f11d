"""``eqmorph apply --target``: adaptive by default, with its options, its line a file, its report and trajectories."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from eqmorph.bands import Bands
from eqmorph.cli import run
from eqmorph.render import Renderer

Capture = pytest.CaptureFixture[str]
RATE = 44_100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of dull, plain and bright noise, a second and a half each."""
    inputs = tmp_path / "in"
    inputs.mkdir()
    spectrum = np.fft.rfft(np.random.default_rng(3).standard_normal((1, RATE * 3 // 2)))
    noise = np.fft.irfft(spectrum / np.sqrt(np.arange(1, spectrum.shape[1] + 1))).astype(np.float32)
    for name, tilt in {"dull": "HS 800 -12", "plain": "HS 800 -4", "bright": "HS 800 +6"}.items():
        sf.write(inputs / f"{name}.wav", Renderer(Bands.parse(tilt), RATE).process(noise).T, RATE, subtype="FLOAT")
    return inputs


def records(path: Path) -> dict[str, dict]:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return {Path(record["input"]).stem: record for record in lines}


def test_each_file_gets_what_it_lacks(folder: Path, capsys: Capture) -> None:
    out, report = folder.parent / "out", folder.parent / "report.jsonl"
    assert run(["apply", str(folder), str(out), "--target", "bright:0.8", "--report", str(report)]) == 0
    told = records(report)
    assert told["dull"]["decision"]["largest_db"] > 2 * told["bright"]["decision"]["largest_db"]
    for record in told.values():
        (word,) = record["decision"]["words"]
        assert word["score_reached"] > word["score_before"]
        assert abs(word["score_reached"] - word["score_predicted"]) < 0.02
    printed = capsys.readouterr().out
    assert printed.count("\n  bright  ") == 3


def test_trajectories_lie_next_to_the_outputs_unless_left_out(folder: Path, capsys: Capture) -> None:
    out, without = folder.parent / "out", folder.parent / "without"
    assert run(["apply", str(folder), str(out), "--target", "warm", "-q"]) == 0
    assert run(["apply", str(folder), str(without), "--target", "warm", "-q", "--no-trajectory"]) == 0
    assert {path.name for path in out.glob("*.json")} == {
        f"{n}.wav.trajectory.json" for n in ("dull", "plain", "bright")
    }
    assert not list(without.glob("*.json"))
    assert json.loads((out / "dull.wav.trajectory.json").read_text())["applied"]["target"] == "warm"
    capsys.readouterr()


def test_a_trajectory_that_is_there_is_not_overwritten_unasked(folder: Path, capsys: Capture) -> None:
    out = folder.parent / "out"
    out.mkdir()
    mine = out / "dull.wav.trajectory.json"
    mine.write_text("mine")
    assert run(["apply", str(folder), str(out), "--target", "warm"]) == 2
    assert mine.name in capsys.readouterr().err
    assert mine.read_text() == "mine"
    assert not (out / "dull.wav").exists()
    assert run(["apply", str(folder), str(out), "--target", "warm", "--force", "-q"]) == 0
    assert mine.read_text() != "mine"


def test_an_album_gets_one_eq(folder: Path, capsys: Capture) -> None:
    report = folder.parent / "report.jsonl"
    arguments = ["--target", "warm:0.8", "--album", "--report", str(report)]
    assert run(["apply", str(folder), str(folder.parent / "out"), *arguments]) == 0
    told = records(report)
    bands = [record["bands"] for record in told.values()]
    assert bands[0]
    assert bands[0] == bands[1] == bands[2]
    assert len({record["decision"]["words"][0]["score_before"] for record in told.values()}) == 3
    capsys.readouterr()


def test_resume_knows_the_decision_it_was_made_with(folder: Path, capsys: Capture) -> None:
    out = folder.parent / "out"
    assert run(["apply", str(folder), str(out), "--target", "warm:0.8"]) == 0
    capsys.readouterr()
    assert run(["apply", str(folder), str(out), "--target", "warm:0.8", "--resume"]) == 0
    assert capsys.readouterr().out.count("skipped: done by an earlier run") == 3
    assert run(["apply", str(folder), str(out), "--target", "warm:0.8", "--max-gain", "3", "--resume"]) == 0
    assert "skipped" not in capsys.readouterr().out


def test_sounds_are_brought_to_a_percentile(folder: Path, capsys: Capture) -> None:
    report = folder.parent / "report.jsonl"
    arguments = ["--target", "bright", "--to", "0.6", "--kind", "mix", "--report", str(report)]
    assert run(["apply", str(folder), str(folder.parent / "out"), *arguments]) == 0
    dull = records(report)["dull"]["decision"]
    assert dull["is_reached"]
    assert dull["words"][0]["percentile_reached"] == pytest.approx(0.6, abs=0.03)
    bright = records(report)["bright"]["decision"]
    assert bright["largest_db"] == 0
    capsys.readouterr()


@pytest.mark.parametrize("most_db", [1.0, 4.0])
def test_max_gain_holds(folder: Path, most_db: float, capsys: Capture) -> None:
    out, report = folder.parent / "out", folder.parent / "report.jsonl"
    arguments = ["--target", "bright:2", "--max-gain", str(most_db), "--report", str(report)]
    assert run(["apply", str(folder), str(out), *arguments]) == 0
    for record in records(report).values():
        response = Bands.from_list(record["bands"]).response_db(np.geomspace(20, 20_000, 2000), RATE)
        assert np.abs(response).max() <= most_db + 0.01
    assert records(report)["dull"]["decision"]["largest_db"] > 0.8 * most_db
    capsys.readouterr()


def test_a_preset_may_hold_a_target(folder: Path, capsys: Capture) -> None:
    preset = folder.parent / "mine.toml"
    preset.write_text('name = "mine"\ndescription = "As I like it."\ntarget = "bright:0.8"\namount = 0.5\n')
    by_preset, by_words = folder.parent / "p.wav", folder.parent / "w.wav"
    source = str(folder / "dull.wav")
    assert run(["apply", source, str(by_preset), "--preset", str(preset), "-q"]) == 0
    assert run(["apply", source, str(by_words), "--target", "bright:0.8", "--amount", "0.5", "-q"]) == 0
    np.testing.assert_array_equal(sf.read(by_preset)[0], sf.read(by_words)[0])  # a float WAV notes its second of birth
    capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--bands", "LS 100 +2", "--to", "0.5"], "--to applies only to words"),
        (["--preset", "air", "--album", "--together"], "--album and --together can't be combined"),
        (["--target", "warm", "--together", "--level", "keep"], "--together has nothing to share: --level keep"),
        (["--target", "warm", "--mode", "fixed", "--to", "0.5"], "--to requires the adaptive mode"),
        (["--target", "warm", "--to", "0.5", "--amount", "0.5"], "the amount follows from the percentile"),
        (["--bands", "LS 100 +2", "--trajectory"], "--trajectory needs words that adapt"),
    ],
)
def test_options_that_make_no_sense_together(folder: Path, arguments: list[str], message: str, capsys: Capture) -> None:
    assert run(["apply", str(folder), str(folder.parent / "out"), *arguments]) == 2
    assert message in capsys.readouterr().err
    assert not (folder.parent / "out").exists()


def test_an_album_may_be_brought_to_a_percentile(folder: Path, capsys: Capture) -> None:
    report = folder.parent / "report.jsonl"
    arguments = ["--target", "bright", "--to", "0.7", "--kind", "mix", "--album", "--report", str(report)]
    assert run(["apply", str(folder), str(folder.parent / "out"), *arguments]) == 0
    decisions = {name: record["decision"] for name, record in records(report).items()}
    assert {decision["is_album_reached"] for decision in decisions.values()} == {True}
    assert len({decision["amount"] for decision in decisions.values()}) == 1
    said = capsys.readouterr().out
    assert "reach" not in said
    assert said.count("\n  the album's EQ ") == 3
    assert {decision["is_reached"] for decision in decisions.values()} == {True, False}, "each file for itself"
    for decision in decisions.values():
        assert decision["is_reached"] == (decision["words"][0]["percentile_predicted"] >= 0.695)


def test_a_single_files_decision_is_not_an_albums(folder: Path, capsys: Capture) -> None:
    assert run(["apply", str(folder / "dull.wav"), str(folder.parent / "a.wav"), "--target", "bright", "--json"]) == 0
    (record,) = json.loads(capsys.readouterr().out)["files"]
    assert (record["decision"]["is_album"], record["decision"]["is_album_reached"]) == (False, None)


def test_resume_makes_a_trajectory_that_is_missing(folder: Path, capsys: Capture) -> None:
    out = folder.parent / "out"
    arguments = ["apply", str(folder), str(out), "--target", "warm"]
    assert run(arguments) == 0
    (out / "dull.wav.trajectory.json").unlink()
    capsys.readouterr()
    assert run([*arguments, "--resume"]) == 0
    assert capsys.readouterr().out.count("skipped: ") == 2
    assert (out / "dull.wav.trajectory.json").exists()


@pytest.mark.parametrize("damage", ["emptied", "cut off"])
def test_resume_makes_a_damaged_trajectory_again(folder: Path, capsys: Capture, damage: str) -> None:
    out = folder.parent / "out"
    arguments = ["apply", str(folder), str(out), "--target", "warm"]
    assert run(arguments) == 0
    beside = out / "dull.wav.trajectory.json"
    whole = beside.read_bytes()
    beside.write_bytes(b"" if damage == "emptied" else whole[:-100])
    capsys.readouterr()
    assert run([*arguments, "--resume", "--dry-run"]) == 0
    assert capsys.readouterr().out.count("would skip") == 2
    assert run([*arguments, "--resume"]) == 0
    assert capsys.readouterr().out.count("skipped: ") == 2
    assert beside.read_bytes() == whole


def test_resume_leaves_a_trajectory_alone_that_apply_did_not_write(folder: Path, capsys: Capture) -> None:
    out = folder.parent / "out"
    arguments = ["apply", str(folder), str(out), "-q", "--target"]
    assert run([*arguments, "warm", "--no-trajectory"]) == 0
    assert run(["analyze", str(folder), "--out", str(out), "--window", "500ms"]) == 0
    mine = {path: path.read_bytes() for path in out.iterdir()}
    capsys.readouterr()
    for target in ("warm", "warm:0.5"):
        assert run([*arguments, target, "--resume"]) == 2
        said = capsys.readouterr().err
        assert "3 of 6 outputs already exist" in said
        assert "--no-trajectory" in said
        assert {path: path.read_bytes() for path in out.iterdir()} == mine
    assert run([*arguments, "warm:0.5", "--resume", "--no-trajectory"]) == 0
    changed = {path.name for path, content in mine.items() if path.read_bytes() != content}
    assert changed == {".eqmorph-journal.jsonl", "dull.wav", "plain.wav", "bright.wav"}


def test_a_dry_run_tells_of_trajectories(folder: Path, capsys: Capture) -> None:
    dry = ["apply", str(folder), str(folder.parent / "out"), "--target", "warm", "--dry-run"]
    assert run(dry) == 0
    *_, trajectories, total = capsys.readouterr().out.splitlines()
    assert trajectories.startswith("would write 3 trajectories next to them: ")
    assert total == "3 files: 3 to write. Nothing was written."
    assert run([*dry, "--no-trajectory"]) == 0
    assert "trajectories" not in capsys.readouterr().out
    assert run([*dry, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {Path(record["trajectory"]).name for record in told["files"]} == {
        f"{name}.wav.trajectory.json" for name in ("dull", "plain", "bright")
    }


@pytest.mark.parametrize("options", [[], ["--album"], ["--to", "0.6"], ["--refine"], ["-j", "1"], ["--mode", "fixed"]])
def test_a_dry_run_predicts_what_a_run_decides_and_writes_nothing(
    folder: Path, options: list[str], capsys: Capture
) -> None:
    out, report = folder.parent / "out", folder.parent / "report.jsonl"
    arguments = ["apply", str(folder), str(out), "--target", "bright", *options, "--json", "--report", str(report)]
    assert run([*arguments, "--dry-run"]) == 0
    planned = json.loads(capsys.readouterr().out)
    assert planned["dry_run"] is True
    assert planned["planned"] == 3
    assert not out.exists()
    assert not report.exists()
    assert run(arguments) == 0
    done = {record["input"]: record for record in json.loads(capsys.readouterr().out)["files"]}
    assert any(record["bands"] for record in planned["files"])
    for record in planned["files"]:
        real = done[record["input"]]
        assert set(record) - set(real) == {"trajectory"}
        assert record["bands"] == real["bands"]
        for plan, fact in zip(*((r["decision"] or {}).get("words", []) for r in (record, real)), strict=True):
            assert plan["score_reached"] is None
            assert plan["score_predicted"] == fact["score_predicted"]
            assert plan["contributes_db"] == fact["contributes_db"]


def test_a_dry_run_prints_a_line_a_word_and_bands_that_can_be_given(folder: Path, capsys: Capture) -> None:
    words = ["--target", "warm:0.5 + airy:0.3", "--dry-run"]
    assert run(["apply", str(folder / "dull.wav"), str(folder.parent / "a.wav"), *words]) == 0
    planned, warm, airy, _, bands = capsys.readouterr().out.splitlines()
    assert planned.startswith(f"would write {folder.parent / 'a.wav'}  WAV FLOAT, 44100 Hz, 1 channel, 0:01.500")
    for line, word in ((warm, "warm"), (airy, "airy")):
        assert re.match(rf"  {word}  ..% -> ..%   [+-]\d\.\d dB at [\d.]+ k?Hz", line)
    assert Bands.parse(bands.removeprefix("  bands: "))
    given = ["--bands", "LS 120 +3.25", "--dry-run"]
    assert run(["apply", str(folder / "dull.wav"), str(folder.parent / "a.wav"), *given]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "  bands: LS 120 +3.25"


def test_a_dry_run_finds_what_a_run_would_stumble_over(folder: Path, capsys: Capture) -> None:
    bad = np.zeros((RATE, 1), np.float32)
    bad[30_000] = np.nan
    sf.write(folder / "bad.wav", bad, RATE, subtype="FLOAT")
    arguments = ["apply", str(folder), str(folder.parent / "out"), "--target", "warm"]
    errors = []
    for options in (["--dry-run"], []):
        assert run([*arguments, *options]) == 1
        errors.append(capsys.readouterr().err)
    assert "bad.wav" in errors[0]
    assert errors[0] == errors[1]


def test_many_files_have_one_line_each_unless_more_is_asked_for(folder: Path, capsys: Capture) -> None:
    for number in range(3):
        sf.write(folder / f"{number}.wav", sf.read(folder / "dull.wav")[0], RATE)
    arguments = ["apply", str(folder), str(folder.parent / "out"), "--target", "warm + airy", "--force"]
    assert run(arguments) == 0
    brief = capsys.readouterr().out.splitlines()
    assert sum("%: " in line for line in brief) == 6
    assert len(brief) == 2 * 6 + 1
    assert run([*arguments, "-v"]) == 0
    whole = capsys.readouterr().out.splitlines()
    for start in ("  warm  ", "  airy  ", "  bands: "):
        assert sum(line.startswith(start) for line in whole) == 6


def test_a_dry_run_knows_what_was_done_of_an_album(folder: Path, capsys: Capture) -> None:
    arguments = ["apply", str(folder), str(folder.parent / "out"), "--target", "warm", "--album"]
    assert run(arguments) == 0
    capsys.readouterr()
    assert run([*arguments, "--resume", "--dry-run"]) == 0
    assert capsys.readouterr().out.count("would skip") == 3


def test_skip_existing_leaves_a_trajectory_alone(folder: Path, capsys: Capture) -> None:
    out = folder.parent / "out"
    out.mkdir()
    mine = out / "dull.wav.trajectory.json"
    mine.write_text("mine")
    assert run(["apply", str(folder), str(out), "--target", "warm", "--skip-existing"]) == 0
    assert mine.read_text() == "mine"
    assert (out / "dull.wav").exists()
    capsys.readouterr()


def test_a_report_is_not_a_trajectory(folder: Path, capsys: Capture) -> None:
    out = folder.parent / "out"
    arguments = ["--target", "warm", "--report", str(out / "dull.wav.trajectory.json")]
    assert run(["apply", str(folder), str(out), *arguments]) == 2
    assert "one of the inputs or outputs" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["mix", "speech", "instrument"])
def test_the_kind_of_sound_can_be_said_and_is_told(folder: Path, kind: str, capsys: Capture) -> None:
    out, report = folder.parent / "out", folder.parent / "report.jsonl"
    arguments = ["--target", "warm", "--kind", kind, "--report", str(report), "--verbose"]
    assert run(["apply", str(folder), str(out), *arguments]) == 0
    assert {record["decision"]["kind"] for record in records(report).values()} == {kind}
    assert capsys.readouterr().out.count(f"\n  kind: {kind}\n") == 3
    trajectory = json.loads((out / "dull.wav.trajectory.json").read_text())
    assert trajectory["kind"] == trajectory["applied"]["kind"] == kind
    if kind == "speech":
        for record in records(report).values():
            below = Bands.from_list(record["bands"]).response_db(np.geomspace(20, 99, 20), RATE)
            assert below.max() <= 0.3


def test_an_unknown_kind_is_refused(folder: Path, capsys: Capture) -> None:
    assert run(["apply", str(folder), str(folder.parent / "out"), "--target", "warm", "--kind", "song"]) == 2
    assert "song" in capsys.readouterr().err
