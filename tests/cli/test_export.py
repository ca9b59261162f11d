"""``eqmorph export``, ``apply --export``, and ``--bands`` of what other programs write."""

from __future__ import annotations

import io
import json
import threading
from pathlib import Path

import pytest
import soundfile as sf

from eqmorph.bands import Bands
from eqmorph.batch import FileResult, FolderWatch
from eqmorph.cli import run
from eqmorph.exchange import FORMATS, find_format, read_eq, write_eq
from eqmorph.presets import find_preset
from eqmorph.process import Settings
from eqmorph.request import EqRequest
from tests.support import make_audio

Capture = pytest.CaptureFixture[str]
TEXT = "LS 120 +3; PK 1000 -2 Q0.7; HS 8000 -3"
EQ = Bands.parse(TEXT)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_presets: Path) -> Path:  # noqa: ARG001
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_bands_presets_and_words_go_to_stdout(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    for asked, eq, name in (
        (["--bands", TEXT], EQ, "eqmorph"),
        (["--preset", "air"], find_preset("air").bands, "air"),
        (["--bands", TEXT, "--amount", "0.5"], EQ.scaled(0.5), "eqmorph"),
    ):
        for fmt in FORMATS:
            assert run(["export", *asked, "--to", fmt.name]) == 0
            assert capfdbinary.readouterr().out == write_eq(eq, fmt, name=name).data
    assert run(["export", "warm:0.7", "--to", "apo"]) == 0
    assert capfdbinary.readouterr().out.startswith(b"Preamp: -")


def test_a_file_is_written_whole_and_only_overwritten_if_asked(here: Path, capsys: Capture) -> None:
    assert run(["export", "--bands", TEXT, "--to", "ir", "--sample-rate", "44.1k", "-o", "eq.wav"]) == 0
    assert "it is for sounds of 44100 Hz" in capsys.readouterr().err
    assert sf.read(io.BytesIO((here / "eq.wav").read_bytes()))[1] == 44_100
    assert run(["export", "--bands", TEXT, "--to", "csv", "-o", "eq.wav"]) == 1
    assert "already exists" in capsys.readouterr().err
    assert run(["export", "--bands", TEXT, "--to", "csv", "-o", "eq.wav", "-f"]) == 0
    assert (here / "eq.wav").read_bytes() == write_eq(EQ, find_format("csv")).data


def test_what_a_format_cant_hold_is_said(capsys: Capture) -> None:
    assert run(["export", "--bands", "M: PK 300 -3 | S: HS 8k +2", "--to", "sox"]) == 0
    assert "note: it can't treat mid and side apart" in capsys.readouterr().err
    assert run(["export", "--bands", "HS 20k +3", "--to", "apo"]) == 0
    assert "--sample-rate 44100" in capsys.readouterr().err


def test_help_lists_all_formats(capsys: Capture) -> None:
    assert run(["export", "--help"]) == 0
    out = capsys.readouterr().out
    assert all(f"  {fmt.name} " in out and fmt.title in " ".join(out.split()) for fmt in FORMATS)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--bands", TEXT], "no format is named: --to. Formats are pipewire, easyeffects, "),
        (["--to", "apo"], "no EQ is named: a target in words, --preset, --bands or --from. As in: eqmorph export "),
        (["--bands", TEXT, "--to", "ap"], "no format is called 'ap'. Did you mean apo"),
        (["--bands", TEXT, "--to", "apo", "-f"], "--force requires --out"),
        (["--bands", TEXT, "--to", "apo", "--file", "x"], "--file requires --from"),
        (["--bands", TEXT, "--from", "r.jsonl", "--to", "apo"], "--from and --bands can't be combined"),
        (["--from", "r.jsonl", "--to", "apo"], "r.jsonl: doesn't exist"),
        (["--bands", "Filter 1: ON XX Fc 100 Hz", "--to", "apo"], "line 1, "),
        (["--bands", TEXT, "--to", "jamesdspp"], "Did you mean graphiceq"),
        (["--bands", TEXT, "--to", "ir-linear", "-o", "x.flac"], "ir-linear is written as .wav, not as .flac"),
        (["--bands", ".", "--to", "apo"], "is a folder, not a file with bands"),
        (["--bands", "-", "--to", "apo"], "bands aren't read from stdin"),
        (["warm", "bright", "--to", "apo"], "unexpected argument 'bright'"),
    ],
)
def test_wrong_use_is_said(arguments: list[str], says: str, capsys: Capture) -> None:
    assert run(["export", *arguments]) == 2
    assert says in capsys.readouterr().err


def test_what_other_programs_write_is_an_eq_everywhere(here: Path, capsys: Capture) -> None:
    (here / "AutoEq.txt").write_text("Preamp: -5.5 dB\nFilter 1: ON LSC Fc 120 Hz Gain 3.0 dB Q 0.71\n")
    for given in ("AutoEq.txt", "bass=f=120:t=q:w=0.502045814642:g=3", "bass +3 120 0.71q"):
        assert run(["eq", "--bands", given, "--json"]) == 0
        document = json.loads(capsys.readouterr().out)
        assert document["bands"] == Bands.parse("LS 120 +3").to_list()
    assert run(["eq", "--bands", "AutoEq.txt"]) == 0
    assert "its preamp of -5.5 dB is left out" in capsys.readouterr().out


