"""What ``apply`` says: lines in a pipe, a bar on a terminal, a report, JSON, more or less of it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from eqmorph.batch import Batch, FileResult
from eqmorph.batch.journal import read_journal
from eqmorph.cli import run
from eqmorph.cli.json_rows import JsonWithRows
from eqmorph.cli.output import print_json
from eqmorph.version import __version__
from tests.support import EQMORPH, environment, make_audio, posix_only, wait_until

EQ = ["--bands", "LS 120 +6; HS 3k +5"]
RATE = 44_100
KEYS = {
    "input",
    "output",
    "status",
    "bands",
    "level_trim_db",
    "ceiling_trim_db",
    "quieter_db",
    "loudness_in_lufs",
    "loudness_out_lufs",
    "true_peak_in_dbtp",
    "true_peak_out_dbtp",
    "format",
    "subtype",
    "sample_rate",
    "channels",
    "duration_s",
    "seconds",
    "decision",
    "notes",
    "phase",
    "hum",
    "reason",
    "error",
    "hint",
}


@pytest.fixture(autouse=True)
def album(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a folder with two good files, a bad one, silence and a short clip."""
    monkeypatch.chdir(tmp_path)
    make_audio("in/a.wav")
    make_audio("in/b.wav")
    make_audio("in/short.wav", frames=441)
    make_audio("in/silence.wav", amplitude=0)
    Path("in/bad.wav").write_text("no audio")


def strict_json(text: str) -> Any:
    def refuse(name: str) -> float:
        raise ValueError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)


