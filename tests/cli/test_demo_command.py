"""``eqmorph demo``: sounds and their versions appear once and complete, and no one else's files are touched."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
import soundfile as sf

import eqmorph
from eqmorph.batch import Outcome
from eqmorph.batch.isolated import Workers
from eqmorph.batch.jobs import Job
from eqmorph.cli import run
from eqmorph.demo import SOUND_NAMES, DemoSound, write
from eqmorph.demo.sounds import PIECES
from tests.report.support import inside
from tests.support import workers_here

Capture = pytest.CaptureFixture[str]
VERSIONS = ("warm", "radio-am")


@pytest.fixture(autouse=True)
def short_sounds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, rng: np.random.Generator) -> dict[str, DemoSound]:
    """Put half a second of noise in place of each sound: the command is what is tested here."""
    sounds = {
        name: DemoSound(
            name,
            piece.description,
            piece.sample_rate,
            rng.uniform(-0.5, 0.5, (1 + (name != "voice-vowels"), piece.sample_rate // 2)).astype(np.float32),
        )
        for name, piece in PIECES.items()
    }
    monkeypatch.setattr(write, "synthesise", sounds.__getitem__)
    monkeypatch.setattr("eqmorph.batch.run.Workers", workers_here)
    monkeypatch.chdir(tmp_path)
    return sounds


def demo(*arguments: str, code: int = 0) -> None:
    assert run(["demo", *arguments]) == code


def audio_files(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return all sounds below a folder, and what tells whether they were written again."""
    found = sorted(path for path in folder.rglob("*") if path.suffix in (".wav", ".flac"))
    return {path.relative_to(folder): (path.stat().st_ino, path.stat().st_mtime_ns) for path in found}


def test_the_sounds_and_two_versions_of_each_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eqmorph.batch.run.Workers", Workers)  # here by processes of their own, as ever
    demo()
    files = audio_files(tmp_path / "eqmorph-demo")
    assert len(files) == 24
    for folder in ("sounds", *VERSIONS):
        assert {path.stem for path in files if path.parts[0] == folder} == set(SOUND_NAMES)
    hidden = {path.name for path in tmp_path.rglob(".*")}
    assert hidden == {".eqmorph-journal.jsonl"}


def test_the_versions_are_what_the_words_and_the_preset_make(tmp_path: Path) -> None:
    demo("here")
    versions: dict[str, str | eqmorph.Preset] = {"warm": "warm:0.7", "radio-am": eqmorph.preset("radio-am")}
    for version, eq in versions.items():
        for name in ("drum-loop.wav", "little-mix.flac"):
            source = tmp_path / "here" / "sounds" / name
            expected = tmp_path / f"expected-{version}-{name}"
            eqmorph.apply_file(source, expected, eq)
            made, rate = sf.read(tmp_path / "here" / version / name, dtype="int32")
            np.testing.assert_array_equal(made, sf.read(expected, dtype="int32")[0])
            original, original_rate = sf.read(source, dtype="int32")
            assert (rate, made.shape) == (original_rate, original.shape)
            assert not np.array_equal(made, original)


def test_it_ends_with_a_page_of_what_the_words_did_and_how_to_open_it(tmp_path: Path, capsys: Capture) -> None:
    demo("here")
    said = capsys.readouterr().out
    page = tmp_path / "here" / "report.html"
    assert page.as_uri() in said
    data, details = inside(page)
    assert {Path(row["n"]).stem for row in data["rows"]} == set(SOUND_NAMES)
    assert data["words"] == [{"name": "warm", "isDistance": False}]
    for detail in details:  # all that the page shows of a file is known, but its course: half a second has none
        assert {"said", "eq", "spectrum"} <= set(detail)
        assert None not in detail["levels"]
        for player in (detail["a"], detail["b"]):
            assert (page.parent / unquote(player["src"])).is_file()


def test_the_page_tells_of_all_after_a_part_was_made_again(tmp_path: Path) -> None:
    demo("here")
    (tmp_path / "here" / "warm" / "warm-pad.wav").unlink()
    demo("here")
    _, details = inside(tmp_path / "here" / "report.html")
    assert len(details) == len(SOUND_NAMES)
    assert all(None not in detail["levels"] for detail in details)


def test_a_page_that_somebody_else_wrote_is_replaced_only_on_demand(tmp_path: Path, capsys: Capture) -> None:
    mine = tmp_path / "here" / "report.html"
    mine.parent.mkdir()
    mine.write_text("mine")
    demo("here", code=2)
    assert "--force" in capsys.readouterr().err
    assert mine.read_text() == "mine"
    assert audio_files(mine.parent) == {}
    demo("here", "--force")
    assert mine.read_text() != "mine"


def test_a_second_run_leaves_all_as_it_is(tmp_path: Path, capsys: Capture) -> None:
    demo("here")
    assert "24 files written" in capsys.readouterr().out
    before = audio_files(tmp_path / "here")
    demo("here")
    assert "already" in capsys.readouterr().out
    assert audio_files(tmp_path / "here") == before


