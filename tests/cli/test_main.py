"""The command line as a whole: its exit codes, its help, and what it loads."""

from __future__ import annotations

import errno
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pytest
import soundfile as sf

import eqmorph
from eqmorph import cli
from eqmorph.cli import run
from eqmorph.cli.settings import all_commands
from eqmorph.errors import InputError, OutputError, UsageError
from eqmorph.model_folder import shipped_digest
from tests.support import EQMORPH, environment, make_audio, posix_only

LOADED = """
import sys
from eqmorph.cli import run
code = run(sys.argv[1:])
heavy = ("torch", "onnxruntime", "textual", "pedalboard", "numpy", "mutagen", "soundfile", "sklearn", "matplotlib")
heavy += ("dataclasses", "difflib")
print("loaded:", *[name for name in heavy if name in sys.modules])
sys.exit(code)
"""


def loaded_by(*arguments: str) -> set[str]:
    """Return which heavy packages a command line loads, in a process of its own."""
    command = [sys.executable, "-c", LOADED, *arguments]
    text = subprocess.run(command, capture_output=True, text=True, check=True, env=environment()).stdout
    return set(text.splitlines()[-1].split()[1:])


def raising(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let every command end with this error."""

    @click.command()
    def command() -> None:
        raise error

    monkeypatch.setattr(cli._LazyGroup, "get_command", lambda *_: command)


# -------------------------------------------------------------------------------------------------- exit codes


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (InputError("is bad", hint="Mend it.", path="a\n.wav"), 1, "error: a\\n.wav: is bad. Mend it."),
        (OutputError("is full", path=Path("b.wav")), 1, "error: b.wav: is full."),
        (UsageError("is wrong", hint="Do it right."), 2, "error: is wrong. Do it right."),
        (KeyboardInterrupt(), 130, "Interrupted."),
        (click.Abort(), 130, "Interrupted."),
        (OSError(errno.ENOSPC, "No space left on device"), 1, None),
    ],
)
def test_each_error_has_its_exit_code_and_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    line: str | None,
) -> None:
    raising(monkeypatch, error)
    assert run(["anything"]) == code
    said = capsys.readouterr()
    assert (said.out, len(said.err.strip().splitlines())) == ("", 1)
    assert line is None or said.err.strip() == line


def test_an_interrupt_before_anything_began_exits_130(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sf.write(tmp_path / "a.wav", np.zeros((100, 2)), 44_100)

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("eqmorph.batch.folder.walk_inside", interrupted)
    assert run(["apply", str(tmp_path / "a.wav"), str(tmp_path / "b.wav"), "--preset", "air"]) == 130
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_success_exits_0(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], ["-h"], ["--version"], ["apply", "--help"]):
        assert run(arguments) == 0
        assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--nonsense"], "error: no such option '--nonsense'. Help: eqmorph --help"),
        (
            ["eq", "-harsh"],
            "error: no such option '-a'. A target that begins with a minus goes after two: eqmorph eq -- \"-harsh\".",
        ),
        (["apply", "--nonsense"], "error: no such option '--nonsense'. Help: eqmorph apply --help"),
        (
            ["apply", "a.wav"],
            "error: an input and an output are needed. Type: eqmorph apply a.wav a-eq.wav --target warm:0.5",
        ),
        (["analise", "a.wav"], "error: unknown command 'analise'. Did you mean analyze?"),
        (["nonsense"], "error: unknown command 'nonsense'. See them all with: eqmorph --help."),
        (["presets", "shw"], "error: unknown command 'shw'. Did you mean show?"),
        (["train", "eqq"], "error: unknown command 'eqq'. Did you mean eq?"),
        (["evaluate", "x"], "error: unknown command 'x'. See them all with: eqmorph evaluate --help."),
        (["apply", "--forc"], "error: no such option '--forc'. Did you mean --force or --format?"),
        (
            ["completion"],
            "error: missing argument '{bash|zsh|fish|powershell}'. Choose from: bash, zsh, fish, powershell. "
            "Help: eqmorph completion --help",
        ),
        (["train", "eq", "--epoch", "3"], "error: no such option '--epoch'. Did you mean --epochs?"),
    ],
)
def test_usage_errors_exit_2_and_look_like_any_error(
    capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
) -> None:
    assert run(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.strip() == line


def test_the_process_ends_with_the_code(tmp_path: Path) -> None:
    (tmp_path / "bad.wav").write_text("no audio")
    for arguments, code in (
        (["--version"], 0),
        (["apply", str(tmp_path / "bad.wav"), str(tmp_path / "b.wav"), "--preset", "air"], 1),
        (["nonsense"], 2),
    ):
        command = [*EQMORPH, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
        assert done.returncode == code
        assert "Traceback" not in done.stderr
        assert (done.stderr == "") == (code == 0)


# -------------------------------------------------------------------------------------------------------- help


def test_help_names_every_command_and_each_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    run(["--help"])
    text = capsys.readouterr().out
    for name in ("apply", "eq", "demo"):
        assert f"\n  {name} " in text
        assert run([name, "--help"]) == 0
        assert f"Usage: eqmorph {name} " in capsys.readouterr().out


@pytest.mark.parametrize("path", [" ".join(path) for path, _ in all_commands(cli.main)])
def test_every_page_of_help_fits_a_terminal_of_80_columns(
    path: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run([*path.split(), "--help"]) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if len(line) > 80] == []


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    run(["--version"])
    said = capsys.readouterr().out
    assert re.fullmatch(rf"eqmorph {re.escape(eqmorph.__version__)} \(model [0-9a-f]{{12}}\)\n", said)
    assert shipped_digest()[:12] in said


def test_the_help_of_apply_tells_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    run(["apply", "--help"])
    text = capsys.readouterr().out
    options = (
        "preset bands amount format bit-depth level ceiling repair jobs dry-run force skip-existing resume report json"
    )
    for option in [*options.split(), "quiet", "verbose"]:
        assert f"--{option}" in text


# -------------------------------------------------------------------------------------------------- what it loads


def test_help_loads_nothing_heavy() -> None:
    assert loaded_by("--help") == set()


def test_apply_loads_neither_torch_nor_onnxruntime_nor_what_else_it_does_not_need(tmp_path: Path) -> None:
    sf.write(tmp_path / "a.wav", np.full((1000, 2), 0.1), 44_100)
    loaded = loaded_by("apply", str(tmp_path / "a.wav"), str(tmp_path / "b.wav"), "--preset", "air")
    assert {"numpy", "pedalboard", "soundfile"} <= loaded
    assert not loaded & {"torch", "onnxruntime", "textual", "sklearn", "matplotlib"}


@pytest.mark.parametrize(
    "command", ["eq de-mud", "eq de-mud --variations 3", "morph warm de-mud", "presets save x --target de-mud"]
)
def test_a_preset_named_where_words_are_wanted_is_recognized(command: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(command.split()) == 2
    assert "--preset de-mud" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["apply", "nothing", "--json"], 2),
        (["apply", "a.wav", "b.wav", "--json", "--bands", "nonsense"], 2),
        (["apply", "a.wav", "b.wav", "--json", "--target", "warm", "--encoder", "nowhere"], 2),
        (["analyze", "--json", "--no-such-option"], 2),
        (["eq", "--json", "xyzzy"], 2),
    ],
)
def test_an_error_is_a_document_too_where_one_is_asked_for(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    assert run(arguments) == code
    said = capsys.readouterr()
    document = json.loads(said.out)
    assert document["exit_code"] == code
    assert document["error"].rstrip(".") in said.err
    run([word for word in arguments if word != "--json"])
    assert capsys.readouterr().out == ""


@posix_only
def test_a_reader_that_has_seen_enough_is_no_failure() -> None:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*EQMORPH, "terms"], env=environment(), **pipes) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
    assert (process.returncode, err) == (0, b"")


@posix_only
def test_closed_streams_and_full_disks_behind_them_keep_no_file_from_being_done(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        make_audio(tmp_path / "in" / f"{name}.wav", frames=5000)
    for number, (redirected, code) in enumerate([("2>&-", 0), (">&-", 0), (">/dev/full", 1), ("2>/dev/full", 0)]):
        command = shlex.join([*EQMORPH, "apply", "in", f"out{number}", "--bands", "LS 120 +3", "--jobs", "1"])
        ended = subprocess.run(
            f"{command} {redirected}", shell=True, cwd=tmp_path, env=environment(), capture_output=True, check=False
        )
        assert ended.returncode == code, (redirected, ended.stderr)
        assert len(list((tmp_path / f"out{number}").glob("*.wav"))) == 3, redirected
        assert b"Traceback" not in ended.stderr


@posix_only
def test_where_a_stream_is_closed_no_decoder_writes_its_words_into_a_file(tmp_path: Path) -> None:
    """Whatever is opened first gets the closed one's number, and the decoder of MP3 prints there."""
    path = make_audio(tmp_path / "a.mp3", "MP3", "MPEG_LAYER_III", frames=200_000)
    data = bytearray(path.read_bytes())
    data[20_000:20_400] = bytes(range(200)) * 2
    path.write_bytes(data)
    written = []
    for redirected in ("", "2>&-", "<&- >&- 2>&-"):
        command = shlex.join([*EQMORPH, "apply", "a.mp3", "b.wav", "--bands", "LS 120 +3", "--repair", "--force"])
        command += " --json" if redirected == "2>&-" else ""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        ended = subprocess.run(
            f"{command} {redirected}", shell=True, cwd=tmp_path, env=environment(), check=True, **pipes
        )
        written.append((tmp_path / "b.wav").read_bytes())
        if "--json" in command:
            json.loads(ended.stdout)
    assert len(set(written)) == 1


@posix_only
def test_a_full_disk_behind_stdout_is_told_once() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = subprocess.run([*EQMORPH, "terms"], stdout=full, stderr=subprocess.PIPE, env=environment(), check=False)
    assert ended.returncode == 1
    assert ended.stderr.decode().splitlines() == [
        "error: can't write to stdout: No space left on device. Is its disk full?"
    ]


@posix_only
def test_what_decoders_print_is_not_in_a_document(tmp_path: Path) -> None:
    """The reader of SDS in libsndfile prints what is wrong with a block."""
    path = make_audio(tmp_path / "a.sds", "SDS", "PCM_16", rate=8000, channels=1)
    data = bytearray(path.read_bytes())
    data[21 + 3 * 127 : 23 + 3 * 127] = b"\x11\x12"  # where the fourth block begins
    path.write_bytes(data)
    command = [*EQMORPH, "apply", "a.sds", "b.wav", "--bands", "LS 120 +3", "--json"]
    ended = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, check=False)
    json.loads(ended.stdout)