def by_name(records: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {Path(record["input"]).name: record for record in records}


# -------------------------------------------------------------------------------------------------- plain lines


def test_in_a_pipe_there_is_one_plain_line_a_file_and_a_summary(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["apply", "in", "out", *EQ, "--jobs", "1"]) == 1
    said = capsys.readouterr()
    lines = said.out.replace("\\", "/").splitlines()
    assert len(lines) == 5
    assert lines[0].startswith("in/a.wav -> out/a.wav  -")
    assert all(unit in lines[0] for unit in ("LUFS", "dBTP", "trim -"))
    assert "–" in next(line for line in lines if "short.wav" in line), "no loudness"
    assert lines[-1].startswith("5 files: 4 done, 1 failed. ")
    assert "x realtime" in lines[-1]
    assert "\x1b" not in said.out + said.err
    assert said.err.splitlines() == [f"error: {Path('in', 'bad.wav')}: holds text, not audio. Is it the right file?"]


def test_a_single_file_needs_no_summary(capsys: pytest.CaptureFixture[str]) -> None:
    run(["apply", "in/a.wav", "b.wav", *EQ])
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_quiet_says_errors_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["apply", "in", "out", *EQ, "-q"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1


def test_verbose_says_the_bands(capsys: pytest.CaptureFixture[str]) -> None:
    run(["apply", "in/a.wav", "b.wav", *EQ, "-v"])
    assert "  bands: LS 120 +6" in capsys.readouterr().out
    run(["apply", "in/a.wav", "c.wav", *EQ])
    assert "bands:" not in capsys.readouterr().out


def test_notes_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    make_audio("loud.wav", amplitude=0.5)
    run(["apply", "loud.wav", "b.wav", *EQ, "--level", "keep"])
    assert "samples clipped" in capsys.readouterr().out


def test_a_traceback_comes_with_vv_only(capsys: pytest.CaptureFixture[str]) -> None:
    for options, expected in (([], False), (["-v"], False), (["-vv"], True)):
        assert run(["apply", "in/bad.wav", "b.wav", *EQ, *options]) == 1
        assert ("Traceback" in capsys.readouterr().err) == expected


def test_a_defect_is_one_line_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from eqmorph.batch import run as batch_run

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(batch_run, "process_patiently", broken)
    assert run(["apply", "in/a.wav", "b.wav", *EQ]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "a.wav: unexpected ZeroDivisionError: by zero. This is a defect" in line


def test_a_name_the_terminal_cannot_show_is_shown_escaped(tmp_path: Path) -> None:
    make_audio("odd/🎧.wav")
    (tmp_path / "odd" / "é.wav").write_text("no audio", encoding="utf-8")
    command = [*EQMORPH, "apply", "odd", "out", *EQ]
    done = subprocess.run(command, capture_output=True, check=False, env=environment(PYTHONIOENCODING="cp1252"))
    assert done.returncode == 1
    assert b"\\U0001f3a7.wav" in done.stdout
    assert b"\xe9.wav: holds text" in done.stderr
    assert b"Traceback" not in done.stderr


def test_decoders_written_in_c_add_nothing_to_our_line(tmp_path: Path) -> None:
    mp3 = tmp_path / "mp3s" / "a.mp3"
    make_audio(mp3, frames=60_000)
    mp3.write_bytes(mp3.read_bytes()[: mp3.stat().st_size // 2])
    command = [*EQMORPH, "apply", "mp3s", "out", *EQ]
    done = subprocess.run(command, capture_output=True, check=False, env=environment(), text=True)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "a.mp3: is truncated" in line


@posix_only
def test_the_work_goes_on_when_nobody_listens_any_more() -> None:
    command = [*EQMORPH, "apply", "in", "out", *EQ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read().decode()
    assert process.returncode == 1, "one of them is bad"
    assert len(err.splitlines()) == 1
    assert len(list(Path("out").glob("*.wav"))) == 4


# ------------------------------------------------------------------------------------------------- interrupted


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Press Ctrl-C when the first file is done."""
    from eqmorph.cli.results import Results

    add, seen = Results.add, []

    def press(self: Results, ended: FileResult) -> None:
        add(self, ended)
        seen.append(ended)
        if len(seen) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(Results, "add", press)


@pytest.mark.usefixtures("interrupted")
def test_interrupted_json_is_complete_and_names_what_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(8):
        make_audio(f"in/{number}.wav", frames=4 * RATE)
    assert run(["apply", "in", "out", *EQ, "--json", "--jobs", "1", "--report", "r.jsonl"]) == 130
    said = capsys.readouterr()
    data = strict_json(said.out)
    assert len(data["left"]) >= 5
    assert len(data["left"]) + len(data["files"]) == 13
    assert said.err.splitlines()[-1].startswith(f"Interrupted: {len(data['left'])} left (")
    assert f" and {len(data['left']) - 5} more). --resume continues from here." in said.err
    assert len(Path("r.jsonl").read_text(encoding="utf-8").splitlines()) == len(data["files"])


def test_resume_is_not_advised_where_it_is_impossible(monkeypatch: pytest.MonkeyPatch) -> None:
    """A single file has no output folder to remember what was done in."""
    from eqmorph.batch import Job, Outcome
    from eqmorph.cli.results import Results

    said: list[str] = []
    monkeypatch.setattr("click.echo", lambda text, **_: said.append(text))
    jobs = [Job(Path("a.wav"), Path("b.wav"))]
    for resumable in (True, False):
        Results(jobs, resumable=resumable).finish(Outcome(left=jobs))
    assert said == ["Interrupted: 1 left (a.wav). --resume continues from here.", "Interrupted: 1 left (a.wav)."]


@posix_only
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_a_run_as_ctrl_c_does(number: int, code: int) -> None:
    for name in range(3):
        make_audio(f"long/{name}.wav", frames=60 * RATE)
    command = [*EQMORPH, "apply", "long", "out", *EQ, "--jobs", "1", "--report", "r.jsonl"]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        assert process.stderr is not None
        wait_until(lambda: Path("out/0.wav").exists() and list(Path("out").glob("*.part")))
        process.send_signal(number)
        assert process.wait(30) == code
        assert b"--resume continues from here." in process.stderr.read()
    done = sorted(path.name for path in Path("out").glob("*.wav"))
    assert 0 < len(done) < 3
    assert list(Path("out").glob("*.part")) == []
    report = [strict_json(line) for line in Path("r.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(Path(line["output"]).name, line["status"]) for line in report] == [(name, "done") for name in done]


# ------------------------------------------------------------------------------------------------- JSON, reports


def test_json_is_one_valid_document_and_all_there_is_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["apply", "in", "out", *EQ, "--json", "-v"]) == 1
    said = capsys.readouterr()
    data = strict_json(said.out)
    assert (data["done"], data["skipped"], data["failed"], data["left"]) == (4, 0, 1, [])
    assert data["seconds"] > 0
    records = by_name(data["files"])
    assert set(records["a.wav"]) == KEYS
    assert records["a.wav"]["loudness_out_lufs"] == pytest.approx(records["a.wav"]["loudness_in_lufs"])
    assert records["bad.wav"]["status"] == "failed"
    assert "holds text" in records["bad.wav"]["error"]
    for name in ("short.wav", "silence.wav"):
        assert records[name]["loudness_in_lufs"] is None
        assert records[name]["loudness_out_lufs"] is None
    assert records["silence.wav"]["true_peak_out_dbtp"] is None
    assert len(said.err.splitlines()) == 1


def test_a_document_and_each_line_of_a_report_say_which_run_wrote_them(capsys: pytest.CaptureFixture[str]) -> None:
    began = datetime.now(timezone.utc).replace(microsecond=0)
    assert run(["apply", "in", "out", *EQ, "--json", "--report", "r.jsonl", "--level", "-20"]) == 1
    told = strict_json(capsys.readouterr().out)["run"]
    assert began <= datetime.fromisoformat(told["begun"].replace("Z", "+00:00")) <= datetime.now(timezone.utc)
    assert told["version"] == __version__
    assert (told["settings"]["level"], told["settings"]["eq"]["bands"][0]["freq_hz"]) == ("-20", 120.0)
    assert all(entry.run == told["id"] for entry in read_journal(Path("out")))
    lines = [strict_json(line)["run"] for line in Path("r.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [{name: line[name] for name in told} for line in lines] == [told] * 5
    assert all(line["at"] >= told["begun"] for line in lines)


@pytest.mark.parametrize("rows", [[], [{"a": [], "b": {}}], [{"a": [1, {"b": "\n"}]}] * 3])
def test_a_document_of_many_rows_is_printed_as_any_other(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, rows: list[Any]
) -> None:
    monkeypatch.setattr("eqmorph.cli.json_rows._IN_MEMORY", 10)
    data = {"before": {"files": []}, "files": [], "after": [1]}
    document = JsonWithRows()
    for row in rows:
        document.add(row)
    document.print(data, "files")
    document.close()
    print_json({**data, "files": rows})
    printed = capsys.readouterr().out
    assert printed[: len(printed) // 2] == printed[len(printed) // 2 :]


def test_a_document_needs_no_results_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[bool] = []
    run_batch = Batch.run
    monkeypatch.setattr(Batch, "run", lambda *a, **k: kept.append(k["keeps_results"]) or run_batch(*a, **k))
    run(["apply", "in", "out", *EQ, "--json"])
    run(["apply", "in", "out", *EQ, "--json", "--html", "page.html", "--force"])
    run(["apply", "in", "out", *EQ, "--force"])
    assert kept == [False, True, False], "a page needs them, nothing else does"


@pytest.mark.parametrize("level", ["match", "keep", "-20"])
def test_a_report_has_one_json_line_a_file(level: str) -> None:
    assert run(["apply", "in", "out", *EQ, "--report", "new/report.jsonl", "--level", level, "-q"]) == 1
    records = by_name([strict_json(line) for line in Path("new/report.jsonl").read_text(encoding="utf-8").splitlines()])
    assert set(records) == {"a.wav", "b.wav", "bad.wav", "short.wav", "silence.wav"}
    done = records["a.wav"]
    assert set(done) == KEYS | {"run"}
    assert Path(done["output"]) == Path("out", "a.wav")
    assert [band["kind"] for band in done["bands"]] == ["low_shelf", "high_shelf"]
    assert done["true_peak_out_dbtp"] is not None, "measured although the level does not need it"
    assert (done["level_trim_db"] == 0) == (level == "keep")
    if level == "-20":
        assert done["loudness_out_lufs"] == pytest.approx(-20, abs=0.1)
    assert records["bad.wav"]["error"]


def test_amount_0_is_measured_for_a_report_too() -> None:
    run(["apply", "in/a.wav", "b.wav", *EQ, "--amount", "0", "--report", "r.jsonl", "-q"])
    record = strict_json(Path("r.jsonl").read_text(encoding="utf-8"))
    assert record["loudness_in_lufs"] == record["loudness_out_lufs"] != None  # noqa: E711


def test_a_report_is_not_overwritten_unasked_and_resume_adds_to_it(capsys: pytest.CaptureFixture[str]) -> None:
    report = Path("report.jsonl")
    report.write_text("precious\n")
    assert run(["apply", "in", "out", *EQ, "--report", "report.jsonl"]) == 2
    assert "already exists" in capsys.readouterr().err
    assert report.read_text() == "precious\n"
    assert not Path("out").exists()
    run(["apply", "in", "out", *EQ, "--report", "report.jsonl", "--force"])
    assert len(report.read_text(encoding="utf-8").splitlines()) == 5
    run(["apply", "in", "out", *EQ, "--report", "report.jsonl", "--resume"])
    lines = [strict_json(line) for line in report.read_text(encoding="utf-8").splitlines()]
    assert [line["status"] for line in lines[5:]].count("skipped") == 4


@pytest.mark.parametrize("option", ["--report", "--html", "--metrics"])
@pytest.mark.parametrize("name", [".eqmorph-journal.jsonl", ".eqmorph-lock", ".Eqmorph-Lock"])
def test_names_of_ones_own_in_a_folder_are_not_for_what_a_run_tells(
    capsys: pytest.CaptureFixture[str], option: str, name: str
) -> None:
    assert run(["apply", "in/a.wav", "out/", *EQ, "-q", option, f"out/{name}"]) == 2
    assert "name of eqmorph's own" in capsys.readouterr().err
    assert not Path("out").exists()


@pytest.mark.parametrize("option", ["--force", "--resume"])
def test_a_report_is_not_a_journal(capsys: pytest.CaptureFixture[str], option: str) -> None:
    assert run(["apply", "in/a.wav", "out/", *EQ, "-q"]) == 0
    before = Path("out/.eqmorph-journal.jsonl").read_bytes()
    capsys.readouterr()
    assert run(["apply", "in/a.wav", "out/", *EQ, "--report", "out/.eqmorph-journal.jsonl", option]) == 2
    assert ".eqmorph-journal.jsonl is a name of eqmorph's own" in capsys.readouterr().err
    assert Path("out/.eqmorph-journal.jsonl").read_bytes() == before


@pytest.mark.parametrize("report", ["in/a.wav", "./in/../in/a.wav", "out/a.wav"])
def test_a_report_never_takes_the_place_of_audio(capsys: pytest.CaptureFixture[str], report: str) -> None:
    before = Path("in/a.wav").read_bytes()
    assert run(["apply", "in", "out", *EQ, "--report", report, "--force"]) == 2
    assert "is one of the inputs or outputs" in capsys.readouterr().err
    assert Path("in/a.wav").read_bytes() == before
    assert not Path("out").exists()


@posix_only
@pytest.mark.parametrize("option", ["--force", "--resume"])
@pytest.mark.parametrize("what", ["link", "pipe"])
def test_a_report_is_written_into_a_file_and_nothing_else(
    capsys: pytest.CaptureFixture[str], what: str, option: str
) -> None:
    Path("precious").write_text("precious\n")
    if what == "link":
        Path("r.jsonl").symlink_to("precious")
    else:
        os.mkfifo("r.jsonl")
    assert run(["apply", "in", "out", *EQ, "--report", "r.jsonl", option]) == 2
    assert capsys.readouterr().err.startswith(f"error: r.jsonl: is a {what}")
    assert Path("precious").read_text() == "precious\n"


@posix_only
def test_a_report_that_cannot_be_written_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    assert run(["apply", "in", "out", *EQ, "--report", "/dev/full", "--force", "-q", "--jobs", "1"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2, "and one for the bad file"
    assert sum("error: /dev/full: the disk is full." in line for line in lines) == 1
    assert len(list(Path("out").glob("*.wav"))) == 4, "the audio goes on without"
    assert run(["apply", "in/a.wav", "b.wav", *EQ, "--report", "/dev/full", "--force", "-q"]) == 1
    capsys.readouterr()
    Path("file").touch()
    assert run(["apply", "in", "out2", *EQ, "--report", "file/r.jsonl", "-q"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "is a file, not a folder" in line


# --------------------------------------------------------------------------------------------------- terminals


def on_a_terminal(*arguments: str, exit_code: int | None = None) -> str:
    """Return all that a command line shows on a terminal of 100 columns."""
    import pty

    master, slave = pty.openpty()
    on_it = environment(TERM="xterm", COLUMNS="100")
    process = subprocess.Popen([*EQMORPH, *arguments], stdin=slave, stdout=slave, stderr=slave, env=on_it)
    os.close(slave)
    shown = b""
    with contextlib.suppress(OSError):  # Linux ends a terminal that nobody holds any more so
        while block := os.read(master, 4096):
            shown += block
    os.close(master)
    code = process.wait()
    assert exit_code is None or code == exit_code
    return shown.decode()


@posix_only
def test_on_a_terminal_there_is_a_bar_and_then_a_table() -> None:
    for number in range(8):
        make_audio(f"in/{number}.wav", frames=4 * RATE)
    text = on_a_terminal("apply", "in", "out", *EQ, "--jobs", "1", exit_code=1)
    assert "/13 files" in text
    assert "x realtime" in text
    assert "0:00:0" in text, "the time to go"
    table = text[text.index("file  ") :]
    assert all(column in table for column in ("loudness", "true peak", "trim", "speed", "out/a.wav", "failed"))
    assert "13 files: 12 done, 1 failed." in table
    assert "bad.wav: holds text" in text
    assert "->" not in text, "the bar and the table take the place of lines"


@posix_only
def test_on_a_terminal_what_was_decided_follows_the_table() -> None:
    for name in ("a", "b"):
        make_audio(f"in/{name}.wav", frames=RATE)
    text = on_a_terminal("apply", "in", "out", "--target", "warm", "--jobs", "1")
    below = text[text.index("file  ") :]
    assert below.count("%: ") >= 2
    assert "out/a.wav  " in below
    assert max(map(len, below.splitlines())) <= 100, "what does not fit goes on below"


@posix_only
def test_on_a_terminal_a_line_a_word_keeps_within_its_columns() -> None:
    make_audio("in/a.wav", frames=RATE)
    blend = ("--target", "warm + bright + muddy:-1 + airy")
    for options in (["-v"], ["--dry-run"]):
        text = on_a_terminal("apply", "in", "out", *blend, *options, "--jobs", "1", "--force")
        text = text[text.rindex("\x1b[2K") :]
        lines = [line for line in text.splitlines() if line.startswith("  ")]
        assert sum(line.startswith("  warm    ") for line in lines) == 3, "silence has none"
        assert max(map(len, lines)) <= 100
        assert any(line.startswith(" " * 30) for line in lines), "what does not fit goes on below"


@posix_only
def test_on_a_terminal_an_album_shows_that_it_is_listened_to() -> None:
    for number in range(8):
        make_audio(f"in/{number}.wav", frames=10 * RATE)
    arguments = ["in", "out", "--target", "warm", "--album", "--jobs", "1"]
    text = on_a_terminal("apply", *arguments, exit_code=1)
    shown = [line for line in text.splitlines() if "listening" in line]
    assert len({line[line.index("/13 files") - 2 :] for line in shown}) > 1, "it moves on"
    assert any("x realtime" in line for line in shown)
    quiet = on_a_terminal("apply", "in/a.wav", "in/b.wav", "quiet/", *arguments[2:], "-q")
    assert "listening" not in quiet