def test_what_is_missing_or_damaged_is_made_again(tmp_path: Path, capsys: Capture) -> None:
    demo("here")
    before = audio_files(tmp_path / "here")
    gone, damaged = Path("radio-am/warm-pad.wav"), Path("warm/bass-line.wav")
    whole = (tmp_path / "here" / damaged).read_bytes()
    (tmp_path / "here" / gone).unlink()
    (tmp_path / "here" / damaged).write_bytes(whole[:1000])
    capsys.readouterr()
    demo("here")
    assert "2 files written" in capsys.readouterr().out
    after = audio_files(tmp_path / "here")
    assert {path for path in after if after[path] != before[path]} == {gone, damaged}
    assert (tmp_path / "here" / damaged).read_bytes() == whole


def test_force_does_everything_again(tmp_path: Path) -> None:
    demo("here")
    before = audio_files(tmp_path / "here")
    mine = tmp_path / "here" / "sounds" / "warm-pad.wav"
    mine.write_bytes(b"mine")
    demo("here", "--force")
    after = audio_files(tmp_path / "here")
    assert all(after[path] != before[path] for path in before)
    assert sf.info(mine).frames == 22_050


def test_a_file_that_somebody_else_wrote_stops_it(tmp_path: Path, capsys: Capture) -> None:
    mine = tmp_path / "here" / "sounds" / "warm-pad.wav"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    demo("here", code=1)
    said = capsys.readouterr().err
    assert "warm-pad.wav" in said
    assert "--force" in said
    assert audio_files(tmp_path / "here").keys() == {Path("sounds/warm-pad.wav")}
    assert mine.read_bytes() == b"mine"


def test_versions_that_somebody_else_wrote_are_overwritten_only_on_demand(tmp_path: Path, capsys: Capture) -> None:
    mine = tmp_path / "here" / "radio-am" / "warm-pad.wav"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    demo("here", code=2)
    said = capsys.readouterr().err
    assert "warm-pad.wav" in said
    assert "--force" in said
    assert "--skip-existing" not in said  # an option that demo hasn't got
    assert mine.read_bytes() == b"mine"
    demo("here", "--force")
    assert sf.info(mine).frames == 22_050


def test_a_bad_file_among_the_sounds_is_named_and_stops_nothing(tmp_path: Path, capsys: Capture) -> None:
    bad = tmp_path / "here" / "sounds" / "bad.wav"
    bad.parent.mkdir(parents=True)
    bad.write_bytes(b"no sound")
    demo("here", code=1)
    assert capsys.readouterr().err.count("bad.wav") == len(VERSIONS)
    assert len(audio_files(tmp_path / "here")) == 25


def test_an_interrupt_ends_it_and_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    asked = []

    def interrupted(source: Path, target: Path, *_: object, **__: object) -> Outcome:
        asked.append(target)
        return Outcome(left=[Job(source / "warm-pad.wav", target / "warm-pad.wav")])

    monkeypatch.setattr("eqmorph.api.apply_folder", interrupted)
    demo("here", code=130)
    assert asked == [Path("here", VERSIONS[0])]
    captured = capsys.readouterr()
    assert "next run" in captured.err
    assert "try" not in captured.out


def test_json_says_what_became_of_each_file(tmp_path: Path, capsys: Capture) -> None:
    demo("here", "--json")
    first = json.loads(capsys.readouterr().out)
    assert [sound["name"] for sound in first["sounds"]] == list(SOUND_NAMES)
    assert {sound["status"] for sound in first["sounds"]} == {"done"}
    assert [version["name"] for version in first["versions"]] == list(VERSIONS)
    assert first["page"]["status"] == "done"
    for version in first["versions"]:
        assert sorted(Path(file["output"]) for file in version["files"]) == sorted(
            Path("here", version["name"], Path(sound["file"]).name) for sound in first["sounds"]
        )
        assert all((tmp_path / file["output"]).is_file() for file in version["files"])
        assert {file["status"] for file in version["files"]} == {"done"}
    demo("here", "--json")
    second = json.loads(capsys.readouterr().out)
    assert {sound["status"] for sound in second["sounds"]} == {"skipped"}
    assert {file["status"] for version in second["versions"] for file in version["files"]} == {"skipped"}
    assert second["page"]["status"] == "skipped"


def test_quiet_is_quiet(capsys: Capture) -> None:
    demo("here", "-q")
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_every_sound_and_folder_is_introduced(capsys: Capture, short_sounds: dict[str, DemoSound]) -> None:
    demo("here")
    text = capsys.readouterr().out
    for sound in short_sounds.values():
        assert f"{sound.name}." in text
        assert sound.description in text
    for version in VERSIONS:
        assert str(Path("here", version)) in text


@pytest.mark.skipif(os.name == "nt", reason="read with the quoting of a POSIX shell")
@pytest.mark.parametrize("folder", ["eqmorph-demo", "two words & 'quotes'"])
def test_the_commands_to_try_next_work(folder: str, capsys: Capture) -> None:
    demo(folder)
    lines = capsys.readouterr().out.splitlines()
    commands = [line for line in lines if line.startswith("  eqmorph ")]
    assert len(commands) == 3
    assert folder != "eqmorph-demo" or max(map(len, commands)) < 80
    for program, *arguments in map(shlex.split, commands):
        assert program == "eqmorph"
        assert run(arguments) == 0, arguments


@pytest.mark.parametrize(("arguments", "code"), [(["a", "b"], 2), (["file"], 2), (["--jobs", "0"], 2)])
def test_usage_errors_write_nothing(arguments: list[str], code: int, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    demo(*arguments, code=code)
    assert audio_files(tmp_path) == {}