@posix_only
def test_many_files_where_few_may_be_open_at_once(tmp_path: Path) -> None:
    for name in range(30):
        make_audio(tmp_path / "in" / f"{name}.wav", frames=500)
    limited = "import os, resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9)); a = sys.argv[1:]"
    limited += "; os.execv(a[0], a)"
    command = [sys.executable, "-c", limited, *EQMORPH, "apply", "in", "out", "--bands", "LS 120 +3", "--jobs", "8"]
    ended = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "ulimit" in ended.stderr
    assert "defect" not in ended.stderr


def test_without_a_home_nothing_of_ones_own_is_found_and_the_rest_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_home(*_: object) -> str:
        raise RuntimeError("could not determine the home directory")

    for kind in ("config", "state", "cache"):
        monkeypatch.setattr(f"platformdirs.user_{kind}_dir", no_home)
    make_audio(tmp_path / "a.wav")
    assert run(["apply", str(tmp_path / "a.wav"), str(tmp_path / "b.wav"), "--preset", "air"]) == 0
    assert run(["presets", "list"]) == 0
    assert run(["rank", str(tmp_path / "a.wav"), "--by", "warm"]) == 0
    assert "air" in capsys.readouterr().out
    assert run(["presets", "save", "mine", "--bands", "LS 120 +3"]) == 1
    assert "HOME is not set" in capsys.readouterr().err