def test_a_damaged_file_names_its_line(here: Path, capsys: Capture) -> None:
    (here / "AutoEq.txt").write_text("Preamp: -5.5 dB\nFilter 1: ON LSC Fc 120 Hz Gain")
    assert run(["eq", "--bands", "AutoEq.txt"]) == 2
    assert "AutoEq.txt: line 2, 'Filter 1: ON LSC Fc 120 Hz Gain'" in capsys.readouterr().err


@pytest.fixture
def two_files(here: Path) -> Path:
    (here / "in").mkdir()
    for name in ("a.wav", "b.flac"):
        make_audio(here / "in" / name, frames=30_000)
    return here


def exported(path: Path) -> Bands:
    taken = read_eq(path.read_text())
    assert taken is not None
    return taken.bands


def test_apply_writes_each_eq_beside_its_output(two_files: Path, capsys: Capture) -> None:
    assert run(["apply", "in", "out", "--bands", TEXT, "--export", "sox", "--report", "r.jsonl"]) == 0
    assert exported(two_files / "out" / "a.wav.sox.txt") == EQ
    assert exported(two_files / "out" / "b.flac.sox.txt") == EQ
    capsys.readouterr()
    assert run(["export", "--from", "r.jsonl", "--file", "b", "--to", "json"]) == 0
    taken = read_eq(capsys.readouterr().out)
    assert taken is not None
    assert taken.bands == EQ
    assert run(["export", "--from", "r.jsonl", "--to", "csv"]) == 2
    assert "tells of 2 files" in capsys.readouterr().err
    assert run(["export", "--from", "r.jsonl", "--to", "csv", "-o", "eqs/"]) == 0
    assert sorted(path.name for path in (two_files / "eqs").iterdir()) == ["a.wav.csv", "b.flac.csv"]
    assert run(["export", "--from", "r.jsonl", "--to", "csv", "-o", "eqs/"]) == 1
    assert "already exists" in capsys.readouterr().err


def test_resume_knows_the_exports(two_files: Path, capsys: Capture) -> None:
    options = ["--bands", TEXT, "--export", "apo"]
    assert run(["apply", "in", "out", *options]) == 0
    assert run(["apply", "in", "out", *options]) == 2
    assert "4 of 4 outputs already exist" in capsys.readouterr().err
    assert run(["apply", "in", "out", *options, "--resume"]) == 0
    assert "2 skipped" in capsys.readouterr().out
    (two_files / "out" / "a.wav.apo.txt").unlink()
    assert run(["apply", "in", "out", *options, "--resume"]) == 0
    assert "1 done, 1 skipped" in capsys.readouterr().out
    assert (two_files / "out" / "a.wav.apo.txt").exists()
    (two_files / "out" / "a.wav.sox.txt").write_text("mine")
    assert run(["apply", "in", "out", "--bands", TEXT, "--export", "sox", "--resume"]) == 2
    assert (two_files / "out" / "a.wav.sox.txt").read_text() == "mine"


def test_a_dry_run_names_the_exports_and_writes_none(two_files: Path, capsys: Capture) -> None:
    assert run(["apply", "in", "out", "--bands", TEXT, "--export", "apo", "--dry-run"]) == 0
    assert "would write the EQ into out/a.wav.apo.txt, and 1 more" in capsys.readouterr().out
    assert not (two_files / "out").exists()


@pytest.mark.parametrize("more", [["-", "-"], ["in/a.wav", "-"]])
def test_an_export_needs_a_place(two_files: Path, more: list[str], capsys: Capture) -> None:  # noqa: ARG001
    assert run(["apply", *more[:1], "-", "--bands", TEXT, "--export", "apo"]) == 2
    assert "--export requires a file or a folder as output" in capsys.readouterr().err


def test_what_follows_is_no_eq_to_export(two_files: Path, capsys: Capture) -> None:  # noqa: ARG001
    assert run(["apply", "in", "out", "--target", "warm", "--follow", "--export", "apo"]) == 2
    assert "--export and --follow can't be combined" in capsys.readouterr().err


def test_a_watch_exports_too(two_files: Path) -> None:
    settings = Settings(eq=EqRequest(bands=EQ).resolve(), export=find_format("apo"))
    watch = FolderWatch(two_files / "in", two_files / "out", settings, settle_s=0, every_s=0.01)
    stop = threading.Event()
    seen: list[FileResult] = []

    def on_result(result: FileResult) -> None:
        seen.append(result)
        if len(seen) == 2:
            stop.set()

    watched = watch.run(stop=stop, on_result=on_result)
    assert [(result.status, result.error) for result in seen] == [("done", None)] * 2
    assert watched.done == 2
    assert (two_files / "out" / "a.wav.apo.txt").exists()


def test_an_export_that_clashes_is_no_trajectorys_fault(two_files: Path, capsys: Capture) -> None:
    (two_files / "out").mkdir()
    (two_files / "out" / "a.wav.apo.txt").write_text("mine")
    assert run(["apply", "in", "out", "--bands", TEXT, "--export", "apo"]) == 2
    said = capsys.readouterr().err
    assert "1 of 4 outputs already exists" in said
    assert "trajectory" not in said


def test_one_channel_is_the_middle(here: Path, capsys: Capture) -> None:
    """What sox can't do to the middle alone it can do to a sound that has nothing else."""
    make_audio(here / "mono.wav", channels=1, frames=30_000)
    asked = ["--bands", "M: PK 300 -3 | S: HS 8k +2", "--export", "sox"]
    assert run(["apply", "mono.wav", "out.wav", *asked]) == 0
    assert "differs by up to" not in capsys.readouterr().out
    assert exported(here / "out.wav.sox.txt") == Bands.parse("PK 300 -3")
